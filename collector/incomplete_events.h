#pragma once
// Accepted events that lacked fields of their kind, or had them in another type: the last ones of each shard, for a
// person who wonders why a state is not what it should be. Such events are no refused input: what can be read of them
// is kept, rules see them, and they stay in the journal. Kept as rows of the store, so that a restart shows them again.
//
//   "incomplete1" u32 shard, u32 place = u64 position, i64 received, string kind, detail-type, id, ARN,
//                                        u32 n × string field
//
// One per shard, the shard is its only writer; reading takes the lock, on any thread.
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

struct Event;

struct Incomplete {
  std::uint64_t position = 0;  // in the journal
  UnixNanos received;
  std::string kind, detail_type, id, arn;  // the ARN of the resource, "" if the event named none
  std::vector<std::string> fields;         // paths below `detail`
};

class IncompleteEvents {
 public:
  static constexpr std::size_t kept_max = 1'000;

  explicit IncompleteEvents(std::uint32_t shard) : shard_(shard) {}
  void note(const Event& event, std::uint64_t position);
  void take_changes(std::vector<std::pair<std::string, std::string>>& puts);
  // A row of the store, at start. False: not one of these.
  bool load(std::string_view name, std::string_view value);
  static std::uint32_t row_shard(std::string_view name);  // 0 for names that are not ours

  // Any thread: the events at positions below `before`, newest first.
  std::vector<Incomplete> list(std::uint64_t before, std::size_t count) const;

 private:
  const std::uint32_t shard_;
  mutable std::mutex mutex_;
  std::vector<Incomplete> kept_;      // guarded by mutex_; a ring
  std::size_t next_ = 0;              //
  std::vector<std::size_t> changed_;  //
};

}  // namespace sagewatch
