#include "collector/api/explain.h"

#include <fmt/format.h>

#include "collector/api/parameters.h"
#include "collector/explained_rule.h"
#include "collector/http/answers.h"
#include "events/base/config_node.h"
#include "events/frame.h"
#include "rules/display.h"
#include "rules/json_reader.h"
#include "rules/pattern_advice.h"

namespace sagewatch {
namespace {

constexpr const char* shape = R"(send {"event": {...}, "pattern": {...}} or {"event": {...}, "rule": "NAME"})";

// Reads the members of the body without building anything: it may be large, and is the client's.
class BodyReader {
 public:
  explicit BodyReader(std::string_view body) : json_(body) {}

  Result<ExplainRequest> read() {
    if (json_.next() != JsonToken::begin_object) return refuse("the body must be a JSON object");
    for (JsonToken token = json_.next(); token != JsonToken::end_object; token = json_.next()) {
      if (token != JsonToken::key) return refuse("");
      if (auto member = read_member(std::string{json_.text()}); !member) return no(member.error());
    }
    if (json_.next() != JsonToken::end) return refuse("");
    if (request_.event.empty()) return no(fmt::format("the event is missing; {}", shape));
    if (request_.pattern.empty() == request_.rule.empty())
      return no(fmt::format("say either the pattern or the rule; {}", shape));
    return std::move(request_);
  }

 private:
  Done read_member(const std::string& key) {
    if (key == "event") return read_document(request_.event, key);
    if (key == "pattern") return read_document(request_.pattern, key);
    if (key == "rule") return read_name(request_.rule, key);
    if (key == "bus") return read_name(request_.bus, key);
    const std::string guess = nearest(key, {"event", "pattern", "rule", "bus"});
    return no(fmt::format("unknown member {}{}; {}", quoted(key),
                          guess.empty() ? "" : fmt::format(", did you mean \"{}\"?", guess), shape));
  }

  // An object as it is written; also in a string, as AWS takes them.
  Done read_document(std::string& into, std::string_view key) {
    if (!into.empty()) return no(fmt::format("\"{}\" stands there twice", key));
    const JsonToken token = json_.next();
    if (token == JsonToken::string) {
      into = json_.text();
    } else {
      const std::size_t begin = json_.begin();
      if (!skip(token)) return no(refusal(""));
      into = json_.source().substr(begin, json_.end() - begin);
    }
    if (into.empty()) return refuse(fmt::format("\"{}\" is empty", key));
    into.reserve(into.size() + frame_padding);
    return {};
  }

  Done read_name(std::string& into, std::string_view key) {
    const JsonToken token = json_.next();
    if (token == JsonToken::invalid) return no(refusal(""));
    if (token != JsonToken::string || json_.text().empty())
      return refuse(fmt::format("\"{}\" must be a string that is not empty", key));
    into = json_.text();
    return {};
  }

  // To the end of the value that began.
  bool skip(JsonToken token) {
    for (std::size_t depth = 0;; token = json_.next()) {
      if (token == JsonToken::invalid || token == JsonToken::end) return false;
      if (token == JsonToken::begin_object || token == JsonToken::begin_array) ++depth;
      if ((token == JsonToken::end_object || token == JsonToken::end_array) && --depth == 0) return true;
      if (depth == 0) return true;
    }
  }

  // What the reader says, if it says something.
  std::string refusal(std::string_view what) {
    if (!json_.error()) return fmt::format("{}; {}", what, shape);
    const TextPlace place = json_.place();
    return fmt::format("the body is not JSON: {} (line {}, column {})", *json_.error(), place.line, place.column);
  }
  tl::unexpected<Error> refuse(std::string_view what) { return no(refusal(what)); }

  JsonReader json_;
  ExplainRequest request_;
};

HttpResponse json_answer(std::string json) {
  return {.body = std::move(json) + "\n", .headers = {}};
}

HttpResponse explain_pattern(const ExplainRequest& request, const JsonLimits& limits) {
  const auto pattern = Pattern::parse(request.pattern);
  if (!pattern) {
    const std::string cure = advice(pattern.error());
    return error_answer(400, pattern.error().text() + (cure.empty() ? "" : "; " + cure));
  }
  if (const auto good = check_event(request.event, limits, EventForm::any_object); !good)
    return error_answer(400, good.error().what);
  return json_answer(explanation_json(nullptr, explain(*pattern, ValidJson::checked_when_accepted(request.event))));
}

HttpResponse explain_rule(const ExplainRequest& request, const ExplainParts& parts) {
  const std::shared_ptr<const RuleSet> rules = parts.rules();
  const auto rule = find_rule(*rules, request.bus, request.rule);
  if (!rule) return error_answer(404, rule.error().what);
  if (const auto good = check_event(request.event, parts.limits, EventForm::accepted); !good)
    return error_answer(400, good.error().what);
  return json_answer(explanation_json(*rule, explain(**rule, request.event)));
}

HttpResponse answer(const ExplainParts& parts, std::string_view body) {
  const auto request = ExplainRequest::read(body);
  if (!request) return error_answer(400, request.error().what);
  return request->rule.empty() ? explain_pattern(*request, parts.limits) : explain_rule(*request, parts);
}

}  // namespace

Result<ExplainRequest> ExplainRequest::read(std::string_view body) {
  return BodyReader{body}.read();
}

void add_explain(HttpServer& server, ExplainParts given) {
  const auto parts = std::make_shared<ExplainParts>(std::move(given));
  const auto service = [parts](HttpRequest&& request, const Respond& respond) {
    const auto kept = std::make_shared<HttpRequest>(std::move(request));
    if (!parts->run([parts, kept, respond] { respond(answer(*parts, kept->body)); }))
      respond(busy_answer("too many requests wait already; try again in a moment"));
  };
  server.route("POST", "/api/v1/explain", taking({}, service));
}

}  // namespace sagewatch
