#pragma once
// The areas of SageMaker; each file of this folder has the rows of one. Any order.
#include <vector>

#include "exporters/resource_family.h"

namespace sagewatch {

std::vector<ResourceFamily> job_families();         // jobs of all kinds
std::vector<ResourceFamily> endpoint_families();    // with their variants and deployments
std::vector<ResourceFamily> cluster_families();     // HyperPod: clusters, instance groups, nodes
std::vector<ResourceFamily> pipeline_families();    // executions and their steps
std::vector<ResourceFamily> model_families();       // models, packages, cards, algorithms, endpoint configurations
std::vector<ResourceFamily> data_families();        // feature groups, images and their versions
std::vector<ResourceFamily> tool_families();        // notebooks, lifecycle configurations, MLflow, monitoring
std::vector<ResourceFamily> human_loop_families();  // on request
std::vector<TallyFamily> human_loop_tallies();      // what stands for them otherwise

}  // namespace sagewatch
