#include "collector/shard.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <utility>

#include "tests/fakes/journal_rig.h"
#include "tests/fakes/mortal_store.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

constexpr const char* event =
    R"({"version":"0","id":"i","detail-type":"t","source":"my.app","account":"1","time":"2026-01-01T00:00:00Z",)"
    R"("region":"r","resources":[],"detail":{}})";

class ShardTest : public testing::Test {
 protected:
  ShardTest() {
    Rule rule;
    rule.name = "all";
    rule.pattern = R"({"source":["my.app"]})";
    rule.targets = {{"1", "audit", {}, {}}};
    rules_ = RuleSet::build({rule}).value();
    EXPECT_TRUE(rule_sets_->keep(rules_));
  }
  ShardParts parts(std::uint32_t shard = 0, std::uint32_t shards = 1) {
    return {.store = store_,
            .rule_sets = *rule_sets_,
            .clock = clock_,
            .instruments = instruments_,
            .resources = {},
            .shard = shard,
            .shards = shards,
            .applied_before = store_.applied(),
            .resolved = nullptr,
            .on_store_refused = [this](const Error&) { ++refused_; },
            .write_pause = Millis{0},
            .on_fatal = [this](const Error&) { ++fatal_; }};
  }
  Frame rules_frame(std::uint64_t position) const { return {FrameType::rule_set, position, 0, padded(rules_->hash())}; }
  static Frame events(std::uint64_t position, std::uint32_t count, std::string cursor = {}) {
    FrameWriter writer{"file:jobs", cursor};
    for (std::uint32_t i = 0; i < count; ++i)
      writer.add({.bus = "default", .received = {1}, .resource_key = i, .json = event});
    return {FrameType::events, position, count, padded(std::move(writer).finish())};
  }
  std::size_t owed() {
    std::size_t rows = 0;
    EXPECT_TRUE(store_.each_owed([&](const Owed&) { ++rows; }));
    return rows;
  }
  std::string row(const std::string& wanted) {
    std::string found;
    EXPECT_TRUE(store_.each_counter([&](auto name, auto value) {
      if (name == wanted) found = value;
    }));
    return found;
  }

  FakeDisk disk_;
  FakeClock clock_;
  Instruments instruments_;
  TemporaryDirectory directory_;
  MortalStore store_{Store::open({.directory = directory_.path() + "/store"}).value()};
  std::unique_ptr<RuleSets> rule_sets_ = RuleSets::open(disk_, "/data/rulesets").value();
  std::shared_ptr<const RuleSet> rules_;
  std::atomic<int> refused_ = 0;
  std::atomic<int> fatal_ = 0;
};

TEST_F(ShardTest, MatchesOnlyWhatStandsBehindTheRuleSet) {
  Shard shard{parts()};
  std::vector<Frame> frames{events(0, 3), rules_frame(3), events(3, 2)};
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_EQ(owed(), 2u);
  EXPECT_EQ(shard.next(), 5u);
}

TEST_F(ShardTest, CountsEachFieldThatAnEventCanLackFromZeroOn) {
  const Shard shard{parts()};
  std::size_t at_zero = 0;
  bool has_status = false;
  for (const auto& family : instruments_.registry.Collect()) {
    if (family.name != "sagewatch_events_incomplete_total") continue;
    for (const auto& metric : family.metric) {
      at_zero += metric.counter.value == 0;
      has_status |= std::any_of(metric.label.begin(), metric.label.end(),
                                [](const auto& label) { return label.value == "TrainingJobStatus"; });
    }
    EXPECT_EQ(at_zero, family.metric.size());
  }
  EXPECT_GT(at_zero, event_kinds().size());
  EXPECT_TRUE(has_status);
}

TEST_F(ShardTest, CountsPartsThatAResourceHasNoPlaceForFromZeroOn) {
  const auto dropped = [&] {
    std::map<std::string, double> by_kind;
    for (const auto& family : instruments_.registry.Collect()) {
      if (family.name != "sagewatch_resource_parts_dropped_total") continue;
      for (const auto& metric : family.metric) by_kind[metric.label.at(0).value] = metric.counter.value;
    }
    return by_kind;
  };
  Shard shard{parts()};
  EXPECT_THAT(dropped(), ElementsAre(Pair("endpoint", 0), Pair("hyperpod_cluster", 0)));
  std::string variants;
  for (std::size_t i = 0; i < parts_max + 5; ++i)
    variants += fmt::format(R"({}{{"VariantName":"v{}"}})", i == 0 ? "" : ",", i);
  const std::string told =
      R"({"version":"0","id":"i","detail-type":"SageMaker Endpoint State Change","source":"aws.sagemaker","account":"1",)"
      R"("time":"2026-01-01T00:00:00Z","region":"r","resources":["arn:aws:sagemaker:r:1:endpoint/e"],"detail":)"
      R"({"EndpointName":"e","EndpointStatus":"IN_SERVICE","ProductionVariants":[)" +
      variants + "]}}";
  FrameWriter writer{"file:jobs", {}};
  writer.add({.bus = "default", .received = {1}, .resource_key = 0, .json = told});
  std::vector<Frame> frames{{FrameType::events, 0, 1, padded(std::move(writer).finish())}};
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_THAT(dropped(), ElementsAre(Pair("endpoint", 5), Pair("hyperpod_cluster", 0)));
}

