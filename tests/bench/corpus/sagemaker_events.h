#pragma once
// The text of one SageMaker-like event, in the shapes that AWS documents for each kind.
#include <array>
#include <string>
#include <string_view>

#include "tests/bench/corpus/world.h"

namespace sagewatch::corpus {

enum SagemakerKind : std::size_t {
  training,
  processing,
  transform,
  tuning,
  endpoint,
  deployment,
  execution,
  step,
  cluster,
  node,
  cluster_event,
  package,
};

struct SagemakerKindRow {
  std::string_view detail_type;
  std::string_view resource;  // type in its ARN
  std::uint32_t share;        // of 1,000 events
};
inline constexpr std::array<SagemakerKindRow, 12> sagemaker_kinds = {{
    {"SageMaker Training Job State Change", "training-job", 200},
    {"SageMaker Processing Job State Change", "processing-job", 60},
    {"SageMaker Transform Job State Change", "transform-job", 60},
    {"SageMaker HyperParameter Tuning Job State Change", "hyper-parameter-tuning-job", 30},
    {"SageMaker Endpoint State Change", "endpoint", 90},
    {"SageMaker Endpoint Deployment State Change", "endpoint", 30},
    {"SageMaker Model Building Pipeline Execution Status Change", "pipeline", 130},
    {"SageMaker Model Building Pipeline Execution Step Status Change", "pipeline", 190},
    {"SageMaker HyperPod Cluster State Change", "cluster", 20},
    {"SageMaker HyperPod Cluster Node Health Event", "cluster", 80},
    {"SageMaker HyperPod Cluster Event", "cluster", 70},
    {"SageMaker Model Package State Change", "model-package", 40},
}};

void write_sagemaker_event(std::string& out, std::size_t kind, const Draw& draw, SeededRandom& noise);

}  // namespace sagewatch::corpus
