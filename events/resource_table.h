#pragma once
// The state of all resources of one shard: what their events left behind, and what each further event changes. Rules
// of the state are in resource_table.cc. Keeps no file and asks no clock: the shard takes the changed rows and writes
// them in its one atomic write.
//
// The shard is the only writer. The mutex is for readers on other threads (scrapes, the page): the shard holds a Lock
// for one batch, a reader for one chunk.
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/position.h"
#include "events/base/result.h"
#include "events/event.h"
#include "events/resource.h"

namespace sagewatch {

// What one event did to its resource. At most one of the first six is true.
struct Effect {
  bool transition = false;    // the status or the secondary status is another one now (a first sight is one, too)
  bool same_state = false;    // it was in that state already
  bool late = false;          // older than what is known: fills gaps, changes no status
  bool replayed = false;      // applied before, by its position: nothing was done
  bool removed = false;       // the resource is no more
  bool no_resource = false;   // no ARN, an occurrence, or the ARN of a resource of another kind: nothing was done
  bool created = false;       // seen for the first time (or a new one under an old name)
  std::uint32_t evicted = 0;  // others that had to go to keep within `max`
  // The statuses before and after (no_status before a first sight), and the class of the failure. Of a transition, and
  // `after` and `reason` of same_state, too.
  Statuses before = no_statuses;
  Statuses after = no_statuses;
  ReasonClass reason = ReasonClass::none;
  UnixNanos since;  // of a transition: when the one before was; not known on a first sight
};

inline constexpr std::size_t history_max = 100;

struct ResourceTableConfig {
  std::size_t max = 100'000;                          // resources; the least recently changed goes first
  Nanos keep_terminal = std::chrono::hours{24 * 30};  // what has ended is forgotten so long after its last change
  Nanos keep_gone = std::chrono::hours{24};           // for how long late events of what was deleted are known as such
  std::size_t history = 10;                           // transitions kept of each resource; at most history_max
};

class ResourceTable {
 public:
  explicit ResourceTable(ResourceTableConfig config = {});
  ~ResourceTable();

  using Lock = std::unique_lock<std::mutex>;
  [[nodiscard]] Lock lock() const;

  // --- the shard, holding lock() ---
  // The event that comes after `expected_ahead` others has this key (FramedEvent::resource_key), or there is none.
  // Changes nothing but how long apply() waits for memory: said before each event is read, it lets the reading go on
  // while what will be touched is fetched. A key never said, or said in vain, costs that time alone.
  static constexpr std::size_t expected_ahead = 2;
  void expect(const Lock& held, std::optional<std::uint64_t> key);
  Effect apply(const Lock& held, const Observation& seen, Position position, UnixNanos received);
  // Forgets what ended (jobs, executions; whatever is being deleted) more than keep_terminal before `now`, and nodes of
  // which nothing was told since then or whose cluster is being deleted; how many.
  std::size_t forget_finished(const Lock& held, UnixNanos now);
  std::optional<Resource> find(const Lock& held, std::string_view arn) const;  // in any case
  // The rows changed since the last call: one put (key → Resource::encode()) or one delete for each resource.
  void take_changes(const Lock& held, std::vector<std::pair<std::string, std::string>>& puts,
                    std::vector<std::string>& gone);
  // A row of the store, at start, before any apply(). An Error: not a row of ours, or a key that is not its own.
  Done load(const Lock& held, std::string_view key, std::string_view row);

  // --- any thread ---
  // Calls `each` for up to `count` places from place `from` on (0 first) under the lock, and answers the next place,
  // or 0 at the end. A resource that lives all the while is seen exactly once. The Resource is good for the call.
  std::size_t visit(std::size_t from, std::size_t count, const std::function<void(const Resource&)>& each) const;
  std::optional<Resource> find(std::string_view arn) const;  // in any case
  std::size_t size() const;
  std::size_t bytes() const;  // an estimate of what the resources take, all in

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sagewatch
