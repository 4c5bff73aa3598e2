#include "collector/deadlines/notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "events/base/hash.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;
using Kind = Notice::Kind;

constexpr std::array<std::string_view, 5> detail_types{"Sagewatch Resource Stuck", "Sagewatch Resource Recovered",
                                                       "Sagewatch Event Missing", "Sagewatch Event Recovered",
                                                       "Sagewatch Deadline Configuration Change"};

void put_resource(const Notice& notice, Json& detail) {
  detail["kind"] = notice.resource_kind;
  detail["name"] = notice.name;
  detail["arn"] = notice.arn;
  if (!notice.status.empty()) detail["status"] = notice.status;
  if (!notice.secondary_status.empty()) detail["secondary_status"] = notice.secondary_status;
}

Json detail_of(const Notice& notice, UnixNanos now) {
  Json detail{{"deadline", notice.deadline}};
  if (notice.kind == Kind::configured) {
    detail["operation"] = notice.operation;
    if (!notice.definition.empty()) detail["definition"] = notice.definition;
    return detail;
  }
  const bool is_stuck = notice.kind == Kind::resource_stuck || notice.kind == Kind::resource_recovered;
  if (is_stuck) put_resource(notice, detail);
  detail["since"] = rfc3339(notice.since);
  if (notice.count > 0) {
    const Nanos lasted = std::max(now - notice.since, Nanos{0});
    detail["seconds"] = std::chrono::duration_cast<Seconds>(lasted).count();
    detail[is_stuck ? "longer_than" : "every"] = format_duration(notice.limit);
    detail["count"] = notice.count;
  } else {
    detail["reason"] = notice.reason;
    if (notice.seen.known()) detail["seen"] = rfc3339(notice.seen);
  }
  detail["occurrence"] = std::to_string(notice.occurrence);  // a string: it has more digits than a double
  detail["generation"] = notice.generation;
  return detail;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}
std::uint64_t number(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}
std::optional<std::int64_t> whole(const std::string& digits) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// False: the detail lacks what a shard has to know.
bool read_told(const Json& detail, Notice& notice) {
  const auto occurrence = whole(text(detail, "occurrence"));
  const auto since = parse_iso8601(text(detail, "since"));
  if (!occurrence || !since) return false;
  notice.occurrence = *occurrence;
  notice.since = *since;
  notice.generation = number(detail, "generation");
  notice.count = static_cast<std::uint32_t>(number(detail, "count"));
  notice.resource_kind = text(detail, "kind");
  notice.name = text(detail, "name");
  notice.status = text(detail, "status");
  if (const std::string arn = text(detail, "arn"); !arn.empty()) notice.arn = arn;
  const bool tells = notice.kind == Kind::resource_stuck || notice.kind == Kind::event_missing;
  return tells == (notice.count > 0);
}

}  // namespace

std::string_view detail_type(Notice::Kind kind) {
  return detail_types[static_cast<std::size_t>(kind)];
}

std::string deadline_arn(std::string_view region, std::string_view account, std::string_view name) {
  return fmt::format("arn:aws:sagewatch:{}:{}:deadline/{}", region, account, name);
}

std::string_view routing_part(std::string_view arn) {
  return arn.substr(0, arn.find('#'));
}

std::string Notice::id() const {
  const std::string hash = hash_hex(fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}", detail_type(kind), deadline,
                                                generation, arn, occurrence, count, operation, definition));
  return fmt::format("{}-{}-{}-{}-{}", hash.substr(0, 8), hash.substr(8, 4), hash.substr(12, 4), hash.substr(16, 4),
                     hash.substr(20));
}

std::string Notice::json(UnixNanos now) const {
  return Json{{"version", "0"},
              {"id", id()},
              {"detail-type", detail_type(kind)},
              {"source", "sagewatch"},
              {"account", account},
              {"time", rfc3339_seconds(now)},
              {"region", region},
              {"resources", Json::array({std::string{routing_part(arn)}})},
              {"detail", detail_of(*this, now)}}
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::optional<Notice> read_notice(std::string_view json) {
  const Json event = Json::parse(json, nullptr, false);
  if (!event.is_object()) return std::nullopt;
  Notice notice;
  const auto type = std::find(detail_types.begin(), detail_types.end(), text(event, "detail-type"));
  const auto detail = event.find("detail");
  const auto resources = event.find("resources");
  if (type == detail_types.end() || detail == event.end() || !detail->is_object() || resources == event.end() ||
      resources->empty() || !resources->front().is_string())
    return std::nullopt;
  notice.kind = static_cast<Kind>(type - detail_types.begin());
  notice.arn = resources->front().get<std::string>();
  notice.account = text(event, "account");
  notice.region = text(event, "region");
  notice.deadline = text(*detail, "deadline");
  notice.definition = text(*detail, "definition");
  notice.operation = text(*detail, "operation");
  if (notice.deadline.empty()) return std::nullopt;
  if (notice.kind != Kind::configured && !read_told(*detail, notice)) return std::nullopt;
  return notice;
}

}  // namespace sagewatch
