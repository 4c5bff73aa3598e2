#include "collector/dead_letters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "exporters/target.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

class DeadLettersTest : public testing::Test {
 protected:
  DeadLettersTest() {
    letters_ = DeadLetterJournal::open(std::make_unique<FakeJournal>(clock_), *store_, clock_).value();
    open();
  }
  void open() { dead_ = std::make_unique<DeadLetters>(*letters_, *store_, clock_, instruments_); }
  std::string bury(std::uint64_t position, std::string event = "{}") {
    DeadLetter letter;
    letter.delivery_id = delivery_id({embedded_journal, position}, "default", "failed", "1");
    letter.position = {embedded_journal, position};
    letter.bus = "default";
    letter.rule = "failed";
    letter.target = "pager";
    letter.target_id = "1";
    letter.event = std::move(event);
    const std::string id = letter.delivery_id;
    dead_->append(std::move(letter), [](const Done& done) { EXPECT_TRUE(done); });
    return id;
  }
  std::vector<Owed> owed() {
    std::vector<Owed> rows;
    EXPECT_TRUE(store_->each_owed([&](const Owed& row) { rows.push_back(row); }));
    return rows;
  }
  double gauge() {
    dead_->gauge();
    return instruments_.dead_letters.Add({{"target", "pager"}}).Value();
  }

  FakeClock clock_;
  TemporaryDirectory directory_;
  std::unique_ptr<Store> store_ = Store::open({.directory = directory_.path() + "/store"}).value();
  Instruments instruments_;
  std::unique_ptr<DeadLetterJournal> letters_;
  std::unique_ptr<DeadLetters> dead_;
};

TEST_F(DeadLettersTest, OwesARedrivenDeliveryAgainAndDropsItsLetterWhenItWasMade) {
  const std::string id = bury(7, R"({"id":"x"})");
  const auto arrivals = dead_->redrive(id, "");
  ASSERT_TRUE(arrivals);
  ASSERT_THAT(*arrivals, SizeIs(1));
  EXPECT_EQ(*arrivals->front().json, R"({"id":"x"})");
  ASSERT_THAT(owed(), SizeIs(1));
  EXPECT_EQ(*dead_->event_of(owed().front()).value(), R"({"id":"x"})");
  RedrivenStore seen{*store_, *dead_};
  ASSERT_TRUE(seen.settle(std::vector<Settlement>{{Settlement::Kind::delivered, owed().front(), {}}}));
  EXPECT_FALSE(dead_->show(id));
  EXPECT_THAT(owed(), IsEmpty());
}

TEST_F(DeadLettersTest, RemembersWhatWasRedrivenOverARestart) {
  const std::string id = bury(7);
  ASSERT_TRUE(dead_->redrive(id, ""));
  open();
  RedrivenStore seen{*store_, *dead_};
  ASSERT_TRUE(seen.settle(std::vector<Settlement>{{Settlement::Kind::delivered, owed().front(), {}}}));
  EXPECT_FALSE(dead_->show(id));
}

TEST_F(DeadLettersTest, RedrivesAllOfATargetOnce) {
  bury(1);
  bury(2);
  EXPECT_THAT(dead_->redrive("", "pager").value(), SizeIs(2));
  EXPECT_THAT(dead_->redrive("", "pager").value(), IsEmpty());
  EXPECT_THAT(dead_->redrive("", "other").value(), IsEmpty());
}

TEST_F(DeadLettersTest, HoldsOnlySoManyBytesOfWhatItRedrives) {
  for (std::uint64_t position = 0; position < 20; ++position) bury(position, std::string(1 << 20, 'x'));
  std::size_t in_hand = 0;
  const auto arrivals = dead_->redrive("", "");
  ASSERT_TRUE(arrivals);
  ASSERT_THAT(*arrivals, SizeIs(20));
  for (const Arrival& arrival : *arrivals) {
    in_hand += arrival.json ? arrival.json->size() : 0;
    EXPECT_EQ(arrival.row.bytes, 1u << 20);
    EXPECT_TRUE(dead_->event_of(arrival.row));
  }
  EXPECT_LE(in_hand, 16u << 20);
}

TEST_F(DeadLettersTest, ListsWithoutTheEvents) {
  bury(1, "{\"large\":1}");
  const auto listed = dead_->list("pager", UINT64_MAX, 10);
  ASSERT_TRUE(listed);
  ASSERT_THAT(*listed, SizeIs(1));
  EXPECT_THAT(listed->front().letter.event, IsEmpty());
}

// An alert on letters that wait would fire for ever.
TEST_F(DeadLettersTest, ShowsNoneOnceTheLastOfATargetIsGone) {
  const std::string id = bury(1);
  EXPECT_EQ(gauge(), 1);
  ASSERT_TRUE(dead_->redrive(id, ""));
  dead_->delivered(std::vector<Settlement>{{Settlement::Kind::delivered, owed().front(), {}}});
  EXPECT_EQ(gauge(), 0);
}

TEST_F(DeadLettersTest, SaysThatALetterWithoutItsEventCannotBeRedriven) {
  const std::string id = bury(1, "");
  EXPECT_THAT(dead_->redrive(id, "").error().what, testing::HasSubstr("no event left"));
  EXPECT_THAT(dead_->redrive("", "").value(), IsEmpty());
}

}  // namespace
}  // namespace sagewatch
