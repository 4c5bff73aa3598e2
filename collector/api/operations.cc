#include "collector/api/operations.h"

#include <memory>
#include <nlohmann/json.hpp>

#include "collector/api/parameters.h"

namespace sagewatch {
namespace {

HttpResponse metrics(MetricsPage& page, const HttpRequest& request) {
  const Page made = page.answer(request.header_list("accept"), request.header_list("accept-encoding"));
  HttpResponse response{.content_type = std::string{made.content_type},
                        .body = *made.body,
                        .headers = {{"Vary", "Accept, Accept-Encoding"}}};
  if (made.gzipped) response.headers.emplace_back("Content-Encoding", "gzip");
  return response;
}

HttpResponse ready(const Readiness& readiness) {
  const auto reasons = readiness.reasons();
  nlohmann::ordered_json body{{"ready", reasons.empty()}, {"reasons", nlohmann::json::array()}};
  for (const auto& [reason, what] : reasons) body["reasons"].push_back({{"reason", reason}, {"what", what}});
  body["notes"] = readiness.notes();
  return {.status = reasons.empty() ? 200 : 503, .body = body.dump() + "\n", .headers = {}};
}

HttpResponse healthy(const std::vector<std::string>& stuck) {
  nlohmann::ordered_json body{{"healthy", stuck.empty()}, {"stuck", stuck}};
  return {.status = stuck.empty() ? 200 : 503, .body = body.dump() + "\n", .headers = {}};
}

constexpr const char* front_page =
    "sagewatch\n\n"
    "GET  /metrics              what is known, for Prometheus\n"
    "GET  /-/ready  /-/healthy  whether to send traffic; whether all parts move\n"
    "POST /-/reload             read the configuration anew, all or nothing\n"
    "POST /                     EventBridge's API: PutEvents, TestEventPattern\n"
    "POST /api/v1/events        one event, a JSON list, or one a line\n"
    "POST /api/v1/explain       why a rule matches an event, or does not\n"
    "GET  /api/v1/resources     what is known of each resource; /ARN, /ARN/history, /events\n"
    "GET  /api/v1/dead-letters  what could not be delivered\n"
    "GET  /api/v1/quarantine    what was refused\n";

}  // namespace

void add_operations(HttpServer& server, OperationsParts given) {
  const auto parts = std::make_shared<OperationsParts>(std::move(given));
  server.route("GET", "/", [](HttpRequest&&, const Respond& respond) {
    respond({.content_type = "text/plain; charset=utf-8", .body = front_page, .headers = {}});
  });
  server.route("GET", "/metrics",
               [parts](HttpRequest&& request, const Respond& respond) { respond(metrics(parts->page, request)); });
  server.route("GET", "/-/ready", [parts](HttpRequest&&, const Respond& respond) { respond(ready(parts->readiness)); });
  server.route("GET", "/-/healthy",
               [parts](HttpRequest&&, const Respond& respond) { respond(healthy(parts->stuck())); });
  const auto reload = [parts](HttpRequest&&, Respond respond) {
    parts->reload([respond = std::move(respond)](const ReloadAnswer& answer) {
      respond({.status = answer.done ? 200 : 400,
               .content_type = "text/plain; charset=utf-8",
               .body = answer.text,
               .headers = {}});
    });
  };
  server.route("POST", "/-/reload", taking({}, reload));
}

}  // namespace sagewatch
