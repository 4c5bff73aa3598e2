#pragma once
// Which call of SageMaker's API tells of which resource: one row per noun of its operations' names. The verb in front
// of it says what becomes of the resource. Names of operations and members are those of botocore 1.43.11 (service model
// sagemaker, 2017-07-24), members with a small first letter, as CloudTrail writes them.
#include <cstdint>
#include <span>
#include <string_view>

#include "events/resource_kind.h"

namespace sagewatch {

enum class CallEffect : std::uint8_t {
  none,     // tells nothing of a resource: Describe, List, Invoke
  creates,  //
  changes,  // Update, Start, Stop, Retry
  deletes,  //
};

struct CallNoun {
  std::string_view noun;  // "Model" of CreateModel and DeleteModel
  const ResourceKind* kind;
  // In requestParameters: the ARN's tail, or all of the ARN where the API takes either. Several, with '/' between them,
  // are joined so. "": the ARN cannot be made of what the caller knows.
  std::string_view name_member;
  std::string_view arn_member;    // in responseElements or requestParameters
  std::string_view arn_type{};    // "": the kind's
  std::string_view creates_by{};  // the verb that begins the resource; "": Create
};

struct Call {
  const CallNoun* noun = nullptr;  // nullptr: of no resource that we know
  CallEffect effect = CallEffect::none;
};

std::span<const CallNoun> call_nouns();
Call find_call(std::string_view event_name);  // "CreateModel"

// Whether a record's eventSource is SageMaker's: sagemaker.amazonaws.com, which AWS's records show for data events,
// too, and the services named after it (sagemaker-geospatial, runtime.sagemaker, ...).
bool is_sagemaker_service(std::string_view event_source);

}  // namespace sagewatch
