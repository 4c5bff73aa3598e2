#include "collector/transition_feed.h"

#include <utility>

#include "exporters/resource_json.h"

namespace sagewatch {
namespace {

std::size_t bytes_of(const ToldTransition& told) {
  return sizeof told + told.before.capacity() + told.row.capacity();
}

}  // namespace

ToldTransition ToldTransition::of(const Resource* before, const Resource* after) {
  ToldTransition told;
  if (before != nullptr) told.before = statuses_json(*before);
  told.gone = after == nullptr;
  told.row = (told.gone ? before : after)->encode();
  return told;
}

void TransitionFeed::publish(std::vector<ToldTransition> told) {
  {
    const std::lock_guard lock(mutex_);
    if (window_.run == 0) return;  // ended meanwhile
    for (ToldTransition& each : told) {
      each.number = window_.next++;
      bytes_ += bytes_of(each);
      ring_.push_back(std::make_shared<const ToldTransition>(std::move(each)));
    }
    while (bytes_ > bytes_max_ && ring_.size() > 1) {
      bytes_ -= bytes_of(*ring_.front());
      ring_.pop_front();
      ++window_.first;
    }
    is_awake_ = true;
  }
  wake_.notify_one();
}

void TransitionFeed::start(std::uint64_t run) {
  const std::lock_guard lock(mutex_);
  if (window_.run != 0) return;
  window_ = {.run = run, .first = 1, .next = 1};
  is_wanted_ = true;
}

void TransitionFeed::stop() {
  const std::lock_guard lock(mutex_);
  is_wanted_ = false;
  window_ = {};
  ring_.clear();
  bytes_ = 0;
}

TransitionFeed::Window TransitionFeed::window() const {
  const std::lock_guard lock(mutex_);
  return window_;
}

std::vector<std::shared_ptr<const ToldTransition>> TransitionFeed::read(std::uint64_t from, std::size_t count) const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<const ToldTransition>> told;
  if (window_.run == 0 || from < window_.first) return told;
  for (std::size_t i = from - window_.first; i < ring_.size() && told.size() < count; ++i) told.push_back(ring_[i]);
  return told;
}

void TransitionFeed::wait(Millis most) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, most, [&] { return is_awake_; });
  is_awake_ = false;
}

void TransitionFeed::wake() {
  {
    const std::lock_guard lock(mutex_);
    is_awake_ = true;
  }
  wake_.notify_one();
}

}  // namespace sagewatch
