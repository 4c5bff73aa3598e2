#include "exporters/resource_series.h"

#include <gmock/gmock.h>

#include <set>
#include <sstream>
#include <utility>

#include "events/tags.h"
#include "exporters/counter_families.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"
#include "tests/golden.h"

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string render(const FakeFleet& fleet, ResourceSeriesConfig config = {}, UnixNanos now = sample_start) {
  std::string page;
  ResourceSeries(std::move(config)).append(page, Format::text, fleet, fleet, now);
  return page;
}

// The samples of one family, without its heads.
std::vector<std::string> samples(const std::string& page, const std::string& family) {
  std::vector<std::string> found;
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(family + "{")) found.push_back(line.substr(family.size()));
  }
  return found;
}

FakeFleet fleet_of(Resource resource) {
  FakeFleet fleet;
  fleet.resources.push_back(std::move(resource));
  return fleet;
}

std::uint64_t of_same_name(const std::vector<FamilyCount>& counts, std::string_view family) {
  for (const FamilyCount& row : counts)
    if (row.family == family) return row.same_name;
  return ~0ull;
}
std::uint64_t series_of(const std::vector<FamilyCount>& counts, std::string_view family) {
  for (const FamilyCount& row : counts)
    if (row.family == family) return row.series;
  return ~0ull;
}
std::uint64_t refused(const std::vector<FamilyCount>& counts, std::string_view family) {
  for (const FamilyCount& row : counts)
    if (row.family == family) return row.refused;
  return ~0ull;
}

// A failed job, one with a status that the API does not know, one of which little is known, and hostile names.
constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

FakeFleet varied_fleet() {
  FakeFleet fleet;
  fleet.resources = {sample_job(), sample_endpoint()};
  Resource failed = sample_job("failed \"quoted\" \\ job\nsecond line");
  failed.status = {job_failed, job_secondary_failed, no_status};
  failed.reason = ReasonClass::algorithm_error;
  failed.ended = sample_start - Seconds{30};
  failed.labels[2] = failed.labels[3] = "";
  fleet.resources.push_back(failed);
  Resource strange;
  strange.kind = &kinds::training_job;
  strange.name = "strange-größe";
  strange.account = "[REDACTED:BANK_ACCOUNT_NUMBER]";
  strange.region = "us-east-1";
  strange.status[0] = other_status;
  strange.status_verbatim[0] = "another status... GO";
  fleet.resources.push_back(strange);
  Resource blue_green = sample_endpoint("blue-green");
  blue_green.status[0] = 4;
  blue_green.parts = {variant("blue", {1, 1, 0.9, 0.5}), variant("green", {unknown, 2, unknown, 0.5})};
  fleet.resources.push_back(blue_green);
  fleet.counters = {
      {"sagemaker_jobs_finished_total", {"111122223333", "eu-west-1", "training", "Failed", "AlgorithmError"}, 1},
      {"sagemaker_jobs_finished_total", {"111122223333", "eu-west-1", "training", "Completed", "none"}, 41},
      {"sagemaker_endpoint_updates_finished_total", {"111122223333", "eu-west-1", "blue-green", "rolled_back"}, 2},
      // another shard's share of the same series
      {"sagemaker_jobs_finished_total", {"111122223333", "eu-west-1", "training", "Completed", "none"}, 1},
  };
  return fleet;
}

TEST(ResourceSeries, PrintThePageThatPeopleKnow) {
  const FakeFleet fleet = varied_fleet();
  for (const Format format : {Format::text, Format::openmetrics}) {
    std::string page;
    ResourceSeries({}).append(page, format, fleet, fleet, sample_start);
    PageWriter(format, page).finish();
    expect_golden(page, "exporters/testdata/fleet." + std::string(format_name(format)) + ".txt");
  }
}

// One resource of every kind, each with every fact: every state family but those that only an end brings.
TEST(ResourceSeries, OfEveryKindAreThoseThatPeopleKnow) {
  FakeFleet fleet;
  fleet.resources = sample_resources(1);
  expect_golden(render(fleet, {.human_loops = true}), "exporters/testdata/fleet_of_all_kinds.text.txt");
}

TEST(ResourceSeries, HaveASampleOfEveryFamilyInSomeFleet) {
  FakeFleet fleet;
  fleet.resources = sample_resources(1);
  fleet.resources.push_back(sample_job("failed"));
  fleet.resources.back().reason = ReasonClass::client_error;
  const std::string page = render(fleet, {.human_loops = true});
  for (const ResourceFamily& family : resource_families())
    EXPECT_THAT(samples(page, std::string(family.head.name)), testing::Not(testing::IsEmpty())) << family.head.name;
  for (const TallyFamily& family : tally_families())
    EXPECT_THAT(samples(page, std::string(family.head.name)), testing::Not(testing::IsEmpty())) << family.head.name;
}

