#include "rules/ignore_case.h"

#include "rules/case_mapping.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

std::string utf8(const char16_t (&units)[3]) {
  std::string text;
  for (const char16_t unit : units) {
    if (unit != 0) append_code_point(text, unit);
  }
  return text;
}

}  // namespace

// The spellings of one unit never begin or end alike (case_mapping.py asserts it), so the first that fits is the only
// one that does, and no way back is needed.
IgnoreCase::IgnoreCase(std::string_view text) : text_(text) {
  for (const char16_t unit : utf16(text)) {
    if (unit >= 0xd800 && unit < 0xe000) {
      units_.push_back({"?", "?"});
    } else if (const CaseMapping* mapping = find_case_mapping(unit)) {
      units_.push_back({utf8(mapping->lower), utf8(mapping->upper)});
    } else {
      std::string same;
      append_code_point(same, unit);
      units_.push_back({same, same});
    }
  }
}

std::size_t IgnoreCase::taken(std::string_view value) const {
  std::size_t at = 0;
  for (const Spellings& unit : units_) {
    const std::string_view rest = value.substr(at);
    if (rest.starts_with(unit.lower)) {
      at += unit.lower.size();
    } else if (rest.starts_with(unit.upper)) {
      at += unit.upper.size();
    } else {
      return std::string_view::npos;
    }
  }
  return at;
}

bool IgnoreCase::equals(std::string_view value) const {
  return taken(value) == value.size();
}

bool IgnoreCase::begins(std::string_view value) const {
  return taken(value) != std::string_view::npos;
}

bool IgnoreCase::ends(std::string_view value) const {
  for (auto unit = units_.rbegin(); unit != units_.rend(); ++unit) {
    if (value.ends_with(unit->lower)) {
      value.remove_suffix(unit->lower.size());
    } else if (value.ends_with(unit->upper)) {
      value.remove_suffix(unit->upper.size());
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace sagewatch
