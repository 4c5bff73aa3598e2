#include "tests/bench/corpus/sagemaker_events.h"

#include <fmt/format.h>

#include <iterator>

#include "tests/bench/corpus/sagemaker_values.h"

namespace sagewatch::corpus {
namespace {

class Writer {
 public:
  Writer(std::string& out, std::size_t kind, const Draw& draw, SeededRandom& noise)
      : out_(out), kind_(kind), draw_(draw), noise_(noise.next()), oddity_(some(0, 1'000)) {}

  void run() {
    const auto row = sagemaker_kinds[kind_];
    put(R"({{"version":"0","id":"{:08x}-{:04x}-4{:03x}-9{:03x}-{:012x}","detail-type":"{}","source":"aws.sagemaker","account":"{}","time":"{}:{:02}Z","region":"{}","resources":["{}"],"detail":{{)",
        word(25) >> 32, some(1, 65'536), some(2, 4'096), some(3, 4'096), word(26) >> 16, row.detail_type,
        account(identity()), minute_text(draw_[of_minute]), some(4, 60), region(identity()), arn());
    switch (static_cast<SagemakerKind>(kind_)) {
      case training:
        write_training();
        break;
      case processing:
        write_processing();
        break;
      case transform:
        write_transform();
        break;
      case tuning:
        write_tuning();
        break;
      case endpoint:
      case deployment:
        write_endpoint();
        break;
      case execution:
        write_execution();
        break;
      case step:
        write_step();
        break;
      case cluster:
        write_cluster();
        break;
      case node:
        write_node();
        break;
      case cluster_event:
        write_cluster_event();
        break;
      case package:
        write_package();
        break;
    }
    tags();
    out_ += "}}";
  }

 private:
  template <class... Args>
  void put(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), text, std::forward<Args>(args)...);
  }
  // What no rule asks for: each place in the text has a number, and its value follows from that and the event's noise,
  // not from the order in which a compiler evaluates arguments.
  std::uint64_t word(std::uint64_t place) const { return SeededRandom{noise_ + place * 0x632be59bd9b4e019ULL}.next(); }
  std::uint32_t some(std::uint64_t place, std::uint64_t end) const {
    return SeededRandom{noise_ + place * 0x632be59bd9b4e019ULL}.below(end);
  }
  std::uint32_t identity() const { return draw_[of_identity]; }
  std::string job() const { return name(identity()); }
  std::string arn() const { return corpus::arn(sagemaker_kinds[kind_].resource, identity()); }
  // Some encoders escape every slash, so a value that rules ask for needs unescaping in 8 events of 1,000.
  std::string slashed(std::string text) const {
    if (oddity_ >= 8) return text;
    for (std::size_t i = text.find('/'); i != std::string::npos; i = text.find('/', i + 2)) text.insert(i, 1, '\\');
    return text;
  }

  void times() {
    const std::uint64_t begin = std::stoull(minute_stamp(draw_[of_minute])) + some(5, 60'000);
    put(R"("CreationTime":{},)", begin);
    if (kind_ < execution || kind_ == package) put(R"("LastModifiedTime":{},)", begin + some(6, 7'200'000));
  }
  void failure() {
    if (draw_[of_status] != 16 && draw_[of_status] != 17) return;
    put(R"("FailureReason":"AlgorithmError: container exited with code {}, see the job's log stream",)",
        1 + some(7, 130));
  }
  void cluster_resources(std::string_view instances) {
    put(R"("{}":{{"InstanceType":"{}","InstanceCount":{},"VolumeSizeInGB":{}}},)", instances,
        instance_type(draw_[of_instance]), instance_count(draw_[of_count]), volume(draw_[of_volume]));
  }
  void network() {
    put(R"("VpcConfig":{{"SecurityGroupIds":["{}","{}"],"Subnets":["{}","{}"]}},)", security_group(draw_[of_network]),
        security_group(draw_[of_network] + 1), subnet(draw_[of_network]), subnet(draw_[of_network] + 1));
  }
  void tags() {
    put(R"("Tags":[{{"Key":"team","Value":"{}"}},{{"Key":"cost-center","Value":"{}"}},{{"Key":"stage","Value":"{}"}})",
        team(identity()), cost_center(draw_[of_cost]), stage(draw_[of_stage]));
    if (oddity_ >= 8 && oddity_ < 26) {
      out_ += SeededRandom{word(40)}.pick(
          std::to_array<std::string_view>({R"(,{"Key":"note","Value":"rerun of \"baseline\"\nasked for by support"})",
                                           R"(,{"Key":"note","Value":"mod\u00e8le de r\u00e9f\u00e9rence"})",
                                           R"(,{"Key":"path","Value":"C:\\models\\export"})"}));
    } else if (oddity_ >= 26 && oddity_ < 32) {
      out_ += SeededRandom{word(41)}.pick(std::to_array<std::string_view>(
          {R"(,{"Key":"note","Value":"größtes Modell für Köln"})", R"(,{"Key":"note","Value":"需求预测"})"}));
    }
    out_ += "]";
  }

