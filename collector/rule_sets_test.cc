#include "collector/rule_sets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "rules/rule_set_json.h"
#include "tests/fakes/fake_disk.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

std::shared_ptr<const RuleSet> rules(const std::string& name) {
  Rule rule;
  rule.name = name;
  rule.pattern = R"({"source":["a"]})";
  return RuleSet::build({rule}).value();
}

class RuleSetsTest : public testing::Test {
 protected:
  void open() { sets_ = RuleSets::open(disk_, "/data/rulesets").value(); }
  RuleSetsTest() { open(); }
  static std::string path(const RuleSet& set) { return "/data/rulesets/" + set.hash() + ".json"; }

  FakeDisk disk_;
  std::unique_ptr<RuleSets> sets_;
};

TEST_F(RuleSetsTest, FindsAKeptSetAfterAPowerCut) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  disk_.restart();
  open();
  const auto found = sets_->find(kept->hash());
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(rule_set_json(**found), rule_set_json(*kept));
}

// A large set that crashes write again and again would fill the disk.
TEST_F(RuleSetsTest, LeavesNothingHalfWrittenBehindACrash) {
  const auto files = [&] { return disk_.list("/data/rulesets").value(); };
  ASSERT_TRUE(sets_->keep(rules("one")));
  disk_.fail_next(FakeDisk::Kind::rename, FakeDisk::Fault::io_error);
  ASSERT_FALSE(sets_->keep(rules("two")));
  ASSERT_EQ(files().size(), 2u);
  open();
  EXPECT_EQ(files().size(), 2u) << "another process may be writing it";
  ASSERT_TRUE(sets_->remove_leftovers());
  EXPECT_THAT(files(), testing::ElementsAre(rules("one")->hash() + ".json"));
}

TEST_F(RuleSetsTest, IsWholeOrNotThereWhereverThePowerIsCut) {
  for (std::uint64_t operations = 0; operations < 8; ++operations) {
    FakeDisk disk;
    auto sets = RuleSets::open(disk, "/data/rulesets").value();
    const auto kept = rules("one");
    disk.cut_power_after(operations);
    const bool said_so = sets->keep(kept).has_value();
    disk.restart(operations);
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(!said_so || sets->find(kept->hash())) << operations;
    EXPECT_TRUE(sets->keep(kept)) << operations;
    disk.restart();
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(sets->find(kept->hash())) << operations;
  }
}

TEST_F(RuleSetsTest, WritesAFileAnewThatWasDamaged) {
  const auto kept = rules("one");
  disk_.put(path(*kept), "{\"rules\":");
  ASSERT_TRUE(sets_->keep(kept));
  open();
  EXPECT_TRUE(sets_->find(kept->hash()));
}

// Renamed by a process that died before it flushed the directory.
TEST_F(RuleSetsTest, FlushesTheNameOfAFileThatItFinds) {
  const auto kept = rules("one");
  disk_.fail_next(FakeDisk::Kind::sync_directory, FakeDisk::Fault::io_error);
  ASSERT_FALSE(sets_->keep(kept));
  open();
  ASSERT_TRUE(sets_->keep(kept));
  disk_.restart();
  open();
  EXPECT_TRUE(sets_->find(kept->hash()));
}

TEST_F(RuleSetsTest, SaysWhichFileIsMissingAndWhatToDo) {
  const std::string what = sets_->find("abc").error().what;
  EXPECT_THAT(what, HasSubstr("/data/rulesets/abc.json"));
  EXPECT_THAT(what, HasSubstr("Restore the file from a backup"));
}

TEST_F(RuleSetsTest, RefusesAFileWhoseContentIsAnother) {
  disk_.put(path(*rules("one")), rule_set_json(*rules("two")));
  EXPECT_THAT(sets_->find(rules("one")->hash()).error().what, HasSubstr("does not have the hash"));
}

// A reload to an earlier rule set while the upkeep finds that nobody needs that one any more.
TEST_F(RuleSetsTest, KeepsTheFileOfASetThatIsBeingPutInForceAgain) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  EXPECT_FALSE(sets_->forget(kept->hash()).value());
  EXPECT_TRUE(disk_.bytes(path(*kept)));
}

TEST_F(RuleSetsTest, ForgetsAFileThatWasNotKeptLately) {
  const auto kept = rules("one");
  ASSERT_TRUE(sets_->keep(kept));
  open();
  EXPECT_TRUE(sets_->forget(kept->hash()).value());
  EXPECT_FALSE(disk_.bytes(path(*kept)));
  EXPECT_TRUE(sets_->forget(kept->hash()).value());
}

// ----- sets that are kept as changes of others -----

Rule numbered(int number) {
  Rule made;
  made.name = "rule-" + std::to_string(number);
  made.pattern = R"({"source":[")" + std::to_string(number) + R"("]})";
  return made;
}

std::shared_ptr<const RuleSet> many(int count) {
  std::vector<Rule> all;
  for (int i = 0; i < count; ++i) all.push_back(numbered(i));
  return RuleSet::build(std::move(all)).value();
}

