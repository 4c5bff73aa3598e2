#include "collector/resource_kin.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "events/event_kind.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* sweep_arn = "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/resnet-sweep";

Resource sweep(const std::string& more = "") {
  Resource resource = sample_resource(kinds::hyperparameter_tuning_job);
  resource.arn = sweep_arn + more;
  return resource;
}

Resource job(const std::string& name, std::uint64_t position = 0) {
  Resource resource = sample_job(name);
  resource.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/" + name;
  resource.position.offset = position;
  resource.parent = sweep_arn;
  return resource;
}

TEST(ChildrenOf, AreThoseWithThatParent) {
  FakeFleet fleet;
  fleet.resources = {job("a", 1), job("b", 2), sample_endpoint()};
  const Children children = children_of(fleet, sweep());
  ASSERT_THAT(children.shown, SizeIs(2));
  EXPECT_THAT(children.shown[0], HasSubstr("\"name\":\"b\""));  // the newest change first
  EXPECT_EQ(children.cut, 0u);
  EXPECT_THAT(children_of(fleet, sweep("-2")).shown, IsEmpty());
}

// Of a million resources most are jobs: asking for one must not cost a walk past all of them.
TEST(ChildrenOf, AreNotLookedForWhereThereAreNone) {
  FakeFleet fleet;
  fleet.resources = {job("a"), job("b"), sample_endpoint()};
  for (const Resource& childless : fleet.resources) EXPECT_THAT(children_of(fleet, childless).shown, IsEmpty());
  EXPECT_EQ(fleet.visits, 0);
}

TEST(MayHaveChildren, IsWhatEventsNameAsParentsAndWhatHasParts) {
  for (const ResourceKind* parent : {&kinds::hyperparameter_tuning_job, &kinds::labeling_job,
                                     &kinds::pipeline_execution, &kinds::hyperpod_cluster, &kinds::other})
    EXPECT_TRUE(may_have_children(*parent)) << parent->kind;
  for (const ResourceKind* childless : {&kinds::training_job, &kinds::processing_job, &kinds::endpoint, &kinds::model,
                                        &kinds::pipeline_step, &kinds::hyperpod_node, &kinds::human_loop})
    EXPECT_FALSE(may_have_children(*childless)) << childless->kind;
}

// A parent that a new row names by another word than its kind's would never be shown its children.
TEST(MayHaveChildren, KnowsEveryParentThatARowNames) {
  const std::vector<std::string_view> without_a_kind{"automl", "flow_definition", "pipeline"};
  for (const EventKind& row : event_kinds()) {
    for (const Fact& parent : row.parents) {
      const bool is_kind = std::ranges::any_of(resource_kinds(), [&](const ResourceKind* kind) {
        return kind->is_kept && (kind->kind == parent.name || kind->job_type == parent.name);
      });
      EXPECT_TRUE(is_kind || std::ranges::find(without_a_kind, parent.name) != without_a_kind.end()) << parent.name;
    }
  }
}

TEST(ChildrenOf, CountsWhatIsCut) {
  FakeFleet fleet;
  for (std::uint64_t i = 0; i < 130; ++i) fleet.resources.push_back(job("job-" + std::to_string(i), i * 7919 % 131));
  const Children children = children_of(fleet, sweep());
  ASSERT_THAT(children.shown, SizeIs(children_max));
  EXPECT_EQ(children.cut, 30u);
  std::uint64_t newest = 0;
  for (std::uint64_t i = 0; i < 130; ++i)
    if (i * 7919 % 131 == 130) newest = i;
  EXPECT_THAT(children.shown[0], HasSubstr("\"name\":\"job-" + std::to_string(newest) + "\""));
}

TEST(MeantBy, FindsANameForAnArn) {
  FakeFleet fleet;
  fleet.resources = {job("resnet-7"), job("Churn")};
  EXPECT_EQ(meant_by(fleet, "churn"), job("Churn").arn);
}

TEST(MeantBy, FindsANearNameOfTheSameType) {
  FakeFleet fleet;
  fleet.resources = {job("resnet-sweep"), job("churn-predictor")};
  EXPECT_EQ(meant_by(fleet, "arn:aws:sagemaker:eu-west-1:111122223333:training-job/churn-predicter"),
            job("churn-predictor").arn);
  EXPECT_EQ(meant_by(fleet, "arn:aws:sagemaker:eu-west-1:111122223333:endpoint/churn-predicter"), "");
}

// The account or the region may be what is wrong.
TEST(MeantBy, FindsTheSameNameElsewhere) {
  FakeFleet fleet;
  fleet.resources = {job("churn-predictor")};
  EXPECT_EQ(meant_by(fleet, "arn:aws:sagemaker:us-east-1:111122223333:training-job/churn-predictor"),
            job("churn-predictor").arn);
}

TEST(MeantBy, FindsNothingThatIsFar) {
  FakeFleet fleet;
  fleet.resources = {job("churn-predictor")};
  EXPECT_EQ(meant_by(fleet, "fraud-scorer"), "");
  EXPECT_EQ(meant_by(fleet, ""), "");
}

}  // namespace
}  // namespace sagewatch