  void write_training() {
    put(R"("TrainingJobName":"{}","TrainingJobArn":"{}","TrainingJobStatus":"{}","SecondaryStatus":"{}",)", job(),
        arn(), job_status(draw_[of_status]), secondary_status(draw_[of_status]));
    failure();
    put(R"("HyperParameters":{{"epochs":"{}","learning_rate":"{}","coordinator":"10.{}.{}.{}"}},"AlgorithmSpecification":{{"TrainingImage":"{}"}},"RoleArn":"{}",)",
        epochs(draw_[of_epochs]), learning_rate(draw_[of_rate]), some(8, 256), some(9, 256), some(10, 256),
        image(draw_[of_image]), role(identity()));
    put(R"("InputDataConfig":[{{"ChannelName":"train","DataSource":{{"S3DataSource":{{"S3Uri":"{}"}}}}}}],"OutputDataConfig":{{"KmsKeyId":"{}","S3OutputPath":"{}"}},)",
        slashed(dataset(draw_[of_dataset])), kms_key(draw_[of_key]), slashed(bucket(identity())));
    cluster_resources("ResourceConfig");
    if (identity() % 8 == 0) network();
    put(R"("StoppingCondition":{{"MaxRuntimeInSeconds":{}}},"FinalMetricDataList":[{{"MetricName":"validation:auc","Value":{}}}],"ExperimentConfig":{{"ExperimentName":"{}"}},)",
        runtime(draw_[of_runtime]), metric(draw_[of_metric]), experiment(draw_[of_experiment]));
    times();
  }

  void write_processing() {
    put(R"("ProcessingInputs":[{{"InputName":"input-1","S3Input":{{"S3Uri":"{}","S3InputMode":"File"}}}}],"ProcessingOutputConfig":{{"Outputs":[{{"OutputName":"report","S3Output":{{"S3Uri":"{}","S3UploadMode":"EndOfJob"}}}}],"KmsKeyId":"{}"}},)",
        slashed(dataset(draw_[of_dataset])), slashed(bucket(identity())), kms_key(draw_[of_key]));
    put(R"("ProcessingJobName":"{}","ProcessingResources":{{"ClusterConfig":{{"InstanceCount":{},"InstanceType":"{}","VolumeSizeInGB":{}}}}},"StoppingCondition":{{"MaxRuntimeInSeconds":{}}},"AppSpecification":{{"ImageUri":"{}"}},)",
        job(), instance_count(draw_[of_count]), instance_type(draw_[of_instance]), volume(draw_[of_volume]),
        runtime(draw_[of_runtime]), image(draw_[of_image]));
    put(R"("NetworkConfig":{{"EnableNetworkIsolation":{}}},"RoleArn":"{}","ExperimentConfig":{{"ExperimentName":"{}"}},"ProcessingJobArn":"{}","ProcessingJobStatus":"{}",)",
        draw_[of_key] % 2 == 0, role(identity()), experiment(draw_[of_experiment]), arn(),
        job_status(draw_[of_status]));
    failure();
    times();
  }

