#include "collector/journal/journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <thread>

#include "collector/clock.h"
#include "collector/real_disk.h"
#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::vector<std::string> payloads(const std::vector<Frame>& frames) {
  std::vector<std::string> all;
  for (const Frame& frame : frames) all.push_back(*frame.payload);
  return all;
}

// A fact that another thread brings about; the deadline only ends a test that is broken.
template <class Fact>
bool comes_true(Fact fact) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!fact()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(Journal, HandsBackWhatItAcknowledgedInOrderWithDensePositions) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.append(FrameType::events, 3, "abc"), 0u);
  EXPECT_EQ(rig.append(FrameType::rule_set, 0, "rules-1"), 3u);
  EXPECT_EQ(rig.append(FrameType::events, 1, ""), 3u);
  EXPECT_EQ(rig.journal->next_position(), 4u);
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("abc", "rules-1", ""));
  EXPECT_THAT(payloads(rig.frames(2)), ElementsAre("abc", "rules-1", ""));
  EXPECT_THAT(payloads(rig.frames(3)), ElementsAre("rules-1", ""));
  EXPECT_THAT(payloads(rig.observer.committed_frames()), ElementsAre("abc", "rules-1", ""));
}

TEST(Journal, GoesOnWhereItStoppedAfterARestart) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::events, 2, "first"));
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.append(FrameType::events, 2, "second"), 2u);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("first", "second"));
  EXPECT_THAT(rig.observer.damage(), IsEmpty());
}

TEST(Journal, LeavesNothingBehindWhenNothingWasWritten) {
  JournalRig rig;
  for (int start = 0; start < 3; ++start) ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.journal->stat().segments, 0u);
  EXPECT_EQ(rig.journal->next_position(), 0u);
}

TEST(Journal, FindsTheFrameOfEveryPositionAcrossSegments) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  for (std::uint32_t i = 0; i < 300; ++i)
    ASSERT_EQ(rig.append(FrameType::events, 2, std::to_string(i) + std::string(1000, 'x')), 2 * i);
  EXPECT_GT(rig.journal->stat().segments, 3u);
  for (std::uint64_t position = 0; position < 600; ++position) {
    const auto frame = rig.journal->frame_at(position);
    ASSERT_TRUE(frame) << frame.error().what;
    ASSERT_EQ(frame->position, position / 2 * 2);
    ASSERT_TRUE(frame->payload->starts_with(std::to_string(position / 2) + "x"));
    ASSERT_GE(frame->payload->capacity(), frame->payload->size() + frame_padding);
  }
  EXPECT_THAT(rig.journal->frame_at(600).error().what, HasSubstr("is not there yet"));
  for (std::uint64_t from = 0; from <= 600; from += 7) ASSERT_THAT(rig.frames(from), SizeIs(300 - from / 2)) << from;
}

TEST(Journal, TakesFramesBiggerThanASegmentAndRefusesThoseOver16MiB) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::events, 1, "small"));
  ASSERT_TRUE(rig.append(FrameType::events, 1, std::string(16 << 20, 'b')));
  const auto refused = rig.append(FrameType::events, 1, std::string((16 << 20) + 1, 'c'));
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("over the limit of 16777216"));
  EXPECT_EQ(rig.append(FrameType::events, 1, "after"), 2u);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(rig.frames(), SizeIs(3));
}

TEST(Journal, AnswersInTheOrderOfTheAppends) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  Answers answers(2000);
  for (std::size_t i = 0; i < 2000; ++i)
    ASSERT_EQ(rig.journal->append(FrameType::events, 1, padded(std::to_string(i)), answers.slot(i)), Offer::taken);
  const auto& got = answers.wait();
  for (std::size_t i = 0; i < 2000; ++i) {
    ASSERT_EQ(answers.order()[i], i);
    ASSERT_EQ(**got[i], i);
  }
}

TEST(Journal, KnowsTheRuleSetInForceAtEveryPosition) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.journal->rule_set_at(0), "");
  std::vector<std::string> expected;
  std::string now;
  for (int i = 0; i < 200; ++i) {
    if (i % 9 == 4) {
      now = "rules-" + std::to_string(i);
      ASSERT_TRUE(rig.append(FrameType::rule_set, 0, now));
    }
    if (i % 50 == 49) rig.journal->roll();
    expected.push_back(now);
    ASSERT_TRUE(rig.append(FrameType::events, 1, std::string(500, 'e')));
  }
  for (int start = 0; start < 2; ++start) {
    for (std::uint64_t position = 0; position < 200; ++position)
      ASSERT_EQ(rig.journal->rule_set_at(position), expected[position]) << position;
    ASSERT_TRUE(rig.open());
  }
  EXPECT_EQ(rig.journal->rule_set_at(200), now);
}

