#pragma once
// What one shard knows of deadlines: which are in force, which event each `missing` one saw last, and what was told and
// is not over yet. All of it follows from the journal alone: the shard gives it every event of its own, and every frame
// of ours (collector/deadlines/notice.h), and writes the rows that change in its one atomic write. So a replay brings
// the same rows, and whoever asks this book never tells anything twice.
//
// Rows, among the store's counters:
//   deadline/<name>                     the deadline in force; written by the shard that its ARN belongs to
//   deadline_seen/<name>/<shard>        the last event that matched, of those that this shard applied
//   deadline_told/<name>/<arn, lower>   what was told and is not over; written by the shard that the ARN belongs to
//
// A deadline's *generation* is the position of the notice that put it into force. Rows name theirs, and go with it: a
// deadline that was changed begins anew. While a replay runs, shards stand at different positions and a shard may hold
// rows of a generation that it has not read of again; so nothing but an older generation goes before its end.
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "collector/deadlines/deadline.h"
#include "collector/deadlines/notice.h"
#include "events/base/time.h"
#include "events/valid_json.h"
#include "rules/matcher.h"

namespace sagewatch {

class DeadlineBook {
 public:
  struct InForce {
    Deadline deadline;
    std::string definition;
    std::uint64_t generation = 0;
    UnixNanos since;  // when it came into force, by our clock
  };
  struct Seen {
    std::uint64_t position = 0;
    UnixNanos received;
  };
  // An occurrence that was told of and is not over.
  struct Told {
    std::string deadline;
    std::uint64_t generation = 0;
    std::string arn;  // as spelt: of the resource, or of the deadline itself
    std::int64_t occurrence = 0;
    std::uint32_t count = 0;
    UnixNanos since;
    UnixNanos told;  // when the newest of its notices was accepted
    std::string resource_kind, name, account, region;
  };

  DeadlineBook(std::uint32_t shard, std::uint32_t shards);

  // --- the shard's thread, or before it starts ---
  // A row of the store. Every shard is given every row and keeps what it needs; false: a row of ours that cannot be
  // read. Rows of `deadline/` must come first, as they do by the order of keys.
  bool load(std::string_view name, std::string_view value);
  static bool is_row(std::string_view name) { return name.starts_with("deadline"); }
  // An event of this shard that is none of ours.
  void see(ValidJson event, std::uint64_t position, UnixNanos received);
  // An event of a frame of ours. `own`: it belongs to this shard, which had not applied it before.
  void apply(std::string_view json, std::uint64_t position, UnixNanos received, bool own);
  // All shards stand where the journal ends: rows of no deadline in force go.
  void end_replay();
  void take_changes(std::vector<std::pair<std::string, std::string>>& puts, std::vector<std::string>& gone);

  // --- any thread ---
  // In force here, sorted by name; the same in all shards that stand at the same position.
  std::shared_ptr<const std::vector<InForce>> in_force() const;
  std::optional<Seen> last_seen(std::string_view deadline) const;
  std::vector<Told> told() const;
  // Another number each time when what told() answers is another; so that a copy may be kept.
  std::uint64_t told_version() const { return told_version_; }

 private:
  struct SeenRow {
    std::uint64_t generation = 0;
    Seen seen;
    std::vector<std::uint32_t> shards;  // that have written rows, of another number of shards perhaps
  };
  bool is_mine(std::string_view arn) const;
  bool load_seen(std::string_view rest, std::string_view value);
  void configure(const Notice& notice, std::uint64_t position, UnixNanos received, bool own);
  void note_told(const Notice& notice, UnixNanos received);
  void forget(const std::string& deadline, std::uint64_t before);  // rows of generations below
  void publish();                                                  // deadlines_ is another now
  void compile();

  const std::uint32_t shard_;
  const std::uint32_t shards_;
  MatchScratch scratch_;
  std::vector<std::uint32_t> matched_;
  std::optional<Matcher> matcher_;    // of the `missing` deadlines in force; nothing: none is
  std::vector<std::string> watched_;  // their names, as the matcher counts
  bool stale_ = false;                // matcher_ is another set's
  std::set<std::string> changed_;     // names of rows

  mutable std::mutex mutex_;
  // All below: guarded by mutex_; only the shard writes.
  std::map<std::string, InForce, std::less<>> deadlines_;
  std::map<std::string, SeenRow, std::less<>> seen_;
  std::unordered_map<std::string, Told> told_;                    // by the name of the row
  mutable std::shared_ptr<const std::vector<InForce>> in_force_;  // made when it is asked for
  std::atomic<std::uint64_t> told_version_ = 0;
};

}  // namespace sagewatch
