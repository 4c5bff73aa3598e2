#include "exporters/dead_letter.h"

#include <nlohmann/json.hpp>

#include "events/base/bytes.h"
#include "events/frame.h"
#include "events/json_dom.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t format_version = 1;

void put_time(std::string& out, UnixNanos time) {
  put<std::int64_t>(out, time.count);
}
UnixNanos get_time(ByteReader& in) {
  return {in.number<std::int64_t>()};
}

// A string at the event's top; empty if there is none, or no event.
std::string member(std::string_view event, std::string_view key) {
  std::string padded{event};
  padded.append(frame_padding, '\0');
  JsonDom parser;
  simdjson::dom::element root;
  std::string_view text;
  if (parser.parse({padded.data(), event.size()}, root) != simdjson::SUCCESS) return {};
  return root[key].get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

// AWS's name of the rule; account and region are those of the event.
std::string rule_arn(const DeadLetter& letter) {
  const std::string account = member(letter.event, "account");
  const std::string region = member(letter.event, "region");
  const std::string bus = letter.bus.empty() || letter.bus == "default" ? "" : letter.bus + "/";
  return "arn:aws:events:" + region + ":" + account + ":rule/" + bus + letter.rule;
}

nlohmann::ordered_json time_or_null(UnixNanos time) {
  return time.known() ? nlohmann::ordered_json(rfc3339(time)) : nlohmann::ordered_json(nullptr);
}

}  // namespace

const char* to_string(DeadLetterReason reason) {
  switch (reason) {
    case DeadLetterReason::retries_exhausted:
      return "retries_exhausted";
    case DeadLetterReason::age_exceeded:
      return "age_exceeded";
    case DeadLetterReason::permanent:
      return "permanent";
    case DeadLetterReason::target_removed:
      return "target_removed";
  }
  return "unknown";
}

// u8 version(1), then the fields in the order of the struct; integers and strings as events/base/bytes.h writes them.
std::string encode(const DeadLetter& letter) {
  std::string out;
  out.reserve(letter.event.size() + 512);
  put<std::uint8_t>(out, format_version);
  put_string(out, letter.delivery_id);
  put<std::uint32_t>(out, letter.position.journal);
  put<std::uint64_t>(out, letter.position.offset);
  for (const auto* text :
       {&letter.event_id, &letter.bus, &letter.rule, &letter.target, &letter.target_id, &letter.target_arn}) {
    put_string(out, *text);
  }
  put_time(out, letter.received);
  put<std::uint8_t>(out, static_cast<std::uint8_t>(letter.reason));
  put_string(out, letter.error_code);
  put_string(out, letter.error_message);
  put<std::uint8_t>(out, static_cast<std::uint8_t>(letter.exhausted));
  put<std::uint32_t>(out, letter.attempts);
  put_time(out, letter.first_attempt);
  put_time(out, letter.last_attempt);
  put_time(out, letter.written);
  put_string(out, letter.event);
  return out;
}

Result<DeadLetter> decode_dead_letter(std::string_view bytes) {
  ByteReader in(bytes);
  const auto version = in.number<std::uint8_t>();
  if (in.ok() && version != format_version) {
    return no("this dead letter was written in format " + std::to_string(version) +
              ", which this version of sagewatch " + "cannot read; use the version that wrote it, or a newer one");
  }
  DeadLetter letter;
  letter.delivery_id = in.string();
  letter.position.journal = in.number<std::uint32_t>();
  letter.position.offset = in.number<std::uint64_t>();
  for (auto* text :
       {&letter.event_id, &letter.bus, &letter.rule, &letter.target, &letter.target_id, &letter.target_arn}) {
    *text = in.string();
  }
  letter.received = get_time(in);
  const auto reason = in.number<std::uint8_t>();
  letter.error_code = in.string();
  letter.error_message = in.string();
  const auto exhausted = in.number<std::uint8_t>();
  letter.attempts = in.number<std::uint32_t>();
  letter.first_attempt = get_time(in);
  letter.last_attempt = get_time(in);
  letter.written = get_time(in);
  letter.event = in.string();
  const bool known = reason >= 1 && reason <= static_cast<std::uint8_t>(DeadLetterReason::target_removed) &&
                     exhausted <= static_cast<std::uint8_t>(Exhausted::age);
  if (!in.ok() || !in.at_end() || !known) {
    return no("the bytes of this dead letter are damaged: they end early, go on too long or hold unknown values");
  }
  letter.reason = static_cast<DeadLetterReason>(reason);
  letter.exhausted = static_cast<Exhausted>(exhausted);
  return letter;
}

std::string to_json(const DeadLetter& letter, bool with_event) {
  const nlohmann::ordered_json fields = {
      {"version", format_version},
      {"deliveryId", letter.delivery_id},
      {"eventId", letter.event_id},
      {"journal", letter.position.journal},
      {"position", letter.position.offset},
      {"bus", letter.bus},
      {"rule", letter.rule},
      {"target", letter.target},
      {"targetId", letter.target_id},
      {"targetArn", letter.target_arn},
      {"reason", to_string(letter.reason)},
      {"errorCode", letter.error_code},
      {"errorMessage", letter.error_message},
      {"exhaustedRetryCondition", exhausted_condition(letter.exhausted)},
      {"retryAttempts", letter.retry_attempts()},
      {"received", time_or_null(letter.received)},
      {"firstAttempt", time_or_null(letter.first_attempt)},
      {"lastAttempt", time_or_null(letter.last_attempt)},
      {"written", time_or_null(letter.written)},
      {"classicAttributes",
       {{"RULE_ARN", rule_arn(letter)},
        {"TARGET_ARN", letter.target_arn},
        {"ERROR_CODE", letter.error_code},
        {"ERROR_MESSAGE", letter.error_message},
        {"EXHAUSTED_RETRY_CONDITION", exhausted_condition(letter.exhausted)},
        {"RETRY_ATTEMPTS", std::to_string(letter.retry_attempts())}}},
  };
  // Messages quote receivers, who need not send UTF-8.
  std::string out = fields.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
  if (!with_event) return out;
  out.pop_back();
  out += ",\"event\":";
  out += letter.event.empty() ? "null" : letter.event;
  out += '}';
  return out;
}

std::string event_id_of(std::string_view json) {
  return member(json, "id");
}

}  // namespace sagewatch
