#pragma once
// The one thread that writes to the journal. It takes what waits (up to 1 MiB or 4,096 positions, at least one frame),
// writes it at once, flushes once, tells the observer, calls back. While it flushes, the next group gathers: no delay
// is needed to form groups.
//
// Three ways to refuse. Over the mark: the budget of bytes is nearly used up; heals by trimming. Full: the disk
// refused a write; what waits is refused with an Error worth repeating, the half-written group is taken back, and the
// spare's thread looks for room. Failed: a flush failed; nothing is written to that file ever again, and only a restart
// heals it.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "collector/journal/journal.h"
#include "collector/journal/segment_list.h"
#include "collector/journal/segment_writer.h"
#include "collector/journal/spare.h"

namespace sagewatch {

class Committer {
 public:
  using Callback = std::function<void(Result<std::uint64_t>)>;

  // All that is borrowed outlives it. `rule_set` is in force at the list's next position.
  Committer(Disk& disk, const Clock& clock, JournalObserver& observer, const JournalConfig& config, SegmentList& list,
            std::string rule_set);
  ~Committer();  // writes what waits, seals the segment

  Offer append(FrameType type, std::uint32_t positions, std::shared_ptr<const std::string> payload, Callback done);
  void roll();
  void disk_refused(const Error& error) { (void)disk_full(error); }  // any thread
  void check_marks();                                                // after the list got longer or shorter; any thread

  std::uint64_t pending_bytes() const { return pending_bytes_; }
  bool full() const { return full_ || over_mark_; }
  bool failed() const { return failed_; }

 private:
  struct Pending {
    Frame frame;
    Callback done;  // none: a request to roll
    std::uint64_t bytes = 0;
    Error error;  // why it was refused
    bool refused() const { return !error.what.empty(); }
    bool is_roll() const { return frame.payload == nullptr; }
  };
  void run(const std::stop_token& stop);
  void take_group();
  void commit_group();
  void refuse_what_cannot_be_written();
  void number_frames();
  Done write_group();  // an Error: the group is not in the journal
  Done make_room(std::uint64_t bytes);
  Done seal();
  Done begin_segment(std::uint64_t bytes);
  void call_back();
  void tell_committed(Instant began);
  tl::unexpected<Error> disk_full(const Error& error);
  tl::unexpected<Error> fatal(const Error& error);
  bool flushes() const { return config_.durability == Durability::fdatasync; }

  Disk& disk_;
  const Clock& clock_;
  JournalObserver& observer_;
  const JournalConfig& config_;
  SegmentList& list_;

  std::mutex mutex_;  // guards pending_
  std::condition_variable_any arrived_;
  std::deque<Pending> pending_;
  std::atomic<std::uint64_t> pending_bytes_{0};  // waiting or being written
  std::atomic<bool> full_{false};
  std::atomic<bool> over_mark_{false};
  std::atomic<bool> failed_{false};

  // Of the committer's thread alone.
  std::string rule_set_;
  std::optional<SegmentWriter> segment_;
  std::vector<Pending> group_;
  std::vector<Frame> frames_;  // of the group, without those refused
  Spare spare_;
  std::jthread thread_;  // last: starts when all is there
};

}  // namespace sagewatch
