#include "collector/api/resources.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "collector/api/parameters.h"
#include "collector/http/answers.h"
#include "collector/resource_kin.h"
#include "collector/resource_listings.h"
#include "exporters/resource_aspects.h"
#include "exporters/resource_json.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

constexpr std::string_view tree = "/api/v1/resources/", history_end = "/history";

struct Routes {
  explicit Routes(ResourcesParts given) : parts(std::move(given)), listings(parts.fleet, parts.clock, parts.bits) {}
  ResourcesParts parts;
  ResourceListings listings;  // the errands thread's
};

HttpResponse json_answer(std::string json) {
  return {.body = std::move(json) + "\n", .headers = {}};
}

// Takes the words of that name out; the value of the last.
std::string take(ResourceFilter::Words& words, std::string_view name) {
  std::string value;
  for (const auto& [word, given] : words)
    if (word == name) value = given;
  std::erase_if(words, [&](const auto& word) { return word.first == name; });
  return value;
}

HttpResponse list(Routes& routes, const HttpRequest& request) {
  ResourceFilter::Words words = request.parameters();
  // Read with all the words, so that a wrong one is told together with what is allowed here.
  auto filter = ResourceFilter::read(words, routes.parts.clock.now(), {"limit", "next"});
  if (!filter) return error_answer(400, filter.error().what);
  const std::string next = take(words, "next");
  take(words, "limit");
  const auto limit = limit_of(request);
  if (!limit) return error_answer(400, limit.error().what);

  std::string body = "{\"resources\":[";
  const auto look = [&](const Resource& resource) {
    if (body.back() == '}') body += ',';
    body += resource_json(resource);
  };
  auto page = next.empty() ? routes.listings.begin(std::move(*filter), std::move(words), *limit, look)
                           : routes.listings.go_on(next, words, *limit, look);
  if (!page) return error_answer(page.error().retry ? 410 : 400, page.error().what);
  body += fmt::format("],\"matched\":{}", page->matched);
  if (!page->next.empty()) body += fmt::format(",\"next\":\"{}\"", page->next);
  return json_answer(body + '}');
}

HttpResponse unknown(const Routes& routes, std::string_view arn) {
  const std::string meant = meant_by(routes.parts.fleet, arn);
  return error_answer(404, fmt::format("no resource {} is known{}", quoted(arn),
                                       meant.empty() ? "; GET /api/v1/resources lists those that are"
                                                     : "; did you mean " + meant + "?"));
}

HttpResponse get(const Routes& routes, const Resource& resource) {
  std::string body = resource_json(resource);
  body.pop_back();
  const auto started = routes.parts.find(started_arn(resource));
  body += fmt::format(",\"started\":{}", started ? resource_summary_json(*started) : "null");
  const Children children = children_of(routes.parts.fleet, resource);
  body += fmt::format(",\"children\":[{}],\"children_cut\":{},\"history\":{}}}", fmt::join(children.shown, ","),
                      children.cut, history_json(resource));
  return json_answer(std::move(body));
}

HttpResponse history(const Resource& resource) {
  std::string arn;
  append_json_string(arn, resource.arn);
  return json_answer(fmt::format("{{\"arn\":{},\"history\":{}}}", arn, history_json(resource)));
}

// The path behind the tree is an ARN, or an ARN and "/history"; what is known as a whole is the ARN.
HttpResponse one(const Routes& routes, const HttpRequest& request) {
  std::string_view arn = std::string_view{request.path}.substr(tree.size());
  if (const auto resource = routes.parts.find(arn)) return get(routes, *resource);
  if (!arn.ends_with(history_end)) return unknown(routes, arn);
  arn.remove_suffix(history_end.size());
  const auto resource = routes.parts.find(arn);
  return resource ? history(*resource) : unknown(routes, arn);
}

HttpResponse follow(Routes& routes, const HttpRequest& request) {
  ResourceFilter::Words words = request.parameters();
  auto filter = ResourceFilter::read(words, routes.parts.clock.now(), {"last_event_id"});
  if (!filter) return error_answer(400, filter.error().what);
  if (filter->asks_for_age())
    return error_answer(400, "since and older_than choose among present states; transitions that come are always new");
  const std::string last_id = take(words, "last_event_id");
  if (request.method == "HEAD") return {.content_type = "text/event-stream", .body = {}, .headers = {}};
  return routes.parts.followers.add(std::move(*filter), last_id.empty() ? request.header("last-event-id") : last_id);
}

}  // namespace

void add_resources(HttpServer& server, ResourcesParts parts) {
  const auto routes = std::make_shared<Routes>(std::move(parts));
  using Answer = HttpResponse (*)(Routes&, const HttpRequest&);
  const auto errand = [&](Answer answer) -> HttpService {
    return [routes, answer](HttpRequest&& request, const Respond& respond) {
      const auto kept = std::make_shared<HttpRequest>(std::move(request));
      if (!routes->parts.run([routes, answer, kept, respond] { respond(answer(*routes, *kept)); }))
        respond(busy_answer("too many requests wait already; try again in a moment"));
    };
  };
  server.route("GET", "/api/v1/resources", errand(list));
  server.route("GET", "/api/v1/resources/*",
               taking({}, errand([](Routes& all, const HttpRequest& request) { return one(all, request); })));
  server.route("GET", "/api/v1/resources/events",
               [routes](HttpRequest&& request, const Respond& respond) { respond(follow(*routes, request)); });
}

}  // namespace sagewatch
