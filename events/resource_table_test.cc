#include "events/resource_table.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "events/arn_heads.h"
#include "events/base/hash.h"
#include "events/base/line_allocator.h"
#include "events/event_fixture.h"

namespace sagewatch {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t ms = 1'000'000;
constexpr std::int64_t day_start = 1'700'000'000'000;  // epoch ms

struct Told {
  std::string status;
  std::int64_t at = 0;    // ms behind day_start: LastModifiedTime
  std::string more = {};  // further members of the detail, each with a comma in front
  std::string name = "job-1";
  std::int64_t created = day_start - 1000;
};
std::string job_event(const Told& told) {
  const auto slash = told.status.find('/');  // "InProgress/Training"
  const std::string secondary = slash == std::string::npos ? told.status : told.status.substr(slash + 1);
  return R"({"source":"aws.sagemaker","detail-type":"SageMaker Training Job State Change","detail":{"TrainingJobName":")" +
         told.name + R"(","TrainingJobArn":"arn:aws:sagemaker:us-east-1:111122223333:training-job/)" + told.name +
         R"(","TrainingJobStatus":")" + told.status.substr(0, slash) + R"(","SecondaryStatus":")" + secondary +
         R"(","CreationTime":)" + std::to_string(told.created) + R"(,"LastModifiedTime":)" +
         std::to_string(day_start + told.at) + told.more + "}}";
}
std::string endpoint_event(const Told& told) {
  return R"({"source":"aws.sagemaker","detail-type":"SageMaker Endpoint State Change","detail":{"EndpointName":"E",)"
         R"("EndpointArn":"arn:aws:sagemaker:us-east-1:111122223333:endpoint/e","EndpointStatus":")" +
         told.status + R"(","CreationTime":)" + std::to_string(told.created) + R"(,"LastModifiedTime":)" +
         std::to_string(day_start + told.at) + told.more + "}}";
}
constexpr const char* job_arn = "arn:aws:sagemaker:us-east-1:111122223333:training-job/job-1";
constexpr const char* endpoint_arn = "arn:aws:sagemaker:us-east-1:111122223333:endpoint/e";
constexpr UnixNanos now{(day_start + 3'600'000) * ms};

// A table and its rows, as a shard and its store hold them.
struct Shard {
  explicit Shard(ResourceTableConfig chosen = {}) : config(chosen), table(std::make_unique<ResourceTable>(chosen)) {}

  Effect apply(const std::string& event, std::uint64_t at, UnixNanos received = now) {
    const Padded text{event};
    const Event& read = reader.read(text.json(), received);
    return table->apply(table->lock(), *read.resource, {0, at}, received);
  }
  Effect job(const Told& told) { return apply(job_event(told), ++offset); }
  Effect endpoint(const Told& told) { return apply(endpoint_event(told), ++offset); }
  void write() {
    std::vector<std::pair<std::string, std::string>> puts;
    std::vector<std::string> gone;
    table->take_changes(table->lock(), puts, gone);
    for (auto& [key, row] : puts) rows[key] = row;
    for (const std::string& key : gone) rows.erase(key);
  }
  void restart() {
    write();
    table = std::make_unique<ResourceTable>(config);
    for (const auto& [key, row] : rows) {
      const Done loaded = table->load(table->lock(), key, row);
      ASSERT_TRUE(loaded) << loaded.error().what;
    }
  }
  std::string job_status() const {
    const auto resource = table->find(job_arn);
    return resource ? std::string{resource->status_name()} : "none";
  }
  std::string endpoint_status() const {
    const auto resource = table->find(endpoint_arn);
    return resource ? std::string{resource->status_name()} : "none";
  }

  ResourceTableConfig config;
  std::unique_ptr<ResourceTable> table;
  EventReader reader;
  std::map<std::string, std::string> rows;
  std::uint64_t offset = 0;
};

