#include "collector/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "collector/quarantine.h"
#include "events/frame.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"

namespace sagewatch {
namespace {

using testing::SizeIs;

constexpr const char* good =
    R"({"version":"0","id":"i","detail-type":"t","source":"my.app","account":"1","time":"2026-01-01T00:00:00Z",)"
    R"("region":"r","resources":[],"detail":{}})";

class IntakeTest : public testing::Test {
 protected:
  IntakeTest() {
    auto own = std::make_unique<FakeJournal>(clock_);
    kept_ = own.get();
    quarantine_ = Quarantine::open(std::move(own), clock_).value();
    config_.in_flight_bytes_max = 2'000;
  }
  Intake& intake() {
    if (!intake_)
      intake_ = std::make_unique<Intake>(config_, journal_, *quarantine_, clock_, [] { return "fresh"; }, instruments_);
    return *intake_;
  }
  static Batch batch(const std::vector<std::string>& events, bool quarantine_refused) {
    Batch made{
        .source = "file:jobs", .bytes = {}, .events = {}, .cursor = {}, .quarantine_refused = quarantine_refused};
    for (const auto& event : events) {
      made.events.push_back({made.bytes.size(), event.size(), made.events.size() + 1});
      made.bytes += event;
    }
    made.bytes.reserve(made.bytes.size() + frame_padding);
    if (quarantine_refused) made.cursor = "line 9";
    return made;
  }
  Offer offer(Batch given) {
    return intake().accept(std::move(given), [this](Result<Receipt> receipt) { answer_ = std::move(receipt); });
  }
  double rejected(const std::string& reason) {
    return instruments_.events_rejected.Add({{"source", "file:jobs"}, {"reason", reason}}).Value();
  }

