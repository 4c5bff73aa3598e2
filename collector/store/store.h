#pragma once
// The store: everything that is derived from the journal, in one RocksDB. It is never synced on its own and may be
// lost: a snapshot file and the journal behind it rebuild it. RocksDB is known to store.cc and database.cc alone.
//
// Column families: resources (resource key → encoded state), owed and retry (exporters/owed.h), dead_letters (delivery
// id → index entry), meta (applied positions, counters).
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "collector/disk.h"
#include "events/base/result.h"
#include "exporters/owed.h"

namespace sagewatch {

// How far one of `shards` shards has applied the journal, and under which rule set it did. Routing is a function of
// the event's resource key (key % shards), so a set of these tells of every event whether it was applied, even after
// the number of shards changed: applied(e) == some set has e.position < next of shard e.key % shards.
struct Applied {
  std::uint32_t shards = 1;
  std::uint32_t shard = 0;
  std::uint64_t next = 0;     // first position not applied yet
  std::string rule_set = {};  // hash in force at `next`; empty: none yet
};

// All that one shard derives from a run of frames: one atomic write.
struct Changes {
  std::vector<std::pair<std::string, std::string>> resources = {};  // put
  std::vector<std::string> resources_gone = {};                     // delete
  std::vector<std::pair<std::string, std::string>> counters = {};   // put; name → value
  std::vector<std::string> counters_gone = {};                      // delete
  std::vector<Owed> owed = {};                                      // put
  Applied applied = {};
};

struct StoreConfig {
  std::string directory;
  std::uint64_t write_buffer_bytes = 16ull << 20;
  std::uint64_t block_cache_bytes = 16ull << 20;
};

class Store : public OwedStore {
 public:
  // A damaged database is an Error that names the directory: the caller sets it aside (collector/store/rebuild.h) and
  // rebuilds. With `retry` set the Error is about the world (directory in use, disk full, written by a newer version)
  // and the database must not be touched.
  static Result<std::unique_ptr<Store>> open(StoreConfig config);

  virtual Done apply(const Changes& changes) = 0;
  virtual Done owe(std::span<const Owed> rows) = 0;       // beside the journal's course: redriven dead letters
  virtual std::vector<Applied> applied() = 0;             // empty: a fresh store
  virtual Done forget_applied(std::uint32_t shards) = 0;  // an older number of shards, once all have passed it
  virtual Done each_resource(const std::function<void(std::string_view key, std::string_view value)>& each) = 0;
  virtual Done each_counter(const std::function<void(std::string_view name, std::string_view value)>& each) = 0;
  virtual Done remove_counters(std::span<const std::string> names) = 0;      // beside what the shards write
  virtual Done each_owed(const std::function<void(const Owed&)>& each) = 0;  // of all targets, as of one moment

  // Dead letters' index: id → (position in the dead-letter journal, target, ...); the value is opaque here.
  virtual Done put_dead_letter(std::string_view id, std::string_view value) = 0;
  virtual Done remove_dead_letter(std::string_view id) = 0;
  virtual Result<std::string> dead_letter(std::string_view id) = 0;  // an Error if there is none
  virtual Done each_dead_letter(const std::function<bool(std::string_view id, std::string_view value)>& each) = 0;

  // Flushes what was written to stable storage; only before a checkpoint frame.
  virtual Done sync() = 0;
  // All rows but the dead letters' index, as they stood at one moment, into a file of checksummed blocks
  // (collector/store/snapshot.h): written beside, synced, renamed. And back, into a fresh store; nothing is written
  // before all of the file was verified.
  virtual Done write_snapshot(Disk& disk, const std::string& path) = 0;
  virtual Done read_snapshot(Disk& disk, const std::string& path) = 0;
  // Everything owed at one moment, with the position below which everything was applied at that moment.
  struct Unresolved {
    struct Delivery {
      std::uint64_t offset = 0;    // of its event
      std::uint64_t identity = 0;  // hash64(Owed::order())
    };
    struct Target {
      std::string name;
      std::vector<Delivery> owed;        // by offset
      std::uint64_t complete_below = 0;  // owed deliveries below are all listed; `applied` unless the list was cut
    };
    std::uint64_t applied = 0;
    std::vector<Target> targets;  // those that are owed something, by name
  };
  // At most `count_max` deliveries over all targets, each target's oldest; every target has the same share.
  virtual Result<Unresolved> unresolved(std::size_t count_max) = 0;
  virtual std::uint64_t bytes() = 0;  // on disk
};

}  // namespace sagewatch