TEST(ResourceTable, KeepsWhatTheFirstEventTells) {
  Shard shard;
  const Effect effect = shard.job(
      {.status = "InProgress/Starting",
       .at = 5,
       .more =
           R"(,"ResourceConfig":{"InstanceType":"ml.p3","InstanceCount":2.0},"TuningJobArn":"arn:aws:sagemaker:us-east-1:111122223333:hyper-parameter-tuning-job/Tune")"});
  EXPECT_TRUE(effect.created && effect.transition);
  EXPECT_FALSE(effect.same_state || effect.late);
  EXPECT_EQ(effect.before, no_statuses);
  const auto job = shard.table->find("ARN:aws:sagemaker:us-east-1:111122223333:training-job/JOB-1");
  ASSERT_TRUE(job);
  EXPECT_EQ(job->arn, job_arn);
  EXPECT_EQ(job->name, "job-1");
  EXPECT_EQ(job->account, "111122223333");
  EXPECT_EQ(job->region, "us-east-1");
  EXPECT_EQ(job->status_name(), "InProgress");
  EXPECT_EQ(job->status_name(1), "Starting");
  EXPECT_EQ(job->previous, no_status);
  EXPECT_EQ(job->created, UnixNanos{(day_start - 1000) * ms});
  EXPECT_EQ(job->modified, UnixNanos{(day_start + 5) * ms});
  EXPECT_EQ(job->last_transition, job->modified);
  EXPECT_THAT(job->labels, ElementsAre("ml.p3", "", "tuning", "Tune"));
  EXPECT_EQ(job->numbers[0], 2);
  EXPECT_EQ(job->position, (Position{0, 1}));
}

std::string node_event(const std::string& repair_action, std::int64_t minute) {
  return R"({"source":"aws.sagemaker","detail-type":"SageMaker HyperPod Cluster Node Health Event",)"
         R"("time":"2023-11-14T22:)" +
         std::to_string(10 + minute % 50) + R"(:00Z","resources":["arn:aws:sagemaker:r:1:cluster/c"],"detail":)" +
         R"({"ClusterArn":"arn:aws:sagemaker:r:1:cluster/c","InstanceId":"i-1","HealthSummary":)" +
         R"({"HealthStatus":"Unhealthy","RepairAction":")" + repair_action + R"("}}})";
}
std::vector<std::string_view> past_repairs(const Shard& shard) {
  static std::optional<Resource> node;
  node = shard.table->find("arn:aws:sagemaker:r:1:cluster/c#node/i-1");
  std::vector<std::string_view> told;
  for (const Transition& past : node->history) told.push_back(node->status_name(1, past.status[1]));
  return told;
}

// Nobody documents what a repair action may be: it is told as the event told it, also when it is past.
TEST(ResourceTable, KeepsTheWordsOfPastStatusesThatAreInNoEnumeration) {
  Shard shard;
  std::uint64_t at = 0;
  for (const char* action : {"None", "Reboot", "Replace", "Reboot"})
    shard.apply(node_event(action, static_cast<std::int64_t>(at)), at + 1), ++at;
  // Of the present one the text stands beside the history.
  EXPECT_THAT(past_repairs(shard), ElementsAre("None", "Reboot", "Replace", "Unknown"));
  shard.restart();
  EXPECT_THAT(past_repairs(shard), ElementsAre("None", "Reboot", "Replace", "Unknown"));
  shard.apply(node_event("Drain", static_cast<std::int64_t>(at)), at + 1);
  EXPECT_THAT(past_repairs(shard), ElementsAre("None", "Reboot", "Replace", "Reboot", "Unknown"));
}

TEST(ResourceTable, TellsTransitionsFromRepeats) {
  Shard shard;
  shard.job({.status = "InProgress/Starting", .at = 1});
  EXPECT_TRUE(shard.job({.status = "InProgress/Starting", .at = 1}).same_state);
  EXPECT_TRUE(shard.job({.status = "InProgress/Starting", .at = 2}).same_state);
  EXPECT_TRUE(shard.job({.status = "InProgress/Training", .at = 3}).transition) << "the secondary status alone";
  const Effect end = shard.job({.status = "Failed", .at = 4, .more = R"(,"FailureReason":"ClientError: no data")"});
  EXPECT_TRUE(end.transition);
  EXPECT_EQ(end.reason, ReasonClass::client_error);
  const auto job = shard.table->find(job_arn);
  EXPECT_TRUE(job->is_terminal() && job->is_failure());
  EXPECT_EQ(job->status_name(0, job->previous), "InProgress");
  EXPECT_EQ(job->reason_text, "ClientError: no data");
  EXPECT_EQ(job->last_transition, UnixNanos{(day_start + 4) * ms});

  const Effect repeat = shard.job({.status = "Failed", .at = 5});
  EXPECT_TRUE(repeat.same_state);
  EXPECT_EQ(shard.table->find(job_arn)->reason, ReasonClass::client_error) << "a repeat without text knows less";
}

