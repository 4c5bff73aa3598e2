#pragma once
// A rule being made: its fields, and the share of all events that it will match, in parts of 10^9. Whole numbers
// throughout, so that every machine makes the same rules.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch::corpus {

using Share = std::uint64_t;
inline constexpr Share whole = 1'000'000'000;

struct RuleField {
  std::string path;          // dotted
  std::string alternatives;  // JSON: ["Failed",{"prefix":"x"}]
};

struct RuleDraft {
  std::uint32_t kinds = 0;
  Share share = whole;
  std::vector<RuleField> fields;
  std::vector<RuleDraft> branches;  // $or
  std::uint64_t groups = 0;         // bit g: group g is asked for already
  bool named = false;               // with `identity`: fields of that group may be added at no cost
  std::uint32_t identity = 0;

  bool asks(std::string_view path) const;
  void narrow(std::uint64_t part, std::uint64_t of) { share = share * part / of; }
  // Dotted keys instead of objects in objects, as some people write.
  std::string text(bool dotted) const;
};

std::string quoted(std::string_view text);

}  // namespace sagewatch::corpus
