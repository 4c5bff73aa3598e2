#include "collector/api/eventbridge.h"

#include <fmt/format.h>

#include <algorithm>

#include "collector/api/put_events.h"
#include "collector/api/test_event_pattern.h"
#include "collector/http/answers.h"

namespace sagewatch {
namespace {

// EventBridge's operations that sagewatch does not have: people deserve to hear what to do instead.
constexpr std::string_view rule_operations[] = {
    "PutRule",     "DeleteRule", "PutTargets",   "RemoveTargets",     "EnableRule",
    "DisableRule", "ListRules",  "DescribeRule", "ListTargetsByRule", "ListRuleNamesByTarget"};

HttpResponse unknown_operation(std::string_view target) {
  const auto dot = target.find('.');
  const std::string_view service = target.substr(0, dot);
  const std::string_view operation = dot == std::string_view::npos ? std::string_view{} : target.substr(dot + 1);
  std::string what;
  if (target.empty())
    what = "this is EventBridge's API: send X-Amz-Target: AWSEvents.PutEvents; raw events go to POST /api/v1/events";
  else if (service != "AWSEvents")
    what = fmt::format("{} is not an operation of EventBridge, which is all of AWS that is spoken here",
                       target.substr(0, 100));
  else if (std::find(std::begin(rule_operations), std::end(rule_operations), operation) != std::end(rule_operations))
    what = fmt::format("{} is not available: rules come from the files that the configuration names", operation);
  else
    what = fmt::format("{} is not available; PutEvents and TestEventPattern are", operation.substr(0, 100));
  return aws_error(400, "UnknownOperationException", what);
}

}  // namespace

std::string_view region_of_signature(std::string_view authorization) {
  constexpr std::string_view start = "Credential=";
  const auto at = authorization.find(start);
  if (!authorization.starts_with("AWS4-") || at == std::string_view::npos) return {};
  std::string_view scope = authorization.substr(at + start.size());
  scope = scope.substr(0, scope.find_first_of(", "));
  for (int part = 0; part < 2; ++part) {  // the key's id and the date stand before the region
    const auto slash = scope.find('/');
    if (slash == std::string_view::npos) return {};
    scope.remove_prefix(slash + 1);
  }
  const std::string_view region = scope.substr(0, scope.find('/'));
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return region.size() <= 32 && std::all_of(region.begin(), region.end(), fits) ? region : std::string_view{};
}

EventBridge::EventBridge(EventBridgeConfig config, BatchSink& sink, const Clock& clock, UuidSource uuids,
                         OnRejected on_rejected)
    : uuids_(std::move(uuids)),
      default_region_(config.region),
      test_event_bytes_max_(config.put_events_bytes_max),
      put_events_(std::make_unique<PutEvents>(std::move(config), sink, clock, uuids_, std::move(on_rejected))) {}
EventBridge::~EventBridge() = default;

void EventBridge::serve(HttpRequest&& request, Respond respond) {
  const Respond with_id = [respond = std::move(respond), id = uuids_.next()](HttpResponse answer) {
    answer.headers.emplace_back("x-amzn-RequestId", id);
    respond(std::move(answer));
  };
  const std::string_view target = request.header("x-amz-target");
  if (target == "AWSEvents.TestEventPattern")
    return with_id(test_event_pattern(std::move(request.body), test_event_bytes_max_));
  if (target != "AWSEvents.PutEvents") return with_id(unknown_operation(target));
  const std::string_view signed_for = region_of_signature(request.header("authorization"));
  const std::string region{signed_for.empty() ? std::string_view{default_region_} : signed_for};
  put_events_->serve(std::move(request.body), region, with_id);
}

}  // namespace sagewatch