TEST(ResourceTable, LetsALateEventFillGapsAndChangeNoStatus) {
  Shard shard;
  shard.job({.status = "InProgress/Training", .at = 10, .more = R"(,"TrainingStartTime":1700000000005)"});
  const Effect late = shard.job({.status = "InProgress/Starting",
                                 .at = 3,
                                 .more = R"(,"TrainingStartTime":1,"ResourceConfig":{"InstanceType":"ml.p3"})"});
  EXPECT_TRUE(late.late);
  EXPECT_FALSE(late.transition || late.same_state);
  const auto job = shard.table->find(job_arn);
  EXPECT_EQ(job->status_name(1), "Training");
  EXPECT_EQ(job->labels[0], "ml.p3");
  EXPECT_EQ(job->started, UnixNanos{1'700'000'000'005 * ms});
  EXPECT_EQ(job->modified, UnixNanos{(day_start + 10) * ms});
}

TEST(ResourceTable, NeverTakesAJobsEndBackNorMissesIt) {
  Shard shard;
  shard.job({.status = "InProgress/Training", .at = 435});
  EXPECT_TRUE(shard.job({.status = "Completed", .at = 0}).transition) << "its clock had whole seconds";
  EXPECT_TRUE(shard.job({.status = "InProgress/Uploading", .at = 900}).late);
  EXPECT_EQ(shard.job_status(), "Completed");
  EXPECT_TRUE(shard.job({.status = "Deleting", .at = 1}).transition);
  EXPECT_TRUE(shard.job({.status = "Completed", .at = 2}).late);
  EXPECT_EQ(shard.job_status(), "Deleting");
}

TEST(ResourceTable, LetsEndpointsRestAndGoOn) {
  Shard shard;
  shard.endpoint({.status = "CREATING", .at = 1});
  EXPECT_TRUE(shard.endpoint({.status = "IN_SERVICE", .at = 2}).transition);
  EXPECT_TRUE(shard.endpoint({.status = "UPDATING", .at = 2}).late) << "same moment: the two came in reverse";
  EXPECT_EQ(shard.endpoint_status(), "InService");
  EXPECT_TRUE(shard.endpoint({.status = "UPDATING", .at = 3}).transition);
  EXPECT_TRUE(shard.endpoint({.status = "ROLLING_BACK", .at = 3}).transition) << "the later position counts";
  EXPECT_TRUE(shard.endpoint({.status = "IN_SERVICE", .at = 3}).transition);
  EXPECT_TRUE(shard.endpoint({.status = "UPDATING", .at = 1}).late);
  EXPECT_EQ(shard.endpoint_status(), "InService");
}

TEST(ResourceTable, EndsAnEndpointThatIsDeleted) {
  Shard shard;
  shard.endpoint({.status = "IN_SERVICE", .at = 1});
  shard.endpoint({.status = "DELETING", .at = 2});
  shard.write();
  ASSERT_THAT(shard.rows, SizeIs(1));
  EXPECT_TRUE(shard.endpoint({.status = "DELETED", .at = 1}).late);
  EXPECT_TRUE(shard.endpoint({.status = "DELETED", .at = 3}).removed);
  EXPECT_EQ(shard.table->size(), 0u);
  EXPECT_TRUE(shard.endpoint({.status = "DELETED", .at = 3}).late);
  EXPECT_TRUE(shard.endpoint({.status = "DELETING", .at = 2}).late) << "an echo brings nothing back";
  EXPECT_TRUE(shard.endpoint({.status = "IN_SERVICE", .at = 1}).late) << "nor does what comes late";
  shard.restart();
  EXPECT_TRUE(shard.endpoint({.status = "IN_SERVICE", .at = 1}).late) << "nor after a restart";
  EXPECT_EQ(shard.table->size(), 0u);
  EXPECT_EQ(shard.table->find(endpoint_arn), std::nullopt);
  EXPECT_EQ(shard.table->visit(0, 10, [](const Resource&) { FAIL(); }), 0u);
  EXPECT_EQ(shard.table->forget_finished(shard.table->lock(), now + 24h), 0u);
  EXPECT_EQ(shard.table->forget_finished(shard.table->lock(), now + 25h), 1u) << "then nothing late is awaited";
  shard.write();
  EXPECT_THAT(shard.rows, IsEmpty());
}