TEST(Journal, FindsTheNewestFrameOfAType) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.journal->newest(FrameType::checkpoint)->has_value(), false);
  ASSERT_TRUE(rig.append(FrameType::checkpoint, 0, "one"));
  ASSERT_TRUE(rig.append(FrameType::checkpoint, 0, "two"));
  ASSERT_TRUE(rig.append(FrameType::events, 1, "event"));
  EXPECT_EQ(*(*rig.journal->newest(FrameType::checkpoint))->payload, "two");
  rig.journal->roll();
  ASSERT_TRUE(rig.append(FrameType::events, 1, "event"));
  EXPECT_EQ(*(*rig.journal->newest(FrameType::checkpoint))->payload, "two");
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(*(*rig.journal->newest(FrameType::checkpoint))->payload, "two");
}

TEST(Journal, KeepsSegmentsApartThatTookNoPosition) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  for (int i = 0; i < 4; ++i) {
    ASSERT_EQ(rig.append(FrameType::checkpoint, 0, std::to_string(i)), 0u);
    rig.journal->roll();
  }
  ASSERT_EQ(rig.append(FrameType::events, 1, "event"), 0u);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("0", "1", "2", "3", "event"));
  EXPECT_EQ(*rig.journal->frame_at(0)->payload, "event");
  ASSERT_TRUE(rig.append(FrameType::events, 1, "next"));
  ASSERT_TRUE(rig.journal->trim(1, rig.clock.now() + Seconds{1}));
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("next"));
}

TEST(Journal, TrimsWholeOldSegmentsButNeverWhatIsStillWantedNorTheLast) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(rig.append(FrameType::events, 10, std::string(100, 'e')));
    rig.journal->roll();
    rig.clock.pass(Seconds{60});
  }
  ASSERT_TRUE(rig.append(FrameType::events, 10, "last"));
  EXPECT_EQ(*rig.journal->trim(100, rig.clock.now() - Seconds{3600}), 0u);  // nothing is that old
  EXPECT_GT(*rig.journal->trim(39, rig.clock.now() + Seconds{1}), 0u);
  EXPECT_EQ(rig.journal->first_position(), 30u);
  EXPECT_THAT(rig.journal->frame_at(29).error().what, HasSubstr("was trimmed"));
  EXPECT_TRUE(rig.journal->frame_at(30));
  EXPECT_THAT(rig.frames(0), SizeIs(8));
  ASSERT_TRUE(rig.journal->trim(1'000'000, rig.clock.now() + Seconds{1}));
  EXPECT_EQ(rig.journal->stat().segments, 1u);
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("last"));
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.journal->first_position(), 100u);
}

TEST(Journal, IsFullOverNineTenthsOfItsBudgetUntilItIsUnderEight) {
  JournalRig rig;
  rig.config.bytes_max = 400 << 10;
  ASSERT_TRUE(rig.open());
  std::uint64_t taken = 0;
  while (rig.append(FrameType::events, 1, std::string(5000, 'e'))) ++taken;
  EXPECT_TRUE(rig.journal->stat().full);
  EXPECT_NEAR(static_cast<double>(rig.journal->stat().bytes), 0.9 * 400 * 1024, 6000);
  EXPECT_TRUE(rig.append(FrameType::checkpoint, 0, "makes room")) << "checkpoints are what trimming waits for";
  ASSERT_TRUE(rig.journal->trim(taken, {}));  // nothing is old, but it is over the low mark
  EXPECT_LT(rig.journal->stat().bytes, 0.8 * 400 * 1024);
  EXPECT_GT(rig.journal->stat().bytes, 0.6 * 400 * 1024);
  EXPECT_TRUE(rig.append(FrameType::events, 1, "again"));
}

