#include "collector/dead_letter_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <limits>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_journal.h"
#include "tests/fakes/temporary_directory.h"

namespace sagewatch {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr auto from_newest = std::numeric_limits<std::uint64_t>::max();

class DeadLetterJournalTest : public ::testing::Test {
 protected:
  DeadLetterJournalTest() {
    open_store();
    journal_ = new FakeJournal(clock_, 2);
    open_letters(std::unique_ptr<Journal>(journal_));
  }
  void open_store() {
    store_.reset();
    store_ = Store::open({.directory = directory_.path() + "/store"}).value();
  }
  void open_letters(std::unique_ptr<Journal> journal) {
    letters_ = DeadLetterJournal::open(std::move(journal), *store_, clock_).value();
  }
  // The journal goes on; the store keeps what it had, or nothing.
  void restart(bool lose_store) {
    auto survivor = std::make_unique<FakeJournal>(clock_, 2);
    (void)journal_->read(0, [&](const Frame& frame) {
      (void)survivor->append(frame.type, frame.positions, frame.payload, [](auto) {});
      return true;
    });
    letters_.reset();
    store_.reset();
    if (lose_store) std::filesystem::remove_all(directory_.path() + "/store");
    open_store();
    journal_ = survivor.get();
    open_letters(std::move(survivor));
  }
  Done append(std::string_view id, std::string_view target, std::string_view bytes) {
    Done result = no("not called");
    letters_->append(id, target, bytes, [&](Done done) { result = std::move(done); });
    return result;
  }
  Done remove(std::string_view id) {
    Done result = no("not called");
    letters_->remove(id, [&](Done done) { result = std::move(done); });
    return result;
  }
  std::vector<std::string> ids(std::string_view target = {}, std::uint64_t before = from_newest,
                               std::size_t count = 99) {
    std::vector<std::string> all;
    const auto page = letters_->list(target, before, count).value();
    for (const auto& entry : page) all.push_back(entry.id);
    return all;
  }

  TemporaryDirectory directory_;
  FakeClock clock_;
  std::unique_ptr<Store> store_;
  FakeJournal* journal_ = nullptr;  // owned by letters_
  std::unique_ptr<DeadLetterJournal> letters_;
};

TEST_F(DeadLetterJournalTest, KeepsALetterAndShowsIt) {
  ASSERT_TRUE(append("id1", "slack", "what happened"));
  EXPECT_EQ(letters_->show("id1").value(), "what happened");
  EXPECT_EQ(letters_->state("id1"), LetterState::kept);
  EXPECT_EQ(letters_->state("id2"), LetterState::none);
  EXPECT_THAT(letters_->show("id2").error().what, HasSubstr("no dead letter id2"));
}

TEST_F(DeadLetterJournalTest, ListsTheNewestFirstByTargetAndPage) {
  for (const auto* id : {"c", "a", "d", "b"}) ASSERT_TRUE(append(id, *id < 'c' ? "slack" : "audit", ""));
  EXPECT_THAT(ids(), ElementsAre("b", "d", "a", "c"));
  EXPECT_THAT(ids("slack"), ElementsAre("b", "a"));
  EXPECT_THAT(ids({}, from_newest, 2), ElementsAre("b", "d"));
  EXPECT_THAT(ids({}, 2, 2), ElementsAre("a", "c"));
}

TEST_F(DeadLetterJournalTest, IsNotDoneBeforeTheJournalIs) {
  journal_->hold();
  bool called = false;
  letters_->append("id1", "slack", "x", [&](const Done& done) { called = done.has_value(); });
  EXPECT_FALSE(called);
  EXPECT_EQ(letters_->state("id1"), LetterState::none);
  journal_->commit();
  EXPECT_TRUE(called);
  EXPECT_EQ(letters_->state("id1"), LetterState::kept);
}

TEST_F(DeadLetterJournalTest, SaysSoWhenTheJournalIsFullOrFails) {
  journal_->set_full(true);
  const auto full = append("id1", "slack", "x");
  EXPECT_TRUE(full.error().retry);
  EXPECT_THAT(full.error().what, HasSubstr("max_bytes"));
  journal_->set_full(false);
  journal_->set_failing(true);
  EXPECT_FALSE(append("id1", "slack", "x"));
  EXPECT_EQ(letters_->state("id1"), LetterState::none);
}

TEST_F(DeadLetterJournalTest, DoesNotWriteALetterTwiceUnlessItWasRedriven) {
  ASSERT_TRUE(append("id1", "slack", "first"));
  ASSERT_TRUE(append("id1", "slack", "again"));
  EXPECT_EQ(journal_->next_position(), 1u);
  EXPECT_EQ(letters_->show("id1").value(), "first");
  ASSERT_TRUE(letters_->mark_redriven("id1"));
  EXPECT_EQ(letters_->state("id1"), LetterState::redriven);
  ASSERT_TRUE(append("id1", "slack", "failed again"));
  EXPECT_EQ(letters_->show("id1").value(), "failed again");
  EXPECT_EQ(letters_->state("id1"), LetterState::kept);
}

TEST_F(DeadLetterJournalTest, KeepsEverythingWhenTheStoreIsLost) {
  ASSERT_TRUE(append("id1", "slack", "one"));
  ASSERT_TRUE(append("id2", "slack", "two"));
  ASSERT_TRUE(append("id3", "slack", "three"));
  ASSERT_TRUE(letters_->mark_redriven("id3"));
  ASSERT_TRUE(remove("id2"));
  restart(true);
  EXPECT_THAT(ids(), ElementsAre("id3", "id1"));
  EXPECT_EQ(letters_->show("id1").value(), "one");
  EXPECT_EQ(letters_->state("id3"), LetterState::kept);  // nobody knows whether it was delivered
}

TEST_F(DeadLetterJournalTest, DoesNotResurrectWhatWasRemovedOverARestart) {
  ASSERT_TRUE(append("id1", "slack", "one"));
  ASSERT_TRUE(letters_->mark_redriven("id1"));
  restart(false);
  EXPECT_EQ(letters_->state("id1"), LetterState::redriven);
  ASSERT_TRUE(remove("id1"));
  restart(false);
  EXPECT_THAT(ids(), IsEmpty());
  restart(true);
  EXPECT_THAT(ids(), IsEmpty());
  EXPECT_FALSE(remove("id1"));
}

TEST_F(DeadLetterJournalTest, CountsPerTargetWithTheOldest) {
  const auto start = clock_.now();
  ASSERT_TRUE(append("id1", "slack", ""));
  clock_.pass(Seconds{5});
  ASSERT_TRUE(append("id2", "slack", ""));
  ASSERT_TRUE(append("id3", "audit", ""));
  const auto held = letters_->held();
  ASSERT_EQ(held.size(), 2u);
  EXPECT_EQ(held[0].target, "audit");
  EXPECT_EQ(held[1].letters, 2u);
  EXPECT_EQ(held[1].oldest, start);
}

TEST_F(DeadLetterJournalTest, PurgesWhatIsTooOld) {
  for (const auto* id : {"a", "b", "c", "d"}) ASSERT_TRUE(append(id, "slack", ""));
  clock_.pass(Seconds{100});
  ASSERT_TRUE(append("e", "slack", ""));
  EXPECT_EQ(letters_->purge(Seconds{10}).value(), 4u);
  EXPECT_THAT(ids(), ElementsAre("e"));
}

}  // namespace
}  // namespace sagewatch