TEST(ResourceTable, BeginsANewLifeUnderAnOldName) {
  Shard shard;
  shard.endpoint({.status = "FAILED", .at = 10, .more = R"(,"FailureReason":"x","EndpointConfigName":"old")"});
  const Effect born = shard.endpoint({.status = "CREATING", .at = 60'000, .created = day_start + 60'000});
  EXPECT_TRUE(born.created && born.transition);
  auto endpoint = shard.table->find(endpoint_arn);
  EXPECT_EQ(endpoint->previous, no_status);
  EXPECT_EQ(endpoint->reason_text, "");
  EXPECT_THAT(endpoint->labels, ElementsAre("", ""));
  EXPECT_TRUE(shard.endpoint({.status = "FAILED", .at = 90'000, .more = R"(,"EndpointConfigName":"old")"}).late)
      << "of the former life";
  endpoint = shard.table->find(endpoint_arn);
  EXPECT_THAT(endpoint->labels, ElementsAre("", ""));
  EXPECT_EQ(shard.endpoint_status(), "Creating");
  shard.write();
  EXPECT_THAT(shard.rows, SizeIs(1));
}

TEST(ResourceTable, KeepsStatusesOutsideTheEnumerationAsTheyCame) {
  Shard shard;
  shard.job({.status = "InProgress/Training", .at = 1});
  EXPECT_TRUE(shard.job({.status = "another status... GO/Odd", .at = 2}).transition);
  EXPECT_TRUE(shard.job({.status = "another status... GO/Odd", .at = 3}).same_state);
  EXPECT_TRUE(shard.job({.status = "status/Odd", .at = 4}).transition);
  EXPECT_TRUE(shard.job({.status = "status/Odder", .at = 5}).transition);
  shard.restart();
  const auto job = shard.table->find(job_arn);
  EXPECT_EQ(job->status_name(), "status");
  EXPECT_EQ(job->status_name(1), "Odder");
  EXPECT_FALSE(job->is_terminal());
}

TEST(ResourceTable, TakesATimeFarAheadOfOurClockForNow) {
  Shard shard;
  shard.job({.status = "InProgress/Training", .at = std::int64_t{400} * 86'400'000});
  EXPECT_EQ(shard.table->find(job_arn)->modified, now);
  const Padded text{job_event({.status = "InProgress/Uploading", .at = 3'600'001})};
  const Event& event = shard.reader.read(text.json(), now + 1s);
  EXPECT_TRUE(shard.table->apply(shard.table->lock(), *event.resource, {0, 2}, now + 1s).transition);
}

TEST(ResourceTable, AppliesNoPositionTwice) {
  Shard shard;
  shard.job({.status = "InProgress/Starting", .at = 1});
  shard.job({.status = "Completed", .at = 2});
  shard.restart();
  const std::map<std::string, std::string> before = shard.rows;
  EXPECT_TRUE(shard.apply(job_event({.status = "InProgress/Starting", .at = 1}), 1).replayed);
  EXPECT_TRUE(shard.apply(job_event({.status = "Completed", .at = 2}), 2).replayed);
  shard.write();
  EXPECT_EQ(shard.rows, before);
}

TEST(ResourceTable, WritesOneRowForEachChangedResourceOfABatch) {
  Shard shard;
  shard.job({.status = "InProgress/Starting", .at = 1});
  shard.job({.status = "InProgress/Training", .at = 2});
  shard.job({.status = "InProgress/Training", .at = 2, .name = "job-2"});
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  shard.table->take_changes(shard.table->lock(), puts, gone);
  EXPECT_THAT(puts, SizeIs(2));
  EXPECT_THAT(gone, IsEmpty());
  puts.clear();
  shard.job({.status = "InProgress/Training", .at = 2});  // nothing new
  shard.table->take_changes(shard.table->lock(), puts, gone);
  EXPECT_THAT(puts, IsEmpty());
}

TEST(ResourceTable, EvictsTheLeastRecentlyChangedAlsoAfterARestart) {
  for (const bool is_restarted : {false, true}) {
    Shard shard{{.max = 3}};
    for (const char* name : {"a", "b", "c"}) shard.job({.status = "InProgress/Starting", .at = 1, .name = name});
    shard.job({.status = "InProgress/Training", .at = 2, .name = "a"});
    shard.job({.status = "InProgress/Starting", .at = 1, .name = "b"});  // changes nothing: no younger for it
    if (is_restarted) shard.restart();
    EXPECT_EQ(shard.job({.status = "InProgress/Starting", .at = 3, .name = "d"}).evicted, 1u);
    shard.write();
    EXPECT_EQ(shard.table->size(), 3u);
    std::vector<std::string> left;
    left.reserve(shard.rows.size());
    for (const auto& [key, row] : shard.rows) left.push_back(key.substr(key.rfind('/') + 1));
    EXPECT_THAT(left, ElementsAre("a", "c", "d"));
  }
}

TEST(ResourceTable, ForgetsFinishedJobsAndWhatIsBeingDeletedSoLongAfterItWasTold) {
  Shard shard{{.keep_terminal = 1h}};
  shard.job({.status = "Completed", .at = 0, .name = "done"});
  shard.job({.status = "Completed", .at = 0, .name = "deleted"});
  shard.job({.status = "Deleting", .at = 1, .name = "deleted"});
  shard.job({.status = "InProgress/Training", .at = 0, .name = "running"});
  shard.endpoint({.status = "IN_SERVICE", .at = 0});
  shard.restart();
  EXPECT_EQ(shard.table->forget_finished(shard.table->lock(), now + 1h), 0u);
  EXPECT_EQ(shard.table->forget_finished(shard.table->lock(), now + 1h + 1s), 2u);
  shard.write();
  EXPECT_EQ(shard.table->size(), 2u);
  EXPECT_THAT(shard.rows, SizeIs(2));
}

TEST(ResourceTable, ForgetsANodeWithItsClusterOrWhenNothingWasToldOfItForSoLong) {
  Shard shard{{.keep_terminal = 1h}};
  const auto node = [&](const std::string& cluster, const std::string& instance, UnixNanos received) {
    shard.apply(R"({"source":"aws.sagemaker","detail-type":"SageMaker HyperPod Cluster Node Health Event","detail":{)"
                R"("ClusterArn":"arn:aws:sagemaker:us-east-1:111122223333:cluster/)" +
                    cluster + R"(","InstanceId":")" + instance +
                    R"(","HealthSummary":{"HealthStatus":"Unhealthy","RepairAction":"Replace"}}})",
                ++shard.offset, received);
  };
  const auto cluster = [&](const std::string& status, UnixNanos received) {
    shard.apply(R"({"source":"aws.sagemaker","detail-type":"SageMaker HyperPod Cluster State Change","detail":{)"
                R"("ClusterArn":"arn:aws:sagemaker:us-east-1:111122223333:cluster/Deleted","ClusterStatus":")" +
                    status + R"("}})",
                ++shard.offset, received);
  };
  const auto step = R"({"source":"aws.sagemaker",)"
                    R"("detail-type":"SageMaker Model Building Pipeline Execution Step Status Change","detail":{)"
                    R"("pipelineExecutionArn":"arn:aws:sagemaker:us-east-1:111122223333:pipeline/p/execution/e",)"
                    R"("stepName":"long","currentStepStatus":"Executing"}})";
  const auto left = [&](UnixNanos at) {
    shard.table->forget_finished(shard.table->lock(), at);
    shard.restart();
    std::set<std::string> names;
    shard.table->visit(0, 100, [&](const Resource& resource) { names.insert(resource.name); });
    return names;
  };
  shard.apply(step, ++shard.offset);
  node("lives", "i-replaced", now);
  node("lives", "i-sick", now);
  node("lives", "i-sick", now + 30min);  // the same state
  cluster("InService", now);
  node("Deleted", "i-3", now + 30min);
  EXPECT_THAT(left(now + 1h), ElementsAre("Deleted", "i-3", "i-replaced", "i-sick", "long"));
  EXPECT_THAT(left(now + 1h + 1s), ElementsAre("Deleted", "i-3", "i-sick", "long"));
  cluster("Deleting", now + 1h);
  EXPECT_THAT(left(now + 1h + 1s), ElementsAre("Deleted", "i-sick", "long"));
  EXPECT_THAT(left(now + 1h + 30min + 1s), ElementsAre("Deleted", "long")) << "what goes one way is waited for";
}

