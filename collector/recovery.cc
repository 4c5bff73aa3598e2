#include "collector/recovery.h"

#include <algorithm>

#include "collector/journal/recovery.h"
#include "collector/journal/verify.h"
#include "collector/log.h"
#include "collector/store/applied.h"
#include "collector/store/rebuild.h"
#include "collector/upkeep.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::size_t frames_at_once = 256;
constexpr std::size_t bytes_at_once = 8u << 20;  // of their payloads

// A store that knows more than the journal belongs to another one, or a weaker durability lost the journal's end.
bool is_ahead(Store& store, const Journal& journal) {
  return std::ranges::any_of(store.applied(), [&](const Applied& row) { return row.next > journal.next_position(); });
}

// The store must be closed.
Result<std::unique_ptr<Store>> open_anew(const RecoveryParts& parts, const std::string& why) {
  const auto aside = set_aside(parts.disk, parts.store.directory, parts.clock.now());
  if (!aside) return no(aside.error());
  log_warn("store", "SW4002", "{}; it was renamed to {}, and a new one is built from the journal", why, *aside);
  return Store::open(parts.store);
}

Result<std::unique_ptr<Store>> keep_or_set_aside(const RecoveryParts& parts, Result<std::unique_ptr<Store>> opened) {
  if (!opened && opened.error().retry) return opened;
  std::string why;
  if (!opened) {
    why = opened.error().what;
  } else if (is_ahead(**opened, parts.journal)) {
    why = fmt::format("the store in {} has applied more than the journal holds", parts.store.directory);
    opened->reset();
  } else {
    return opened;
  }
  return open_anew(parts, why);
}

// A snapshot that was taken of what the journal no longer holds would pass over what the journal takes in next.
Result<std::unique_ptr<Store>> load_newest_snapshot(const RecoveryParts& parts, std::unique_ptr<Store> store) {
  for (const auto& snapshot : Upkeep::snapshots(parts.disk, parts.snapshot_directory)) {
    if (snapshot.position > parts.journal.next_position()) {
      log_warn("store", "SW4004", "the snapshot {} holds more than the journal; trying an older snapshot",
               snapshot.path);
      continue;
    }
    auto read = store->read_snapshot(parts.disk, snapshot.path);
    if (!read) {
      log_warn("store", "SW4004", "{}; trying an older snapshot", read.error().what);
      continue;
    }
    if (!is_ahead(*store, parts.journal)) {
      log_info("store", "SW4003", "loaded the snapshot {}", snapshot.path);
      return store;
    }
    store.reset();
    auto fresh = open_anew(parts, fmt::format("the snapshot {} holds more than the journal", snapshot.path));
    if (!fresh) return fresh;
    store = std::move(*fresh);
  }
  return store;
}

Result<std::shared_ptr<const ResolvedBefore>> resolved_before(const RecoveryParts& parts, Store& store) {
  auto letter = parts.open_dead_letters(store);
  if (!letter) return no(letter.error());
  const auto frame = parts.journal.newest(FrameType::checkpoint);
  if (!frame) return no(frame.error());
  std::optional<Store::Unresolved> checkpoint;
  if (*frame) {
    auto decoded = decode_checkpoint(*(*frame)->payload);
    if (!decoded) return no(decoded.error());
    checkpoint = std::move(*decoded);
  }
  return std::make_shared<const ResolvedBefore>(checkpoint, std::move(*letter));
}

Result<std::unique_ptr<Shard>> load_shard(const RecoveryParts& parts, Store& store,
                                          const std::shared_ptr<const ResolvedBefore>& resolved,
                                          const std::vector<Applied>& applied, std::uint32_t index) {
  const std::uint64_t replay_from = applied_below(applied);
  ShardParts own{.store = store,
                 .rule_sets = parts.rule_sets,
                 .clock = parts.clock,
                 .instruments = parts.instruments,
                 .resources = parts.resources,
                 .tags = parts.tags,
                 .counter_room = parts.counter_room,
                 .shard = index,
                 .shards = parts.shards,
                 .next = replay_from,
                 .applied_before = applied,
                 .resolved = resolved,
                 .on_store_refused = [&journal = parts.journal](const Error& error) { journal.disk_refused(error); },
                 .on_fatal = parts.on_fatal};
  for (const Applied& row : applied) {
    if (row.shards == parts.shards && row.shard == index) own.next = std::max(own.next, row.next);
  }
  auto shard = std::make_unique<Shard>(std::move(own));
  const auto rules = parts.journal.rule_set_at(std::max(replay_from, parts.journal.first_position()));
  if (!rules) return no(rules.error());
  if (!rules->empty()) {
    if (auto used = shard->use_rules(*rules); !used) return no(used.error());
  }
  return shard;
}