TEST(ResourceSeries, ShowEveryStatusOfAJobAndExactlyOneIs1) {
  const auto found = samples(render(fleet_of(sample_job())), "sagemaker_job_status");
  ASSERT_EQ(found.size(), 6u);
  EXPECT_THAT(found[0], HasSubstr("status=\"InProgress\"} 1"));
  int ones = 0;
  for (const std::string& line : found) ones += line.ends_with(" 1");
  EXPECT_EQ(ones, 1);
}

TEST(ResourceSeries, ShowAnUnknownStatusVerbatimBesideTheEnumerationAt0) {
  Resource job = sample_job();
  job.status[0] = other_status;
  job.status_verbatim[0] = "Pondering";
  const auto found = samples(render(fleet_of(job)), "sagemaker_job_status");
  ASSERT_EQ(found.size(), 7u);
  EXPECT_THAT(found.back(), HasSubstr("status=\"Pondering\"} 1"));
  for (std::size_t i = 0; i < 6; ++i) EXPECT_TRUE(found[i].ends_with(" 0")) << found[i];
}

TEST(ResourceSeries, OfWhatIsNotKnownDoNotExist) {
  Resource job;
  job.kind = &kinds::training_job;
  job.name = "bare";
  const std::string page = render(fleet_of(job));
  EXPECT_THAT(samples(page, "sagemaker_job_info"), testing::SizeIs(1));
  EXPECT_THAT(page, Not(HasSubstr("sagemaker_job_status")));
  EXPECT_THAT(page, Not(HasSubstr("timestamp")));
  EXPECT_THAT(page, Not(HasSubstr("NaN")));
  Resource endpoint = sample_endpoint();
  endpoint.parts = {variant("a", {unknown, unknown, unknown, unknown})};
  const std::string endpoints = render(fleet_of(endpoint));
  EXPECT_THAT(endpoints, Not(HasSubstr("variant=")));
}

TEST(ResourceSeries, KeepSubSecondsOfTimes) {
  const std::string page = render(fleet_of(sample_endpoint()));
  EXPECT_THAT(samples(page, "sagemaker_endpoint_last_transition_timestamp_seconds"),
              ElementsAre(HasSubstr("} 1789999940.25")));
}

TEST(ResourceSeries, LeaveWithAnEndedJobAfterShowTerminalCountedFromWhenWeWereTold) {
  Resource job = sample_job();
  job.status[0] = job_completed;
  job.ended = sample_start - std::chrono::hours{24 * 365};  // old news, told only now
  job.learned = sample_start;
  const FakeFleet fleet = fleet_of(job);
  EXPECT_NE(render(fleet, {}, sample_start + std::chrono::hours{1}), "");
  EXPECT_EQ(render(fleet, {}, sample_start + std::chrono::hours{1} + Nanos{1}), "");
  EXPECT_NE(render(fleet, {.show_terminal = std::chrono::hours{2}}, sample_start + Seconds{7000}), "");
}

TEST(ResourceSeries, OfAnEndedJobWithoutAnyTimeAreShown) {
  Resource job;
  job.kind = &kinds::training_job;
  job.name = "timeless";
  job.status[0] = job_failed;
  EXPECT_NE(render(fleet_of(job)), "");
}

TEST(ResourceSeries, OfARunningJobAndOfAnEndpointStayForever) {
  FakeFleet fleet;
  fleet.resources = {sample_job(), sample_endpoint()};
  const std::string page = render(fleet, {}, sample_start + std::chrono::hours{24 * 365});
  EXPECT_THAT(page, AllOf(HasSubstr("sagemaker_job_status{"), HasSubstr("sagemaker_endpoint_status{")));
}

TEST(ResourceSeries, TakeNamesThatDifferInCaseForOneAndCountTheSecond) {
  FakeFleet fleet;
  fleet.resources = {sample_job("Resnet"), sample_job("resNET"), sample_job("other")};
  std::string page;
  const auto counts = ResourceSeries({}).append(page, Format::text, fleet, fleet, sample_start);
  EXPECT_THAT(samples(page, "sagemaker_job_info"),
              ElementsAre(HasSubstr("job_name=\"Resnet\""), HasSubstr("job_name=\"other\"")));
  EXPECT_EQ(of_same_name(counts, "sagemaker_job_status"), 6u);
  EXPECT_EQ(of_same_name(counts, "sagemaker_endpoint_status"), 0u);
  EXPECT_EQ(refused(counts, "sagemaker_job_status"), 0u);
}