TEST(ResourceTable, KnowsAStatusThatItsRowKeptAsOneOutsideTheEnumeration) {
  Shard shard;
  shard.endpoint({.status = "IN_SERVICE", .at = 1});
  Resource written = *shard.table->find(endpoint_arn);
  written.status[0] = other_status;  // as a version that did not know it yet wrote it
  written.status_verbatim[0] = "IN_SERVICE";
  const auto read = Resource::decode(written.encode());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->status_name(), "InService");
  EXPECT_EQ(read->status_verbatim[0], "");
  EXPECT_TRUE(read->is_terminal());
}

TEST(ResourceTable, CutsATextOfAForeignRowThatIsLongerThanItsLengthCanTell) {
  Shard shard;
  shard.endpoint({.status = "IN_SERVICE", .at = 1});
  Resource written = *shard.table->find(endpoint_arn);
  written.labels[0].assign(70'000, 'x');
  written.reason_text = "kept";
  shard.write();
  shard.rows.begin()->second = written.encode();
  shard.restart();
  const auto endpoint = shard.table->find(endpoint_arn);
  EXPECT_EQ(endpoint->labels[0], std::string(65'535, 'x'));
  EXPECT_EQ(endpoint->reason_text, "kept");
}

TEST(ResourceTable, KnowsNoResourceWithoutAnArnOrWithThatOfAnotherKind) {
  Shard shard;
  EXPECT_TRUE(
      shard.apply(R"({"source":"s","detail-type":"SageMaker Endpoint State Change","detail":{}})", 1).no_resource);
  shard.job({.status = "InProgress/Training", .at = 1});
  EXPECT_TRUE(
      shard
          .apply(
              R"({"source":"s","detail-type":"SageMaker Endpoint State Change","detail":{"EndpointStatus":"FAILED","EndpointArn":")" +
                  std::string{job_arn} + "\"}}",
              9)
          .no_resource);
  EXPECT_EQ(shard.job_status(), "InProgress");
}

TEST(ResourceTable, TakesFactsFromAnEventWithoutAStatus) {
  Shard shard;
  shard.endpoint({.status = "IN_SERVICE", .at = 1});
  const Effect effect = shard.apply(
      R"({"source":"s","detail-type":"SageMaker Endpoint State Change","detail":{"EndpointConfigName":"c","LastModifiedTime":1700000000002,"EndpointArn":")" +
          std::string{endpoint_arn} + "\"}}",
      9);
  EXPECT_FALSE(effect.transition || effect.same_state || effect.late);
  EXPECT_THAT(shard.table->find(endpoint_arn)->labels, ElementsAre("c", ""));
  EXPECT_EQ(shard.endpoint_status(), "InService");
}

TEST(ResourceTable, IsVisitedInChunks) {
  Shard shard;
  for (int i = 0; i < 10; ++i)
    shard.job({.status = "InProgress/Training", .at = 1, .name = "job-" + std::to_string(i)});
  shard.job({.status = "InProgress/Training", .at = 1, .name = "other"});
  std::vector<std::string> names;
  std::size_t from = 0;
  do {
    from = shard.table->visit(from, 4, [&](const Resource& job) { names.push_back(job.name); });
  } while (from != 0);
  EXPECT_THAT(names, SizeIs(11));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 11u);
}

