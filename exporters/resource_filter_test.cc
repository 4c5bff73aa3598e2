#include "exporters/resource_filter.h"

#include <gmock/gmock.h>

#include "events/tags.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Words = ResourceFilter::Words;

constexpr UnixNanos now = sample_start;

Resource job(std::uint8_t status = job_in_progress, Nanos in_state_for = Seconds{300}) {
  Resource resource = sample_job();
  resource.arn = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/resnet50-0007";
  resource.status[0] = status;
  resource.parent = "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/resnet-sweep";
  put_tag(resource.tags, "team", "search");
  put_tag(resource.tags, "stage", "prod");
  resource.last_transition = now - in_state_for;
  return resource;
}

bool takes(const Words& words, const Resource& resource) {
  const auto filter = ResourceFilter::read(words, now);
  EXPECT_TRUE(filter) << filter.error().what;
  return filter && filter->matches(resource);
}

std::string refusal(const Words& words, const std::vector<std::string>& beside = {}) {
  const auto filter = ResourceFilter::read(words, now, beside);
  return filter ? "" : filter.error().what;
}

TEST(ResourceFilter, TakesEverythingWithoutAWord) {
  EXPECT_TRUE(takes({}, job()));
}

TEST(ResourceFilter, ChoosesByKind) {
  EXPECT_TRUE(takes({{"kind", "training_job"}}, job()));
  EXPECT_TRUE(takes({{"kind", "Training-Job"}}, job()));
  EXPECT_FALSE(takes({{"kind", "endpoint"}}, job()));
  EXPECT_TRUE(takes({{"kind", "endpoint"}, {"kind", "training_job"}}, job()));
  EXPECT_TRUE(takes({{"kind", "endpoint,training_job"}}, job()));
}

TEST(ResourceFilter, ReadsAStatusInAnyCaseAndEitherSpelling) {
  for (const char* spelling : {"InService", "IN_SERVICE", "in_service", "inservice", "in-service"})
    EXPECT_TRUE(takes({{"status", spelling}}, sample_endpoint())) << spelling;
  EXPECT_FALSE(takes({{"status", "Updating"}}, sample_endpoint()));
  EXPECT_TRUE(takes({{"status", "failed,completed"}}, job(job_completed)));
}

TEST(ResourceFilter, HoldsAllOfItsWords) {
  EXPECT_TRUE(takes({{"kind", "training_job"}, {"status", "Failed"}}, job(job_failed)));
  EXPECT_FALSE(takes({{"kind", "training_job"}, {"status", "Failed"}}, job(job_completed)));
}

TEST(ResourceFilter, ChoosesByTheClassOfTheFailure) {
  Resource failed = job(job_failed);
  failed.reason = ReasonClass::capacity_error;
  EXPECT_TRUE(takes({{"reason", "capacityerror"}}, failed));
  EXPECT_FALSE(takes({{"reason", "AlgorithmError"}}, failed));
  EXPECT_TRUE(takes({{"reason", "none"}}, job()));
}

TEST(ResourceFilter, ChoosesByState) {
  EXPECT_TRUE(takes({{"state", "active"}}, job()));
  EXPECT_FALSE(takes({{"state", "active"}}, job(job_completed)));
  EXPECT_TRUE(takes({{"state", "terminal"}}, job(job_completed)));
  EXPECT_FALSE(takes({{"state", "failed"}}, job(job_completed)));
  EXPECT_TRUE(takes({{"state", "Failed"}}, job(job_failed)));
}

TEST(ResourceFilter, ChoosesByAge) {
  const Resource hour_old = job(job_in_progress, std::chrono::hours{1});
  EXPECT_TRUE(takes({{"since", "2h"}}, hour_old));
  EXPECT_TRUE(takes({{"since", "1h"}}, hour_old));
  EXPECT_FALSE(takes({{"since", "30m"}}, hour_old));
  EXPECT_TRUE(takes({{"older_than", "30m"}}, hour_old));
  EXPECT_FALSE(takes({{"older_than", "2h"}}, hour_old));
  EXPECT_TRUE(takes({{"since", rfc3339(now - std::chrono::hours{2})}}, hour_old));
  EXPECT_FALSE(takes({{"since", rfc3339(now - std::chrono::minutes{2})}}, hour_old));
}

// An event without a status leaves a resource without a transition.
TEST(ResourceFilter, TakesTheNewestThatIsKnownWhereThereWasNoTransition) {
  Resource resource = job();
  resource.last_transition = {};
  resource.modified = now - Seconds{60};
  EXPECT_TRUE(takes({{"since", "2m"}}, resource));
  EXPECT_FALSE(takes({{"older_than", "2m"}}, resource));
}

