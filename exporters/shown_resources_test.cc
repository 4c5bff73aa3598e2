// Which resources are on the page, seen on the page itself.
#include "exporters/shown_resources.h"

#include <gmock/gmock.h>

#include "exporters/resource_series.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

constexpr Nanos long_ago = std::chrono::hours{3};
constexpr std::uint8_t executing = 0, failed = 3, succeeded = 4, step_executing = 1, step_succeeded = 5;

struct ShownResourcesTest : testing::Test {
  FakeFleet fleet;
  ResourceSeriesConfig config;

  // The values of a label in the family's samples, in their order.
  std::vector<std::string> shown(const std::string& family, const std::string& label) const {
    std::string page;
    ResourceSeries(config).append(page, Format::text, fleet, fleet, sample_start);
    std::vector<std::string> values;
    for (std::size_t at = page.find('\n' + family + '{'); at != std::string::npos;
         at = page.find('\n' + family + '{', at + 1)) {
      const std::string key = label + "=\"";
      const std::size_t begin = page.find(key, at) + key.size();
      values.push_back(page.substr(begin, page.find('"', begin) - begin));
    }
    return values;
  }

  void told(Resource& resource, Nanos ago) { resource.ended = resource.learned = sample_start - ago; }

  void run(const std::string& pipeline, const std::string& id, std::uint8_t status, Nanos ago = Seconds{10}) {
    Resource& execution = fleet.resources.emplace_back(sample_resource(kinds::pipeline_execution));
    execution.arn = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/" + pipeline + "/execution/" + id;
    execution.name = id;
    execution.status[0] = status;
    told(execution, ago);
  }
  void step(const std::string& run_of, const std::string& name, std::uint8_t status, Nanos ago = Seconds{10}) {
    Resource& step = fleet.resources.emplace_back(sample_resource(kinds::pipeline_step));
    step.arn = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/" + run_of + "#step/" + name;
    step.name = name;
    step.status[0] = status;
    told(step, ago);
  }
  void version(const std::string& group, const std::string& number) {
    Resource& package = fleet.resources.emplace_back(sample_resource(kinds::model_package));
    package.arn = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/" + group + '/' + number;
    package.labels[0] = package.labels[1] = "";  // so that the ARN tells them
  }
};

TEST_F(ShownResourcesTest, AreThePipelinesRunsUnderWayAndTheOneThatEndedLast) {
  run("nightly", "older", failed, Seconds{300});
  run("nightly", "newest", succeeded, Seconds{200});
  run("nightly", "oldest", succeeded, Seconds{400});
  run("nightly", "now-1", executing);
  run("nightly", "now-2", executing, long_ago);
  run("weekly", "only", failed);
  EXPECT_THAT(shown("sagemaker_pipeline_execution_info", "execution"),
              UnorderedElementsAre("newest", "now-1", "now-2", "only"));
}

TEST_F(ShownResourcesTest, LoseTheLastRunAfterShowTerminal) {
  run("nightly", "yesterday", failed, long_ago);
  EXPECT_THAT(shown("sagemaker_pipeline_execution_info", "execution"), IsEmpty());
  config.show_terminal = std::chrono::hours{4};
  EXPECT_THAT(shown("sagemaker_pipeline_execution_info", "execution"), ElementsAre("yesterday"));
}

TEST_F(ShownResourcesTest, KeepTheStepsOfARunAsLongAsTheRun) {
  step("nightly/execution/now", "ended-long-ago", step_succeeded, long_ago);  // before its run: any order
  run("nightly", "now", executing, long_ago);
  run("nightly", "older", failed, Seconds{300});
  run("nightly", "newest", failed, Seconds{200});
  step("nightly/execution/now", "moves", step_executing);
  step("nightly/execution/older", "of-older", step_succeeded, Seconds{1});
  step("nightly/execution/NEWEST", "of-newest", step_succeeded);  // ARNs in any case
  EXPECT_THAT(shown("sagemaker_pipeline_step_info", "step"),
              UnorderedElementsAre("ended-long-ago", "moves", "of-newest"));
}

TEST_F(ShownResourcesTest, ShowAStepOfARunThatNobodyToldOfByItsOwnEnd) {
  step("nightly/execution/unknown", "lately", step_succeeded);
  step("nightly/execution/unknown", "long-ago", step_succeeded, long_ago);
  EXPECT_THAT(shown("sagemaker_pipeline_step_info", "step"), ElementsAre("lately"));
}

TEST_F(ShownResourcesTest, AreTheNewestVersionsOfAModelPackageGroup) {
  config.package_versions = 2;
  for (const char* number : {"9", "10", "2", "11", "1"}) version("churn", number);
  version("fraud", "1");
  EXPECT_THAT(shown("sagemaker_model_package_info", "version"), UnorderedElementsAre("10", "11", "1"));
  EXPECT_THAT(shown("sagemaker_model_package_info", "model_package_group"),
              UnorderedElementsAre("churn", "churn", "fraud"));
}

TEST_F(ShownResourcesTest, DoNotCountAVersionThatLeftAmongTheNewest) {
  config.package_versions = 1;
  version("churn", "1");
  version("churn", "2");
  constexpr std::uint8_t deleting = 4;
  fleet.resources.back().status[0] = deleting;
  EXPECT_THAT(shown("sagemaker_model_package_info", "version"), ElementsAre("2"));
  told(fleet.resources.back(), long_ago);
  EXPECT_THAT(shown("sagemaker_model_package_info", "version"), ElementsAre("1"));
}

TEST_F(ShownResourcesTest, LoseWhatIsBeingDeletedAfterShowTerminal) {
  constexpr std::uint8_t deleting = 6, in_service = 5;
  for (const std::uint8_t status : {deleting, in_service}) {
    Resource& endpoint = fleet.resources.emplace_back(sample_resource(kinds::endpoint, status));
    endpoint.status[0] = status;
    told(endpoint, long_ago);
  }
  EXPECT_THAT(shown("sagemaker_endpoint_info", "endpoint"), ElementsAre("endpoint-5"));
  told(fleet.resources[0], Seconds{10});
  EXPECT_THAT(shown("sagemaker_endpoint_info", "endpoint"), ElementsAre("endpoint-6", "endpoint-5"));
}

TEST_F(ShownResourcesTest, CountHumanLoopsAndShowEachOnRequestAlone) {
  constexpr std::uint8_t loop_failed = 1, loop_completed = 2;
  for (std::size_t number = 1; number <= 5; ++number) {
    Resource& loop = fleet.resources.emplace_back(sample_resource(kinds::human_loop, number));
    loop.status[0] = number < 4 ? 0 : loop_failed;
    told(loop, Seconds{10});
  }
  fleet.resources.push_back(sample_resource(kinds::human_loop, 6));
  fleet.resources.back().status[0] = loop_completed;
  told(fleet.resources.back(), long_ago);
  std::string page;
  ResourceSeries(config).append(page, Format::text, fleet, fleet, sample_start);
  EXPECT_THAT(page, HasSubstr("flow_definition=\"flow_definition-of-it\",status=\"InProgress\"} 3\n"));
  EXPECT_THAT(page, HasSubstr("flow_definition=\"flow_definition-of-it\",status=\"Failed\"} 2\n"));
  EXPECT_THAT(page, HasSubstr("flow_definition=\"flow_definition-of-it\",status=\"Completed\"} 0\n"));
  EXPECT_THAT(page, Not(HasSubstr("sagemaker_human_loop_status")));
  config.human_loops = true;
  EXPECT_THAT(shown("sagemaker_human_loop_status", "human_loop"), testing::SizeIs(5));
}

}  // namespace
}  // namespace sagewatch
