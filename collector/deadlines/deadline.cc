#include "collector/deadlines/deadline.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "events/resource.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

bool has(const std::vector<std::string>& list, std::string_view text) {
  return list.empty() || std::find(list.begin(), list.end(), text) != list.end();
}
bool matches(const std::optional<Wildcard>& wildcard, std::string_view text) {
  return !wildcard || wildcard->matches(text);
}

Json to_json(const StuckDeadline& stuck) {
  Json json{{"kind", stuck.kind}, {"status", stuck.statuses}};
  if (!stuck.secondary.empty()) json["secondary_status"] = stuck.secondary;
  for (const auto& [key, wildcard] :
       {std::pair{"name", &stuck.name}, {"account", &stuck.account}, {"region", &stuck.region}})
    if (*wildcard) json[key] = (*wildcard)->text();
  json["longer_than"] = format_duration(stuck.longer_than);
  return json;
}
Json to_json(const MissingDeadline& missing) {
  return {{"pattern", missing.pattern}, {"every", format_duration(missing.every)}};
}

// Reads what to_json() wrote; anything else makes `good` false.
class DefinitionReader {
 public:
  explicit DefinitionReader(const Json& json) : json_(json) {}

  std::string text(const char* key) {
    const auto found = json_.find(key);
    if (found != json_.end() && found->is_string()) return found->get<std::string>();
    good = false;
    return {};
  }
  Nanos duration(const char* key) {
    const auto read = parse_duration(text(key));
    good = good && read.has_value();
    return read.value_or(Nanos{0});
  }
  std::vector<std::string> texts(const char* key) {
    std::vector<std::string> all;
    const auto found = json_.find(key);
    if (found == json_.end()) return all;
    for (const Json& item : *found) {
      if (item.is_string()) {
        all.push_back(item.get<std::string>());
      } else {
        good = false;
      }
    }
    return all;
  }
  std::optional<Wildcard> wildcard(const char* key) {
    if (!json_.contains(key)) return std::nullopt;
    auto read = Wildcard::parse(text(key));
    good = good && read.has_value();
    return read ? std::optional<Wildcard>{std::move(*read)} : std::nullopt;
  }

  bool good = true;

 private:
  const Json& json_;
};

}  // namespace

UnixNanos StuckDeadline::stay_began(const Resource& resource) const {
  const UnixNanos began = secondary.empty() ? resource.status_since : resource.last_transition;
  return began.known() ? began : resource.learned;
}

bool StuckDeadline::holds(const Resource& resource) const {
  return resource.kind->kind == kind && has(statuses, resource.status_name()) &&
         has(secondary, resource.status_name(1)) && matches(name, resource.name) &&
         matches(account, resource.account) && matches(region, resource.region);
}

std::string Deadline::definition() const {
  Json json;
  if (const auto* stuck = std::get_if<StuckDeadline>(&condition)) {
    json["stuck"] = to_json(*stuck);
  } else {
    json["missing"] = to_json(std::get<MissingDeadline>(condition));
  }
  if (repeat) json["repeat"] = format_duration(*repeat);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Deadline> Deadline::read(std::string_view name, std::string_view definition) {
  Deadline deadline;
  deadline.name = name;
  const Json json = Json::parse(definition, nullptr, false);
  const auto stuck = json.find("stuck");
  const auto missing = json.find("missing");
  bool good = json.is_object() && (stuck != json.end()) != (missing != json.end());
  if (good && stuck != json.end()) {
    DefinitionReader reader{*stuck};
    deadline.condition = StuckDeadline{.kind = reader.text("kind"),
                                       .statuses = reader.texts("status"),
                                       .secondary = reader.texts("secondary_status"),
                                       .name = reader.wildcard("name"),
                                       .account = reader.wildcard("account"),
                                       .region = reader.wildcard("region"),
                                       .longer_than = reader.duration("longer_than")};
    good = reader.good;
  } else if (good) {
    DefinitionReader reader{*missing};
    deadline.condition = MissingDeadline{.pattern = reader.text("pattern"), .every = reader.duration("every")};
    good = reader.good;
  }
  if (good && json.contains("repeat")) {
    DefinitionReader reader{json};
    deadline.repeat = reader.duration("repeat");
    good = reader.good;
  }
  if (!good) return no("the definition of the deadline " + deadline.name + " cannot be read");
  return deadline;
}

}  // namespace sagewatch
