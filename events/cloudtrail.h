#pragma once
// CloudTrail's records of SageMaker's API: which call speaks of which resource, as rows, and how a bare record becomes
// the event in which EventBridge would deliver it. Forms: CloudTrail's user guide, "CloudTrail record contents", and
// EventBridge's "AWS service events delivered via CloudTrail".
#include <span>
#include <string>
#include <string_view>

#include "events/resource_kind.h"

namespace sagewatch {

struct ApiCall {
  std::string_view event_name;  // "CreateModel"
  const ResourceKind* kind;
  std::string_view name;    // member of requestParameters (of serviceEventDetails in service events): "modelName"
  std::string_view arn;     // member of responseElements: "modelArn"
  std::string_view status;  // what the resource is then, for kinds whose own events do not tell: "Created"; or ""
};

std::span<const ApiCall> api_calls();  // sorted by event_name
// nullptr: a call that changes no resource that we keep.
const ApiCall* find_api_call(std::string_view event_name);

// Where the members of a record that name its resource stand.
inline constexpr std::string_view call_places[] = {"responseElements", "requestParameters", "serviceEventDetails"};

// The ARN of the call's resource, in `arn`: what the answer says, else made of the name, the region and the account.
// `get(place, member)` answers a string of the record, "" if there is none. "" if the record names none.
template <class Get>
std::string_view put_call_arn(const ApiCall& call, std::string_view region, std::string_view account, Get&& get,
                              std::string& arn) {
  arn = get("responseElements", call.arn);
  if (arn.empty()) arn = get("requestParameters", call.arn);  // some calls name their resource by its ARN
  for (const std::string_view place : {"requestParameters", "serviceEventDetails"}) {
    const std::string_view name = arn.empty() && !call.name.empty() ? get(place, call.name) : std::string_view{};
    if (name.starts_with("arn:"))
      arn = name;
    else if (!name.empty() && !region.empty() && !account.empty())
      arn.append("arn:aws:sagemaker:")
          .append(region)
          .append(1, ':')
          .append(account)
          .append(1, ':')
          .append(call.kind->arn_type)
          .append(1, '/')
          .append(name);
  }
  return arn;
}

// The detail-type with which EventBridge delivers records of an eventType: "AwsServiceEvent".
std::string_view cloudtrail_detail_type(std::string_view event_type);
// Whether a record is about SageMaker's API (or one of its runtimes'): other services' records have these detail-types,
// too.
bool is_sagemaker_call(std::string_view source, std::string_view event_source);

}  // namespace sagewatch
