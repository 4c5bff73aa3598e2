#include "collector/api/held.h"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "collector/api/parameters.h"
#include "collector/http/answers.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

struct Bounds {
  std::uint64_t before;
  std::size_t limit;
};

// Of the page that is asked for.
Result<Bounds> bounds_of(const HttpRequest& request) {
  const auto before = number_of(request, "before", UINT64_MAX, 0, UINT64_MAX);
  if (!before) return no(before.error());
  return limit_of(request).map([&](std::size_t limit) { return Bounds{*before, limit}; });
}

// Bytes of events and refused input need not be UTF-8.
HttpResponse json_answer(const Json& body) {
  return {.body = body.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n", .headers = {}};
}

constexpr std::string_view letters_tree = "/api/v1/dead-letters/";
constexpr std::string_view quarantine_tree = "/api/v1/quarantine/";

HttpResponse list_letters(DeadLetters& letters, const HttpRequest& request) {
  const auto page = bounds_of(request);
  if (!page) return error_answer(400, page.error().what);
  const auto listed = letters.list(request.parameter("target"), page->before, page->limit);
  if (!listed) return error_answer(500, listed.error().what);
  Json body{{"dead_letters", Json::array()}};
  for (const auto& each : *listed) {
    Json letter = Json::parse(to_json(each.letter, false), nullptr, false);
    letter["redriven"] = each.redriven;
    body["dead_letters"].push_back(std::move(letter));
  }
  if (listed->size() == page->limit) body["next"] = listed->back().position;
  return json_answer(body);
}

HttpResponse show_letter(DeadLetters& letters, const HttpRequest& request) {
  const auto letter = letters.show(request.path.substr(letters_tree.size()));
  if (!letter) return error_answer(404, letter.error().what);
  return {.body = to_json(*letter) + "\n", .headers = {}};
}

HttpResponse redrive(const HeldParts& parts, const HttpRequest& request) {
  auto arrivals = parts.letters.redrive(request.parameter("id"), request.parameter("target"));
  if (!arrivals) return error_answer(404, arrivals.error().what);
  const std::size_t count = arrivals->size();
  parts.owe_again(std::move(*arrivals));
  return json_answer({{"redriven", count}});
}

Json entry_json(const Refused& entry) {
  return {{"id", entry.id},         {"time", rfc3339(entry.time)}, {"source", entry.source},     {"place", entry.place},
          {"reason", entry.reason}, {"error", entry.sentence},     {"bytes", entry.bytes.size()}};
}

HttpResponse list_quarantine(Quarantine& quarantine, const HttpRequest& request) {
  const auto page = bounds_of(request);
  if (!page) return error_answer(400, page.error().what);
  const auto listed = quarantine.list(page->before, page->limit);
  Json body{{"entries", Json::array()}};
  for (const Refused& entry : listed) body["entries"].push_back(entry_json(entry));
  if (listed.size() == page->limit) body["next"] = listed.back().id;
  return json_answer(body);
}

HttpResponse list_incomplete(const HeldParts& parts, const HttpRequest& request) {
  const auto page = bounds_of(request);
  if (!page) return error_answer(400, page.error().what);
  const auto listed = parts.incomplete(page->before, page->limit);
  Json body{{"incomplete", Json::array()}};
  for (const Incomplete& event : listed) {
    body["incomplete"].push_back({{"position", event.position},
                                  {"received", rfc3339(event.received)},
                                  {"kind", event.kind},
                                  {"detail_type", event.detail_type},
                                  {"id", event.id},
                                  {"arn", event.arn},
                                  {"fields", event.fields}});
  }
  if (listed.size() == page->limit) body["next"] = listed.back().position;
  return json_answer(body);
}

HttpResponse list_refused(const HeldParts& parts, const HttpRequest& request) {
  const std::string incomplete = request.parameter("incomplete");
  if (incomplete == "true") return list_incomplete(parts, request);
  if (incomplete.empty() || incomplete == "false") return list_quarantine(parts.quarantine, request);
  return error_answer(400, "incomplete: only true and false are allowed");
}

HttpResponse show_quarantined(Quarantine& quarantine, const HttpRequest& request) {
  const std::string_view text = std::string_view{request.path}.substr(quarantine_tree.size());
  const auto id = digits_as_number(text);
  if (!id)
    return error_answer(404, fmt::format("there is no entry {} in quarantine: ids are whole numbers; `quarantine list` "
                                         "shows all",
                                         quoted(text)));
  const auto entry = quarantine.show(*id);
  if (!entry) return error_answer(404, entry.error().what);
  Json body = entry_json(*entry);
  body["content"] = entry->bytes;
  return json_answer(body);
}

}  // namespace

void add_held(HttpServer& server, HeldParts given) {
  const auto parts = std::make_shared<HeldParts>(std::move(given));
  using Answer = HttpResponse (*)(const HeldParts&, const HttpRequest&);
  const auto add = [&](std::string method, std::string path, std::vector<std::string> parameters, Answer answer) {
    const auto service = [parts, answer](HttpRequest&& request, const Respond& respond) {
      const auto kept = std::make_shared<HttpRequest>(std::move(request));
      if (!parts->run([parts, answer, kept, respond] { respond(answer(*parts, *kept)); })) {
        respond(busy_answer("too many requests wait for the disk; try again in a moment"));
      }
    };
    server.route(std::move(method), std::move(path), taking(std::move(parameters), service));
  };
  add("GET", "/api/v1/dead-letters", {"target", "before", "limit"},
      [](const HeldParts& p, const HttpRequest& r) { return list_letters(p.letters, r); });
  add("GET", "/api/v1/dead-letters/*", {},
      [](const HeldParts& p, const HttpRequest& r) { return show_letter(p.letters, r); });
  add("POST", "/api/v1/dead-letters/redrive", {"id", "target"}, redrive);
  add("GET", "/api/v1/quarantine", {"incomplete", "before", "limit"}, list_refused);
  add("GET", "/api/v1/quarantine/*", {},
      [](const HeldParts& p, const HttpRequest& r) { return show_quarantined(p.quarantine, r); });
}

}  // namespace sagewatch
