#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

const Subject& endpoints() {
  static const Subject subject{{"endpoint"}, {&kinds::endpoint}, own_name};
  return subject;
}

// An endpoint at rest keeps what it was told of its last deployment.
bool is_deploying(const Resource& endpoint) {
  return endpoint.status[0] != no_status && !endpoint.is_terminal();
}

void deployment_status(const Resource& endpoint, SeriesSink& sink) {
  if (!is_deploying(endpoint)) return;
  for (const Part& variant : endpoint.parts)
    if (!variant.texts[0].empty()) sink.add(1, {variant.name, shown_status(variant.texts[0])});
}

void deployment_started(const Resource& endpoint, SeriesSink& sink) {
  if (is_deploying(endpoint)) sink.add(endpoint.number("deployment_started_seconds"));
}

}  // namespace

std::vector<ResourceFamily> endpoint_families() {
  using R = const Resource&;
  using S = SeriesSink&;
  std::vector<ResourceFamily> all;
  FamilyRows(endpoints())
      .add("sagemaker_endpoint_status", "1 for the status that the endpoint is in (EndpointStatus), 0 for all others.",
           every_value<0>, {"status"})
      .add("sagemaker_endpoint_info", "What is deployed on the endpoint (EndpointConfigName), always 1.",
           [](R r, S s) { s.add(1, {r.label("endpoint_config")}); }, {"endpoint_config"})
      .add("sagemaker_endpoint_created_timestamp_seconds", "When the endpoint was created (CreationTime).",
           created_time)
      .add("sagemaker_endpoint_last_transition_timestamp_seconds",
           "When the status of the endpoint changed last (LastModifiedTime of that event).", transition_time)
      .add("sagemaker_endpoint_current_instances",
           "Instances of a variant (ProductionVariants[].CurrentInstanceCount).", per_part<0>, {"variant"})
      .add("sagemaker_endpoint_desired_instances",
           "Instances that a variant should have (ProductionVariants[].DesiredInstanceCount).", per_part<1>,
           {"variant"})
      .add("sagemaker_endpoint_current_weight",
           "Share of the traffic of a variant (ProductionVariants[].CurrentWeight).", per_part<2>, {"variant"})
      .add("sagemaker_endpoint_desired_weight",
           "Share of the traffic that a variant should have (ProductionVariants[].DesiredWeight).", per_part<3>,
           {"variant"})
      .add("sagemaker_endpoint_deployment_status",
           "What the deployment does with a variant (VariantStatus[].Status), always 1; only while one runs.",
           deployment_status, {"variant", "status"})
      .add("sagemaker_endpoint_deployment_started_timestamp_seconds",
           "When the deployment that runs was started (PendingDeploymentSummary.StartTime); only while one runs.",
           deployment_started)
      .move_to(all);
  return all;
}

}  // namespace sagewatch