std::shared_ptr<const RuleSet> with_one_more(const RuleSet& set, int number) {
  return set.with({{}, {numbered(number)}}).value();
}

class ChangedRuleSetsTest : public RuleSetsTest {
 protected:
  std::size_t bytes(const RuleSet& set) const { return disk_.bytes(path(set)).value_or("").size(); }
  // Pushes what was kept before out of those that were kept lately.
  void keep_others() {
    for (int i = 0; i < 8; ++i) ASSERT_TRUE(sets_->keep(with_one_more(*base_, 2'000 + i)));
  }

  const std::shared_ptr<const RuleSet> base_ = many(1'000);
};

TEST_F(ChangedRuleSetsTest, WriteOneRuleForOneMore) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  EXPECT_GT(bytes(*base_), 100'000u);
  EXPECT_LT(bytes(*more), 500u);
  disk_.restart();
  open();
  const auto found = sets_->find(more->hash());
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(rule_set_json(**found), rule_set_json(*more));
}

// Not of each other, so a file needs at most one more.
TEST_F(ChangedRuleSetsTest, AreAllMadeOfTheOneThatIsWhole) {
  ASSERT_TRUE(sets_->keep(base_));
  auto next = base_;
  for (int i = 0; i < 5; ++i) {
    next = with_one_more(*next, 1'000 + i);
    ASSERT_TRUE(sets_->keep(next));
    EXPECT_EQ(base_of_json(*disk_.bytes(path(*next))), base_->hash());
  }
}

TEST_F(ChangedRuleSetsTest, GoOnFromTheBaseAfterARestart) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  open();
  const auto found = sets_->find(more->hash());
  const auto next = with_one_more(**found, 1'001);
  ASSERT_TRUE(sets_->keep(next));
  EXPECT_EQ(base_of_json(*disk_.bytes(path(*next))), base_->hash());
  open();
  EXPECT_TRUE(sets_->find(next->hash()));
}

TEST_F(ChangedRuleSetsTest, AreWholeOrNotThereWhereverThePowerIsCut) {
  for (std::uint64_t operations = 0; operations < 14; ++operations) {
    FakeDisk disk;
    auto sets = RuleSets::open(disk, "/data/rulesets").value();
    const auto more = with_one_more(*base_, 1'000);
    disk.cut_power_after(operations);
    const bool said_base = sets->keep(base_).has_value();
    const bool said_more = said_base && sets->keep(more).has_value();
    disk.restart(operations);
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(!said_base || sets->find(base_->hash())) << operations;
    EXPECT_TRUE(!said_more || sets->find(more->hash())) << operations;
    EXPECT_TRUE(sets->keep(more)) << operations;
    disk.restart();
    sets = RuleSets::open(disk, "/data/rulesets").value();
    EXPECT_TRUE(sets->find(more->hash())) << operations;
  }
}

TEST_F(ChangedRuleSetsTest, SayThatTheirBaseIsMissing) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  ASSERT_TRUE(disk_.remove(path(*base_)));
  open();
  const std::string what = sets_->find(more->hash()).error().what;
  EXPECT_THAT(what, HasSubstr(path(*more) + ": it is made of a rule set that is lost: " + path(*base_)));
  EXPECT_THAT(what, HasSubstr("Restore the file from a backup"));
}

TEST_F(ChangedRuleSetsTest, RefuseAnotherBaseThanTheirs) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  disk_.put(path(*base_), rule_set_json(*many(900)));
  open();
  EXPECT_THAT(sets_->find(more->hash()).error().what, HasSubstr("does not have the hash"));
  disk_.put(path(*base_), *disk_.bytes(path(*more)));
  open();
  EXPECT_THAT(sets_->find(more->hash()).error().what, HasSubstr("where a whole one must stand"));
}

TEST_F(ChangedRuleSetsTest, KeepTheirBaseUntilTheyAreForgottenThemselves) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  open();  // nothing was kept lately
  EXPECT_FALSE(sets_->forget(base_->hash()).value());
  EXPECT_TRUE(disk_.bytes(path(*base_)));
  EXPECT_TRUE(sets_->find(more->hash()));
  open();
  ASSERT_TRUE(sets_->forget(more->hash()));
  ASSERT_TRUE(sets_->forget(base_->hash()));
  EXPECT_FALSE(disk_.bytes(path(*more)));
  EXPECT_FALSE(disk_.bytes(path(*base_)));
}

TEST_F(ChangedRuleSetsTest, KeepABaseThatTheNextOneWillBeMadeOf) {
  ASSERT_TRUE(sets_->keep(base_));
  keep_others();
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(sets_->forget(with_one_more(*base_, 2'000 + i)->hash()));
  ASSERT_TRUE(sets_->forget(base_->hash()));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  open();
  EXPECT_TRUE(sets_->find(more->hash()));
}

TEST_F(ChangedRuleSetsTest, WriteAWholeFileThatOthersNeedAsAWholeOne) {
  ASSERT_TRUE(sets_->keep(base_));
  const auto more = with_one_more(*base_, 1'000);
  ASSERT_TRUE(sets_->keep(more));
  disk_.put(path(*base_), "damaged");
  open();
  ASSERT_TRUE(sets_->keep(many(1'001)));  // equals `more`, but there is nothing yet to make it of
  ASSERT_TRUE(sets_->keep(base_));
  open();
  EXPECT_TRUE(sets_->find(base_->hash()));
  EXPECT_TRUE(sets_->find(more->hash()));
}

// The name of a file that a former version wrote is the hash of its text.
TEST_F(RuleSetsTest, ReadsWhatAFormerVersionWrote) {
  const std::string text = rule_set_json(*rules("one"));
  disk_.put("/data/rulesets/" + hash_hex(text) + ".json", text);
  open();
  const auto found = sets_->find(hash_hex(text));
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ((*found)->hash(), rules("one")->hash());
  ASSERT_TRUE(sets_->keep(rules("one")));  // under its own name, too
  open();
  EXPECT_TRUE(sets_->find(rules("one")->hash()));
  EXPECT_TRUE(sets_->find(hash_hex(text)));
}

class MergedRuleSetsTest : public ChangedRuleSetsTest {
 protected:
  MergedRuleSetsTest() {
    EXPECT_TRUE(sets_->keep(whole_));
    EXPECT_FALSE(sets_->is_merge_due());
    EXPECT_TRUE(sets_->keep(due_));
    EXPECT_TRUE(sets_->is_merge_due());
  }

  const std::shared_ptr<const RuleSet> whole_ = many(3'000);
  const std::shared_ptr<const RuleSet> due_ = [this] {
    auto set = whole_;
    for (int i = 0; i < 140; ++i) set = with_one_more(*set, 3'000 + i);
    return set;
  }();
};

TEST_F(MergedRuleSetsTest, TakeThePlaceOfTheirTwinInMemoryAndOnTheDisk) {
  ASSERT_TRUE(due_->wants_merge());
  EXPECT_EQ(base_of_json(*disk_.bytes(path(*due_))), whole_->hash());
  EXPECT_EQ(sets_->merges(), 0u);
  ASSERT_TRUE(sets_->merge());
  EXPECT_EQ(sets_->merges(), 1u);
  EXPECT_FALSE(sets_->is_merge_due());
  const auto found = sets_->find(due_->hash()).value();
  EXPECT_NE(found, due_);
  EXPECT_FALSE(found->wants_merge());
  EXPECT_EQ(found->hash(), due_->hash());
  EXPECT_EQ(*disk_.bytes(path(*due_)), rule_set_json(*due_));
  const auto next = with_one_more(*found, 9'000);
  ASSERT_TRUE(sets_->keep(next));
  EXPECT_EQ(base_of_json(*disk_.bytes(path(*next))), due_->hash());
  disk_.restart();
  open();
  EXPECT_TRUE(sets_->find(next->hash()));
}

TEST_F(MergedRuleSetsTest, ReleaseTheFormerBase) {
  ASSERT_TRUE(sets_->merge());
  auto next = due_;
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(sets_->keep(next = with_one_more(*next, 9'000 + i)));
  ASSERT_TRUE(sets_->forget(whole_->hash()));
  EXPECT_FALSE(disk_.bytes(path(*whole_)));
  open();
  EXPECT_TRUE(sets_->find(next->hash()));
}

TEST_F(MergedRuleSetsTest, AreMergedAgainWhenTheDiskHasRoom) {
  disk_.fail_next(FakeDisk::Kind::write, FakeDisk::Fault::no_space);
  EXPECT_FALSE(sets_->merge());
  EXPECT_TRUE(sets_->is_merge_due());
  EXPECT_TRUE(sets_->find(due_->hash()));
  ASSERT_TRUE(sets_->merge());
  EXPECT_FALSE(sets_->is_merge_due());
}

TEST_F(MergedRuleSetsTest, AreOneOrTheOtherWhereverThePowerIsCut) {
  for (std::uint64_t operations = 0; operations < 7; ++operations) {
    disk_.cut_power_after(operations);
    (void)sets_->merge();
    disk_.restart(operations);
    open();
    const auto found = sets_->find(due_->hash());
    ASSERT_TRUE(found) << operations << ": " << found.error().what;
    EXPECT_EQ((*found)->hash(), due_->hash());
    EXPECT_TRUE(sets_->find(whole_->hash()));
  }
}

// Rules come faster than they are merged.
TEST_F(MergedRuleSetsTest, AreWhatLaterSetsAreThenMadeOf) {
  std::atomic<bool> over = false;
  std::thread merging([&] {
    (void)sets_->merge();
    over = true;
  });
  auto next = due_;
  int kept = 0;
  while (!over || kept == 0) {
    next = with_one_more(**sets_->find(next->hash()), 9'000 + kept++);
    EXPECT_TRUE(sets_->keep(next));
  }
  merging.join();
  const auto found = sets_->find(next->hash()).value();
  EXPECT_EQ(found->hash(), next->hash());
  if (kept > 100) return;  // so many that they are due again
  EXPECT_FALSE(found->wants_merge()) << kept;
}

}  // namespace
}  // namespace sagewatch
