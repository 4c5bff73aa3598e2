#include "collector/sources/waiting_sink.h"

#include <algorithm>

namespace sagewatch {

WaitingSink::WaitingSink(BatchSink& sink, std::size_t in_flight_max, Millis pause)
    : sink_(sink), in_flight_max_(std::max<std::size_t>(in_flight_max, 1)), pause_(pause) {}

void WaitingSink::Shared::settle(std::uint64_t number, bool durable) {
  std::lock_guard lock(mutex);
  for (auto& entry : entries) {
    if (entry.number == number) entry.state = durable ? State::durable : State::failed;
  }
  while (!entries.empty() && entries.front().state == State::durable) entries.pop_front();
  changed.notify_all();
}

bool WaitingSink::accept(Batch batch, std::stop_token stop) {
  {
    std::lock_guard lock(shared_->mutex);
    shared_->entries.push_back({next_number_++, std::move(batch), State::waiting});
  }
  return advance(in_flight_max_, stop);
}

bool WaitingSink::drain(std::stop_token stop) {
  return advance(0, stop);
}

bool WaitingSink::pause(std::unique_lock<std::mutex>& lock, std::stop_token stop) {
  shared_->changed.wait_for(lock, stop, pause_, [] { return false; });
  return !stop.stop_requested();
}

// The first that is not on its way, if it may go now. After a failure everything before it in flight is waited for,
// so that the order stays.
WaitingSink::Entry* WaitingSink::next_to_offer() {
  std::size_t in_flight = 0;
  for (auto& entry : shared_->entries) {
    if (entry.state == State::in_flight) ++in_flight;
  }
  for (auto& entry : shared_->entries) {
    if (entry.state == State::failed) return in_flight == 0 ? &entry : nullptr;
    if (entry.state == State::waiting) return in_flight < in_flight_max_ ? &entry : nullptr;
  }
  return nullptr;
}

bool WaitingSink::advance(std::size_t left_max, std::stop_token stop) {
  std::unique_lock lock(shared_->mutex);
  while (!stop.stop_requested()) {
    auto* next = next_to_offer();
    const bool all_offered = std::all_of(shared_->entries.begin(), shared_->entries.end(),
                                         [](const Entry& entry) { return entry.state >= State::in_flight; });
    if (next == nullptr && all_offered && shared_->entries.size() <= left_max) return true;
    if (next == nullptr) {
      shared_->changed.wait(lock, stop,
                            [&] { return next_to_offer() != nullptr || shared_->entries.size() <= left_max; });
      continue;
    }
    if (next->state == State::failed && !pause(lock, stop)) return false;
    const auto number = next->number;
    auto copy = next->batch;  // kept until it is durable
    next->state = State::in_flight;
    lock.unlock();
    const auto offer = sink_.accept(std::move(copy), [shared = shared_, number](const Result<Receipt>& receipt) {
      shared->settle(number, receipt.has_value());
    });
    lock.lock();
    if (offer == Offer::taken) continue;
    for (auto& entry : shared_->entries) {
      if (entry.number == number) entry.state = State::waiting;
    }
    if (!pause(lock, stop)) return false;
  }
  return false;
}

}  // namespace sagewatch