TEST(Journal, IsFullWhenTooMuchWaits) {
  JournalRig rig;
  rig.config.pending_bytes_max = 10'000;
  rig.config.commit_delay = Seconds{3600};  // until the group is a MiB, or the end
  ASSERT_TRUE(rig.open());
  Answers answers(9);
  for (std::size_t i = 0; i < 9; ++i)
    ASSERT_EQ(rig.journal->append(FrameType::events, 1, padded(std::string(1000, 'e')), answers.slot(i)), Offer::taken);
  EXPECT_EQ(rig.journal->append(FrameType::events, 1, padded(std::string(1000, 'e')), answers.slot(0)), Offer::full);
  rig.journal.reset();  // writes what waits
  for (const auto& answer : answers.wait()) EXPECT_TRUE(answer->has_value());
}

TEST(Journal, FlushesNothingWhenItWasToldToLoseOnAPowerCut) {
  JournalRig rig;
  rig.config.durability = Durability::lose_on_power_cut;
  ASSERT_TRUE(rig.open());
  const auto before = rig.disk.operations_done();
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(rig.append(FrameType::events, 1, std::string(5000, 'e')));
  const auto operations = rig.disk.operations();
  for (auto at = before; at < operations.size(); ++at) ASSERT_NE(operations[at].kind, FakeDisk::Kind::sync);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(rig.frames(), SizeIs(100));
}

struct WriteFault {
  FakeDisk::Fault fault;
  const char* name;
};
class JournalWithARefusedWrite : public testing::TestWithParam<WriteFault> {};

TEST_P(JournalWithARefusedWrite, FailsThatGroupTakesItBackAndGoesOnByItself) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_EQ(rig.append(FrameType::events, 1, "before"), 0u);
  rig.disk.fail_next(FakeDisk::Kind::write, GetParam().fault, ".seg");
  const auto refused = rig.append(FrameType::events, 1, std::string(3000, 'r'));
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().retry);
  ASSERT_THAT(rig.observer.failures(), SizeIs(1));
  EXPECT_FALSE(rig.observer.failures()[0].second);
  Result<std::uint64_t> again = no("");
  ASSERT_TRUE(comes_true([&] { return (again = rig.append(FrameType::events, 1, "after")).has_value(); }));
  EXPECT_EQ(*again, 1u) << "the position of what failed is free again";
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("before", "after"));
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("before", "after"));
  EXPECT_THAT(rig.observer.damage(), IsEmpty());
}
INSTANTIATE_TEST_SUITE_P(Faults, JournalWithARefusedWrite,
                         testing::Values(WriteFault{FakeDisk::Fault::io_error, "IoError"},
                                         WriteFault{FakeDisk::Fault::no_space, "NoSpace"},
                                         WriteFault{FakeDisk::Fault::short_write, "ShortWrite"}),
                         [](const auto& fault) { return fault.param.name; });

TEST(Journal, NeverFlushesAgainAfterAFailedFlushAndRecoversByARestart) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  ASSERT_TRUE(rig.append(FrameType::events, 1, "before"));
  rig.disk.fail_next(FakeDisk::Kind::sync, FakeDisk::Fault::io_error, ".seg");
  Answers answers(2);
  ASSERT_EQ(rig.journal->append(FrameType::events, 1, padded("lost"), answers.slot(0)), Offer::taken);
  (void)comes_true([&] { return rig.journal->stat().failed; });
  EXPECT_EQ(rig.journal->append(FrameType::events, 1, padded("refused"), answers.slot(1)), Offer::full);
  answers.slot(1)(0);
  const auto& got = answers.wait();
  ASSERT_FALSE(got[0]->has_value());
  EXPECT_FALSE(got[0]->error().retry);
  ASSERT_THAT(rig.observer.failures(), SizeIs(1));
  EXPECT_TRUE(rig.observer.failures()[0].second);
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("before"));
  rig.journal.reset();
  const auto operations = rig.disk.operations();
  const auto failed =
      std::find_if(operations.begin(), operations.end(), [](const auto& operation) { return !operation.ok; });
  ASSERT_NE(failed, operations.end());
  EXPECT_TRUE(std::none_of(failed + 1, operations.end(), [&](const auto& later) { return later.path == failed->path; }))
      << "nothing touches that file any more";
  rig.disk.restart();
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(payloads(rig.frames()), ElementsAre("before"));
  EXPECT_EQ(rig.append(FrameType::events, 1, "lost"), 1u);
}