TEST_F(ShardTest, AppliesNothingTwiceWithAnotherNumberOfShards) {
  {
    Shard only{parts()};
    std::vector<Frame> frames{rules_frame(0), events(0, 4)};
    ASSERT_TRUE(only.replay(frames));
  }
  std::vector<Owed> rows;
  ASSERT_TRUE(store_.each_owed([&](const Owed& row) { rows.push_back(row); }));
  ASSERT_THAT(rows, SizeIs(4));
  std::vector<Settlement> settlements;
  for (const Owed& row : rows) settlements.push_back({Settlement::Kind::delivered, row, {}});
  ASSERT_TRUE(store_.settle(settlements));

  for (std::uint32_t index = 0; index < 3; ++index) {
    Shard shard{parts(index, 3)};
    std::vector<Frame> frames{rules_frame(0), events(0, 4), events(4, 3)};
    ASSERT_TRUE(shard.replay(frames));
  }
  EXPECT_EQ(owed(), 3u);
}

TEST_F(ShardTest, LetsGoOfEachFrameOnceItIsApplied) {
  Shard shard{parts()};
  std::vector<Frame> frames{events(0, 3)};
  const std::weak_ptr<const std::string> payload = frames.front().payload;
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_TRUE(payload.expired());
}

TEST_F(ShardTest, KeepsTheCursorOfAFrameWithoutEvents) {
  Shard shard{parts()};
  std::vector<Frame> frames{events(0, 0, "line 7")};
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_EQ(row("cursor/file:jobs"), "line 7");
}

TEST_F(ShardTest, NotesUntilWhichPositionARuleSetWasInForce) {
  Rule rule;
  rule.name = "none";
  rule.pattern = R"({"source":["nobody"]})";
  const auto next = RuleSet::build({rule}).value();
  ASSERT_TRUE(rule_sets_->keep(next));
  Shard shard{parts()};
  std::vector<Frame> frames{rules_frame(0), events(0, 2), {FrameType::rule_set, 2, 0, padded(next->hash())}};
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_EQ(row("rules_until/" + rules_->hash()), "2");
  EXPECT_EQ(row("rules_until/" + next->hash()), "");
}

