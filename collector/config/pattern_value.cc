#include "collector/config/pattern_value.h"

#include <fmt/format.h>

#include <algorithm>

#include "collector/config/json_text.h"
#include "collector/config/scalar_place.h"
#include "collector/config/showable.h"
#include "rules/pattern.h"
#include "rules/pattern_advice.h"

namespace sagewatch {
namespace {

constexpr std::size_t exact_places_max = 100;  // each takes a walk through the file

std::string_view text_of(const ConfigNode& node, const SourceTexts& texts, const ConfigErrors& refused) {
  if (node.place.file == nullptr || refused.size() >= exact_places_max) return {};
  const auto found = texts.find(*node.place.file);
  return found == texts.end() ? std::string_view{} : std::string_view{found->second};
}

void refuse(ConfigErrors& refused, const Place& place, int width, const std::string& who, const PatternError& fault) {
  add_error(refused, {place, std::max(1, width), std::string{pattern_error_code},
                      fmt::format("{}: {}", who, fault.text_without_place()), "", advice(fault)});
}

}  // namespace

std::optional<std::string> read_pattern_value(const ConfigNode& node, const std::string& who, std::string_view because,
                                              const SourceTexts& texts, ConfigErrors& errors, ConfigErrors& refused) {
  if (!is_showable(node, who, because, errors)) return std::nullopt;
  if (node.kind == ConfigNode::Kind::map) {
    PlacedJson json = placed_json(node);
    const auto pattern = Pattern::parse(json.text);
    if (pattern) return std::move(json.text);
    const std::size_t at = pattern.error().at.value_or(0);
    const std::string_view text = text_of(node, texts, refused);
    refuse(refused, json.place_of(at, text), json.width_of(at, lexeme_length(json.text, at), text), who,
           pattern.error());
  } else if (node.kind == ConfigNode::Kind::scalar && node.text.find('{') != std::string::npos) {
    const auto pattern = Pattern::parse(node.text);
    if (pattern) return node.text;
    const std::size_t at = pattern.error().at.value_or(0);
    const std::string_view text = text_of(node, texts, refused);
    const Place begin = place_in_scalar(node.place, node.text, at, text);
    const Place end = place_in_scalar(node.place, node.text, at + lexeme_length(node.text, at), text);
    refuse(refused, begin, end.line == begin.line ? end.column - begin.column : 1, who, pattern.error());
  } else {
    add_error(errors, {node.place, shown_width(node), "SW2026",
                       who + ": the pattern must be a map, or a string that holds a JSON object", "",
                       "for example { source: [aws.sagemaker] }"});
  }
  return std::nullopt;
}

}  // namespace sagewatch
