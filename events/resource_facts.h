#pragma once
// The texts and numbers of a resource as views, and packed into one block of memory: a training job takes some 250
// bytes so, instead of a dozen strings and vectors. Used by ResourceTable alone; the block is never stored.
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/arn_heads.h"
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

// The transition with codes of `to` in place of those of `from`.
Transition in_words_of(const StatusWords& from, StatusWords& to, Transition past);

// Asks memory for so many bytes and waits for none. Without the empty statement g++ 12 takes a function that does only
// this for one that does nothing, and leaves out calls of it.
inline void prefetch(const void* begin, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  const char* const at = static_cast<const char*>(begin);
  for (std::size_t i = 0; i < bytes; i += cache_line) __builtin_prefetch(at + i);
  if (bytes > 0) __builtin_prefetch(at + bytes - 1);
  asm volatile("");
}

class PackedFacts {
 public:
  PackedFacts() = default;
  // Packs them in place of what was packed here; `scratch` keeps its memory for the next call.
  void pack(const ResourceFacts& facts, ArnHeads& heads, std::string& scratch);
  // Views into this block, `heads` and `arn`, which is written.
  void unpack(const ArnHeads& heads, std::string& arn, ResourceFacts& facts) const;
  std::string arn(const ArnHeads& heads) const;
  // Whether `key` is its ARN in lower case.
  bool is_of(std::string_view key, const ArnHeads& heads) const;
  void prefetch() const { sagewatch::prefetch(block_.get(), size_); }
  std::size_t bytes() const;  // with what malloc takes for itself
  bool empty() const { return size_ == 0; }

 private:
  std::unique_ptr<char[]> block_;
  std::uint32_t size_ = 0;
  std::uint32_t room_ = 0;  // of block_
};

}  // namespace sagewatch
