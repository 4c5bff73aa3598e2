#include "events/envelope.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>
#include <unordered_set>
#include <vector>

#include "events/cloudtrail.h"
#include "events/event_time.h"
#include "events/json_dom.h"
#include "events/json_fault.h"
#include "events/resource_key.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

namespace dom = simdjson::dom;

std::string_view type_name(dom::element value) {
  switch (value.type()) {
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::ARRAY:
      return "a list";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "a boolean";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

Rejection refuse(Reason reason, std::string what) {
  return {reason, std::move(what)};
}

Rejection at_fault(const JsonFault& fault) {
  const std::string_view what = fault.reason == Reason::malformed_json ? "the event is not JSON: " : "";
  const std::string place = fault.path.empty() ? std::string{} : fmt::format(" ({})", fault.path);
  return refuse(fault.reason,
                fmt::format("{}line {}, column {}{}: {}", what, fault.line, fault.column, place, fault.what));
}

// The string at `path` (keys separated by '/') below `object`; of repeated keys the last one counts, as in EventReader.
void find_string(dom::object object, std::string_view path, std::string_view& found) {
  const std::size_t slash = path.find('/');
  for (const auto [key, value] : object) {
    if (key != path.substr(0, slash)) continue;
    if (slash == std::string_view::npos) {
      if (value.get(found)) found = {};
    } else if (dom::object inner; !value.get(inner)) {
      find_string(inner, path.substr(slash + 1), found);
    }
  }
}

void put_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", c);
    else
      out.push_back(c);
  }
  out.push_back('"');
}

}  // namespace

struct Envelope::Parts {
  JsonLimits limits;
  JsonDom parser;
  CallReader calls;
  std::vector<std::string_view> keys;  // of the event at hand
  std::vector<std::string_view> resources;

  explicit Parts(JsonLimits chosen) : limits(chosen), parser(chosen.event_bytes + 64) {}

  std::optional<Rejection> parse(std::string_view text, dom::object& event);
  std::optional<Rejection> repeated_key();
  std::optional<Rejection> member(std::string_view key, dom::element value, Checked& checked, dom::object& detail);
  std::optional<Rejection> list_resources(dom::element value);
  void route(Checked& checked, dom::object detail);
};

