#include "collector/api/test_event_pattern.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <optional>
#include <vector>

#include "collector/api/call_body.h"
#include "collector/http/answers.h"
#include "events/frame.h"
#include "events/utf8.h"
#include "rules/json_reader.h"
#include "rules/reference.h"

namespace sagewatch {
namespace {

constexpr std::size_t pattern_length_max = 4'096;
constexpr std::string_view mandatory[] = {"id", "account", "source", "time", "region", "detail-type"};
constexpr const char* event_not_valid = "Parameter Event is not valid.";

struct Question {
  std::string_view pattern;
  std::string_view event;
};

tl::expected<Question, CallFault> read_question(std::string& body, simdjson::dom::parser& parser) {
  const auto call = read_call_body(body, parser);
  if (!call) return tl::unexpected{call.error()};
  const auto pattern = read_call_text(*call, "EventPattern");
  if (!pattern) return tl::unexpected{pattern.error()};
  const auto event = read_call_text(*call, "Event");
  if (!event) return tl::unexpected{event.error()};
  std::vector<std::string> unmet;
  if (!*pattern) {
    unmet.push_back(unmet_constraint("null", "eventPattern", must_be_there));
  } else if (utf8_count(**pattern) > pattern_length_max) {
    unmet.push_back(unmet_constraint(clipped(**pattern), "eventPattern", must_not_be_longer(pattern_length_max)));
  }
  if (!*event) unmet.push_back(unmet_constraint("null", "event", must_be_there));
  if (!unmet.empty()) return tl::unexpected{constraints_fault(unmet)};
  return Question{**pattern, **event};
}

// A JSON object with all mandatory members.
bool is_event(std::string_view text) {
  JsonReader json{text};
  if (json.next() != JsonToken::begin_object) return false;
  std::size_t found = 0;  // a bit for each of `mandatory`
  std::size_t depth = 1;
  while (true) {
    switch (json.next()) {
      case JsonToken::begin_object:
      case JsonToken::begin_array:
        ++depth;
        break;
      case JsonToken::end_object:
      case JsonToken::end_array:
        --depth;
        break;
      case JsonToken::key:
        if (depth != 1) break;
        for (std::size_t i = 0; i < std::size(mandatory); ++i) {
          if (json.text() == mandatory[i]) found |= std::size_t{1} << i;
        }
        break;
      case JsonToken::end:
        return found == (std::size_t{1} << std::size(mandatory)) - 1;
      case JsonToken::invalid:
        return false;
      default:
        break;
    }
  }
}

}  // namespace

HttpResponse test_event_pattern(std::string body, std::uint64_t event_bytes_max) {
  simdjson::dom::parser parser;
  const auto question = read_question(body, parser);
  if (!question) return aws_error(400, question.error().code, question.error().message);
  if (question->event.size() > event_bytes_max) {
    return aws_error(400, "ValidationException",
                     fmt::format("{} Reason: it has {} bytes, at most {} are allowed.", event_not_valid,
                                 question->event.size(), event_bytes_max));
  }
  std::string event;
  event.reserve(question->event.size() + frame_padding);
  event = question->event;
  if (!is_event(event)) return aws_error(400, "ValidationException", event_not_valid);
  const auto verdict = matches_event(question->pattern, event);
  if (!verdict) return aws_error(400, "InvalidEventPatternException", verdict.error().aws_text(question->pattern));
  HttpResponse answer;
  answer.content_type = "application/x-amz-json-1.1";
  answer.body = *verdict ? R"({"Result":true})" : R"({"Result":false})";
  return answer;
}

}  // namespace sagewatch
