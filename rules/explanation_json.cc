#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>

#include "rules/display.h"
#include "rules/explain.h"

namespace sagewatch {
namespace {

constexpr std::array verdict_names{"accepted", "absent", "refused", "unwanted", "missing", "clashing"};

// Whole, however long: paths and sentences are bounded by what they were made from.
std::string json_string(std::string_view text) {
  return quoted(text, text.size());
}

// JSON as it is shown, but a number that no double can hold as a string: readers of JSON may refuse all for it.
std::string json_value(const std::string& json) {
  if (json.front() != '-' && (json.front() < '0' || json.front() > '9')) return json;
  double value = 0;
  const auto read = std::from_chars(json.data(), json.data() + json.size(), value);
  return read.ec == std::errc{} ? json : json_string(json);
}

template <class List, class Write>
std::string json_list(const List& list, Write write) {
  std::string out = "[";
  for (const auto& each : list) {
    if (out.size() > 1) out.push_back(',');
    out += write(each);
  }
  return out + "]";
}

std::string json_strings(const std::vector<std::string>& list) {
  return json_list(list, [](const std::string& text) { return json_string(text); });
}

std::string alternative_json(const ToldAlternative& told) {
  return fmt::format(R"({{"index":{},"alternative":{},"accepted":{},"why":{}}})", told.index,
                     json_value(told.alternative), told.judgement.accepted(), json_string(told.judgement.why));
}

std::string value_json(const FoundValue& value) {
  std::string out = fmt::format(R"({{"place":{},"value":{})", json_string(value.place), json_value(value.json));
  if (value.cut_from > 0) out += fmt::format(R"(,"cut_from_bytes":{})", value.cut_from);
  return out + fmt::format(R"(,"accepted":{},"chosen":{},"alternatives":{}}})", value.accepted, value.chosen,
                           json_list(value.alternatives, alternative_json));
}

std::string field_json(const ExplainedField& field) {
  std::string out = fmt::format(R"({{"path":{},"verdict":"{}")", json_string(field.path),
                                verdict_names[static_cast<std::size_t>(field.verdict)]);
  if (!field.why.empty()) out += fmt::format(R"(,"why":{})", json_string(field.why));
  return out + fmt::format(R"(,"wanted":{},"wanted_in_all":{},"values_found":{},"values":{}}})",
                           json_list(field.alternatives, json_value), field.alternatives_found, field.values_found,
                           json_list(field.values, value_json));
}

std::string side_json(const Clash::Side& side) {
  return fmt::format(R"({{"path":{},"wants_absence":{},"elements":[{}],"elements_found":{}}})", json_string(side.path),
                     side.wants_absence, fmt::join(side.elements, ","), side.elements_found);
}

std::string clash_json(const Clash& clash) {
  return fmt::format(R"({{"array":{},"sides":{},"why":{}}})", json_string(clash.array),
                     json_list(clash.sides, side_json), json_string(clash.why));
}

std::string other_json(const Explanation::OtherBranch& other) {
  return fmt::format(R"({{"branch":{},"failing":{}}})", other.branch + 1, json_strings(other.failing));
}

}  // namespace

std::string json_of(const Explanation& told) {
  std::string out = fmt::format(R"({{"matches":{},"unsettled":{},"branch":{},"branches":{},"failing":{})", told.matches,
                                told.unsettled, told.branch + 1, told.branches, told.failing);
  if (!told.matches) {
    out += fmt::format(R"(,"nearest_miss":{{"path":{},"why":{}}})", json_string(told.nearest_path),
                       json_string(told.nearest));
  }
  out += fmt::format(R"(,"fields":{},"clashes":{},"other_branches":{}}})", json_list(told.fields, field_json),
                     json_list(told.clashes, clash_json), json_list(told.others, other_json));
  return out;
}

}  // namespace sagewatch
