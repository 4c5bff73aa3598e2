#pragma once
// A journal on a fake disk, with an observer that remembers. Appending waits until the journal has answered.
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collector/journal/journal.h"
#include "events/frame.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_disk.h"

namespace sagewatch {

class RecordingObserver : public JournalObserver {
 public:
  void committed(std::span<const Frame> frames) override {
    std::lock_guard lock(mutex_);
    for (const Frame& frame : frames) committed_.push_back(frame);
  }
  void flushed(Nanos, std::uint64_t, std::uint64_t) override {}
  void failed(const Error& error, bool fatal) override {
    std::lock_guard lock(mutex_);
    failures_.emplace_back(error, fatal);
  }
  void damaged(const Damage& damage) override {
    std::lock_guard lock(mutex_);
    damage_.push_back(damage);
  }
  std::vector<Frame> committed_frames() const {
    std::lock_guard lock(mutex_);
    return committed_;
  }
  std::vector<std::pair<Error, bool>> failures() const {
    std::lock_guard lock(mutex_);
    return failures_;
  }
  std::vector<Damage> damage() const {
    std::lock_guard lock(mutex_);
    return damage_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Frame> committed_;
  std::vector<std::pair<Error, bool>> failures_;
  std::vector<Damage> damage_;
};

inline std::shared_ptr<const std::string> padded(std::string payload) {
  payload.reserve(payload.size() + frame_padding);
  return std::make_shared<const std::string>(std::move(payload));
}

// Answers that come from the committer's thread, in their order.
class Answers {
 public:
  explicit Answers(std::size_t expected) : answers_(expected) {}
  std::function<void(Result<std::uint64_t>)> slot(std::size_t index) {
    return [this, index](Result<std::uint64_t> answer) {
      std::lock_guard lock(mutex_);
      answers_[index] = std::move(answer);
      order_.push_back(index);
      changed_.notify_all();
    };
  }
  const std::vector<std::optional<Result<std::uint64_t>>>& wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return order_.size() == answers_.size(); });
    return answers_;
  }
  const std::vector<std::size_t>& order() const { return order_; }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Result<std::uint64_t>>> answers_;
  std::vector<std::size_t> order_;
};

struct JournalRig {
  FakeDisk disk;
  FakeClock clock;
  RecordingObserver observer;
  JournalConfig config{.directory = "/data/journal",
                       .segment_bytes = 64 << 10,
                       .bytes_max = 1ull << 40,
                       .ballast_bytes = 0,
                       .pending_bytes_max = 64ull << 20,
                       .probe_interval = Millis{2}};
  std::unique_ptr<Journal> journal;

  Done open() {
    journal.reset();
    auto opened = Journal::open(disk, clock, observer, config);
    if (!opened) return no(opened.error());
    journal = std::move(*opened);
    return {};
  }
  // The frame's position, or why it was not taken ("full") or not written.
  Result<std::uint64_t> append(FrameType type, std::uint32_t positions, std::string payload) {
    Answers answers(1);
    if (journal->append(type, positions, padded(std::move(payload)), answers.slot(0)) == Offer::full)
      return not_now("full");
    return *answers.wait().front();
  }
  // A sealed segment of so many events, behind what there is; the journal is closed afterwards.
  bool add_segment(int events) {
    bool good = open().has_value();
    for (int i = 0; i < events; ++i) good = append(FrameType::events, 1, "event").has_value() && good;
    journal.reset();
    return good;
  }
  std::vector<Frame> frames(std::uint64_t from = 0) {
    std::vector<Frame> all;
    const auto done = journal->read(from, [&](const Frame& frame) {
      all.push_back(frame);
      return true;
    });
    if (!done) failed_reads.push_back(done.error().what);
    return all;
  }
  std::vector<std::string> failed_reads;
};

}  // namespace sagewatch
