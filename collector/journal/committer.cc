#include "collector/journal/committer.h"

#include <fmt/core.h>
#include <unistd.h>

#include <utility>

#include "collector/thread_name.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t group_bytes_max = 1ull << 20;
constexpr std::uint64_t group_positions_max = 4096;

std::uint64_t fresh_nonce(const Clock& clock, std::uint64_t position) {
  std::uint64_t words[3] = {0, position, static_cast<std::uint64_t>(clock.now().count)};
  if (::getentropy(words, sizeof words[0]) != 0) words[0] = 0;  // then time and position must do: it is no secret
  return hash64({reinterpret_cast<const char*>(words), sizeof words});
}

}  // namespace

Committer::Committer(Disk& disk, const Clock& clock, JournalObserver& observer, const JournalConfig& config,
                     SegmentList& list, std::string rule_set)
    : disk_(disk),
      clock_(clock),
      observer_(observer),
      config_(config),
      list_(list),
      rule_set_(std::move(rule_set)),
      spare_(disk, config, [this] { full_ = false; }) {
  check_marks();
  thread_ = std::jthread([this](const std::stop_token& stop) {
    name_this_thread("committer");
    run(stop);
  });
}

Committer::~Committer() {
  thread_.request_stop();
  thread_.join();
}

Offer Committer::append(FrameType type, std::uint32_t positions, std::shared_ptr<const std::string> payload,
                        Callback done) {
  SW_MUST(payload != nullptr && done != nullptr, "a frame has a payload and somebody who waits for it");
  if (failed_) return Offer::full;
  if (positions > 0 && full()) return Offer::full;
  Pending pending;
  pending.frame = {type, 0, positions, std::move(payload)};
  pending.done = std::move(done);
  pending.bytes = SegmentWriter::bytes_of(pending.frame);
  if (pending.frame.payload->size() > payload_bytes_max)
    pending.error.what = fmt::format("a journal frame of {} bytes is over the limit of {}; hand over smaller batches",
                                     pending.frame.payload->size(), payload_bytes_max);
  else if (type == FrameType::rule_set && pending.frame.payload->size() > rule_set_bytes_max)
    pending.error.what = fmt::format("a rule set's name of {} bytes is over the limit of {}; journal its hash",
                                     pending.frame.payload->size(), rule_set_bytes_max);
  std::lock_guard lock(mutex_);
  // One frame is always let in, whatever its size.
  if (pending_bytes_ > 0 && pending_bytes_ + pending.bytes > config_.pending_bytes_max) return Offer::full;
  pending_bytes_ += pending.bytes;
  pending_.push_back(std::move(pending));
  arrived_.notify_one();
  return Offer::taken;
}

void Committer::roll() {
  std::lock_guard lock(mutex_);
  pending_.emplace_back();
  arrived_.notify_one();
}

void Committer::check_marks() {
  const std::uint64_t bytes = list_.bytes();
  if (bytes >= config_.bytes_max / 10 * 9) over_mark_ = true;
  if (bytes < config_.bytes_max / 10 * 8) over_mark_ = false;
}

void Committer::run(const std::stop_token& stop) {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      arrived_.wait(lock, stop, [&] { return !pending_.empty(); });
      if (pending_.empty()) break;  // stopped, and all is written
      if (config_.commit_delay > Nanos{0})
        arrived_.wait_for(lock, stop, config_.commit_delay, [&] { return pending_bytes_ >= group_bytes_max; });
      take_group();
    }
    commit_group();
  }
  if (segment_ && !segment_->empty() && !failed_) (void)seal();  // if not, the next start does it
}

void Committer::take_group() {
  std::uint64_t bytes = 0;
  std::uint64_t positions = 0;
  const std::uint64_t bytes_max = std::min(group_bytes_max, config_.segment_bytes / 2);
  while (!pending_.empty()) {
    const Pending& next = pending_.front();
    bytes += next.bytes;
    positions += next.frame.positions;
    if (!group_.empty() && (next.is_roll() || bytes > bytes_max || positions > group_positions_max)) return;
    group_.push_back(std::move(pending_.front()));
    pending_.pop_front();
    if (group_.back().is_roll()) return;
  }
}

void Committer::commit_group() {
  if (group_.front().is_roll()) {
    group_.clear();
    if (segment_ && !segment_->empty() && !failed_) (void)seal();
    return;
  }
  refuse_what_cannot_be_written();
  number_frames();
  if (!frames_.empty()) {
    const Instant began = clock_.instant();
    const auto done = write_group();
    if (done) {
      tell_committed(began);
    } else {
      for (Pending& pending : group_)
        if (!pending.refused()) pending.error = done.error();
    }
  }
  call_back();
}

