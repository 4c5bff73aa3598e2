#include "tests/bench/corpus/sagemaker_values.h"

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace sagewatch::corpus {
namespace {

using namespace std::string_view_literals;

// Different numbers from one: for what looks unordered but follows from a value.
std::uint64_t mixed(std::uint64_t value) {
  value = (value + 1) * 0x9e3779b97f4a7c15ULL;
  value ^= value >> 29;
  return value * 0xbf58476d1ce4e5b9ULL;
}

constexpr std::array project_words = {
    "churn-scores"sv,   "fraud-rules"sv,   "ad-ranking"sv,     "price-forecast"sv, "demand"sv,
    "search-embed"sv,   "image-tags"sv,    "speech-to-text"sv, "doc-extract"sv,    "credit-risk"sv,
    "route-eta"sv,      "anomaly"sv,       "recsys-home"sv,    "recsys-mail"sv,    "llm-finetune"sv,
    "llm-eval"sv,       "sentiment"sv,     "inventory"sv,      "claims-triage"sv,  "load-forecast"sv,
    "vision-defects"sv, "catalog-dedup"sv, "graph-features"sv, "uplift"sv,         "segmenter"sv};
constexpr std::array regions = {"us-east-1"sv, "us-west-2"sv, "eu-central-1"sv, "eu-west-1"sv, "ap-southeast-2"sv};
constexpr std::array instance_types = {
    "ml.m5.large"sv,      "ml.m5.xlarge"sv,    "ml.m5.2xlarge"sv,    "ml.m5.4xlarge"sv,   "ml.m5.12xlarge"sv,
    "ml.c5.xlarge"sv,     "ml.c5.2xlarge"sv,   "ml.c5.9xlarge"sv,    "ml.c5.18xlarge"sv,  "ml.g4dn.xlarge"sv,
    "ml.g4dn.12xlarge"sv, "ml.g5.xlarge"sv,    "ml.g5.2xlarge"sv,    "ml.g5.12xlarge"sv,  "ml.g5.48xlarge"sv,
    "ml.p3.2xlarge"sv,    "ml.p3.8xlarge"sv,   "ml.p3.16xlarge"sv,   "ml.p4d.24xlarge"sv, "ml.p4de.24xlarge"sv,
    "ml.p5.48xlarge"sv,   "ml.trn1.2xlarge"sv, "ml.trn1.32xlarge"sv, "ml.t3.medium"sv};
constexpr std::array images = {"sagemaker-xgboost"sv,   "pytorch-training"sv,       "tensorflow-training"sv,
                               "huggingface-pytorch"sv, "sagemaker-scikit-learn"sv, "mxnet-training"sv};
constexpr std::array data_names = {"clicks"sv, "orders"sv, "sensors"sv, "images"sv, "audio"sv};

}  // namespace

std::string team(std::uint32_t identity) {
  return fmt::format("team-{}", identity / (projects * runs));
}
std::string project(std::uint32_t identity) {
  return std::string{project_words[identity / runs % projects]};
}
std::string name(std::uint32_t identity) {
  const auto day = mixed(identity) >> 40;
  return fmt::format("{}-{}-{:02}{:02}-{:03}", team(identity), project(identity), 1 + day % 3, 1 + day / 3 % 28,
                     identity % runs * 113 + mixed(identity) % 113);
}
std::string region(std::uint32_t identity) {
  return std::string{regions[identity / (projects * runs) % regions.size()]};
}
std::string account(std::uint32_t identity) {
  return fmt::format("{:012}", (identity / (projects * runs) % 12 + 1) * 70'141'273'919ULL % 1'000'000'000'000ULL);
}
std::string arn(std::string_view type, std::uint32_t identity) {
  return fmt::format("arn:aws:sagemaker:{}:{}:{}/{}", region(identity), account(identity), type, name(identity));
}
std::string role(std::uint32_t identity) {
  return fmt::format("arn:aws:iam::{}:role/{}-sagemaker", account(identity), team(identity));
}
std::string bucket(std::uint32_t identity) {
  return fmt::format("s3://ml-{}-{}/runs/{}/output", team(identity), project(identity), mixed(identity) % 10'000);
}
std::string endpoint_config(std::uint32_t identity) {
  return fmt::format("config-{}-{}", name(identity), mixed(identity) % 17);
}
std::string model(std::uint32_t identity) {
  return fmt::format("model-{}-{}-v{}", team(identity), project(identity), identity % runs);
}

std::string job_status(std::uint32_t value) {
  return value < 10   ? "InProgress"
         : value < 16 ? "Completed"
         : value < 18 ? "Failed"
         : value < 19 ? "Stopping"
                      : "Stopped";
}
std::string secondary_status(std::uint32_t value) {
  constexpr std::array words = {"Starting"sv,
                                "LaunchingMLInstances"sv,
                                "PreparingTrainingStack"sv,
                                "Downloading"sv,
                                "Training"sv,
                                "Training"sv,
                                "Training"sv,
                                "Training"sv,
                                "Uploading"sv,
                                "Interrupted"sv};
  return value < words.size() ? std::string{words[value]} : job_status(value);
}
std::string endpoint_status(std::uint32_t value) {
  return value < 8    ? "IN_SERVICE"
         : value < 12 ? "UPDATING"
         : value < 16 ? "CREATING"
         : value < 18 ? "FAILED"
         : value < 19 ? "DELETING"
                      : "ROLLING_BACK";
}
std::string step_status(std::uint32_t value) {
  return value < 7    ? "Executing"
         : value < 15 ? "Succeeded"
         : value < 17 ? "Failed"
         : value < 19 ? "Starting"
                      : "Stopped";
}
std::string approval_status(std::uint32_t value) {
  return value < 10 ? "PendingManualApproval" : value < 17 ? "Approved" : "Rejected";
}
std::string instance_type(std::uint32_t value) {
  return std::string{instance_types[value % instance_types.size()]};
}
std::string instance_count(std::uint32_t value) {
  return fmt::format("{}", value + 1);
}
std::string volume(std::uint32_t value) {
  return fmt::format("{}", value * 10 + 10);
}
std::string runtime(std::uint32_t value) {
  return fmt::format("{}", value * 1'800 + 1'800);
}
std::string minute_text(std::uint32_t value) {
  using namespace std::chrono;
  const year_month_day date{sys_days{year{2026} / January / 1} + days{value / 1'440}};
  return fmt::format("{}-{:02}-{:02}T{:02}:{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), value / 60 % 24, value % 60);
}
std::string minute_stamp(std::uint32_t value) {
  return fmt::format("{}", (29'453'760ULL + value) * 60'000);  // minutes from 1970 to 2026
}
std::string image(std::uint32_t value) {
  return fmt::format("257758044811.dkr.ecr.us-east-2.amazonaws.com/{}:{}.{}-{}-py310", images[value % images.size()],
                     1 + value / 24, value / 6 % 4, value % 2 == 0 ? "gpu" : "cpu");
}
std::string security_group(std::uint32_t value) {
  return fmt::format("sg-{:017x}", mixed(value) >> 4);
}
std::string subnet(std::uint32_t value) {
  return fmt::format("subnet-{:017x}", mixed(value + 1'000'000) >> 4);
}
std::string cost_center(std::uint32_t value) {
  return fmt::format("cc-{}", 1'000 + value * 17);
}
std::string learning_rate(std::uint32_t value) {
  return fmt::format("0.{:05}", value * 25 + 25);
}
std::string epochs(std::uint32_t value) {
  return fmt::format("{}", value * 5 + 5);
}
std::string dataset(std::uint32_t value) {
  return fmt::format("s3://feature-store/datasets/{}-v{}/train/", data_names[value % data_names.size()], value / 5);
}
std::string metric(std::uint32_t value) {
  return fmt::format("0.{:04}", value);
}
std::string stage(std::uint32_t value) {
  constexpr std::array words = {"prod"sv, "prod"sv, "staging"sv, "dev"sv, "dev"sv, "sandbox"sv};
  return std::string{words[value]};
}
std::string experiment(std::uint32_t value) {
  return fmt::format("Experiment-{}-{}", project_words[value % projects], value / projects);
}
std::string kms_key(std::uint32_t value) {
  return fmt::format("alias/{}-{}", project_words[value % projects], mixed(value) % 1'000);
}

}  // namespace sagewatch::corpus
