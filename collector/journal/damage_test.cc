// Torn tails and flipped bits: what is not hit stays, what is hit is never handed out, and both are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "collector/journal/recovery.h"
#include "collector/journal/verify.h"
#include "tests/fakes/journal_rig.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SAGEWATCH_SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SAGEWATCH_SLOW 1
#endif
#endif
#ifdef SAGEWATCH_SLOW
constexpr int flips = 500;
constexpr std::uint64_t tail_step = 13;
#else
constexpr int flips = 10'000;
constexpr std::uint64_t tail_step = 1;
#endif

// The files of a journal whose process was killed: all but the last segment sealed, each frame a group of its own.
struct Image {
  std::map<std::string, std::string> files;
  std::map<std::uint64_t, std::string> payloads;  // by position
  std::string open_path;
  std::uint64_t open_end = 0;                   // of its frames
  std::map<std::uint64_t, std::uint64_t> ends;  // in the open segment: position → offset of the frame's end
};

Image killed_journal(int frames, std::size_t payload_bytes) {
  Image image;
  JournalRig rig;
  EXPECT_TRUE(rig.open());
  std::mt19937_64 random(3);
  for (int i = 0; i < frames; ++i) {
    std::string payload(1 + random() % payload_bytes, '\0');
    for (char& byte : payload) byte = static_cast<char>(random());
    const auto position = rig.append(FrameType::events, 1, payload);
    EXPECT_TRUE(position);
    image.payloads[*position] = payload;
  }
  for (const std::string& path : rig.disk.paths())
    if (path.ends_with(".seg")) image.files[path] = *rig.disk.bytes(path);
  image.open_path = image.files.rbegin()->first;
  EXPECT_TRUE(dump_journal(rig.disk, rig.config.directory, 0, ~std::uint64_t{0},
                           [&](const std::string& path, std::uint64_t offset, const Frame& frame) {
                             if (path != image.open_path) return true;
                             image.open_end = offset + aligned(frame_header_bytes + frame.payload->size());
                             image.ends[frame.position] = image.open_end;
                             return true;
                           }));
  return image;
}

void put(FakeDisk& disk, const Image& image) {
  for (const auto& [path, bytes] : image.files) disk.put(path, bytes);
}

void expect_tail_is_cut(const Image& image, const std::string& bytes, std::uint64_t whole_up_to,
                        const std::string& how) {
  JournalRig rig;
  put(rig.disk, image);
  rig.disk.put(image.open_path, bytes);
  const auto opened = rig.open();
  ASSERT_TRUE(opened) << how << ": " << opened.error().what;
  std::uint64_t kept = 0;
  for (const Frame& frame : rig.frames()) {
    ASSERT_EQ(frame.position, kept) << how;
    ASSERT_EQ(*frame.payload, image.payloads.at(kept)) << how;
    ++kept;
  }
  std::uint64_t expected = image.ends.begin()->first;
  for (const auto& [position, end] : image.ends)
    if (end <= whole_up_to) expected = position + 1;
  ASSERT_EQ(kept, expected) << how;
  ASSERT_LE(rig.observer.damage().size(), 1u) << how;
  for (const Damage& damage : rig.observer.damage()) ASSERT_TRUE(damage.torn) << how;
  ASSERT_EQ(rig.append(FrameType::events, 1, "goes on"), kept) << how;
  const auto told = rig.observer.damage().size();
  ASSERT_TRUE(rig.open()) << how;
  ASSERT_EQ(rig.frames().size(), kept + 1) << how;
  ASSERT_EQ(rig.observer.damage().size(), told) << how;
}

TEST(TornTail, OfEveryLengthIsCutOffAndNothingElse) {
  const Image image = killed_journal(16, 900);
  ASSERT_THAT(image.files, SizeIs(1));
  const std::string& whole = image.files.at(image.open_path);
  std::mt19937_64 random(5);
  for (std::uint64_t length = 1; length <= 4096 && length < image.open_end - data_begin; length += tail_step) {
    const std::uint64_t cut = image.open_end - length;
    expect_tail_is_cut(image, whole.substr(0, cut), cut, "cut by " + std::to_string(length));
    std::string scrambled = whole;
    for (std::uint64_t at = cut; at < image.open_end; ++at) scrambled[at] = static_cast<char>(random() | 1);
    // What was scrambled into itself is not damaged; the first byte never is.
    scrambled[cut] = static_cast<char>(~whole[cut]);
    expect_tail_is_cut(image, scrambled, cut, "scrambled by " + std::to_string(length));
    if (HasFatalFailure()) return;
  }
}