  void write_transform() {
    put(R"("TransformJobName":"{}","TransformJobArn":"{}","TransformJobStatus":"{}","ModelName":"{}","MaxConcurrentTransforms":{},"MaxPayloadInMB":6,"BatchStrategy":"MultiRecord",)",
        job(), arn(), job_status(draw_[of_status]), model(identity()), 1 + some(11, 16));
    failure();
    put(R"("Environment":{{"LOG_LEVEL":"{}"}},"TransformInput":{{"DataSource":{{"S3DataSource":{{"S3Uri":"{}"}}}},"ContentType":"application/jsonlines","SplitType":"Line"}},"TransformOutput":{{"S3OutputPath":"{}","Accept":"application/jsonlines","AssembleWith":"Line","KmsKeyId":"{}"}},)",
        (some(35, 1'000) < 500) ? "info" : "debug", slashed(dataset(draw_[of_dataset])), slashed(bucket(identity())),
        kms_key(draw_[of_key]));
    put(R"("TransformResources":{{"InstanceType":"{}","InstanceCount":{}}},)", instance_type(draw_[of_instance]),
        instance_count(draw_[of_count]));
    times();
  }

  void write_tuning() {
    put(R"("HyperParameterTuningJobName":"{}","HyperParameterTuningJobArn":"{}","HyperParameterTuningJobStatus":"{}","TrainingJobDefinition":{{"StaticHyperParameters":{{"epochs":"{}","objective":"binary:logistic"}},"AlgorithmSpecification":{{"TrainingImage":"{}","TrainingInputMode":"File"}},"RoleArn":"{}",)",
        job(), arn(), job_status(draw_[of_status]), epochs(draw_[of_epochs]), image(draw_[of_image]), role(identity()));
    put(R"("OutputDataConfig":{{"KmsKeyId":"{}","S3OutputPath":"{}"}},)", kms_key(draw_[of_key]),
        slashed(bucket(identity())));
    cluster_resources("ResourceConfig");
    put(R"("StoppingCondition":{{"MaxRuntimeInSeconds":{}}}}},"TrainingJobStatusCounters":{{"Completed":{},"InProgress":{},"RetryableError":0,"NonRetryableError":0,"Stopped":{}}},"ObjectiveStatusCounters":{{"Succeeded":{},"Pending":0,"Failed":0}},)",
        runtime(draw_[of_runtime]), some(12, 100), some(13, 20), some(14, 5), some(15, 100));
    times();
  }

  void write_endpoint() {
    put(R"("EndpointName":"{}","EndpointArn":"{}","EndpointConfigName":"{}","EndpointStatus":"{}","ProductionVariants":[)",
        job(), arn(), endpoint_config(identity()), endpoint_status(draw_[of_status]));
    const char* const variants[] = {"AllTraffic", "canary"};
    for (std::uint32_t i = 0; i < 2; ++i) {
      put(R"({}{{"VariantName":"{}","CurrentWeight":{}.0,"CurrentInstanceCount":{},"DesiredInstanceCount":{},"InstanceType":"{}"}})",
          i == 0 ? "" : ",", variants[i], some(16 + 100 * i, 3), some(17 + 100 * i, 9),
          i == 0 ? instance_count(draw_[of_count]) : fmt::format("{}", 40 + some(18 + 100 * i, 9)),
          instance_type(draw_[of_instance] + i));
    }
    put(R"(],"DataCaptureConfig":{{"EnableCapture":{},"KmsKeyId":"{}","DestinationS3Uri":"{}"}},)",
        draw_[of_key] % 2 == 0, kms_key(draw_[of_key]), slashed(bucket(identity())));
    times();
  }

  void write_execution() {
    put(R"("pipelineExecutionDisplayName":"{}","currentPipelineExecutionStatus":"{}","previousPipelineExecutionStatus":"Executing","executionStartTime":"{}:00Z","pipelineArn":"{}","pipelineExecutionArn":"{}/execution/{:012x}","pipelineVersionId":{},)",
        job(), step_status(draw_[of_status]), minute_text(draw_[of_minute]), arn(), arn(), word(27) >> 16,
        some(19, 200));
    times();
  }

  void write_step() {
    const auto type = SeededRandom{word(42)}.pick(
        std::to_array<std::string_view>({"Training", "Processing", "Transform", "Condition", "RegisterModel"}));
    put(R"("stepStartTime":"{}:10Z","stepEndTime":"{}:55Z","stepName":"{}-step-{}","stepType":"{}","previousStepStatus":"Executing","currentStepStatus":"{}","pipelineArn":"{}","pipelineExecutionArn":"{}/execution/{:012x}",)",
        minute_text(draw_[of_minute]), minute_text(draw_[of_minute]), project(identity()), 1 + some(20, 9), type,
        step_status(draw_[of_status]), arn(), arn(), word(28) >> 16);
    times();
  }

  void write_cluster() {
    put(R"("ClusterArn":"{}","ClusterName":"{}","ClusterStatus":"{}","FailureMessage":"","InstanceGroups":[)", arn(),
        job(), endpoint_status(draw_[of_status]));
    for (std::uint32_t i = 0; i < 2; ++i) {
      put(R"({}{{"CurrentCount":{},"ExecutionRole":"{}","InstanceGroupName":"group-{}","InstanceType":"{}","LifeCycleConfig":{{"OnCreate":"on_create.sh","SourceS3Uri":"{}"}},"Status":"{}","TargetCount":{},"ThreadsPerCore":2}})",
          i == 0 ? "" : ",", some(21 + 100 * i, 64), role(identity()), i, instance_type(draw_[of_instance] + i),
          slashed(bucket(identity())), (some(36 + 100 * i, 1'000) < 900) ? "InService" : "Failed",
          some(22 + 100 * i, 64));
    }
    out_ += R"(],"NodeRecovery":"Automatic",)";
    network();
    times();
  }

  void write_node() {
    put(R"("ClusterName":"{}","ClusterArn":"{}","InstanceId":"i-{:017x}","HealthSummary":{{"HealthStatus":"{}","HealthStatusReason":"{} nodes looked at by the Health Monitoring Agent.","RepairAction":"{}","Recommendation":"Please replace the faulty node."}},)",
        job(), arn(), word(29) >> 4, (some(37, 1'000) < 300) ? "Unhealthy" : "Healthy", some(23, 64),
        (some(38, 1'000) < 300) ? "Replace" : "None");
    times();
  }

  void write_cluster_event() {
    put(R"("EventDetails":{{"EventId":"{:08x}-6937-40f9-af2f-{:012x}","ClusterArn":"{}","ClusterName":"{}","InstanceGroupName":"group-{}","InstanceId":"i-{:017x}","ResourceType":"Instance","EventDetails":{{"EventMetadata":{{"Instance":{{"LcsExecutionState":"{}"}}}}}},"Description":"Instance lifecycle script execution has ended."}},)",
        word(30) >> 32, word(31) >> 16, arn(), job(), some(24, 3), word(32) >> 4,
        (some(39, 1'000) < 800) ? "Succeeded" : "Failed");
    times();
  }

  void write_package() {
    put(R"("ModelPackageGroupName":"{}","ModelPackageVersion":{},"ModelPackageArn":"{}","InferenceSpecification":{{"Containers":[{{"Image":"{}","ImageDigest":"sha256:{:016x}{:016x}","ModelDataUrl":"{}/model.tar.gz"}}],"SupportedContentTypes":["text/csv"],"SupportedResponseMIMETypes":["text/csv"]}},"ModelPackageStatus":"{}","CertifyForMarketplace":false,"ModelApprovalStatus":"{}","MetadataProperties":{{"GeneratedBy":"{}"}},)",
        job(), instance_count(draw_[of_count]), arn(), image(draw_[of_image]), word(33), word(34),
        slashed(bucket(identity())), job_status(draw_[of_status]), approval_status(draw_[of_status]),
        corpus::arn("pipeline", identity()));
    times();
  }

  std::string& out_;
  std::size_t kind_;
  const Draw& draw_;
  std::uint64_t noise_;
  std::uint32_t oddity_;  // of 1,000: below 26 the event has backslashes, below 32 letters beyond ASCII
};

}  // namespace

void write_sagemaker_event(std::string& out, std::size_t kind, const Draw& draw, SeededRandom& noise) {
  Writer{out, kind, draw, noise}.run();
}

}  // namespace sagewatch::corpus
