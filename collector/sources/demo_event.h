#pragma once
// The events of the demo fleet as SageMaker would send them: the whole envelope, in the spelling, the order of fields
// and the forms of time that real events have (training jobs: epoch milliseconds as integers, null for what is not
// yet; endpoints: floats and SCREAMING statuses). Every event carries the tag `simulated-by`.
#include <string>
#include <string_view>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

// Where the simulated fleet lives.
struct DemoPlace {
  std::string account = "000000000000";
  std::string region = "us-east-1";
};

// What is trained, on what: a row of a table in demo_fleet.cc.
struct DemoModel {
  std::string_view name;  // "resnet50-imagenet"
  std::string_view instance_type;
  int instances = 1;
  std::string_view image;  // behind the registry: "pytorch-training:2.3.0-gpu-py311"
  std::string_view bucket;
  bool is_swept = false;  // started by a tuning job
};

struct DemoJob {
  struct Transition {
    std::string_view status;  // secondary status
    UnixNanos start, end;     // end unknown: the present one
    std::string_view message;
  };
  const DemoModel* model = nullptr;
  std::string name;
  std::string_view status;     // "InProgress"
  std::string_view secondary;  // "Training"
  std::string_view reason;     // FailureReason; "" is sent as null
  UnixNanos created, started, ended;
  int max_runtime_seconds = 86'400;
  bool is_spot = false;
  std::vector<Transition> transitions;
};

struct DemoEndpoint {
  std::string_view name;
  std::string_view status = "CREATING";
  std::string_view reason;  // FailureReason; "" leaves it out
  int version = 1;          // of the endpoint configuration now named
  int current_instances = 0;
  int desired_instances = 1;
  UnixNanos created;
};

std::string demo_event(const DemoJob& job, const DemoPlace& place, std::string_view id, UnixNanos now);
std::string demo_event(const DemoEndpoint& endpoint, const DemoPlace& place, std::string_view id, UnixNanos now);

}  // namespace sagewatch
