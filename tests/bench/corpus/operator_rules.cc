#include "tests/bench/corpus/operator_rules.h"

#include <array>

namespace sagewatch::corpus {
namespace {

struct OperatorRules {
  std::string_view name;
  std::array<std::string_view, 5> rules;
};

// Each is asked where most events have the field, so that the operator is asked, and matches some of them.
constexpr OperatorRules table[] = {
    {"exact",
     {R"({"detail-type":["SageMaker Training Job State Change"],"detail":{"TrainingJobStatus":["Failed","Stopped"]}})",
      R"({"region":["eu-west-1"],"detail":{"EndpointStatus":["FAILED"]}})",
      R"({"source":["aws.sagemaker"],"account":["070141273919","140282547838"]})",
      R"({"detail":{"TrainingJobStatus":["Completed"],"ResourceConfig":{"InstanceType":["ml.p4d.24xlarge"]}}})",
      R"({"detail":{"currentStepStatus":["Failed"],"stepType":["Training"]}})"}},
    {"prefix",
     {R"({"detail":{"TrainingJobName":[{"prefix":"team-7"}]}})",
      R"({"resources":[{"prefix":"arn:aws:sagemaker:us-east-1:"}]})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"prefix":"ml.p"}]}}})",
      R"({"detail":{"OutputDataConfig":{"S3OutputPath":[{"prefix":"s3://ml-team-1"}]}}})",
      R"({"detail-type":[{"prefix":"SageMaker HyperPod"}]})"}},
    {"suffix",
     {R"({"detail":{"TrainingJobName":[{"suffix":"7"}]}})",
      R"({"detail-type":[{"suffix":"State Change"}],"detail":{"RoleArn":[{"suffix":"1-sagemaker"}]}})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"suffix":"xlarge"}]}}})",
      R"({"detail":{"OutputDataConfig":{"S3OutputPath":[{"suffix":"00/output"}]}}})",
      R"({"region":[{"suffix":"-1"}],"detail":{"AlgorithmSpecification":{"TrainingImage":[{"suffix":"cpu-py310"}]}}})"}},
    {"ignore-case",
     {R"({"detail":{"TrainingJobStatus":[{"equals-ignore-case":"FAILED"}]}})",
      R"({"detail":{"EndpointStatus":[{"equals-ignore-case":"in_service"}]}})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"equals-ignore-case":"ML.P5.48XLARGE"}]}}})",
      R"({"region":[{"equals-ignore-case":"EU-WEST-1"}]})",
      R"({"detail-type":[{"equals-ignore-case":"sagemaker model package state change"}]})"}},
    {"wildcard",
     {R"({"resources":[{"wildcard":"arn:aws:sagemaker:*:*:training-job/team-7-*"}]})",
      R"({"detail":{"TrainingJobName":[{"wildcard":"team-*-churn-scores-*"}]}})",
      R"({"detail":{"OutputDataConfig":{"S3OutputPath":[{"wildcard":"s3://ml-team-*/runs/*/output"}]}}})",
      R"({"detail":{"AlgorithmSpecification":{"TrainingImage":[{"wildcard":"*.dkr.ecr.*/pytorch-training:*"}]}}})",
      R"({"detail":{"RoleArn":[{"wildcard":"arn:aws:iam::*:role/team-1*"}]}})"}},
    {"numeric",
     {R"({"detail":{"ResourceConfig":{"InstanceCount":[{"numeric":[">=",16]}]}}})",
      R"({"detail":{"ResourceConfig":{"VolumeSizeInGB":[{"numeric":[">",500,"<=",800]}]}}})",
      R"({"detail":{"StoppingCondition":{"MaxRuntimeInSeconds":[{"numeric":["<",7200]}]}}})",
      R"({"detail":{"CreationTime":[{"numeric":[">=",1768000000000,"<",1769000000000]}]}})",
      R"({"detail":{"FinalMetricDataList":{"Value":[{"numeric":[">",0.95]}]}}})"}},
    {"numeric-exact",
     {R"({"detail":{"ResourceConfig":{"InstanceCount":[8]}}})",
      R"({"detail":{"ResourceConfig":{"VolumeSizeInGB":[100,200,5e2]}}})",
      R"({"detail":{"StoppingCondition":{"MaxRuntimeInSeconds":[86400,3600]}}})",
      R"({"detail":{"ModelPackageVersion":[{"numeric":["=",3]}]}})",
      R"({"detail":{"ProductionVariants":{"CurrentWeight":[1]}}})"}},
    {"anything-but",
     {R"({"detail":{"TrainingJobStatus":[{"anything-but":["InProgress","Completed"]}]}})",
      R"({"detail":{"EndpointStatus":[{"anything-but":"IN_SERVICE"}]}})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"anything-but":["ml.m5.large","ml.m5.xlarge","ml.c5.xlarge"]}]}}})",
      R"({"region":[{"anything-but":["us-east-1","us-west-2","eu-west-1"]}]})",
      R"({"detail":{"currentStepStatus":[{"anything-but":["Succeeded","Executing"]}]}})"}},
    {"anything-but-prefix",
     {R"({"detail":{"TrainingJobName":[{"anything-but":{"prefix":"team-1"}}]}})",
      R"({"region":[{"anything-but":{"prefix":["us-","eu-"]}}]})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"anything-but":{"prefix":["ml.m","ml.c"]}}]}}})",
      R"({"detail-type":[{"anything-but":{"prefix":"SageMaker T"}}]})",
      R"({"detail":{"RoleArn":[{"anything-but":{"prefix":"arn:aws:iam::0"}}]}})"}},
    {"anything-but-suffix",
     {R"({"detail":{"TrainingJobName":[{"anything-but":{"suffix":["1","3","5"]}}]}})",
      R"({"region":[{"anything-but":{"suffix":"-1"}}]})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"anything-but":{"suffix":"xlarge"}}]}}})",
      R"({"detail-type":[{"anything-but":{"suffix":"State Change"}}]})",
      R"({"detail":{"AlgorithmSpecification":{"TrainingImage":[{"anything-but":{"suffix":"gpu-py310"}}]}}})"}},
    {"anything-but-ignore-case",
     {R"({"detail":{"TrainingJobStatus":[{"anything-but":{"equals-ignore-case":["INPROGRESS","completed"]}}]}})",
      R"({"detail":{"EndpointStatus":[{"anything-but":{"equals-ignore-case":"in_service"}}]}})",
      R"({"region":[{"anything-but":{"equals-ignore-case":["US-EAST-1","US-WEST-2"]}}]})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"anything-but":{"equals-ignore-case":"ML.M5.LARGE"}}]}}})",
      R"({"detail":{"currentStepStatus":[{"anything-but":{"equals-ignore-case":"succeeded"}}]}})"}},
    {"anything-but-wildcard",
     {R"({"detail":{"TrainingJobName":[{"anything-but":{"wildcard":"team-1*-fraud-*"}}]}})",
      R"({"resources":[{"anything-but":{"wildcard":"arn:aws:sagemaker:us-*:*:training-job/*"}}]})",
      R"({"detail":{"ResourceConfig":{"InstanceType":[{"anything-but":{"wildcard":["ml.m*.large","ml.g*.xlarge"]}}]}}})",
      R"({"detail":{"AlgorithmSpecification":{"TrainingImage":[{"anything-but":{"wildcard":"*/pytorch-training:*"}}]}}})",
      R"({"detail":{"OutputDataConfig":{"S3OutputPath":[{"anything-but":{"wildcard":"s3://*/runs/1*/output"}}]}}})"}},
    {"anything-but-numbers",
     {R"({"detail":{"ResourceConfig":{"InstanceCount":[{"anything-but":[1,2,4]}]}}})",
      R"({"detail":{"ResourceConfig":{"VolumeSizeInGB":[{"anything-but":100}]}}})",
      R"({"detail":{"StoppingCondition":{"MaxRuntimeInSeconds":[{"anything-but":[3600,86400]}]}}})",
      R"({"detail":{"ModelPackageVersion":[{"anything-but":1}]}})",
      R"({"detail":{"ProductionVariants":{"CurrentWeight":[{"anything-but":[0]}]}}})"}},
    {"exists",
     {R"({"detail":{"FailureReason":[{"exists":true}]}})",
      R"({"detail":{"VpcConfig":{"Subnets":[{"exists":true}]},"TrainingJobName":[{"exists":true}]}})",
      R"({"detail":{"EndpointName":[{"exists":true}],"FailureReason":[{"exists":false}]}})",
      R"({"detail":{"ErrorCode":[{"exists":false}],"ModelName":[{"exists":true}]}})",
      R"({"detail":{"TrainingJobName":[{"exists":true}],"VpcConfig":{"Subnets":[{"exists":false}]}}})"}},
    {"cidr",
     {R"({"detail":{"HyperParameters":{"coordinator":[{"cidr":"10.16.0.0/12"}]}}})",
      R"({"detail":{"HyperParameters":{"coordinator":[{"cidr":"10.0.0.0/8"}]},"TrainingJobStatus":["Failed"]}})",
      R"({"detail":{"HyperParameters":{"coordinator":[{"cidr":"10.77.4.0/22"}]}}})",
      R"({"detail":{"HyperParameters":{"coordinator":[{"cidr":"172.16.0.0/12"},{"cidr":"2001:db8::/32"}]}}})",
      R"({"detail":{"Tags":{"Value":[{"cidr":"10.0.0.0/16"}]}}})"}},
    {"array-of-scalars",
     {R"({"resources":["arn:aws:sagemaker:us-east-1:070141273919:training-job/team-0-churn-scores-0101-001",{"prefix":"arn:aws:sagemaker:eu-"}]})",
      R"({"detail":{"VpcConfig":{"SecurityGroupIds":[{"prefix":"sg-00"}]}}})",
      R"({"detail":{"VpcConfig":{"Subnets":[{"suffix":"f"},{"suffix":"0"}]}}})",
      R"({"detail":{"InferenceSpecification":{"SupportedContentTypes":["text/csv"]}}})",
      R"({"detail":{"VpcConfig":{"SecurityGroupIds":[{"anything-but":{"prefix":"sg-00"}}]}}})"}},
    {"array-of-objects",
     {R"({"detail":{"Tags":{"Key":["team"],"Value":["team-7","team-8"]}}})",
      R"({"detail":{"Tags":{"Key":["stage"],"Value":["prod"]}}})",
      R"({"detail":{"Tags":{"Key":["cost-center"],"Value":[{"prefix":"cc-1"}]}}})",
      R"({"detail":{"ProductionVariants":{"VariantName":["canary"],"CurrentInstanceCount":[{"numeric":[">",4]}]}}})",
      R"({"detail":{"FinalMetricDataList":{"MetricName":["validation:auc"],"Value":[{"numeric":[">",0.9]}]}}})"}},
};

}  // namespace

std::vector<std::string_view> operator_names() {
  std::vector<std::string_view> names;
  for (const OperatorRules& row : table) names.push_back(row.name);
  return names;
}

std::vector<std::string> operator_rules(std::string_view name) {
  for (const OperatorRules& row : table) {
    if (row.name == name) return {row.rules.begin(), row.rules.end()};
  }
  return {};
}

}  // namespace sagewatch::corpus