TEST(ResourceTable, RefusesRowsThatAreNotItsOwn) {
  Shard shard;
  shard.job({.status = "InProgress/Training", .at = 1});
  shard.write();
  const auto& [key, row] = *shard.rows.begin();
  ResourceTable other;
  EXPECT_FALSE(other.load(other.lock(), "arn:aws:sagemaker:x:y:training-job/z", row));
  EXPECT_FALSE(other.load(other.lock(), key, row.substr(1)));
  EXPECT_FALSE(other.load(other.lock(), key, row + "x"));
  for (std::size_t size = 0; size < row.size(); ++size)
    EXPECT_FALSE(other.load(other.lock(), key, std::string_view{row}.substr(0, size))) << size;
  EXPECT_TRUE(other.load(other.lock(), key, row));
  EXPECT_FALSE(other.load(other.lock(), key, row)) << "twice";
}

// --- random histories ---

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t operator()(std::uint64_t below) {  // splitmix64
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) % below;
  }

 private:
  std::uint64_t state_;
};

// What a job goes through, each step a second after the other; and the same, doubled and shuffled.
std::vector<Told> life_of_a_job(Dice& dice, const std::string& name) {
  static const std::vector<std::string> way = {"InProgress/Starting", "InProgress/Downloading", "InProgress/Training",
                                               "InProgress/Uploading"};
  static const std::vector<std::string> ends = {"Completed", "Failed", "Stopped/MaxRuntimeExceeded"};
  std::vector<Told> events;
  for (std::size_t i = 0; i < way.size(); ++i)
    if (dice(4) != 0) events.push_back({.status = way[i], .at = static_cast<std::int64_t>(i) * 1000, .name = name});
  events.push_back({.status = ends[dice(ends.size())], .at = 9000, .name = name});
  return events;
}
std::vector<Told> shuffled(Dice& dice, std::vector<Told> events) {
  const std::size_t once = events.size();
  for (std::size_t i = 0; i < once; ++i)
    if (dice(3) == 0) events.push_back(events[i]);
  for (std::size_t i = events.size(); i > 1; --i) std::swap(events[i - 1], events[dice(i)]);
  return events;
}

