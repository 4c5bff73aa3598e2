#pragma once
// The rows of the table of kinds, by name: for the table of events and for who counts or exports a certain kind.
#include "events/resource_kind.h"

namespace sagewatch::kinds {

extern const ResourceKind algorithm, cloudtrail_api_call, cloudtrail_service_event, endpoint, endpoint_config,
    evaluation_job, feature_group, human_loop, human_loop_event, human_task, hyperparameter_tuning_job,
    hyperpod_cluster, hyperpod_node, image, image_version, labeling_job, labeling_task, mlflow_action,
    mlflow_tracking_server, model, model_card, model_card_export_job, model_package, monitoring_schedule,
    notebook_instance, notebook_lifecycle_config, other, pipeline_execution, pipeline_step, processing_job,
    training_job, transform_job;

}  // namespace sagewatch::kinds