// The rules that a former base was compiled of are not held for ever.
TEST_F(ShardTest, TakesOverASetThatWasMerged) {
  std::vector<Rule> many(2'000);
  for (std::size_t i = 0; i < many.size(); ++i) {
    many[i].name = "rule-" + std::to_string(i);
    many[i].pattern = R"({"source":["nobody"]})";
  }
  const auto base = RuleSet::build(many).value();
  for (std::size_t i = 0; i < 130; ++i) many[i].pattern = R"({"source":["my.app"]})";
  many[0].targets = {{"1", "audit", {}, {}}};
  rules_ = base->with({{}, {many.begin(), many.begin() + 130}}).value();
  ASSERT_TRUE(rule_sets_->keep(rules_));
  Shard shard{parts()};
  std::vector<Frame> before{rules_frame(0), events(0, 2)};
  ASSERT_TRUE(shard.replay(before));
  const std::weak_ptr<const RuleSet> former = std::exchange(rules_, nullptr);
  ASSERT_TRUE(rule_sets_->merge());
  EXPECT_FALSE(former.expired());
  std::vector<Frame> after{events(2, 3)};
  ASSERT_TRUE(shard.replay(after));
  EXPECT_TRUE(former.expired());
  EXPECT_EQ(owed(), 5u);
}

// A disk may be full for minutes; the journal hears of it every time, and the events are applied once.
TEST_F(ShardTest, GoesOnWhenTheStoreCanBeWrittenAgain) {
  Shard shard{parts()};
  store_.refuse(100);
  std::vector<Frame> frames{rules_frame(0), events(0, 2)};
  ASSERT_TRUE(shard.replay(frames));
  EXPECT_EQ(refused_, 100);
  EXPECT_EQ(fatal_, 0);
  EXPECT_EQ(owed(), 2u);
}

TEST_F(ShardTest, EndsTheProcessWhenTheStoreStaysUnwritable) {
  ShardParts given = parts();
  given.write_tries_max = 3;
  std::atomic<bool> ended = false;
  given.on_fatal = [&](const Error&) { ended = true; };
  Shard shard{std::move(given)};
  store_.die_after(0, false);
  shard.start([](std::vector<Arrival>) {});
  const std::vector<Frame> frames{events(0, 1)};
  shard.offer(frames);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!ended && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(ended);
  EXPECT_EQ(shard.next(), 0u);
}

TEST_F(ShardTest, AppliesWhatWasOfferedBeforeItEnds) {
  Shard shard{parts()};
  std::size_t arrived = 0;
  shard.start([&](std::vector<Arrival> arrivals) { arrived += arrivals.size(); });
  const std::vector<Frame> frames{rules_frame(0), events(0, 2), events(2, 5)};
  shard.offer(frames);
  shard.finish();
  EXPECT_EQ(shard.next(), 7u);
  EXPECT_EQ(arrived, 7u);
  EXPECT_EQ(owed(), 7u);
}

// What a follower hears of is durable, in order, with the state right behind each transition.
TEST_F(ShardTest, TellsEachTransitionBehindTheWriteThatMadeItDurable) {
  auto change = [second = 10](const char* status) mutable {
    return std::string{R"({"version":"0","id":"i","detail-type":"SageMaker Endpoint State Change",)"
                       R"("source":"aws.sagemaker","account":"1","time":"2026-01-01T00:00:)"} +
           std::to_string(second++) + R"(Z","region":"r","resources":["arn:aws:sagemaker:r:1:endpoint/e"],)" +
           R"("detail":{"EndpointStatus":")" + status + "\"}}";
  };
  constexpr UnixNanos received{1'767'225'700'000'000'000};  // a little later
  TransitionFeed feed;
  Shard shard{parts()};
  shard.start([](std::vector<Arrival>) {}, &feed);
  const auto offer = [&](std::uint64_t position, std::vector<const char*> statuses) {
    FrameWriter writer{"file:jobs", ""};
    for (const char* status : statuses) {
      const std::string json = change(status);
      writer.add({.bus = "default", .received = received, .resource_key = 0, .json = json});
    }
    const std::vector<Frame> frames{
        {FrameType::events, position, static_cast<std::uint32_t>(statuses.size()), padded(std::move(writer).finish())}};
    shard.offer(frames);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (shard.next() < position + statuses.size() && std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
  };
  offer(0, {"CREATING"});  // nobody follows
  feed.start(7);
  store_.refuse(3);
  offer(1, {"CREATING", "IN_SERVICE", "UPDATING", "DELETED"});
  EXPECT_EQ(refused_, 3);
  const auto told = feed.read(1, 10);
  ASSERT_THAT(told, SizeIs(3));
  EXPECT_EQ(told[0]->before, R"({"status":"Creating"})");
  EXPECT_EQ(Resource::decode(told[0]->row).value().status_name(), "InService");
  EXPECT_EQ(told[0]->position, (Position{embedded_journal, 2}));
  EXPECT_EQ(told[0]->received, received);
  EXPECT_EQ(Resource::decode(told[1]->row).value().status_name(), "Updating");
  EXPECT_EQ(told[2]->before, R"({"status":"Updating"})");
  EXPECT_TRUE(told[2]->gone);
}

TEST_F(ShardTest, TellsNothingThatCouldNotBeWritten) {
  ShardParts given = parts();
  given.write_tries_max = 2;
  std::atomic<bool> ended = false;
  given.on_fatal = [&](const Error&) { ended = true; };
  TransitionFeed feed;
  feed.start(7);
  Shard shard{std::move(given)};
  store_.die_after(0, false);
  shard.start([](std::vector<Arrival>) {}, &feed);
  FrameWriter writer{"file:jobs", ""};
  const std::string json =
      R"({"version":"0","id":"i","detail-type":"SageMaker Endpoint State Change","source":"aws.sagemaker",)"
      R"("account":"1","time":"2026-01-01T00:00:00Z","region":"r","resources":["arn:aws:sagemaker:r:1:endpoint/e"],)"
      R"("detail":{"EndpointStatus":"CREATING"}})";
  writer.add({.bus = "default", .received = {5}, .resource_key = 0, .json = json});
  const std::vector<Frame> frames{{FrameType::events, 0, 1, padded(std::move(writer).finish())}};
  shard.offer(frames);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (!ended && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(ended);
  EXPECT_EQ(feed.window().next, 1u);
}

}  // namespace
}  // namespace sagewatch
