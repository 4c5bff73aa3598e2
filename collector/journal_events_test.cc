#include "collector/journal_events.h"

#include <gtest/gtest.h>

#include "events/frame.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"

namespace sagewatch {
namespace {

constexpr const char* event = R"({"id":"i"})";

class JournalEventsTest : public testing::Test {
 protected:
  JournalEventsTest() {
    for (int i = 0; i < 12; ++i) {
      FrameWriter writer{"http", {}, 100, 1};
      writer.add({.bus = "default", .received = {}, .resource_key = 0, .json = event});
      EXPECT_EQ(journal_.append(FrameType::events, 1, std::make_shared<const std::string>(std::move(writer).finish()),
                                [](const auto&) {}),
                Offer::taken);
    }
  }
  static Owed at(std::uint64_t position) {
    Owed row;
    row.target = "pager";
    row.position.offset = position;
    return row;
  }

  FakeClock clock_;
  FakeJournal journal_{clock_};
  std::shared_ptr<const std::string> letter_;
  JournalEvents events_{journal_, [this](const Owed&) -> Result<std::shared_ptr<const std::string>> {
                          if (letter_) return letter_;
                          return no("there is no dead letter");
                        }};
};

TEST_F(JournalEventsTest, ReadsAnEventFromTheJournal) {
  const auto found = events_.event_of(at(5));
  ASSERT_TRUE(found);
  EXPECT_EQ(**found, event);
}

TEST_F(JournalEventsTest, TakesWhatTheJournalNoLongerHoldsFromItsDeadLetter) {
  ASSERT_TRUE(journal_.trim(8, clock_.now() + Seconds{1}));
  letter_ = std::make_shared<const std::string>("kept");
  const auto found = events_.event_of(at(0));
  ASSERT_TRUE(found);
  EXPECT_EQ(**found, "kept");
}

TEST_F(JournalEventsTest, SaysOfAnEventThatIsNowhereThatTheJournalLacksIt) {
  ASSERT_TRUE(journal_.trim(8, clock_.now() + Seconds{1}));
  const auto found = events_.event_of(at(0));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().what, "the event at position 0 is no longer in the journal");
}

}  // namespace
}  // namespace sagewatch