TEST(Journal, GivesUpItsBallastOnAFullDiskAndResumesWhenThereIsRoomForItAgain) {
  JournalRig rig;
  rig.config.ballast_bytes = 100'000;
  rig.disk.set_capacity(600'000);
  ASSERT_TRUE(rig.open());
  while (rig.append(FrameType::events, 1, std::string(5000, 'e'))) continue;
  EXPECT_TRUE(rig.journal->stat().full);
  ASSERT_TRUE(comes_true([&] { return !rig.disk.bytes("/data/journal/ballast").has_value(); }));
  EXPECT_TRUE(rig.append(FrameType::checkpoint, 0, std::string(500, 'c'))) << "there is room for what helps";
  EXPECT_EQ(rig.journal->append(FrameType::events, 1, padded("x"), [](auto) {}), Offer::full);
  const auto next = rig.journal->next_position();
  rig.disk.set_capacity(10'000'000);
  ASSERT_TRUE(comes_true([&] { return !rig.journal->stat().full; }));
  EXPECT_EQ(rig.append(FrameType::events, 1, "again"), next);
  EXPECT_EQ(rig.disk.bytes("/data/journal/ballast")->size(), 100'000u);
  EXPECT_EQ(rig.frames().size(), next + 2);
}

TEST(Journal, IsReadTrimmedAndRolledWhileManyAppend) {
  JournalRig rig;
  ASSERT_TRUE(rig.open());
  constexpr int writers = 8;
  constexpr int each = 150;
  std::atomic<std::uint64_t> answered{0};
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < writers; ++writer)
      threads.emplace_back([&, writer] {
        for (int i = 0; i < each; ++i) {
          const auto text = std::to_string(writer) + ":" + std::to_string(i) + std::string(400, 'x');
          EXPECT_EQ(
              rig.journal->append(FrameType::events, 1, padded(text), [&](auto got) { answered += got.has_value(); }),
              Offer::taken);
        }
      });
    threads.emplace_back([&] {
      while (answered < writers * each) {
        std::uint64_t expected = 0;
        EXPECT_TRUE(rig.journal->read(0, [&](const Frame& frame) {
          EXPECT_GE(frame.position, expected);
          expected = frame.position + 1;
          return true;
        }));
        const auto next = rig.journal->next_position();
        if (next > 0) {
          EXPECT_TRUE(rig.journal->frame_at(next - 1));
        }
        (void)rig.journal->stat();
      }
    });
    threads.emplace_back([&] {
      while (answered < writers * each) {
        rig.journal->roll();
        const auto next = rig.journal->next_position();
        EXPECT_TRUE(rig.journal->trim(next > 200 ? next - 200 : 0, rig.clock.now() + Seconds{1}));
        rig.clock.pass(Millis{1});
      }
    });
  }
  EXPECT_EQ(rig.journal->next_position(), writers * each);
  EXPECT_THAT(rig.observer.damage(), IsEmpty());
  EXPECT_THAT(rig.observer.committed_frames(), SizeIs(writers * each));
}

TEST(Journal, WorksOnARealDisk) {
  const auto root = std::filesystem::path(testing::TempDir()) / ("journal-" + std::to_string(::getpid()));
  std::filesystem::remove_all(root);
  {
    RealDisk disk;
    SystemClock clock;
    RecordingObserver observer;
    JournalConfig config{.directory = root / "a" / "journal", .segment_bytes = 1 << 20, .ballast_bytes = 1 << 20};
    for (std::uint64_t round = 0; round < 3; ++round) {
      auto journal = Journal::open(disk, clock, observer, config);
      ASSERT_TRUE(journal) << journal.error().what;
      Answers answers(1000);
      for (std::size_t i = 0; i < 1000; ++i)
        ASSERT_EQ((*journal)->append(FrameType::record, 1, padded(std::string(2000, 'r')), answers.slot(i)),
                  Offer::taken);
      for (const auto& answer : answers.wait()) ASSERT_TRUE(answer->has_value()) << answer->error().what;
      std::uint64_t count = 0;
      ASSERT_TRUE((*journal)->read(0, [&](const Frame& frame) { return frame.position == count++; }));
      EXPECT_EQ(count, 1000 * (round + 1));
      EXPECT_TRUE((*journal)->frame_at(500));
    }
    EXPECT_THAT(observer.failures(), IsEmpty());
    EXPECT_THAT(observer.damage(), IsEmpty());
  }
  std::filesystem::remove_all(root);
}

}  // namespace
}  // namespace sagewatch
