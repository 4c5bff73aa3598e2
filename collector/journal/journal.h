#pragma once
// The journal: the durable, ordered record of what was accepted, and the truth that everything else is derived from.
// Append-only segment files, written by one committer thread in groups, each group one fdatasync. The format, what is
// recovered after a crash and what is not, stand in collector/journal/segment.h.
//
// It knows nothing of events: a frame is a type, a payload and the number of positions that it takes. The same code
// keeps dead letters and quarantine.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "collector/disk.h"
#include "events/base/result.h"
#include "events/base/time.h"
#include "events/batch.h"

namespace sagewatch {

// Stand in files: never renumber.
enum class FrameType : std::uint8_t {
  events = 1,      // events/frame.h; takes one position an event
  rule_set = 2,    // the rule set in force from here on: its hash; takes none
  checkpoint = 3,  // how far the store is synced and what is resolved; takes none
  record = 4,      // one record of a journal of ours (dead letter, quarantine); takes one
};

struct Frame {
  FrameType type = FrameType::events;
  std::uint64_t position = 0;   // of its first event; for a frame that takes none: that of the next event
  std::uint32_t positions = 0;  // how many it takes
  std::shared_ptr<const std::string> payload;  // frame_padding readable bytes behind it (events/frame.h)
};

enum class Durability : std::uint8_t { fdatasync, lose_on_power_cut, lose_on_crash };
// What may be lost of what was acknowledged, as a sentence without its end; empty: nothing.
std::string_view what_may_be_lost(Durability durability);

struct JournalConfig {
  std::string directory;
  std::uint64_t segment_bytes = 128ull << 20;
  std::uint64_t bytes_max = 50ull << 30;      // budget; intake stops at 90 % of it and goes on at 80 %
  std::uint64_t ballast_bytes = 64ull << 20;  // set aside, given up only so that the rest can be written on a full disk
  std::uint64_t pending_bytes_max = 64ull << 20;
  Nanos commit_delay{0};  // waits for company before a flush; for disks with slow flushes
  Durability durability = Durability::fdatasync;
  bool refuse_corruption = false;  // on_corruption: refuse
  // Somebody knows that all positions below it were durable once (the store has applied them): an end of the journal
  // that lacks one of them is no torn tail. Only heard with fdatasync, because the others may lose what was applied.
  std::uint64_t durable_below = 0;
  std::uint32_t key_function = 1;  // version of the function behind FramedEvent::resource_key; stands in each segment
  Nanos probe_interval = std::chrono::milliseconds{500};  // how often a full disk is asked whether it has room again
};

// Bytes of a segment that are no frames. `torn`: the end of the newest segment, written but never acknowledged; cut
// off. Otherwise corruption: what was in there is lost, and all around it is kept. Without bytes (`begin` is `end`):
// the positions should stand behind this segment, and no segment holds them.
struct Damage {
  std::string path;
  std::uint64_t begin = 0;         // offsets in the file
  std::uint64_t end = 0;           //
  std::uint64_t position = 0;      // positions that may have stood here: [position, position_end)
  std::uint64_t position_end = 0;  //
  bool torn = false;
  std::string quarantined;  // where the bytes were copied to, if they were
};
// As a sentence without its end.
std::string sentence_of(const Damage& damage);

// What the journal tells the world; called on the committer thread; must not block.
class JournalObserver {
 public:
  virtual ~JournalObserver() = default;
  // Frames now durable, in order, before their own callbacks.
  virtual void committed(std::span<const Frame> frames) = 0;
  // One group commit: how long, how many positions, bytes written.
  virtual void flushed(Nanos took, std::uint64_t positions, std::uint64_t bytes) = 0;
  // The disk refused a write (`full` with ENOSPC) or a flush. After a failed flush nothing is accepted any more: the
  // process must exit with 74 and recover by a restart.
  virtual void failed(const Error& error, bool fatal) = 0;
  // Bytes that cannot be read, each range told once. From open() on its caller's thread, later on a reader's.
  virtual void damaged(const Damage&) {}
};

class Journal {
 public:
  // Recovers the last segment (see segment.h) and starts the committer. `disk`, `clock`, `observer` outlive it.
  static Result<std::unique_ptr<Journal>> open(Disk& disk, const Clock& clock, JournalObserver& observer,
                                               JournalConfig config);
  virtual ~Journal() = default;

  // Any thread; never blocks. `done` gets the frame's position when it is durable, or an Error; it is called on the
  // committer thread in order. full: more than pending_bytes_max waits, the disk is over its mark, or a flush failed.
  // Frames that take no position are let in over the mark and on a full disk, because checkpoints make room.
  virtual Offer append(FrameType type, std::uint32_t positions, std::shared_ptr<const std::string> payload,
                       std::function<void(Result<std::uint64_t>)> done) = 0;

  // Reading; any thread; sees only what is durable.
  virtual std::uint64_t first_position() const = 0;  // oldest that is still held
  virtual std::uint64_t next_position() const = 0;   // one behind the newest durable
  // The frame that holds `position`; an Error if it was trimmed, quarantined or is not there yet.
  virtual Result<Frame> frame_at(std::uint64_t position) = 0;
  // Calls `each` for every frame whose end is behind `from` (so the frame that holds `from` comes first, and frames
  // that take no position come where they stand, also those right before `from`), until it answers false or the
  // durable end is reached. Positions that were trimmed or damaged are passed over.
  virtual Done read(std::uint64_t from, const std::function<bool(const Frame&)>& each) = 0;
  // The payload of the last rule_set frame at or before `position`; empty if there is none.
  virtual Result<std::string> rule_set_at(std::uint64_t position) = 0;
  // Newest frame of a type, looking only at what is held; nothing if there is none.
  virtual Result<std::optional<Frame>> newest(FrameType type) = 0;

  // Unlinks whole segments: those that end at or before `keep_from`, and are older than `older_than` or over the
  // budget's low mark. Answers how many bytes went.
  virtual Result<std::uint64_t> trim(std::uint64_t keep_from, UnixNanos older_than) = 0;
  // Somebody else on the same disk was refused a write. Nothing is taken in until there is room, and the ballast is
  // given up, as if the journal had met it. Any thread.
  virtual void disk_refused(const Error&) {}
  // Starts a new segment behind what is pending (so that the present one can be trimmed).
  virtual void roll() = 0;

  struct Stat {
    std::uint64_t segments = 0;
    std::uint64_t bytes = 0;  // in segments; without room set aside
    std::uint64_t first_position = 0;
    std::uint64_t next_position = 0;
    UnixNanos oldest;  // creation time of the oldest segment
    // Where the next segment begins and when it was made: what trim() measures before it lets the oldest one go. Only
    // with two segments or more.
    std::uint64_t oldest_end = 0;
    UnixNanos oldest_ended;
    std::uint64_t pending_bytes = 0;
    std::uint64_t corrupt_bytes = 0;  // quarantined since the start
    bool full = false;                // over the high mark, or the disk said so
    bool failed = false;              // a flush failed
  };
  virtual Stat stat() const = 0;
};

}  // namespace sagewatch