void Committer::refuse_what_cannot_be_written() {
  for (Pending& pending : group_) {
    if (failed_)
      pending.error = {"the journal's disk failed to flush; nothing is accepted until a restart has recovered it",
                       false};
    else if (full_ && pending.frame.positions > 0 && !pending.refused())
      pending.error = {"the journal's disk is full; free space and send again", true};
  }
}

void Committer::number_frames() {
  frames_.clear();
  std::uint64_t position = list_.next_position();
  for (Pending& pending : group_) {
    if (pending.refused()) continue;
    pending.frame.position = position;
    position += pending.frame.positions;
    frames_.push_back(pending.frame);
  }
}

Done Committer::write_group() {
  std::uint64_t bytes = 0;
  for (const Frame& frame : frames_) bytes += SegmentWriter::bytes_of(frame);
  if (auto room = make_room(bytes); !room) return room;
  if (auto done = segment_->write(frames_); !done) {
    if (auto back = segment_->take_back(); !back) return fatal(back.error());
    return disk_full(done.error());
  }
  if (flushes())
    if (auto done = segment_->flush(); !done) return fatal(done.error());
  segment_->commit();
  list_.extend_active(segment_->index());
  for (const Frame& frame : frames_)
    if (frame.type == FrameType::rule_set) rule_set_ = *frame.payload;
  check_marks();
  return {};
}

Done Committer::make_room(std::uint64_t bytes) {
  if (segment_ && segment_->has_room(bytes)) return {};
  if (segment_)
    if (auto done = seal(); !done) return done;
  return begin_segment(bytes);
}

Done Committer::seal() {
  const auto size = segment_->seal();
  if (!size) {
    if (auto back = segment_->take_back(); !back) return fatal(back.error());
    return disk_full(size.error());
  }
  if (flushes())
    if (auto done = segment_->flush(); !done) return fatal(done.error());
  list_.seal_active(*size);
  segment_.reset();
  return {};
}

Done Committer::begin_segment(std::uint64_t bytes) {
  auto file = spare_.take();
  if (!file) return disk_full(file.error());
  const std::uint64_t needed = data_begin + bytes;
  if (needed > config_.segment_bytes)
    if (auto done = (*file)->allocate(needed); !done) return disk_full(done.error());
  const SegmentName name = list_.next_name();
  const UnixNanos now = clock_.now();
  auto writer = SegmentWriter::begin(std::move(*file),
                                     {segment_version, config_.key_function, name.first_position,
                                      fresh_nonce(clock_, name.first_position), now, rule_set_},
                                     std::max(needed, config_.segment_bytes));
  if (!writer) return disk_full(writer.error());
  if (flushes())
    if (auto done = writer->flush(); !done) return fatal(done.error());
  if (auto done = disk_.rename(spare_.path(), list_.path(name)); !done) return disk_full(done.error());
  if (flushes())
    if (auto done = disk_.sync_directory(config_.directory); !done) return fatal(done.error());
  segment_ = std::move(*writer);
  list_.begin_active(name, now);
  spare_.prepare_next();
  return {};
}

void Committer::tell_committed(Instant began) {
  std::uint64_t positions = 0;
  for (const Frame& frame : frames_) positions += frame.positions;
  observer_.flushed(clock_.instant() - began, positions, segment_->written_bytes());
  observer_.committed(frames_);
}

void Committer::call_back() {
  std::uint64_t bytes = 0;
  for (const Pending& pending : group_) bytes += pending.bytes;
  pending_bytes_ -= bytes;
  for (Pending& pending : group_) {
    if (pending.refused())
      pending.done(no(std::move(pending.error)));
    else
      pending.done(pending.frame.position);
  }
  group_.clear();
  frames_.clear();
}

tl::unexpected<Error> Committer::disk_full(const Error& error) {
  const bool news = !full_.exchange(true);
  const Error told{error.what + "; the journal takes nothing in until its disk can be written again", true};
  if (news) {
    observer_.failed(told, false);
    spare_.disk_is_full();
  }
  return no(told);
}

tl::unexpected<Error> Committer::fatal(const Error& error) {
  failed_ = true;
  segment_.reset();
  const Error told{error.what + "; what was to be flushed may be lost, so a restart must recover the journal", false};
  observer_.failed(told, true);
  return no(told);
}

}  // namespace sagewatch