Envelope::Envelope(JsonLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
Envelope::~Envelope() = default;

std::optional<Rejection> Envelope::Parts::parse(std::string_view text, dom::object& event) {
  if (text.size() > limits.event_bytes) {
    return refuse(Reason::too_large,
                  fmt::format("the event has {} bytes; limits.event is {}: send less, or a link to it", text.size(),
                              limits.event_bytes));
  }
  // The parser counts the level it has entered, so it may reach `depth`, and refuses at its maximum. Once set it stays.
  if (parser.allow_depth(limits.depth + 1) != simdjson::SUCCESS)
    return refuse(Reason::too_deep, "no memory for the JSON parser; lower limits.json_depth");
  dom::element root;
  const auto error = parser.parse(text, root);
  // A member takes 5 bytes ("":1,) or more: smaller texts cannot break the limits which the parser does not know.
  const bool may_break_limits = text.size() > limits.string_bytes || text.size() > 5 * limits.object_keys;
  if (error || may_break_limits) {
    const auto fault = find_json_fault(text, limits);
    if (fault) return at_fault(*fault);
    if (error) {
      return refuse(error == simdjson::UTF8_ERROR ? Reason::not_utf8 : Reason::malformed_json,
                    fmt::format("the event is not JSON: {}", simdjson::error_message(error)));
    }
  }
  if (root.get(event)) {
    return refuse(
        Reason::malformed_json,
        fmt::format("the event is {}; it must be a JSON object with source, detail-type and detail", type_name(root)));
  }
  return std::nullopt;
}

std::optional<Rejection> Envelope::Parts::repeated_key() {
  const auto repeated = [](std::string_view key) {
    constexpr std::size_t shown_max = 64;
    return refuse(Reason::repeated_key,
                  fmt::format("\"{}\" stands twice in the event; remove one, so that everybody reads the same",
                              cut_utf8(key, shown_max)));
  };
  constexpr std::size_t few = 32;  // compared one by one; envelopes have nine
  if (keys.size() <= few) {
    for (std::size_t i = 0; i < keys.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (keys[i] == keys[j]) return repeated(keys[i]);
    return std::nullopt;
  }
  std::unordered_set<std::string_view> seen;
  for (const std::string_view key : keys)
    if (!seen.insert(key).second) return repeated(key);
  return std::nullopt;
}

std::optional<Rejection> Envelope::Parts::list_resources(dom::element value) {
  dom::array list;
  if (value.get(list)) {
    return refuse(
        Reason::wrong_type,
        fmt::format("\"resources\" is {}; it must be a list of strings (ARNs), or be left out", type_name(value)));
  }
  for (const dom::element entry : list) {
    std::string_view arn;
    if (entry.get(arn)) {
      return refuse(Reason::wrong_type, fmt::format("\"resources[{}]\" is {}; every entry must be a string (an ARN)",
                                                    resources.size(), type_name(entry)));
    }
    resources.push_back(arn);
  }
  return std::nullopt;
}

std::optional<Rejection> Envelope::Parts::member(std::string_view key, dom::element value, Checked& checked,
                                                 dom::object& detail) {
  struct Text {
    std::string_view key;
    std::string_view* into;
    bool required;
    bool* missing;
  };
  std::string_view version;
  const Text texts[] = {
      {"source", &checked.source, true, nullptr},
      {"detail-type", &checked.detail_type, true, nullptr},
      {"id", &checked.id, false, &checked.missing.id},
      {"account", &checked.account, false, &checked.missing.account},
      {"region", &checked.region, false, &checked.missing.region},
      {"version", &version, false, nullptr},
  };
  for (const Text& text : texts) {
    if (key != text.key) continue;
    if (value.get(*text.into)) {
      return refuse(Reason::wrong_type, fmt::format("\"{}\" is {}; it must be a string{}", key, type_name(value),
                                                    text.required ? "" : ", or be left out"));
    }
    if (text.required && text.into->empty())
      return refuse(Reason::missing_field, fmt::format("\"{}\" is empty; write what it is", key));
    if (text.missing != nullptr) *text.missing = false;
    return std::nullopt;
  }
  if (key == "resources") return list_resources(value);
  if (key == "detail" && value.get(detail))
    return refuse(Reason::wrong_type, fmt::format("\"detail\" is {}; it must be an object", type_name(value)));
  if (key == "time") {
    checked.missing.time = false;
    if (std::string_view text; !value.get(text)) {
      checked.happened = event_time(text).value_or(UnixNanos{});
    } else if (std::int64_t whole = 0; !value.get(whole)) {
      checked.happened = event_time(whole).value_or(UnixNanos{});
    } else if (double number = 0; !value.get(number)) {
      checked.happened = event_time(number).value_or(UnixNanos{});
    } else {
      return refuse(Reason::wrong_type,
                    fmt::format("\"time\" is {}; it must be a string such as \"2026-11-21T02:16:31Z\", or be left out",
                                type_name(value)));
    }
  }
  return std::nullopt;
}

// Records of CloudTrail come wrapped by EventBridge and bare: with one resource they meet by its ARN, else by the
// record's own id.
void Envelope::Parts::route(Checked& checked, dom::object detail) {
  const EventKind* kind = find_event_kind(checked.detail_type);
  if (kind == nullptr && checked.source == "aws.sagemaker") kind = &other_event_kind();
  std::string_view in_detail, id = checked.id;
  if (kind != nullptr && kind->is_call) {
    const CallSeen& call = calls.read(checked.json);
    in_detail = call.arn;
    if (!call.event_id.empty()) id = call.event_id;
  } else if (kind != nullptr) {
    find_string(detail, kind->arn_path, in_detail);
  }
  if (const auto arn = routing_arn(kind, in_detail, resources); !arn.empty())
    checked.resource_key = resource_key_of_arn(arn);
  else if (!id.empty() || !checked.missing.id)
    checked.resource_key = resource_key_of_id(checked.source, id);
}

tl::expected<Checked, Rejection> Envelope::check(std::string_view text) {
  Parts& parts = *parts_;
  dom::object event;
  if (auto refused = parts.parse(text, event)) return tl::unexpected{std::move(*refused)};

  parts.keys.clear();
  parts.resources.clear();
  for (const auto [key, value] : event) parts.keys.push_back(key);
  if (auto refused = parts.repeated_key()) return tl::unexpected{std::move(*refused)};

  Checked checked;
  checked.missing = {.id = true, .time = true, .account = true, .region = true};
  dom::object detail;
  for (const auto [key, value] : event)
    if (auto refused = parts.member(key, value, checked, detail)) return tl::unexpected{std::move(*refused)};

  struct Required {
    std::string_view key, example;
  };
  for (const auto& [key, example] :
       {Required{"source", "\"aws.sagemaker\""}, Required{"detail-type", "\"SageMaker Training Job State Change\""},
        Required{"detail", "{}"}}) {
    if (std::find(parts.keys.begin(), parts.keys.end(), key) != parts.keys.end()) continue;
    return tl::unexpected{
        refuse(Reason::missing_field, fmt::format("\"{}\" is missing; add it, such as \"{}\": {}", key, key, example))};
  }

  checked.json = ValidJson{text};
  checked.resources = parts.resources;
  parts.route(checked, detail);
  return checked;
}

std::string Envelope::complete(const Checked& checked, const MissingValues& values) {
  const std::string_view text = checked.json.text();
  const std::size_t behind_brace = text.find('{') + 1;
  std::string whole;
  whole.reserve(text.size() + 160);
  whole.append(text.substr(0, behind_brace));
  const auto add = [&whole](bool is_missing, std::string_view key, std::string_view value) {
    if (!is_missing) return;
    put_json_string(whole, key);
    whole.push_back(':');
    put_json_string(whole, value);
    whole.push_back(',');  // `detail` stands behind it, so the object is never empty
  };
  add(checked.missing.id, "id", values.id);
  add(checked.missing.account, "account", values.account);
  add(checked.missing.time, "time", rfc3339_seconds(values.time));
  add(checked.missing.region, "region", values.region);
  return whole.append(text.substr(behind_brace));
}

}  // namespace sagewatch