TEST(ResourceFilter, ChoosesByThePrefixOfTheNameInAnyCase) {
  EXPECT_TRUE(takes({{"name_prefix", "ResNet50-"}}, job()));
  EXPECT_TRUE(takes({{"name_prefix", "churn-p"}}, sample_endpoint()));
  EXPECT_FALSE(takes({{"name_prefix", "net50"}}, job()));
  EXPECT_FALSE(takes({{"name_prefix", "resnet50-0007-and-more"}}, job()));
}

TEST(ResourceFilter, ChoosesByTheParent) {
  constexpr const char* parent = "arn:aws:sagemaker:eu-west-1:111122223333:hyper-parameter-tuning-job/RESNET-sweep";
  EXPECT_TRUE(takes({{"parent", parent}}, job()));
  EXPECT_FALSE(takes({{"parent", std::string{parent} + "-2"}}, job()));
  EXPECT_FALSE(takes({{"parent", parent}}, sample_endpoint()));
}

TEST(ResourceFilter, ChoosesByAllOfTheTags) {
  EXPECT_TRUE(takes({{"tag", "team=search"}}, job()));
  EXPECT_TRUE(takes({{"tag", "team=search"}, {"tag", "stage=prod"}}, job()));
  EXPECT_FALSE(takes({{"tag", "team=search"}, {"tag", "stage=test"}}, job()));
  EXPECT_FALSE(takes({{"tag", "owner=me"}}, job()));
}

TEST(ResourceFilter, SaysThatAKindHasNoStatus) {
  EXPECT_EQ(refusal({{"kind", "other"}, {"status", "InService"}}), "status: the kinds asked for have none");
}

TEST(ResourceFilter, NamesTheNearestWordAndAllThatAreAllowed) {
  EXPECT_EQ(refusal({{"stauts", "Failed"}}, {"limit"}),
            "there is no filter \"stauts\"; did you mean status? allowed: kind, status, reason, state, since, "
            "older_than, name_prefix, tag, parent, limit");
  EXPECT_EQ(refusal({{"colour", "red"}}).substr(0, 39), "there is no filter \"colour\"; allowed: k");
  EXPECT_EQ(refusal({{"limit", "3"}}, {"limit"}), "");
}

TEST(ResourceFilter, NamesTheNearestValueAndAllThatAreAllowed) {
  EXPECT_THAT(refusal({{"kind", "traning_job"}}), StartsWith("kind: there is no \"traning_job\"; did you mean "));
  EXPECT_EQ(refusal({{"kind", "training_job"}, {"status", "Complete"}}),
            "status: there is no \"Complete\"; did you mean Completed? allowed: InProgress, Completed, Failed, "
            "Stopping, Stopped, Deleting");
  EXPECT_EQ(refusal({{"state", "running"}}), "state: there is no \"running\"; allowed: active, terminal, failed");
  EXPECT_THAT(refusal({{"reason", "AlgoError"}}), HasSubstr("AlgorithmError"));
}

// The order of words does not matter: a status is judged by the kinds asked for.
TEST(ResourceFilter, JudgesAStatusByTheKindsAskedFor) {
  EXPECT_THAT(refusal({{"status", "InService"}, {"kind", "training_job"}}), StartsWith("status: there is no"));
  EXPECT_EQ(refusal({{"status", "InService"}, {"kind", "endpoint"}}), "");
}

TEST(ResourceFilter, SaysHowAgesTagsAndParentsAreWritten) {
  EXPECT_THAT(refusal({{"since", "24"}}), StartsWith("since: \"24\" is neither an age nor a time"));
  EXPECT_THAT(refusal({{"older_than", "-1h"}}), HasSubstr("such as 90m or 24h"));
  EXPECT_EQ(refusal({{"tag", "team"}}), "tag: \"team\" is not key=value, such as team=search");
  EXPECT_THAT(refusal({{"parent", "sweep"}}), StartsWith("parent: \"sweep\" is not an ARN"));
}

TEST(ResourceFilter, RefusesEmptyAndRepeatedWords) {
  EXPECT_EQ(refusal({{"kind", ""}}), "kind is empty; leave it out, or say what it must be");
  EXPECT_THAT(refusal({{"kind", "endpoint,"}}), StartsWith("kind: there is no \"\""));
  EXPECT_EQ(refusal({{"since", "1h"}, {"since", "2h"}}), "since stands there twice; one is allowed");
  EXPECT_EQ(refusal({{"state", "failed"}, {"state", "active"}}), "state stands there twice; one is allowed");
}

TEST(ResourceFilter, IsBounded) {
  Words many;
  for (int i = 0; i < 100; ++i) many.emplace_back("tag", "k=v");
  EXPECT_EQ(refusal(many), "tag: more than 64 values");
}

}  // namespace
}  // namespace sagewatch