Done load_rows(Store& store, std::vector<std::unique_ptr<Shard>>& shards) {
  std::uint64_t refused = 0;
  auto read = store.each_resource([&](std::string_view key, std::string_view row) {
    if (!shards[resource_key_of_arn(key) % shards.size()]->load_resource(key, row)) ++refused;
  });
  if (!read) return read;
  if (refused > 0) log_warn("store", "SW4005", "{} rows of resources could not be read and were left out", refused);
  std::uint64_t deadline_rows_refused = 0;
  read = store.each_counter([&](std::string_view name, std::string_view value) {
    if (!DeadlineBook::is_row(name)) {
      shards[Shard::row_shard(name) % shards.size()]->load_counter(name, value);
      return;
    }
    bool good = true;
    for (auto& shard : shards) good = shard->load_deadline_row(name, value) && good;
    if (!good) ++deadline_rows_refused;
  });
  if (deadline_rows_refused > 0)
    log_warn("store", "SW4005", "{} rows of deadlines could not be read and were left out", deadline_rows_refused);
  return read;
}

// Hands the journal from `from` on to every shard, some frames at a time.
Done replay(Journal& journal, std::uint64_t from, std::vector<std::unique_ptr<Shard>>& shards) {
  std::vector<Frame> frames;
  std::size_t bytes = 0;
  Done applied;
  const auto hand_out = [&] {
    for (auto& shard : shards) {
      std::vector<Frame> copy = frames;  // payloads are shared; a shard lets go of its own
      if (applied) applied = shard->replay(copy);
    }
    frames.clear();
    bytes = 0;
    return applied.has_value();
  };
  auto read = journal.read(from, [&](const Frame& frame) {
    frames.push_back(frame);
    bytes += frame.payload->size();
    return (frames.size() < frames_at_once && bytes < bytes_at_once) || hand_out();
  });
  if (read && applied) hand_out();
  return read ? applied : read;
}

}  // namespace

std::uint64_t applied_end(const Result<std::unique_ptr<Store>>& found) {
  std::uint64_t end = 0;
  if (!found) return end;
  for (const Applied& row : (*found)->applied()) end = std::max(end, row.next);
  return end;
}

Result<OpenedStore> open_store(const RecoveryParts& parts, Result<std::unique_ptr<Store>> found) {
  OpenedStore opened;
  auto store = keep_or_set_aside(parts, std::move(found));
  if (!store) return no(store.error());
  opened.store = std::move(*store);
  if (opened.store->applied().empty() && parts.journal.next_position() > 0) {
    log_info("store", "SW4006", "the store is empty: rebuilding it from the journal");
    auto loaded = load_newest_snapshot(parts, std::move(opened.store));
    if (!loaded) return no(loaded.error());
    opened.store = std::move(*loaded);
  }
  auto resolved = resolved_before(parts, *opened.store);
  if (!resolved) return no(resolved.error());
  // Always: a kill between a dead letter and its settlement leaves a row that must not be tried again.
  const auto forgotten = forget_resolved(*opened.store, **resolved);
  if (!forgotten) return no(forgotten.error());
  if (applied_below(opened.store->applied()) <= (*resolved)->applied()) opened.resolved = std::move(*resolved);
  return opened;
}

Done check_what_is_needed(const RecoveryParts& parts, Store& store, const std::string& directory) {
  std::uint64_t from = applied_below(store.applied());
  auto read = store.each_owed([&](const Owed& row) {
    if (row.redriven == 0) from = std::min(from, row.position.offset);  // else its dead letter holds the event
  });
  if (!read) return read;
  const std::uint64_t first = parts.journal.first_position();
  std::string lost;
  if (from < first) {
    lost = fmt::format("{}: positions {} up to {} are no longer there", directory, from, first);
  } else {
    const auto report = verify_journal(parts.disk, directory, from);
    if (!report) return no(report.error());
    lost = report->lost();
  }
  if (lost.empty()) return {};
  return no(
      fmt::format("{}; events from position {} on are still needed, because they are owed to a target or the "
                  "store has not applied them{}",
                  lost, from, corruption_refused));
}

Result<std::vector<std::unique_ptr<Shard>>> recover_shards(const RecoveryParts& parts, Store& store,
                                                           const std::shared_ptr<const ResolvedBefore>& resolved) {
  const std::vector<Applied> applied = store.applied();
  std::vector<std::unique_ptr<Shard>> shards;
  for (std::uint32_t index = 0; index < parts.shards; ++index) {
    auto shard = load_shard(parts, store, resolved, applied, index);
    if (!shard) return no(shard.error());
    shards.push_back(std::move(*shard));
  }
  if (auto loaded = load_rows(store, shards); !loaded) return no(loaded.error());

  const std::uint64_t from = applied_below(applied);
  const std::uint64_t first = parts.journal.first_position();
  const std::uint64_t end = parts.journal.next_position();
  if (from < first) {
    log_warn("store", "SW4007",
             "positions {} to {} are no longer in the journal and were never applied: what they changed is unknown",
             from, first - 1);
  }
  if (auto replayed = replay(parts.journal, std::max(from, first), shards); !replayed) return no(replayed.error());
  if (end > from) log_info("store", "SW4008", "replayed positions {} to {}", from, end - 1);
  for (auto& shard : shards) {
    if (auto ended = shard->end_replay(end); !ended) return no(ended.error());
  }
  // Rows of another number of shards have done their part: these shards have passed them all.
  for (const Applied& row : applied) {
    if (row.shards == parts.shards) continue;
    if (auto forgotten = store.forget_applied(row.shards); !forgotten) return no(forgotten.error());
  }
  return shards;
}

}  // namespace sagewatch