TEST(ResourceSeries, AreRefusedAndCountedBeyondTheLimitOfTheirFamily) {
  FakeFleet fleet = varied_fleet();
  std::string page;
  const auto counts = ResourceSeries({.series_max = 7}).append(page, Format::text, fleet, fleet, sample_start);
  EXPECT_THAT(samples(page, "sagemaker_job_status"), testing::SizeIs(7));
  EXPECT_EQ(refused(counts, "sagemaker_job_status"), 6u + 6 + 7 - 7);
  EXPECT_EQ(refused(counts, "sagemaker_job_info"), 0u);
}

TEST(ResourceSeries, NeverLeaveOutACounterBecauseAnotherOneComesFirst) {
  FakeFleet fleet;
  fleet.counters = {{"sagemaker_endpoint_updates_finished_total", {"1", "r", "shown-before", "failed"}, 4}};
  const ResourceSeries tiny({.series_max = 1, .page_series_max = 1});
  for (const char* next : {"a-new-one", "another"}) {
    fleet.counters.push_back({"sagemaker_endpoint_updates_finished_total", {"1", "r", next, "failed"}, 1});
    std::string page;
    const auto counts = tiny.append(page, Format::text, fleet, fleet, sample_start);
    EXPECT_THAT(samples(page, "sagemaker_endpoint_updates_finished_total"), testing::SizeIs(fleet.counters.size()));
    EXPECT_THAT(page, HasSubstr("endpoint=\"shown-before\""));
    EXPECT_EQ(series_of(counts, "sagemaker_endpoint_updates_finished_total"), fleet.counters.size());
    EXPECT_EQ(refused(counts, "sagemaker_endpoint_updates_finished_total"), 0u);
  }
}

TEST(ResourceSeries, OfAHistogramAreAsManyAsPrometheusKeeps) {
  FakeFleet fleet;
  fleet.counters = {{"sagemaker_endpoint_update_duration_seconds", {"1", "r", "succeeded"}, 4}};
  std::string page;
  const auto counts = ResourceSeries({}).append(page, Format::text, fleet, fleet, sample_start);
  const std::uint64_t lines = samples(page, "sagemaker_endpoint_update_duration_seconds_bucket").size() + 2;
  EXPECT_EQ(lines, fleet_buckets.size() + 3);
  const auto row = std::ranges::find(counter_rows(), "sagemaker_endpoint_update_duration_seconds", &CounterRow::family);
  EXPECT_EQ(lines, counter_lines(*row)) << "as CounterRoom reckons";
  EXPECT_EQ(series_of(counts, "sagemaker_endpoint_update_duration_seconds"), lines);
}

TEST(ResourceSeries, OfAFleetLargerThanAChunkAreAllThereAndEachFamilyIsInOnePiece) {
  FakeFleet fleet;
  for (int i = 0; i < 3000; ++i) {
    fleet.resources.push_back(i % 3 ? sample_job("job-" + std::to_string(i))
                                    : sample_endpoint("e-" + std::to_string(i)));
  }
  const std::string page = render(fleet);
  EXPECT_GT(fleet.visits, 1);
  EXPECT_EQ(samples(page, "sagemaker_job_info").size(), 2000u);
  std::set<std::string> heads, lines;
  std::istringstream in(page);
  for (std::string line; std::getline(in, line);) {
    EXPECT_TRUE(lines.insert(line).second) << "twice: " << line;
    const bool is_head = line.starts_with("# TYPE ");
    EXPECT_TRUE(!is_head || heads.insert(line).second) << "in two pieces: " << line;
  }
}

TEST(ResourceSeries, AddUpACounterThatTwoShardsKeep) {
  EXPECT_THAT(samples(render(varied_fleet()), "sagemaker_jobs_finished_total"),
              ElementsAre(HasSubstr("status=\"Completed\",reason=\"none\"} 42"),
                          HasSubstr("status=\"Failed\",reason=\"AlgorithmError\"} 1")));
}

TEST(ResourceSeries, StopAtTheLimitOfThePageAfterTheCounters) {
  FakeFleet fleet = varied_fleet();
  std::string page;
  const auto counts = ResourceSeries({.page_series_max = 5}).append(page, Format::text, fleet, fleet, sample_start);
  std::uint64_t series = 0;
  for (const FamilyCount& row : counts) series += row.series;
  EXPECT_EQ(series, 5u);
  EXPECT_THAT(samples(page, "sagemaker_jobs_finished_total"), testing::SizeIs(2));
  EXPECT_GT(refused(counts, "sagemaker_job_status"), 6u);
}

