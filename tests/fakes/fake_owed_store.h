#pragma once
// The store's rows in memory, honouring the contract of exporters/owed.h, and events to go with them. Any thread.
// Fails when told to, and remembers what was settled, so that a test can say "exactly once".
#include <algorithm>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "exporters/owed.h"

namespace sagewatch {

class FakeOwedStore : public OwedStore {
 public:
  // What apply does in its atomic write.
  void put(const Owed& row) {
    std::lock_guard lock(mutex_);
    owed_[row.target][row.order()] = row;
  }

  std::vector<Owed> owed(std::string_view target, std::string_view after, std::size_t count) override {
    std::lock_guard lock(mutex_);
    ++reads_;
    std::vector<Owed> rows;
    const auto& all = owed_[std::string(target)];
    for (auto each = all.upper_bound(std::string(after)); each != all.end() && rows.size() < count; ++each) {
      rows.push_back(each->second);
    }
    return rows;
  }
  std::vector<Owed> due(std::string_view target, UnixNanos now, std::size_t count) override {
    std::lock_guard lock(mutex_);
    ++reads_;
    std::vector<Owed> rows;
    for (const auto& [key, row] : retry_[std::string(target)]) {
      if (row.due > now || rows.size() == count) break;
      rows.push_back(row);
    }
    return rows;
  }
  std::optional<UnixNanos> next_due(std::string_view target) override {
    std::lock_guard lock(mutex_);
    const auto& all = retry_[std::string(target)];
    return all.empty() ? std::nullopt : std::optional(all.begin()->second.due);
  }
  Done settle(std::span<const Settlement> settlements) override {
    std::lock_guard lock(mutex_);
    if (failing_) return not_now("the disk of the store is full");
    ++writes_;
    for (const Settlement& each : settlements) {
      const Owed& row = each.before;
      const std::size_t gone =
          row.attempts == 0 ? owed_[row.target].erase(row.order()) : retry_[row.target].erase({row.due, row.order()});
      unknown_ += gone == 0 ? 1 : 0;
      if (each.kind == Settlement::Kind::retry) retry_[row.target][{each.after.due, each.after.order()}] = each.after;
      if (each.kind == Settlement::Kind::delivered) ++delivered_[row.target + row.order()];
      if (each.kind == Settlement::Kind::dead_letter) ++dead_[row.target + row.order()];
    }
    return {};
  }
  std::vector<Backlog> backlogs() override {
    std::lock_guard lock(mutex_);
    std::map<std::string, Backlog> sums;
    const auto count = [&](const Owed& row) {
      Backlog& sum = sums[row.target];
      sum.target = row.target;
      ++sum.deliveries;
      sum.bytes += row.bytes;
      if (!sum.oldest_received.known() || row.received < sum.oldest_received) sum.oldest_received = row.received;
    };
    for (const auto& [target, rows] : owed_) {
      for (const auto& [key, row] : rows) count(row);
    }
    for (const auto& [target, rows] : retry_) {
      for (const auto& [key, row] : rows) count(row);
    }
    std::vector<Backlog> all;
    for (auto& [target, sum] : sums) all.push_back(std::move(sum));
    return all;
  }

  void fail(bool failing) {
    std::lock_guard lock(mutex_);
    failing_ = failing;
  }
  std::vector<Owed> rows(const std::string& target) {
    std::lock_guard lock(mutex_);
    std::vector<Owed> all;
    for (const auto& [key, row] : owed_[target]) all.push_back(row);
    for (const auto& [key, row] : retry_[target]) all.push_back(row);
    return all;
  }
  std::size_t delivered() {
    std::lock_guard lock(mutex_);
    return delivered_.size();
  }
  std::size_t dead() {
    std::lock_guard lock(mutex_);
    return dead_.size();
  }
  // Settlements of rows that were not there: a delivery that ended twice.
  std::size_t unknown() {
    std::lock_guard lock(mutex_);
    return unknown_;
  }
  std::size_t reads() {
    std::lock_guard lock(mutex_);
    return reads_;
  }
  std::size_t writes() {
    std::lock_guard lock(mutex_);
    return writes_;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::map<std::string, Owed>> owed_;
  std::map<std::string, std::map<std::pair<UnixNanos, std::string>, Owed>> retry_;
  std::map<std::string, int> delivered_;
  std::map<std::string, int> dead_;
  std::size_t unknown_ = 0;
  std::size_t reads_ = 0;
  std::size_t writes_ = 0;
  bool failing_ = false;
};

// Every position has an event, but for those that a test takes away.
class FakeEvents : public EventBytes {
 public:
  static std::string json(Position position) { return R"({"id":"e)" + std::to_string(position.offset) + R"("})"; }
  Result<std::shared_ptr<const std::string>> event_of(const Owed& row) override {
    const Position position = row.position;
    std::lock_guard lock(mutex_);
    ++reads_;
    if (unreadable_) return not_now("the journal cannot be read");
    if (trimmed_.contains(position)) return no("position " + std::to_string(position.offset) + " was trimmed");
    return std::make_shared<const std::string>(json(position));
  }
  void trim(Position position) {
    std::lock_guard lock(mutex_);
    trimmed_[position] = true;
  }
  void unreadable(bool now) {
    std::lock_guard lock(mutex_);
    unreadable_ = now;
  }
  std::size_t reads() {
    std::lock_guard lock(mutex_);
    return reads_;
  }

 private:
  std::mutex mutex_;
  std::map<Position, bool> trimmed_;
  bool unreadable_ = false;
  std::size_t reads_ = 0;
};

}  // namespace sagewatch