// The newest segment, as if it had never been sealed; each frame has 1040 bytes.
std::string three_frames_of_one_group(JournalRig& rig) {
  rig.config.commit_delay = Seconds{3600};
  EXPECT_TRUE(rig.open());
  Answers answers(3);
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(rig.journal->append(FrameType::events, 1, padded(std::string(1000, 'a')), answers.slot(i)), Offer::taken);
  rig.journal.reset();
  return rig.disk.bytes("/data/journal/00000000000000000000.seg")->substr(0, data_begin + 3 * 1040);
}

TEST(TornTail, TakesTheRestOfItsGroupAlongAndSaysHowMuch) {
  JournalRig rig;
  const std::string path = "/data/journal/00000000000000000000.seg";
  std::string bytes = three_frames_of_one_group(rig);
  bytes[data_begin + 1040 + 100] ^= 1;  // the second of three
  FakeDisk disk;
  disk.put(path, bytes);
  const auto recovered = recover_journal(disk, rig.config);
  ASSERT_TRUE(recovered);
  EXPECT_EQ(recovered->next_position, 1u);
  ASSERT_THAT(recovered->damage, SizeIs(1));
  EXPECT_TRUE(recovered->damage[0].torn);
  EXPECT_EQ(recovered->damage[0].begin, data_begin + 1040);
  EXPECT_EQ(recovered->damage[0].end, data_begin + 3 * 1040);
}

// One bit of the newest frame, which nothing follows that would prove it was flushed; but the store has applied it.
TEST(TornTail, ThatIsKnownToHaveBeenDurableIsDamageAndItsPositionsStayUnused) {
  Image image = killed_journal(16, 900);
  std::string& bytes = image.files.at(image.open_path);
  bytes[image.ends.at(14) + 50] ^= 4;
  JournalRig rig;
  put(rig.disk, image);
  rig.config.durable_below = 16;
  for (int start = 0; start < 2; ++start) {
    ASSERT_TRUE(rig.open());
    ASSERT_THAT(rig.observer.damage(), SizeIs(start + 1)) << "until something stands behind it, each start says so";
    const Damage damage = rig.observer.damage().back();
    EXPECT_FALSE(damage.torn);
    EXPECT_EQ(damage.begin, image.ends.at(14));
    EXPECT_EQ(damage.position, 15u);
    EXPECT_EQ(damage.position_end, 16u);
    EXPECT_EQ(rig.journal->next_position(), 16u);
  }
  const Damage damage = rig.observer.damage().front();
  EXPECT_GT(damage.end, damage.begin);
  EXPECT_EQ(*rig.disk.bytes(damage.quarantined), bytes.substr(damage.begin, damage.end - damage.begin));
  EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 16u);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(rig.observer.damage(), SizeIs(2));
  EXPECT_THAT(rig.frames(), SizeIs(16));
}

TEST(TornTail, ThatIsKnownToHaveBeenDurableIsRefusedIfTheConfigurationSaysSo) {
  Image image = killed_journal(16, 900);
  image.files.at(image.open_path)[image.ends.at(14) + 50] ^= 4;
  JournalRig rig;
  put(rig.disk, image);
  rig.config.refuse_corruption = true;
  rig.config.durable_below = 16;
  const auto refused = rig.open();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("positions 15 up to 16"));
  EXPECT_EQ(*rig.disk.bytes(image.open_path), image.files.at(image.open_path));
  rig.config.durable_below = 15;
  ASSERT_TRUE(rig.open()) << "nobody knows of it";
  EXPECT_TRUE(rig.observer.damage().at(0).torn);
}

// There a power cut may leave a store that knows more than the journal.
TEST(TornTail, IsExpectedWithADurabilityThatMayLoseIt) {
  Image image = killed_journal(16, 900);
  image.files.at(image.open_path)[image.ends.at(14) + 50] ^= 4;
  JournalRig rig;
  put(rig.disk, image);
  rig.config.durability = Durability::lose_on_power_cut;
  rig.config.refuse_corruption = true;
  rig.config.durable_below = 16;
  ASSERT_TRUE(rig.open());
  EXPECT_TRUE(rig.observer.damage().at(0).torn);
  EXPECT_EQ(rig.journal->next_position(), 15u);
}

