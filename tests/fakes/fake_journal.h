#pragma once
// A journal in memory. What is appended becomes durable at once, or, while held, when the test says so; it can be full
// or fail. Segments hold `segment_frames` frames each, so that trimming behaves as with files. Any thread.
#include <algorithm>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "collector/journal/journal.h"
#include "tests/fakes/fake_clock.h"

namespace sagewatch {

class FakeJournal : public Journal {
 public:
  using Durable = std::function<void(Result<std::uint64_t>)>;

  explicit FakeJournal(const Clock& clock, std::size_t segment_frames = 4)
      : clock_(clock), segment_frames_(segment_frames) {}

  void set_full(bool full) { full_ = full; }
  void set_failing(bool failing) { failing_ = failing; }
  void hold() { held_ = true; }
  // What was held becomes durable, in order.
  void commit() {
    std::deque<std::pair<Frame, Durable>> pending;
    {
      std::lock_guard lock(mutex_);
      held_ = false;
      pending.swap(pending_);
    }
    for (auto& [frame, done] : pending) write(std::move(frame), done);
  }

  Offer append(FrameType type, std::uint32_t positions, std::shared_ptr<const std::string> payload,
               Durable done) override {
    if (full_) return Offer::full;
    Frame frame{type, 0, positions, std::move(payload)};
    if (held_) {
      std::lock_guard lock(mutex_);
      pending_.emplace_back(std::move(frame), std::move(done));
      return Offer::taken;
    }
    write(std::move(frame), done);
    return Offer::taken;
  }
  std::uint64_t first_position() const override {
    std::lock_guard lock(mutex_);
    return frames_.empty() ? next_ : frames_.front().frame.position;
  }
  std::uint64_t next_position() const override {
    std::lock_guard lock(mutex_);
    return next_;
  }
  Result<Frame> frame_at(std::uint64_t position) override {
    std::lock_guard lock(mutex_);
    for (const auto& [frame, written] : frames_) {
      if (position >= frame.position && position < frame.position + frame.positions) return frame;
    }
    return no("the journal does not hold position " + std::to_string(position));
  }
  Done read(std::uint64_t from, const std::function<bool(const Frame&)>& each) override {
    std::deque<Written> frames;
    {
      std::lock_guard lock(mutex_);
      frames = frames_;
    }
    for (const auto& [frame, written] : frames) {
      if (frame.position + std::max(frame.positions, 1u) > from && !each(frame)) break;
    }
    return {};
  }
  Result<std::string> rule_set_at(std::uint64_t position) override {
    std::lock_guard lock(mutex_);
    std::string found;
    for (const auto& [frame, written] : frames_) {
      if (frame.type == FrameType::rule_set && frame.position <= position) found = *frame.payload;
    }
    return found;
  }
  Result<std::optional<Frame>> newest(FrameType type) override {
    std::lock_guard lock(mutex_);
    std::optional<Frame> found;
    for (const auto& [frame, written] : frames_) {
      if (frame.type == type) found = frame;
    }
    return found;
  }
  Result<std::uint64_t> trim(std::uint64_t keep_from, UnixNanos older_than) override {
    std::lock_guard lock(mutex_);
    std::uint64_t bytes = 0;
    while (frames_.size() > segment_frames_) {  // the last segment stays, as the real one does
      const auto& last = frames_[segment_frames_ - 1];
      if (last.frame.position + last.frame.positions > keep_from || last.written >= older_than) break;
      for (std::size_t i = 0; i < segment_frames_; ++i) {
        bytes += frames_.front().frame.payload->size();
        frames_.pop_front();
      }
    }
    return bytes;
  }
  void roll() override {}
  Stat stat() const override {
    Stat stat;
    stat.first_position = first_position();
    stat.next_position = next_position();
    stat.full = full_;
    stat.failed = failing_;
    return stat;
  }

 private:
  struct Written {
    Frame frame;
    UnixNanos written;
  };
  void write(Frame frame, const Durable& done) {
    if (failing_) return done(no("the disk refused a flush"));
    std::uint64_t position = 0;
    {
      std::lock_guard lock(mutex_);
      position = frame.position = next_;
      next_ += frame.positions;
      frames_.push_back({std::move(frame), clock_.now()});
    }
    done(position);
  }

  const Clock& clock_;
  std::size_t segment_frames_;
  std::atomic<bool> full_ = false;
  std::atomic<bool> failing_ = false;
  std::atomic<bool> held_ = false;
  mutable std::mutex mutex_;
  std::deque<Written> frames_;                     // guarded by mutex_
  std::deque<std::pair<Frame, Durable>> pending_;  // guarded by mutex_
  std::uint64_t next_ = 0;                         // guarded by mutex_
};

}  // namespace sagewatch