TEST(ResourceTable, EndsInTheSameStateInWhateverOrderEventsCome) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice{seed};
    Shard shard;
    std::map<std::string, std::string> expected;
    std::vector<Told> events;
    for (const char* name : {"a", "b", "c"}) {
      const auto life = life_of_a_job(dice, name);
      expected[name] = life.back().status.substr(0, life.back().status.find('/'));
      events.insert(events.end(), life.begin(), life.end());
    }
    std::map<std::string, int> ended;
    for (const Told& told : shuffled(dice, events)) {
      const Effect effect = shard.job(told);
      EXPECT_LE(
          effect.transition + effect.same_state + effect.late + effect.replayed + effect.removed + effect.no_resource,
          1);
      const auto* kind = find_event_kind("SageMaker Training Job State Change");
      ended[told.name] += effect.transition && kind->kind->axes[0].values[effect.after[0]].terminal;
      if (dice(4) == 0) shard.restart();
    }
    (void)shard.table->visit(0, 100, [&](const Resource& job) {
      EXPECT_EQ(job.status_name(), expected[job.name]) << "seed " << seed;
      EXPECT_EQ(job.modified, UnixNanos{(day_start + 9000) * ms});
      EXPECT_EQ(ended[job.name], 1) << "an end is reached once, seed " << seed;
    });
    EXPECT_EQ(shard.table->size(), 3u);
  }
}

TEST(ResourceTable, GoesOnAfterARestartAsIfThereHadBeenNone) {
  static const std::vector<std::string> statuses = {"IN_SERVICE", "UPDATING", "ROLLING_BACK",
                                                    "FAILED",     "DELETED",  "ODD"};
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    Dice dice{seed};
    Shard steady{{.max = 3}}, restarted{{.max = 3}};
    for (int i = 0; i < 60; ++i) {
      std::string event;
      const auto at = static_cast<std::int64_t>(dice(5));
      if (dice(2) == 0) {
        event = endpoint_event({.status = statuses[dice(statuses.size())],
                                .at = at,
                                .created = day_start + 60'000 * static_cast<std::int64_t>(dice(2))});
      } else {
        const auto life = life_of_a_job(dice, "job-" + std::to_string(dice(5)));
        event = job_event(life[dice(life.size())]);
      }
      const auto offset = static_cast<std::uint64_t>(i);
      const Effect one = steady.apply(event, offset), other = restarted.apply(event, offset);
      EXPECT_EQ(one.transition, other.transition);
      EXPECT_EQ(one.late, other.late);
      EXPECT_EQ(one.removed, other.removed);
      EXPECT_EQ(one.evicted, other.evicted);
      if (dice(3) == 0) restarted.restart();
      if (dice(10) == 0) {
        EXPECT_TRUE(!restarted.apply(event, offset).transition || one.removed || one.late) << "replayed";
      }
    }
    steady.write();
    restarted.write();
    ASSERT_EQ(steady.rows, restarted.rows) << "seed " << seed;
  }
}

// Keys that are said in time, late, of nobody, and of what went meanwhile; the index grows between two of them.
TEST(ResourceTable, IsTheSameWhateverItWasToldToExpect) {
  constexpr int events = 3000, names = 400;
  std::uint64_t random = 1;
  const auto below = [&](std::uint64_t n) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    return (random >> 33) % n;
  };
  Shard asked{{.max = 150}}, unasked{{.max = 150}};
  std::vector<std::string> keys;
  keys.reserve(names);
  for (int i = 0; i < names; ++i)
    keys.push_back("arn:aws:sagemaker:us-east-1:111122223333:training-job/job-" + std::to_string(i));
  for (int i = 0; i < events; ++i) {
    const std::size_t job = below(names);
    const Told told{
        .status = i % 3 == 0 ? "Completed" : "InProgress/Training", .at = i, .name = "job-" + std::to_string(job)};
    for (std::uint64_t said = below(4); said > 0; --said) {
      const bool is_one = below(8) != 0;
      asked.table->expect(asked.table->lock(),
                          is_one ? std::optional{hash64(keys[below(2) ? job : below(names)])} : std::nullopt);
    }
    EXPECT_EQ(asked.job(told).transition, unasked.job(told).transition);
  }
  asked.write();
  unasked.write();
  EXPECT_EQ(asked.rows, unasked.rows);
  EXPECT_THAT(asked.rows, SizeIs(150));
}

