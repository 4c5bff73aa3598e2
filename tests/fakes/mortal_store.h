#pragma once
// The real store of a process that dies: after some more writes nothing is written any more. Or one whose disk is full
// for a while. Any thread, as the store.
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/store/store.h"

namespace sagewatch {

struct Killed {};  // thrown where the process dies while it replays

class MortalStore : public Store {
 public:
  explicit MortalStore(std::unique_ptr<Store> store) : store_(std::move(store)) {}
  void die_after(std::uint64_t writes, bool by_throwing) {
    throws_ = by_throwing;
    writes_left_ = static_cast<std::int64_t>(std::min<std::uint64_t>(writes, INT64_MAX));
  }
  void refuse(int writes) { refused_ = writes; }  // that many, then it works again

  Done apply(const Changes& changes) override {
    if (refused_.fetch_sub(1) > 0) return not_now("No space left on device");
    if (writes_left_.fetch_sub(1) <= 0) {
      if (throws_) throw Killed{};
      return no("the process is dead");
    }
    return store_->apply(changes);
  }
  Done owe(std::span<const Owed> rows) override { return store_->owe(rows); }
  std::vector<Applied> applied() override { return store_->applied(); }
  Done forget_applied(std::uint32_t shards) override { return store_->forget_applied(shards); }
  Done each_resource(const std::function<void(std::string_view, std::string_view)>& each) override {
    return store_->each_resource(each);
  }
  Done each_counter(const std::function<void(std::string_view, std::string_view)>& each) override {
    return store_->each_counter(each);
  }
  Done remove_counters(std::span<const std::string> names) override { return store_->remove_counters(names); }
  Done each_owed(const std::function<void(const Owed&)>& each) override { return store_->each_owed(each); }
  Done put_dead_letter(std::string_view id, std::string_view value) override {
    return store_->put_dead_letter(id, value);
  }
  Done remove_dead_letter(std::string_view id) override { return store_->remove_dead_letter(id); }
  Result<std::string> dead_letter(std::string_view id) override { return store_->dead_letter(id); }
  Done each_dead_letter(const std::function<bool(std::string_view, std::string_view)>& each) override {
    return store_->each_dead_letter(each);
  }
  Done sync() override { return store_->sync(); }
  Done write_snapshot(Disk& disk, const std::string& path) override { return store_->write_snapshot(disk, path); }
  Done read_snapshot(Disk& disk, const std::string& path) override { return store_->read_snapshot(disk, path); }
  Result<Unresolved> unresolved(std::size_t count_max) override { return store_->unresolved(count_max); }
  std::uint64_t bytes() override { return store_->bytes(); }
  std::vector<Owed> owed(std::string_view target, std::string_view after, std::size_t count) override {
    return store_->owed(target, after, count);
  }
  std::vector<Owed> due(std::string_view target, UnixNanos now, std::size_t count) override {
    return store_->due(target, now, count);
  }
  std::optional<UnixNanos> next_due(std::string_view target) override { return store_->next_due(target); }
  Done settle(std::span<const Settlement> settlements) override { return store_->settle(settlements); }
  std::vector<Backlog> backlogs() override { return store_->backlogs(); }

 private:
  std::unique_ptr<Store> store_;
  std::atomic<std::int64_t> writes_left_ = INT64_MAX;
  std::atomic<int> refused_ = 0;
  bool throws_ = false;
};

}  // namespace sagewatch
