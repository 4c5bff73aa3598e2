#pragma once
// The texts and numbers of a resource as views, and packed into one block of memory: a training job takes some 250
// bytes so, instead of a dozen strings and vectors. Used by ResourceTable alone; the block is never stored.
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/event.h"
#include "events/resource.h"

namespace sagewatch {

struct ResourceFacts {
  std::string_view arn, name, account, region, parent, tags, reason_text;
  std::string_view calls;  // packed: events/calls.h
  std::array<std::string_view, axes_max> status_verbatim;
  std::string_view history;  // packed transitions: see past()
  std::array<std::string_view, facts_max> labels;
  std::array<double, facts_max> numbers;  // NaN: not known
  std::vector<PartSeen> parts;

  ResourceFacts();
  void clear();
  // Of one resource, so without its ARN. NaN equals NaN.
  bool operator==(const ResourceFacts& other) const;
};

// A transition in 12 bytes, and back.
inline constexpr std::size_t past_bytes = 12;
void put_past(std::string& history, const Transition& past);
Transition past(std::string_view history, std::size_t number);  // number < history.size() / past_bytes
// The same with codes of `to` in place of those of `from`.
Transition in_words_of(const StatusWords& from, StatusWords& to, Transition past);

class PackedFacts {
 public:
  PackedFacts() = default;
  // Packs them in place of what was packed here; `scratch` keeps its memory for the next call.
  void pack(const ResourceFacts& facts, std::string& scratch);
  void unpack(ResourceFacts& facts) const;  // views into this block
  std::string_view arn() const;
  void prefetch() const {
    constexpr std::size_t cache_line = 64;
    for (std::size_t at = 0; at < size_; at += cache_line) __builtin_prefetch(block_.get() + at);
  }
  std::size_t bytes() const { return size_; }
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<char[]> block_;
  std::uint32_t size_ = 0;
};

}  // namespace sagewatch