  FakeClock clock_;
  FakeJournal journal_{clock_};
  FakeJournal* kept_ = nullptr;
  std::unique_ptr<Quarantine> quarantine_;
  Instruments instruments_;
  IntakeConfig config_;
  std::unique_ptr<Intake> intake_;
  std::optional<Result<Receipt>> answer_;
};

TEST_F(IntakeTest, AnswersWhenTheJournalHasItAndNotBefore) {
  journal_.hold();
  ASSERT_EQ(offer(batch({good, good}, false)), Offer::taken);
  EXPECT_FALSE(answer_);
  journal_.commit();
  ASSERT_TRUE(answer_);
  EXPECT_THAT((*answer_)->outcomes, SizeIs(2));
  EXPECT_EQ(journal_.next_position(), 2u);
}

TEST_F(IntakeTest, TellsTheSenderThatTheJournalFailed) {
  journal_.set_failing(true);
  ASSERT_EQ(offer(batch({good}, false)), Offer::taken);
  ASSERT_TRUE(answer_);
  EXPECT_FALSE(*answer_);
}

TEST_F(IntakeTest, GivesARefusalBackToWhoeverWaitsForIt) {
  ASSERT_EQ(offer(batch({"no json", good}, false)), Offer::taken);
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_TRUE(std::holds_alternative<Rejection>((*answer_)->outcomes[0]));
  EXPECT_EQ(journal_.next_position(), 1u);
  EXPECT_EQ(kept_->next_position(), 0u);
}

TEST_F(IntakeTest, KeepsARefusalWhereNobodyWaitsAndMovesTheCursorPastIt) {
  ASSERT_EQ(offer(batch({"no json"}, true)), Offer::taken);
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(kept_->next_position(), 1u);
  const auto frame = journal_.newest(FrameType::events).value();
  ASSERT_TRUE(frame);
  EXPECT_EQ(FrameReader{*frame->payload}.cursor(), "line 9");
}

TEST_F(IntakeTest, MakesEventBridgesEventOfABareRecordOfCloudTrail) {
  const std::string record =
      R"({"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"eu-west-1",)"
      R"("resources":[{"ARN":"a"}]})";
  ASSERT_EQ(offer(batch({record, good, R"({"eventVersion":"1.08"})"}, false)), Offer::taken);
  ASSERT_TRUE(answer_ && *answer_);
  EXPECT_EQ(std::get<std::string>((*answer_)->outcomes[0]), "fresh");
  EXPECT_EQ(std::get<Rejection>((*answer_)->outcomes[2]).reason, Reason::missing_field);
  const auto frame = journal_.newest(FrameType::events).value();
  ASSERT_TRUE(frame);
  FrameReader reader{*frame->payload};
  FramedEvent event;
  ASSERT_TRUE(reader.next(event));
  EXPECT_THAT(std::string{event.json}, testing::StartsWith(R"({"id":"fresh","account":"000000000000","time":)"));
  EXPECT_THAT(std::string{event.json},
              testing::EndsWith(R"("version":"0","detail-type":"AWS API Call via CloudTrail","source":"aws.s3",)"
                                R"("region":"eu-west-1","resources":[],"detail":)" +
                                record + "}"));
  ASSERT_TRUE(reader.next(event));
  EXPECT_EQ(event.json, good);
}

TEST_F(IntakeTest, MovesNoCursorBeforeTheRefusalIsKept) {
  kept_->hold();
  ASSERT_EQ(offer(batch({"no json", good}, true)), Offer::taken);
  EXPECT_FALSE(journal_.newest(FrameType::events).value());
  kept_->commit();
  EXPECT_TRUE(journal_.newest(FrameType::events).value());
  EXPECT_TRUE(answer_ && *answer_);
}

// The source offers the batch again until it is kept: its good events must not be journaled each time.
TEST_F(IntakeTest, JournalsNothingOfABatchWhoseRefusalCannotBeKept) {
  kept_->set_full(true);
  for (int tries = 0; tries < 3; ++tries) {
    ASSERT_EQ(offer(batch({"no json", good}, true)), Offer::taken);
    EXPECT_FALSE(*answer_);
  }
  EXPECT_EQ(journal_.next_position(), 0u);
  kept_->set_full(false);
  ASSERT_EQ(offer(batch({"no json", good}, true)), Offer::taken);
  EXPECT_TRUE(*answer_);
  EXPECT_EQ(journal_.next_position(), 1u);
}

TEST_F(IntakeTest, KeepsNoRefusalTwiceWhileTheJournalIsFull) {
  journal_.set_full(true);
  EXPECT_EQ(offer(batch({"no json", good}, true)), Offer::full);
  EXPECT_FALSE(answer_);
  EXPECT_EQ(kept_->next_position(), 0u);
}

TEST_F(IntakeTest, IsFullWhileTooManyBytesAreNotAppliedYet) {
  ASSERT_EQ(offer(batch(std::vector<std::string>(9, good), false)), Offer::taken);
  EXPECT_GT(intake().in_flight_bytes(), 0u);
  EXPECT_EQ(offer(batch(std::vector<std::string>(9, good), false)), Offer::full);
  EXPECT_EQ(rejected("intake_full"), 9);
  (void)journal_.trim(UINT64_MAX, UnixNanos{INT64_MAX});
}

TEST_F(IntakeTest, GivesTheBudgetBackWhenTheLastHolderLetsGo) {
  journal_.set_failing(true);  // holds nothing
  ASSERT_EQ(offer(batch(std::vector<std::string>(9, good), false)), Offer::taken);
  EXPECT_EQ(intake().in_flight_bytes(), 0u);
}

TEST_F(IntakeTest, TakesNothingOnceItIsClosed) {
  intake().close();
  EXPECT_EQ(offer(batch({good}, false)), Offer::full);
}

TEST_F(IntakeTest, TellsWhenASourceLastHadDataAndNothingBefore) {
  const auto last_data = [&]() -> std::optional<double> {
    for (const auto& family : instruments_.registry.Collect()) {
      if (family.name != "sagewatch_source_last_data_timestamp_seconds") continue;
      for (const auto& metric : family.metric) return metric.gauge.value;
    }
    return std::nullopt;
  };
  ASSERT_EQ(offer(batch({"no json"}, false)), Offer::taken);
  EXPECT_EQ(last_data(), std::nullopt) << "0 would be a time";
  ASSERT_EQ(offer(batch({good}, false)), Offer::taken);
  EXPECT_EQ(last_data(), 1767225600);
  ASSERT_EQ(offer(batch({R"({"source":"x","detail-type":"t","detail":{}})"}, false)), Offer::taken);
  EXPECT_EQ(last_data(), clock_.now().seconds()) << "it has no time but that of its coming";
  std::string future = good;
  future.replace(future.find("2026-"), 5, "2099-");
  ASSERT_EQ(offer(batch({future}, false)), Offer::taken);
  EXPECT_EQ(last_data(), clock_.now().seconds()) << "no later than it came";
}

TEST_F(IntakeTest, CountsNothingYetOfASourceThatIsExpected) {
  intake().expect("file:jobs");
  for (const auto& family : instruments_.registry.Collect()) {
    if (family.name != "sagewatch_events_received_total") continue;
    ASSERT_THAT(family.metric, SizeIs(1));
    EXPECT_EQ(family.metric[0].counter.value, 0);
    return;
  }
  FAIL() << "no series of a source that may come";
}

TEST_F(IntakeTest, CountsEveryRefusalByReasonFromZeroOn) {
  ASSERT_EQ(offer(batch({good}, false)), Offer::taken);
  EXPECT_EQ(rejected("intake_full"), 0);
  ASSERT_EQ(offer(batch({"no json", "{}"}, false)), Offer::taken);
  double all = 0;
  for (int reason = 0; reason <= static_cast<int>(Reason::unknown_bus); ++reason)
    all += rejected(std::string{reason_name(static_cast<Reason>(reason))});
  EXPECT_EQ(all, 2);
}

}  // namespace
}  // namespace sagewatch
