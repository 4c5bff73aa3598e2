#include "collector/quarantine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class QuarantineTest : public ::testing::Test {
 protected:
  QuarantineTest() : journal_(new FakeJournal(clock_, 2)) {
    quarantine_ = Quarantine::open(std::unique_ptr<Journal>(journal_), clock_).value();
  }
  Result<std::uint64_t> append(std::string source, std::uint64_t place, std::string bytes) {
    Result<std::uint64_t> result = no("not called");
    quarantine_->append({0, {}, std::move(source), place, "malformed_json", "a quote is missing", std::move(bytes)},
                        [&](Result<std::uint64_t> id) { result = std::move(id); });
    return result;
  }
  std::vector<std::uint64_t> places(std::uint64_t before, std::size_t count) {
    std::vector<std::uint64_t> all;
    for (const auto& refused : quarantine_->list(before, count)) all.push_back(refused.place);
    return all;
  }

  FakeClock clock_;
  FakeJournal* journal_;  // owned by quarantine_
  std::unique_ptr<Quarantine> quarantine_;
};

TEST_F(QuarantineTest, ShowsWhatWasRefusedWithItsReasonAndBytes) {
  const auto id = append("file:jobs", 17, "{\"a");
  ASSERT_TRUE(id);
  const auto refused = quarantine_->show(*id).value();
  EXPECT_EQ(refused.id, *id);
  EXPECT_EQ(refused.time, clock_.now());
  EXPECT_EQ(refused.source, "file:jobs");
  EXPECT_EQ(refused.place, 17u);
  EXPECT_EQ(refused.reason, "malformed_json");
  EXPECT_EQ(refused.sentence, "a quote is missing");
  EXPECT_EQ(refused.bytes, "{\"a");
  EXPECT_THAT(quarantine_->show(99).error().what, HasSubstr("no entry 99"));
}

TEST_F(QuarantineTest, ListsPagesTheNewestFirst) {
  for (std::uint64_t place = 1; place <= 5; ++place) ASSERT_TRUE(append("file:jobs", place, "x"));
  EXPECT_THAT(places(1'000, 2), ElementsAre(5, 4));
  EXPECT_THAT(places(3, 2), ElementsAre(3, 2));
  EXPECT_THAT(places(1, 9), ElementsAre(1));
}

TEST_F(QuarantineTest, TellsItsCallerOnlyWhenTheBytesAreDurable) {
  journal_->hold();
  bool called = false;
  quarantine_->append({}, [&](const Result<std::uint64_t>& id) { called = id.has_value(); });
  EXPECT_FALSE(called);
  journal_->commit();
  EXPECT_TRUE(called);
  journal_->set_full(true);
  EXPECT_TRUE(append("file:jobs", 1, "x").error().retry);
}

TEST_F(QuarantineTest, CountsEntriesBySourceAndForgetsThePurged) {
  for (std::uint64_t place = 1; place <= 4; ++place) ASSERT_TRUE(append("file:jobs", place, "x"));
  clock_.pass(Seconds{100});
  ASSERT_TRUE(append("stdin", 1, "x"));
  EXPECT_THAT(quarantine_->entries(), ElementsAre(Pair("file:jobs", 4), Pair("stdin", 1)));
  EXPECT_EQ(quarantine_->purge(Seconds{10}).value(), 4u);
  EXPECT_THAT(quarantine_->entries(), ElementsAre(Pair("file:jobs", 0), Pair("stdin", 1)));
  EXPECT_THAT(places(1'000, 9), ElementsAre(1));
}

TEST_F(QuarantineTest, CountsWhatItHeldBeforeARestart) {
  auto journal = std::make_unique<FakeJournal>(clock_);
  ASSERT_TRUE(append("file:jobs", 1, "x"));
  (void)journal_->read(0, [&](const Frame& frame) {
    (void)journal->append(frame.type, 1, frame.payload, [](auto) {});
    return true;
  });
  const auto again = Quarantine::open(std::move(journal), clock_).value();
  EXPECT_THAT(again->entries(), ElementsAre(Pair("file:jobs", 1)));
}

}  // namespace
}  // namespace sagewatch