TEST(ResourceSeries, HaveListedTagsOnInfoFamiliesAlone) {
  FakeFleet fleet = fleet_of(sample_job());
  put_tag(fleet.resources[0].tags, "costCenter", "4711");
  fleet.resources.push_back(sample_job("untagged"));
  const std::string page = render(fleet, {.tags = *TagLabels::of({"costCenter"})});
  EXPECT_THAT(samples(page, "sagemaker_job_info"),
              ElementsAre(HasSubstr("parent_name=\"resnet-sweep\",tag_cost_center=\"4711\"} 1"),
                          testing::AllOf(HasSubstr("job_name=\"untagged\""), Not(HasSubstr("tag_")))));
  for (const std::string& line : samples(page, "sagemaker_job_status")) EXPECT_THAT(line, Not(HasSubstr("tag_")));
}

TEST(ResourceSeries, OfADeploymentAreThereOnlyWhileItRuns) {
  Resource endpoint = sample_resource(kinds::endpoint);
  endpoint.parts.resize(1);
  endpoint.parts[0].texts[0] = "Baking";
  EXPECT_THAT(samples(render(fleet_of(endpoint)), "sagemaker_endpoint_deployment_status"),
              ElementsAre(HasSubstr("variant=\"first\",status=\"Baking\"} 1")));
  endpoint.status[0] = endpoint_in_service;
  EXPECT_THAT(render(fleet_of(endpoint)), Not(HasSubstr("sagemaker_endpoint_deployment")));
}

TEST(ResourceSeries, ShowAStatusOfAPartThatNobodyKnowsVerbatimAndCut) {
  Resource cluster = sample_resource(kinds::hyperpod_cluster);
  cluster.parts.resize(1);
  cluster.parts[0].texts[0] = std::string(100, 'x');
  const auto found = samples(render(fleet_of(cluster)), "sagemaker_cluster_instance_group_status");
  ASSERT_EQ(found.size(), 8u);
  EXPECT_THAT(found.back(), HasSubstr("status=\"" + std::string(64, 'x') + "\"} 1"));
}

TEST(ResourceSeries, TakeNamesFromTheArnWhereTheEventDoesNotTellThem) {
  Resource image = sample_resource(kinds::image_version);
  image.labels = {"", ""};
  image.arn = "arn:aws:sagemaker:eu-west-1:111122223333:image-version/studio/7";
  EXPECT_THAT(render(fleet_of(image)), HasSubstr("image=\"studio\",version=\"7\""));
  Resource node = sample_resource(kinds::hyperpod_node);
  node.labels = {"", ""};
  node.arn = "arn:aws:sagemaker:eu-west-1:111122223333:cluster/c4x#node/i-1";
  EXPECT_THAT(render(fleet_of(node)), HasSubstr("cluster=\"c4x\",instance_id=\"hyperpod_node-1\""));
}

TEST(ResourceFamilies, AreOfSubjectsThatNoTwoNamesConfuse) {
  std::set<std::vector<std::string_view>> names;
  std::set<const Subject*> subjects;
  for (const ResourceFamily& family : resource_families()) subjects.insert(family.subject);
  for (const Subject* subject : subjects) {
    EXPECT_TRUE(names.insert(subject->labels).second) << subject->labels.back();
    EXPECT_LE(subject->labels.size(), subject_labels_max);
    EXPECT_FALSE(subject->kinds.empty());
  }
}

TEST(ResourceFamilies, ExistForEveryKindThatIsKeptButTheUnknown) {
  for (const ResourceKind* kind : resource_kinds()) {
    const bool has_any = std::any_of(resource_families().begin(), resource_families().end(), [&](const auto& family) {
      const auto& kinds = family.subject->kinds;
      return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
    });
    EXPECT_EQ(has_any, kind->is_kept && kind != &kinds::other) << kind->kind;
  }
}

TEST(ResourceFamilies, BeginWithTheLabelsThatNameTheirSubject) {
  std::string_view before;
  for (const ResourceFamily& family : resource_families()) {
    const auto& labels = family.head.labels;
    std::vector<std::string_view> begin{"account_id", "region"};
    begin.insert(begin.end(), family.subject->labels.begin(), family.subject->labels.end());
    ASSERT_GE(labels.size(), begin.size());
    EXPECT_TRUE(std::equal(begin.begin(), begin.end(), labels.begin())) << family.head.name;
    EXPECT_LT(before, family.head.name) << "the table is sorted";
    before = family.head.name;
  }
}

TEST(ResourceFamilies, NeverUseALabelThatPrometheusOverwrites) {
  const auto check = [](const FamilyHead& head) {
    for (const std::string_view label : head.labels) {
      for (const std::string_view taken : {"job", "instance", "name", "type", "le", "quantile"})
        EXPECT_NE(label, taken) << head.name;
    }
  };
  for (const ResourceFamily& family : resource_families()) check(family.head);
  for (const FamilyHead& head : counter_families()) check(head);
}

}  // namespace
}  // namespace sagewatch