TEST(TornTail, OfASegmentThatAnotherOneFollowsIsDamage) {
  Image image = killed_journal(16, 900);
  image.files.at(image.open_path)[image.ends.at(14) + 50] ^= 4;
  SegmentHeader next;
  next.first_position = 16;
  image.files["/data/journal/00000000000000000016.seg"] = next.encode();  // begun, and the power went
  JournalRig rig;
  put(rig.disk, image);
  ASSERT_TRUE(rig.open());
  ASSERT_THAT(rig.observer.damage(), SizeIs(1));
  EXPECT_FALSE(rig.observer.damage()[0].torn);
  EXPECT_EQ(rig.observer.damage()[0].position_end, 16u);
}

TEST(Corruption, InALastGroupThatIsKnownToHaveBeenDurableKeepsWhatStandsBehindIt) {
  JournalRig rig;
  const std::string path = "/data/journal/00000000000000000000.seg";
  std::string bytes = three_frames_of_one_group(rig);
  const auto recovered = [&](std::size_t damaged_frame) {
    std::string damaged = bytes;
    damaged[data_begin + damaged_frame * 1040 + 100] ^= 1;
    FakeDisk disk;
    disk.put(path, damaged);
    rig.config.durable_below = 1;  // the first of three, so all of the group
    auto found = recover_journal(disk, rig.config);
    EXPECT_TRUE(found);
    EXPECT_THAT(found->damage, SizeIs(1));
    EXPECT_FALSE(found->damage.at(0).torn);
    EXPECT_EQ(found->damage.at(0).begin, data_begin + damaged_frame * 1040);
    EXPECT_EQ(found->damage.at(0).position, damaged_frame);
    return std::move(*found);
  };
  EXPECT_EQ(recovered(1).next_position, 3u);
  EXPECT_EQ(recovered(2).next_position, 2u) << "how many it took nobody can say";
}

TEST(Corruption, ThatTakesTheJournalsEndAwayIsTold) {
  Image image = killed_journal(16, 900);
  std::string& bytes = image.files.at(image.open_path);
  const std::uint64_t end = image.ends.at(9);
  for (const bool zeros : {true, false}) {
    if (zeros)
      bytes.replace(end, bytes.size() - end, bytes.size() - end, '\0');
    else
      bytes.resize(end);
    JournalRig rig;
    put(rig.disk, image);
    rig.config.durable_below = 16;
    ASSERT_TRUE(rig.open());
    ASSERT_THAT(rig.observer.damage(), SizeIs(1));
    EXPECT_EQ(sentence_of(rig.observer.damage()[0]),
              image.open_path + ": positions 10 up to 16 should stand behind it, and no segment holds them");
    EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 16u);
    JournalRig refusing;
    put(refusing.disk, image);
    refusing.config.durable_below = 16;
    refusing.config.refuse_corruption = true;
    const auto refused = refusing.open();
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().what, HasSubstr("positions 10 up to 16"));
  }
}

TEST(Corruption, OfAllFramesOfTheOpenSegmentSetsItAside) {
  Image image = killed_journal(16, 900);
  std::string& bytes = image.files.at(image.open_path);
  bytes.replace(data_begin, bytes.size() - data_begin, bytes.size() - data_begin, '\0');
  JournalRig rig;
  put(rig.disk, image);
  rig.config.durable_below = 16;
  ASSERT_TRUE(rig.open());
  ASSERT_THAT(rig.observer.damage(), SizeIs(1));
  EXPECT_EQ(rig.observer.damage()[0].position_end, 16u);
  EXPECT_EQ(*rig.disk.bytes(rig.observer.damage()[0].quarantined), bytes);
  EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 16u);
  EXPECT_THAT(rig.frames(), SizeIs(1));
}

TEST(Corruption, ThatTakesAWholeSegmentAwayIsToldOnceByWhoeverReads) {
  JournalRig rig;
  for (int segment = 0; segment < 3; ++segment) ASSERT_TRUE(rig.add_segment(10));
  ASSERT_TRUE(rig.disk.remove("/data/journal/00000000000000000010.seg"));
  ASSERT_TRUE(rig.open());
  EXPECT_FALSE(rig.journal->frame_at(12));
  EXPECT_THAT(rig.frames(), SizeIs(20));
  ASSERT_THAT(rig.observer.damage(), SizeIs(1));
  EXPECT_EQ(
      sentence_of(rig.observer.damage()[0]),
      "/data/journal/00000000000000000000.seg: positions 10 up to 20 should stand behind it, and no segment holds "
      "them");
}

