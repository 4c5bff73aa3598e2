#include "exporters/resource_json.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "events/calls.h"
#include "exporters/resource_aspects.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

std::string written(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json text(std::string_view text) {
  return text.empty() ? Json{} : Json(text);
}
Json time(UnixNanos time) {
  return time.known() ? Json(rfc3339(time)) : Json{};
}
// Whole numbers without a fraction; what is not known is null.
Json number(double value) {
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (std::isnan(value)) return {};
  if (std::trunc(value) == value && std::abs(value) < exact) return static_cast<std::int64_t>(value);
  return value;
}

Json by_name(const std::vector<NamedText>& shown) {
  Json object = Json::object();
  for (const auto& [name, value] : shown) object[std::string{name}] = value;
  return object;
}

Json reason(const Resource& resource) {
  if (resource.reason == ReasonClass::none && resource.reason_text.empty()) return {};
  return {{"class", reason_class_name(resource.reason)}, {"text", text(resource.reason_text)}};
}

Json parts(const Resource& resource) {
  Json list = Json::array();
  for (const Part& part : resource.parts) {
    Json shown{{"name", part.name}};
    const ResourceKind& kind = *resource.kind;
    for (std::size_t i = 0; i < kind.part_texts.size(); ++i)
      shown[std::string{kind.part_texts[i]}] = text(part.texts[i]);
    for (std::size_t i = 0; i < kind.part_numbers.size(); ++i)
      shown[std::string{kind.part_numbers[i]}] = number(part.numbers[i]);
    list.push_back(std::move(shown));
  }
  return list;
}

Json last_call(const Resource& resource) {
  const Calls calls = Calls::unpack(resource.calls);
  if (!calls.last.known()) return {};
  return {{"name", calls.last_name}, {"by", text(calls.last_by)}, {"time", time(calls.last)}};
}

Json numbers(const Resource& resource) {
  Json object = Json::object();
  for (const auto& [name, value] : shown_numbers(resource)) object[std::string{name}] = number(value);
  return object;
}

}  // namespace

std::string resource_json(const Resource& resource) {
  return written({
      {"arn", resource.arn},
      {"kind", resource.kind->kind},
      {"name", resource.name},
      {"account_id", text(resource.account)},
      {"region", text(resource.region)},
      {"status", text(resource.status_name())},
      {"statuses", by_name(shown_statuses(resource))},
      {"previous_status", text(previous_status(resource))},
      {"terminal", resource.is_terminal()},
      {"failed", resource.is_failure()},
      {"since", time(in_state_since(resource))},
      {"reason", reason(resource)},
      {"times",
       {{"created", time(resource.created)},
        {"started", time(resource.started)},
        {"ended", time(resource.ended)},
        {"modified", time(resource.modified)},
        {"learned", time(resource.learned)}}},
      {"labels", by_name(shown_labels(resource))},
      {"numbers", numbers(resource)},
      {"parts", parts(resource)},
      {"parent", text(parent_arn(resource))},
      {"tags", by_name(shown_tags(resource))},
      {"created_by", text(Calls::unpack(resource.calls).created_by)},
      {"last_call", last_call(resource)},
      {"position", resource.position.offset},
  });
}

std::string resource_summary_json(const Resource& resource) {
  return written({{"arn", resource.arn},
                  {"kind", resource.kind->kind},
                  {"name", resource.name},
                  {"status", text(resource.status_name())},
                  {"since", time(in_state_since(resource))}});
}

std::string statuses_json(const Resource& resource) {
  return written(by_name(shown_statuses(resource)));
}

std::string history_json(const Resource& resource) {
  Json list = Json::array();
  for (std::size_t i = 0; i + 1 < resource.history.size(); ++i) {
    const Transition& past = resource.history[i];
    Json statuses = Json::object();
    for (std::size_t axis = 0; axis < resource.kind->axes.size(); ++axis)
      if (const auto name = resource.status_name(axis, past.status[axis]); !name.empty())
        statuses[std::string{resource.kind->axes[axis].name}] = name;
    list.push_back({{"time", time(past.time)},
                    {"statuses", std::move(statuses)},
                    {"reason", past.reason == ReasonClass::none
                                   ? Json{}
                                   : Json{{"class", reason_class_name(past.reason)}, {"text", nullptr}}}});
  }
  list.push_back({{"time", time(in_state_since(resource))},
                  {"statuses", by_name(shown_statuses(resource))},
                  {"reason", reason(resource)}});
  return written(list);
}

}  // namespace sagewatch
