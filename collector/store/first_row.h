#pragma once
// Remembers, per target, a key below which a family holds no row. Rows of a queue are deleted at its front, and in
// RocksDB a deleted row stays in the way of every search from the front until a compaction; so searches begin at the
// first row that was found last time.
//
// Any thread. A search holds the lock from before its iterator is made until the first row is noted; whoever puts a
// row calls put() when it is written. So a row that the search could not see yet lowers the mark afterwards.
#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace sagewatch {

class FirstRow {
 public:
  // Calls `search(from)` with the mark of `target` (or `lowest`); it answers the first key found (a key behind
  // all of the target's if there is none), or empty if it could not tell.
  template <class Search>
  void find(std::string_view target, std::string_view lowest, const Search& search) {
    std::lock_guard lock(mutex_);
    auto at = marks_.find(target);
    if (at == marks_.end()) at = marks_.emplace(target, lowest).first;
    if (std::string first = search(at->second); !first.empty()) at->second = std::move(first);
  }
  void put(std::string_view target, std::string_view key) {
    std::lock_guard lock(mutex_);
    const auto at = marks_.find(target);
    if (at != marks_.end() && key < at->second) at->second = key;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> marks_;  // guarded by mutex_
};

}  // namespace sagewatch