TEST(Reading, HandsOutNoPositionTwiceWhateverCopiesOfSegmentsThereAre) {
  JournalRig rig;
  for (int segment = 0; segment < 3; ++segment) ASSERT_TRUE(rig.add_segment(10));
  const std::string bytes = *rig.disk.bytes("/data/journal/00000000000000000010.seg");
  for (const auto* copy : {"/data/journal/00000000000000000010-1.seg", "/data/journal/00000000000000000017.seg"}) {
    rig.disk.put(copy, bytes);
    ASSERT_TRUE(rig.open());
    std::uint64_t expected = 0;
    for (const Frame& frame : rig.frames()) EXPECT_EQ(frame.position, expected++) << copy;
    EXPECT_EQ(expected, 30u) << copy;
    rig.journal.reset();
    ASSERT_TRUE(rig.disk.remove(copy));
  }
}

TEST(Corruption, InTheMiddleOfTheOpenSegmentIsQuarantinedAndBothSidesStay) {
  Image image = killed_journal(16, 900);
  std::string& bytes = image.files.at(image.open_path);
  const std::uint64_t begin = image.ends.at(4);
  const std::uint64_t end = image.ends.at(5);
  bytes[begin + 50] ^= 4;
  JournalRig rig;
  put(rig.disk, image);
  ASSERT_TRUE(rig.open());
  ASSERT_THAT(rig.observer.damage(), SizeIs(1));
  const Damage damage = rig.observer.damage()[0];
  EXPECT_FALSE(damage.torn);
  EXPECT_EQ(damage.path, image.open_path);
  EXPECT_EQ(damage.begin, begin);
  EXPECT_EQ(damage.end, end);
  EXPECT_EQ(damage.position, 5u);
  EXPECT_EQ(damage.position_end, 6u);
  EXPECT_EQ(*rig.disk.bytes(damage.quarantined), bytes.substr(begin, end - begin));
  EXPECT_EQ(rig.journal->stat().corrupt_bytes, end - begin);
  EXPECT_THAT(rig.frames(), SizeIs(15));
  EXPECT_FALSE(rig.journal->frame_at(5));
  EXPECT_TRUE(rig.journal->frame_at(6));
  EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 16u);
}

