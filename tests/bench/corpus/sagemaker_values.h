#pragma once
// The values of SageMaker-like events, each a function of its group's number: what events show and rules ask for.
#include <cstdint>
#include <string>
#include <string_view>

namespace sagewatch::corpus {

// The groups of sagemaker_world(), in its order.
enum SagemakerGroup : std::size_t {
  of_kind,
  of_identity,  // team, project, run; account and region follow the team
  of_status,
  of_instance,
  of_count,
  of_volume,
  of_runtime,
  of_minute,
  of_image,
  of_network,
  of_cost,
  of_rate,
  of_epochs,
  of_dataset,
  of_metric,
  of_stage,
  of_experiment,
  of_key,
};

inline constexpr std::uint32_t teams = 120;
inline constexpr std::uint32_t projects = 25;
inline constexpr std::uint32_t runs = 8;  // of one project
inline constexpr std::uint32_t minutes = 90 * 24 * 60;

std::string team(std::uint32_t identity);     // "team-7"
std::string project(std::uint32_t identity);  // "churn-scores"
std::string name(std::uint32_t identity);     // "team-7-churn-scores-0211-339"
std::string region(std::uint32_t identity);
std::string account(std::uint32_t identity);
std::string arn(std::string_view type,
                std::uint32_t identity);  // "arn:aws:sagemaker:us-east-1:...:training-job/team-7-..."
std::string role(std::uint32_t identity);
std::string bucket(std::uint32_t identity);  // "s3://ml-team-7-churn-scores/runs/0339/output"
std::string endpoint_config(std::uint32_t identity);
std::string model(std::uint32_t identity);

std::string job_status(std::uint32_t value);
std::string secondary_status(std::uint32_t value);  // of the same group
std::string endpoint_status(std::uint32_t value);
std::string step_status(std::uint32_t value);
std::string approval_status(std::uint32_t value);
std::string instance_type(std::uint32_t value);
std::string instance_count(std::uint32_t value);
std::string volume(std::uint32_t value);
std::string runtime(std::uint32_t value);
std::string minute_text(std::uint32_t value);   // "2026-02-11T09:41"
std::string minute_stamp(std::uint32_t value);  // its first millisecond since 1970
std::string image(std::uint32_t value);
std::string security_group(std::uint32_t value);
std::string subnet(std::uint32_t value);
std::string cost_center(std::uint32_t value);
std::string learning_rate(std::uint32_t value);
std::string epochs(std::uint32_t value);
std::string dataset(std::uint32_t value);  // "s3://feature-store/datasets/clicks-v12/train/"
std::string metric(std::uint32_t value);   // "0.4711"
std::string stage(std::uint32_t value);
std::string experiment(std::uint32_t value);
std::string kms_key(std::uint32_t value);

}  // namespace sagewatch::corpus
