#pragma once
// From what is on the disk to shards that stand where the journal ends: opens the store (or rebuilds it from the
// newest snapshot when it is lost or damaged), loads the states, and replays the journal from the first position that
// may not have been applied. Nothing is sent meanwhile; what replay owes is written to the store.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "collector/journal/journal.h"
#include "collector/rule_sets.h"
#include "collector/shard.h"
#include "collector/store/checkpoint.h"
#include "collector/store/store.h"

namespace sagewatch {

struct RecoveryParts {
  Disk& disk;
  const Clock& clock;
  Journal& journal;
  RuleSets& rule_sets;
  Instruments& instruments;
  StoreConfig store;
  std::string snapshot_directory;
  ResourceTableConfig resources;
  std::vector<std::string> tags = {};  // keys of the tags that are kept
  std::shared_ptr<CounterRoom> counter_room = nullptr;
  std::uint32_t shards = 1;
  // Opens the dead letters over this store, which brings their index up to date, and answers how to ask for one: what
  // is given up on is not owed again.
  std::function<Result<std::function<LetterState(std::string_view delivery_id)>>(Store&)> open_dead_letters;
  std::function<void(const Error&)> on_fatal;
};

struct OpenedStore {
  std::unique_ptr<Store> store;
  // Null unless the store is behind the newest checkpoint, so that replay derives what was resolved long ago.
  std::shared_ptr<const ResolvedBefore> resolved;
};

// One behind the newest position that the store has applied, so all below it was durable; 0 if it cannot say. Asked
// before the journal is opened (JournalConfig::durable_below).
std::uint64_t applied_end(const Result<std::unique_ptr<Store>>& found);

// `found`: what opening parts.store answered. An Error ends the program: the disk or a rule set that the journal names
// is not to be had.
Result<OpenedStore> open_store(const RecoveryParts& parts, Result<std::unique_ptr<Store>> found);

// For journal.on_corruption: refuse. An Error if the journal in `directory`, which is not written yet, lacks something
// that is still needed: what was never applied, or is owed to somebody. Reads every byte from the oldest of it on.
Done check_what_is_needed(const RecoveryParts& parts, Store& store, const std::string& directory);

Result<std::vector<std::unique_ptr<Shard>>> recover_shards(const RecoveryParts& parts, Store& store,
                                                           const std::shared_ptr<const ResolvedBefore>& resolved);

}  // namespace sagewatch
