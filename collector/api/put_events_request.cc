#include "collector/api/put_events_request.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>

#include "collector/api/call_body.h"

namespace sagewatch {
namespace {

namespace dom = simdjson::dom;
using Fault = tl::unexpected<CallFault>;

constexpr std::size_t entries_max = 10;
constexpr std::size_t bus_max = 1600;
constexpr std::size_t trace_header_max = 500;
constexpr std::size_t resource_max = 2048;

Fault constraint(std::string_view value, std::string_view path, std::string_view rule) {
  return Fault{constraints_fault({unmet_constraint(value, path, rule)})};
}
Fault refused_type(dom::element found, std::string_view wanted, const std::string& place) {
  return Fault{wrong_type(found, wanted, place)};
}

using Read = tl::expected<void, CallFault>;

Read read_text(dom::element value, const std::string& place, std::string_view& text) {
  if (value.is_null()) return {};
  if (!value.is_string()) return refused_type(value, "String", place);
  text = std::string_view(value);
  return {};
}

// Seconds since 1970, whole or not, as the SDKs send them; or ISO 8601, which is kinder than AWS.
Read read_time(dom::element value, const std::string& place, std::optional<UnixNanos>& time) {
  if (value.is_null()) return {};
  constexpr double limit_s = 9.2e9;  // the year 2262, where nanoseconds end
  if (value.is_string()) {
    time = parse_iso8601(std::string_view(value));
    if (!time) return refused_type(value, "Timestamp", place);
    return {};
  }
  if (!value.is_number()) return refused_type(value, "Timestamp", place);
  const double seconds = value.is_double()  ? double(value)
                         : value.is_int64() ? static_cast<double>(int64_t(value))
                                            : limit_s;
  if (!(std::abs(seconds) < limit_s))
    return Fault{
        serialization_fault(fmt::format("the time is out of range; it counts seconds since 1970 (at {})", place))};
  const double whole = std::floor(seconds);
  time =
      UnixNanos{static_cast<std::int64_t>(whole) * 1'000'000'000 + static_cast<std::int64_t>((seconds - whole) * 1e9)};
  return {};
}

Read read_resources(dom::element value, std::size_t number, std::vector<std::string_view>& resources) {
  if (value.is_null()) return {};
  const std::string place = fmt::format("Entries[{}].Resources", number - 1);
  if (!value.is_array()) return refused_type(value, "List", place);
  for (const dom::element element : dom::array(value)) {
    std::string_view text;
    if (Read read = read_text(element, place, text); !read) return read;
    if (text.size() > resource_max)
      return constraint(clipped(text),
                        fmt::format("entries.{}.member.resources.{}.member", number, resources.size() + 1),
                        must_not_be_longer(resource_max));
    resources.push_back(text);
  }
  return {};
}

Read check_length(std::string_view text, bool is_there, std::size_t longest, std::size_t number,
                  std::string_view field) {
  if (!is_there || (!text.empty() && text.size() <= longest)) return {};
  const std::string path = fmt::format("entries.{}.member.{}", number, field);
  if (text.empty()) return constraint("''", path, "Member must have length greater than or equal to 1");
  return constraint(clipped(text), path, must_not_be_longer(longest));
}

tl::expected<PutEventsEntry, CallFault> read_entry(dom::element value, std::size_t number) {
  if (!value.is_object()) return refused_type(value, "Structure", fmt::format("Entries[{}]", number - 1));
  PutEventsEntry entry;
  std::string_view trace;
  bool has_bus = false;
  bool has_trace = false;
  for (const dom::key_value_pair& member : dom::object(value)) {
    const std::string_view key = member.key;
    const dom::element field = member.value;
    const auto text = [&](std::string_view& into) {
      return read_text(field, fmt::format("Entries[{}].{}", number - 1, key), into);
    };
    Read read;
    if (key == "Source") {
      read = text(entry.source);
    } else if (key == "DetailType") {
      read = text(entry.detail_type);
    } else if (key == "Detail") {
      read = text(entry.detail);
    } else if (key == "EventBusName") {
      read = text(entry.bus);
      has_bus = !field.is_null();
    } else if (key == "TraceHeader") {
      read = text(trace);
      has_trace = !field.is_null();
    } else if (key == "Time") {
      read = read_time(field, fmt::format("Entries[{}].Time", number - 1), entry.time);
    } else if (key == "Resources") {
      read = read_resources(field, number, entry.resources);
    }
    if (!read) return Fault{std::move(read.error())};
  }
  if (Read fits = check_length(entry.bus, has_bus, bus_max, number, "eventBusName"); !fits)
    return Fault{std::move(fits.error())};
  if (Read fits = check_length(trace, has_trace, trace_header_max, number, "traceHeader"); !fits)
    return Fault{std::move(fits.error())};
  return entry;
}

tl::expected<std::vector<PutEventsEntry>, CallFault> read_entries(dom::element value) {
  if (!value.is_array()) return refused_type(value, "List", "Entries");
  const dom::array list(value);
  if (list.size() == 0) return constraint("'[]'", "entries", "Member must have length greater than or equal to 1");
  if (list.size() > entries_max)
    return constraint(fmt::format("'[{} entries]'", list.size()), "entries", must_not_be_longer(entries_max));
  std::vector<PutEventsEntry> entries;
  entries.reserve(list.size());
  for (const dom::element element : list) {
    auto entry = read_entry(element, entries.size() + 1);
    if (!entry) return Fault{std::move(entry.error())};
    entries.push_back(std::move(*entry));
  }
  return entries;
}

}  // namespace

std::uint64_t PutEventsEntry::bytes() const {
  std::uint64_t sum = (time ? 14 : 0) + source.size() + detail_type.size() + detail.size();
  for (const std::string_view resource : resources) sum += resource.size();
  return sum;
}

struct PutEventsReader::Parser {
  dom::parser dom;
};

PutEventsReader::PutEventsReader(std::uint64_t bytes_max)
    : bytes_max_(bytes_max), parser_(std::make_unique<Parser>()) {}
PutEventsReader::~PutEventsReader() = default;

tl::expected<std::vector<PutEventsEntry>, CallFault> PutEventsReader::read(std::string& body) {
  // The parser keeps some ten times the largest body it has seen; one huge call must not hold that for ever.
  constexpr std::size_t kept_capacity = 2 << 20;
  if (parser_->dom.capacity() > kept_capacity) parser_->dom = dom::parser{};
  const auto call = read_call_body(body, parser_->dom);
  if (!call) return Fault{call.error()};
  dom::element endpoint;
  if ((*call)["EndpointId"].get(endpoint) == simdjson::SUCCESS && !endpoint.is_null())
    return Fault{validation_fault("EndpointId is not supported: there are no global endpoints here; leave it out")};
  dom::element list;
  if ((*call)["Entries"].get(list) != simdjson::SUCCESS || list.is_null())
    return constraint("null", "entries", must_be_there);
  auto entries = read_entries(list);
  if (!entries) return entries;
  std::uint64_t sum = 0;
  for (const PutEventsEntry& entry : *entries) sum += entry.bytes();
  if (sum > bytes_max_) return Fault{validation_fault("Total size of the entries in the request is over the limit.")};
  return entries;
}

}  // namespace sagewatch
