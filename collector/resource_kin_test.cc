#include "collector/resource_kin.h"

#include <gmock/gmock.h>

#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* sweep = "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/resnet-sweep";

Resource job(const std::string& name, std::uint64_t position = 0) {
  Resource resource = sample_job(name);
  resource.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/" + name;
  resource.position.offset = position;
  resource.parent = sweep;
  return resource;
}

TEST(ChildrenOf, AreThoseWithThatParent) {
  FakeFleet fleet;
  fleet.resources = {job("a", 1), job("b", 2), sample_endpoint()};
  const Children children = children_of(fleet, sweep);
  ASSERT_THAT(children.shown, SizeIs(2));
  EXPECT_THAT(children.shown[0], HasSubstr("\"name\":\"b\""));  // the newest change first
  EXPECT_EQ(children.cut, 0u);
  EXPECT_THAT(children_of(fleet, std::string{sweep} + "-2").shown, IsEmpty());
}

TEST(ChildrenOf, CountsWhatIsCut) {
  FakeFleet fleet;
  for (std::uint64_t i = 0; i < 130; ++i) fleet.resources.push_back(job("job-" + std::to_string(i), i * 7919 % 131));
  const Children children = children_of(fleet, sweep);
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
