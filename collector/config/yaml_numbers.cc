#include "collector/config/yaml_numbers.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "collector/config/json_text.h"

namespace sagewatch {
namespace {

std::optional<std::string> whole_number(std::string_view digits, int base) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return std::to_string(value);
}

// The number as JSON spells it; nothing if YAML's core schema takes the text for none. Digits behind a 0 (an account's
// id, most often) are left alone.
std::optional<std::string> as_json(std::string_view text) {
  if (text.starts_with("0x")) return whole_number(text.substr(2), 16);
  if (text.starts_with("0o")) return whole_number(text.substr(2), 8);
  std::string number{text};
  if (number.starts_with('+')) number.erase(0, 1);
  const std::size_t sign = number.starts_with('-') ? 1 : 0;
  if (sign == 1 && text.starts_with('+')) return std::nullopt;
  if (const std::size_t point = number.find('.'); point != std::string::npos && number.size() > sign + 1) {
    const bool ends_there = point + 1 == number.size() || number[point + 1] == 'e' || number[point + 1] == 'E';
    if (ends_there && point > sign) number.insert(point + 1, "0");
    if (point == sign) number.insert(point, "0");
  }
  return is_json_number(number) ? std::optional{number} : std::nullopt;
}

}  // namespace

void warn_of_yaml_numbers(const ConfigNode& pattern, ConfigErrors& warnings) {
  for (const ConfigNode::Member& member : pattern.members) warn_of_yaml_numbers(member.value, warnings);
  for (const ConfigNode& item : pattern.items) warn_of_yaml_numbers(item, warnings);
  if (pattern.kind != ConfigNode::Kind::scalar || pattern.quoted || pattern.secret || is_json_number(pattern.text))
    return;
  if (const auto number = as_json(pattern.text)) {
    add_error(warnings, {pattern.place, shown_width(pattern), "SW2106",
                         fmt::format("{} is a string in this pattern: JSON does not know such a number", pattern.text),
                         fmt::format("write {} for the number, \"{}\" for the string", *number, pattern.text), ""});
  }
}

void warn_of_yaml_numbers_in_rules(const ConfigNode& rules, ConfigErrors& warnings) {
  for (const ConfigNode::Member& member : rules.members) {
    if (member.key == "EventPattern") {
      warn_of_yaml_numbers(member.value, warnings);
    } else {
      warn_of_yaml_numbers_in_rules(member.value, warnings);
    }
  }
  for (const ConfigNode& item : rules.items) warn_of_yaml_numbers_in_rules(item, warnings);
}

}  // namespace sagewatch