// A start reads the open segment alone, so who asks for an event of an older one is the first to see what is wrong
// there.
TEST(Corruption, OfASealedSegmentIsToldWhenItIsMet) {
  JournalRig rig;
  rig.config.segment_bytes = 64 << 10;
  ASSERT_TRUE(rig.open());
  for (int i = 0; i < 200; ++i) ASSERT_TRUE(rig.append(FrameType::events, 1, std::string(1'000, 'a')));
  rig.journal.reset();
  const std::string first = "/data/journal/00000000000000000000.seg";
  std::string bytes = *rig.disk.bytes(first);
  constexpr std::size_t frame = 1'040;  // and as many bytes of the index entry that stands every 32 KiB
  std::fill_n(bytes.begin() + data_begin + 3 * frame, 36 * frame, '?');
  rig.disk.put(first, bytes);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(rig.observer.damage(), IsEmpty());
  EXPECT_TRUE(rig.journal->frame_at(2));
  EXPECT_TRUE(rig.journal->frame_at(39));
  EXPECT_THAT(rig.observer.damage(), IsEmpty()) << "passed over, but not asked for";
  for (std::uint64_t position = 3; position < 39; ++position) EXPECT_FALSE(rig.journal->frame_at(position));
  ASSERT_THAT(rig.observer.damage(), SizeIs(1)) << "once, and whole";
  const Damage damage = rig.observer.damage()[0];
  EXPECT_EQ(damage.path, first);
  EXPECT_EQ(damage.end - damage.begin, 36 * frame);
  EXPECT_EQ(damage.position, 3u);
  EXPECT_EQ(damage.position_end, 39u);
  EXPECT_FALSE(damage.torn);
  EXPECT_EQ(rig.journal->stat().corrupt_bytes, 36 * frame);
}

TEST(Corruption, IsRefusedIfTheConfigurationSaysSoAndNothingIsTouched) {
  Image image = killed_journal(16, 900);
  image.files.at(image.open_path)[image.ends.at(4) + 50] ^= 4;
  JournalRig rig;
  rig.config.refuse_corruption = true;
  put(rig.disk, image);
  const auto opened = rig.open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error().what, HasSubstr("positions 5 up to 6"));
  EXPECT_EQ(*rig.disk.bytes(image.open_path), image.files.at(image.open_path));
  EXPECT_THAT(rig.disk.paths(), SizeIs(1));
}

TEST(Corruption, OfAWholeHeaderCostsNoFrame) {
  Image image = killed_journal(16, 900);
  image.files.at(image.open_path).replace(0, data_begin, data_begin, '\0');
  JournalRig rig;
  put(rig.disk, image);
  ASSERT_TRUE(rig.open());
  EXPECT_THAT(rig.frames(), SizeIs(16));
  EXPECT_TRUE(rig.journal->frame_at(9));
}

TEST(Corruption, OfAWholeFileSetsItAsideAndKeepsItsPositionsUnused) {
  JournalRig rig;
  rig.disk.put("/data/journal/00000000000000000700.seg", std::string(5000, 'x'));
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(*rig.disk.bytes("/data/journal/quarantine/00000000000000000700.seg"), std::string(5000, 'x'));
  ASSERT_TRUE(rig.open());  // found by the fuzzer: a second start without an append began again at 0
  EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 700u);
}

TEST(Recovery, KeepsThePositionsThatAnEmptySegmentStandsFor) {
  JournalRig rig;
  SegmentHeader header;
  header.first_position = 2000;
  header.rule_set = "rules";
  rig.disk.put("/data/journal/00000000000000002000.seg", header.encode() + std::string(100, 't'));
  for (int start = 0; start < 3; ++start) {
    ASSERT_TRUE(rig.open());
    EXPECT_EQ(rig.journal->next_position(), 2000u);
  }
  EXPECT_THAT(rig.observer.damage(), SizeIs(1)) << "its torn tail is told once";
  EXPECT_EQ(rig.append(FrameType::events, 1, "goes on"), 2000u);
  ASSERT_TRUE(rig.open());
  EXPECT_EQ(rig.journal->rule_set_at(2000), "rules");
  EXPECT_THAT(rig.frames(), SizeIs(1));
}

TEST(Corruption, OfAnySingleBitIsFoundAndCostsAtMostTheFrameThatItHits) {
  const Image image = killed_journal(60, 6000);
  ASSERT_GE(image.files.size(), 3u);
  std::vector<std::string> paths;
  paths.reserve(image.files.size());
  for (const auto& [path, bytes] : image.files) paths.push_back(path);
  std::mt19937_64 random(9);
  std::uint64_t lost_total = 0;
  for (int i = 0; i < flips; ++i) {
    const std::string& path = paths[random() % paths.size()];
    const std::string& original = image.files.at(path);
    const std::uint64_t size = path == image.open_path ? image.open_end : original.size();
    const std::uint64_t at = random() % size;
    std::string bytes = original;
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const std::string how = path + " byte " + std::to_string(at);

    JournalRig rig;
    put(rig.disk, image);
    rig.disk.put(path, bytes);
    const auto report = verify_journal(rig.disk, rig.config.directory);
    ASSERT_TRUE(report) << how;
    ASSERT_TRUE(!report->ok() || !report->segments.back().damage.empty()) << how << ": verify did not find it";
    const auto opened = rig.open();
    ASSERT_TRUE(opened) << how << ": " << opened.error().what;
    std::size_t found = 0;
    for (const Frame& frame : rig.frames()) {
      ASSERT_EQ(*frame.payload, image.payloads.at(frame.position)) << how;
      ++found;
    }
    ASSERT_THAT(rig.failed_reads, IsEmpty()) << how;
    ASSERT_GE(found + 1, image.payloads.size()) << how;
    if (found < image.payloads.size()) {
      ++lost_total;
      ASSERT_FALSE(rig.observer.damage().empty()) << how << ": a frame is gone and nobody said so";
    }
  }
  EXPECT_GT(lost_total, 0u);
}

}  // namespace
}  // namespace sagewatch