// An account's first job is one head more: behind ArnHeads::max of them ARNs are kept whole.
TEST(ResourceTable, KnowsAResourceOfOneAccountTooManyLikeAnyOther) {
  Shard shard;
  const auto of_account = [](std::string event, std::size_t account) {
    constexpr std::string_view usual = "111122223333";
    for (auto at = event.find(usual); at != std::string::npos; at = event.find(usual))
      event.replace(at, usual.size(), std::to_string(100'000'000'000 + account));
    return event;
  };
  constexpr std::size_t last = ArnHeads::max + 1;
  for (std::size_t account = 0; account <= last; ++account)
    shard.apply(of_account(job_event({.status = "InProgress/Starting", .at = 1, .name = "Job-1"}), account),
                account + 1);
  shard.apply(of_account(job_event({.status = "InProgress/Training", .at = 2, .name = "Job-1"}), last), last + 2);
  for (int restarts = 0; restarts < 2; ++restarts, shard.restart()) {
    for (const std::size_t account : {std::size_t{0}, last}) {
      const auto job = shard.table->find(of_account(job_arn, account));
      ASSERT_TRUE(job) << account;
      EXPECT_EQ(job->arn, of_account("arn:aws:sagemaker:us-east-1:111122223333:training-job/Job-1", account));
      EXPECT_EQ(job->name, "Job-1");
      EXPECT_EQ(job->account, of_account("111122223333", account));
      EXPECT_EQ(job->region, "us-east-1");
      EXPECT_THAT(job->history, SizeIs(account == last ? 2u : 1u));
    }
  }
}

TEST(ResourceTable, TakesLessThan500BytesForATrainingJobWithLabels) {
  Shard shard;
  constexpr std::size_t jobs = 10'000;
  for (std::size_t i = 0; i < jobs; ++i) {
    shard.job(
        {.status = "InProgress/Training",
         .at = 1,
         .more =
             R"(,"ResourceConfig":{"InstanceType":"ml.g5.12xlarge","InstanceCount":2},"StoppingCondition":{"MaxRuntimeInSeconds":86400},"AlgorithmSpecification":{"TrainingImage":"763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-training:2.0.0-gpu-py310"},"TuningJobArn":"arn:aws:sagemaker:us-east-1:111122223333:hyper-parameter-tuning-job/tune-resnet-50")",
         .name = "pytorch-training-2026-11-21-12-00-00-" + std::to_string(100'000 + i)});
  }
  shard.write();
  EXPECT_LT(shard.table->bytes() / jobs, 500u);
  RecordProperty("bytes_per_job", static_cast<int>(shard.table->bytes() / jobs));
}

TEST(ResourceTable, TakesMemoryInStepsThatSuitTheSizeOfTheFleet) {
  Shard shard;
  std::size_t jobs = 0;
  const auto bytes_with = [&](std::size_t wanted) {
    for (; jobs < wanted; ++jobs)
      shard.job({.status = "InProgress/Training", .at = 1, .name = "job-" + std::to_string(jobs)});
    return shard.table->bytes();
  };
  EXPECT_LT(bytes_with(10), 80'000u);
  EXPECT_LT(bytes_with(600), 300'000u);
  std::size_t before = bytes_with(1000), step_max = 0;
  while (jobs < 40'000) {
    const std::size_t after = bytes_with(jobs + 100);
    step_max = std::max(step_max, after - before);
    EXPECT_LT(after - before, before * 2 / 3) << jobs;
    before = after;
  }
  EXPECT_GT(step_max, huge_page / 2) << "a large table takes huge pages";
}

}  // namespace
}  // namespace sagewatch
