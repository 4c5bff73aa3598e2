#include "collector/store/store.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "collector/store/applied.h"
#include "collector/store/database.h"
#include "collector/store/first_row.h"
#include "collector/store/oldest.h"
#include "collector/store/owed_row.h"
#include "collector/store/snapshot.h"
#include "events/base/bytes.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::array snapshot_families = {resources, owed_family, retry_family, meta};  // applied positions come last

// Rows of meta: one letter, then the rest of the key.
constexpr char meta_applied = 'a';  // collector/store/applied.h
constexpr char meta_counter = 'c';  // name → value
constexpr char meta_format = 'f';   // nothing → u32, below
constexpr std::uint32_t format = 1;

constexpr std::size_t batch_bytes_max = 4u << 20;  // when rows are written back from a snapshot

std::string applied_row(const Applied& applied) {
  return meta_applied + applied_key(applied);
}

std::string counter_key(std::string_view name) {
  return meta_counter + std::string(name);
}

std::string behind(std::string_view target) {  // first key that is not of this target
  return std::string(target) + '\1';
}

class RocksStore : public Store {
 public:
  explicit RocksStore(std::unique_ptr<Database> db) : db_(std::move(db)) {}

  Done check_format();

  Done apply(const Changes& changes) override;
  Done owe(std::span<const Owed> rows) override;
  std::vector<Applied> applied() override { return applied_at(nullptr); }
  Done forget_applied(std::uint32_t shards) override;
  Done remove_counters(std::span<const std::string> names) override;
  Done each_resource(const std::function<void(std::string_view, std::string_view)>& each) override;
  Done each_counter(const std::function<void(std::string_view, std::string_view)>& each) override;

  Done each_owed(const std::function<void(const Owed&)>& each) override;

  std::vector<Owed> owed(std::string_view target, std::string_view after, std::size_t count) override;
  std::vector<Owed> due(std::string_view target, UnixNanos now, std::size_t count) override;
  std::optional<UnixNanos> next_due(std::string_view target) override;
  Done settle(std::span<const Settlement> settlements) override;
  std::vector<Backlog> backlogs() override;

  Done put_dead_letter(std::string_view id, std::string_view value) override;
  Done remove_dead_letter(std::string_view id) override;
  Result<std::string> dead_letter(std::string_view id) override;
  Done each_dead_letter(const std::function<bool(std::string_view, std::string_view)>& each) override;

  Done sync() override { return db_->sync(); }
  Done write_snapshot(Disk& disk, const std::string& path) override;
  Done read_snapshot(Disk& disk, const std::string& path) override;
  Result<Unresolved> unresolved(std::size_t count_max) override;
  std::uint64_t bytes() override { return db_->bytes(); }

 private:
  Done write_owed(rocksdb::WriteBatch& batch, std::span<const Owed> rows);  // all of the batch, and these
  Done scan_all(Family family, const rocksdb::Snapshot* at, const Database::Each& each) {
    return db_->scan(family, {}, {}, at, each);
  }
  std::vector<Applied> applied_at(const rocksdb::Snapshot* at);
  std::set<std::string> targets_at(const rocksdb::Snapshot* at);
  Result<Unresolved::Target> unresolved_of(const std::string& target, std::uint64_t applied_to, std::size_t count_max,
                                           const rocksdb::Snapshot* at);
  std::vector<Owed> rows(Family family, FirstRow& first, std::string_view target, std::string_view to,
                         std::size_t count);
  Done remove_all_rows();

  std::unique_ptr<Database> db_;
  FirstRow first_owed_;
  FirstRow first_retry_;
};

Done RocksStore::check_format() {
  const std::string key(1, meta_format);
  std::string value;
  const auto there = db_->get(meta, key, value);
  if (!there) return no(there.error());
  if (!*there) {
    put(value, format);
    return db_->put(meta, key, value);
  }
  if (ByteReader(value).number<std::uint32_t>() == format) return {};
  return not_now("store " + db_->directory() +
                 ": written by another version of sagewatch; start that version, or move the directory away and it is "
                 "rebuilt from the snapshot and the journal");
}

Done RocksStore::apply(const Changes& changes) {
  // Most of the bytes; a batch that grows row by row copies itself over and over.
  constexpr std::size_t around_a_row = 16;
  std::size_t bytes = 4096;
  for (const auto& [key, value] : changes.resources) bytes += key.size() + value.size() + around_a_row;
  rocksdb::WriteBatch batch(bytes);
  rocksdb::Status status;
  const auto note = [&status](const rocksdb::Status& next) {
    if (status.ok()) status = next;
  };
  std::vector<const std::pair<std::string, std::string>*> rows;
  rows.reserve(changes.resources.size());
  for (const auto& row : changes.resources) rows.push_back(&row);
  std::sort(rows.begin(), rows.end(), [](auto* a, auto* b) { return a->first < b->first; });
  for (const auto* row : rows) note(batch.Put(db_->family(resources), row->first, row->second));
  for (const auto& key : changes.resources_gone) note(batch.Delete(db_->family(resources), key));
  for (const auto& name : changes.counters_gone) note(batch.Delete(db_->family(meta), counter_key(name)));
  for (const auto& [name, value] : changes.counters) note(batch.Put(db_->family(meta), counter_key(name), value));
  note(batch.Put(db_->family(meta), applied_row(changes.applied), applied_value(changes.applied)));
  if (!status.ok()) return db_->said(status);
  return write_owed(batch, changes.owed);
}

Done RocksStore::owe(std::span<const Owed> rows) {
  rocksdb::WriteBatch batch;
  return write_owed(batch, rows);
}

Done RocksStore::write_owed(rocksdb::WriteBatch& batch, std::span<const Owed> rows) {
  std::vector<std::string> keys;
  keys.reserve(rows.size());
  for (const Owed& row : rows) {
    const auto status = batch.Put(db_->family(owed_family), keys.emplace_back(owed_key(row)), owed_value(row));
    if (!status.ok()) return db_->said(status);
  }
  if (auto done = db_->write(batch); !done) return done;
  for (std::size_t i = 0; i < keys.size(); ++i) first_owed_.put(rows[i].target, keys[i]);
  return {};
}

std::vector<Applied> RocksStore::applied_at(const rocksdb::Snapshot* at) {
  std::vector<Applied> all;
  const std::string from(1, meta_applied);
  const std::string to(1, meta_applied + 1);
  const auto read = db_->scan(meta, from, to, at, [&](std::string_view key, std::string_view value) {
    if (auto row = read_applied(key.substr(1), value)) all.push_back(std::move(*row));
    return true;
  });
  if (!read) all.clear();  // as of a fresh store: replaying too much is harmless
  return all;
}

Done RocksStore::forget_applied(std::uint32_t shards) {
  rocksdb::WriteBatch batch;
  for (const auto& applied : applied_at(nullptr)) {
    if (applied.shards != shards) continue;
    if (auto done = db_->said(batch.Delete(db_->family(meta), applied_row(applied))); !done) return done;
  }
  return db_->write(batch);
}

Done RocksStore::remove_counters(std::span<const std::string> names) {
  rocksdb::WriteBatch batch;
  for (const std::string& name : names) {
    if (auto done = db_->said(batch.Delete(db_->family(meta), counter_key(name))); !done) return done;
  }
  return db_->write(batch);
}

Done RocksStore::each_resource(const std::function<void(std::string_view, std::string_view)>& each) {
  return scan_all(resources, nullptr, [&](std::string_view key, std::string_view value) {
    each(key, value);
    return true;
  });
}

Done RocksStore::each_counter(const std::function<void(std::string_view, std::string_view)>& each) {
  const std::string from(1, meta_counter);
  const std::string to(1, meta_counter + 1);
  return db_->scan(meta, from, to, nullptr, [&](std::string_view key, std::string_view value) {
    each(key.substr(1), value);
    return true;
  });
}

// From the front of a target's rows, or from the mark that stands for it.
std::vector<Owed> RocksStore::rows(Family family, FirstRow& first, std::string_view target, std::string_view to,
                                   std::size_t count) {
  std::vector<Owed> found;
  const auto lowest = std::string(target) + '\0';
  const auto end = behind(target);
  first.find(target, lowest, [&](const std::string& from) {
    std::string first_key;
    const auto read = db_->scan(family, from, end, nullptr, [&](std::string_view key, std::string_view value) {
      if (first_key.empty()) first_key = key;
      if (key >= to || found.size() >= count) return false;
      auto row = family == owed_family ? read_owed(key, value) : read_retry(key, value);
      if (row) found.push_back(std::move(*row));
      return true;
    });
    return read && first_key.empty() ? end : first_key;
  });
  return found;
}

std::vector<Owed> RocksStore::owed(std::string_view target, std::string_view after, std::size_t count) {
  const auto end = behind(target);
  if (after.empty()) return rows(owed_family, first_owed_, target, end, count);
  std::vector<Owed> found;
  const auto from = std::string(target) + '\0' + std::string(after) + '\0';  // the smallest key behind it
  (void)db_->scan(owed_family, from, end, nullptr, [&](std::string_view key, std::string_view value) {
    if (found.size() >= count) return false;
    if (auto row = read_owed(key, value)) found.push_back(std::move(*row));
    return true;
  });
  return found;
}

std::vector<Owed> RocksStore::due(std::string_view target, UnixNanos now, std::size_t count) {
  auto to = std::string(target) + '\0';
  put_key(to, static_cast<std::uint64_t>(std::max<std::int64_t>(now.count, 0)) + 1);
  return rows(retry_family, first_retry_, target, to, count);
}

std::optional<UnixNanos> RocksStore::next_due(std::string_view target) {
  std::optional<UnixNanos> next;
  const auto end = behind(target);
  first_retry_.find(target, std::string(target) + '\0', [&](const std::string& from) {
    std::string first_key;
    const auto read = db_->scan(retry_family, from, end, nullptr, [&](std::string_view key, std::string_view) {
      first_key = key;
      next = due_of(key);
      return false;
    });
    return read && first_key.empty() ? end : first_key;
  });
  return next;
}

Done RocksStore::settle(std::span<const Settlement> settlements) {
  rocksdb::WriteBatch batch;
  rocksdb::Status status;
  std::vector<std::pair<std::string_view, std::string>> put;
  for (const auto& settled : settlements) {
    const bool never_tried = settled.before.attempts == 0;
    auto gone = never_tried ? batch.Delete(db_->family(owed_family), owed_key(settled.before))
                            : batch.Delete(db_->family(retry_family), retry_key(settled.before));
    if (status.ok()) status = gone;
    if (settled.kind != Settlement::Kind::retry) continue;
    SW_MUST(settled.after.attempts != 0, "a row in `retry` is found there by its attempts");
    auto& key = put.emplace_back(settled.after.target, retry_key(settled.after)).second;
    auto kept = batch.Put(db_->family(retry_family), key, owed_value(settled.after));
    if (status.ok()) status = kept;
  }
  if (!status.ok()) return db_->said(status);
  if (auto done = db_->write(batch); !done) return done;
  for (const auto& [target, key] : put) first_retry_.put(target, key);
  return {};
}

Done RocksStore::each_owed(const std::function<void(const Owed&)>& each) {
  auto moment = db_->moment();
  for (const auto family : {owed_family, retry_family}) {
    Done parsed;
    auto read = scan_all(family, moment.snapshot(), [&](std::string_view key, std::string_view value) {
      const auto row = family == owed_family ? read_owed(key, value) : read_retry(key, value);
      if (row) {
        each(*row);
      } else {
        parsed = no(row.error());
      }
      return parsed.has_value();
    });
    if (!read) return read;
    if (!parsed) return parsed;
  }
  return {};
}

std::vector<OwedStore::Backlog> RocksStore::backlogs() {
  std::map<std::string, Backlog, std::less<>> by_target;
  (void)each_owed([&](const Owed& row) {
    auto& backlog = by_target[row.target];
    ++backlog.deliveries;
    backlog.bytes += row.bytes;
    if (!backlog.oldest_received.known() || row.received < backlog.oldest_received) {
      backlog.oldest_received = row.received;
    }
  });
  std::vector<Backlog> all;
  for (auto& [target, backlog] : by_target) {
    backlog.target = target;
    all.push_back(std::move(backlog));
  }
  return all;
}

Done RocksStore::put_dead_letter(std::string_view id, std::string_view value) {
  return db_->put(dead_letters, id, value);
}

Done RocksStore::remove_dead_letter(std::string_view id) {
  return db_->remove(dead_letters, id);
}

Result<std::string> RocksStore::dead_letter(std::string_view id) {
  std::string value;
  const auto there = db_->get(dead_letters, id, value);
  if (!there) return no(there.error());
  if (!*there) return no("there is no dead letter " + std::string(id) + "; `dead-letters list` shows all");
  return value;
}

Done RocksStore::each_dead_letter(const std::function<bool(std::string_view, std::string_view)>& each) {
  return scan_all(dead_letters, nullptr, each);
}

Done RocksStore::write_snapshot(Disk& disk, const std::string& path) {
  auto writer = SnapshotWriter::create(disk, path);
  if (!writer) return no(std::move(writer.error()));
  auto moment = db_->moment();
  Done added;
  for (const auto family : snapshot_families) {
    auto read = scan_all(family, moment.snapshot(), [&](std::string_view key, std::string_view value) {
      added = writer->add(family, key, value);
      return added.has_value();
    });
    if (!read) return read;
    if (!added) return added;
  }
  return writer->finish();
}

Done RocksStore::remove_all_rows() {
  for (const auto family : snapshot_families) {
    rocksdb::WriteBatch batch;
    auto read = scan_all(family, nullptr, [&](std::string_view key, std::string_view) {
      return batch.Delete(db_->family(family), slice(key)).ok();
    });
    if (!read) return read;
    if (auto done = db_->write(batch); !done) return done;
  }
  return {};
}

// The applied positions come with the last rows, so a crash on the way leaves a store that still counts as fresh; the
// rows that it left behind go first.
Done RocksStore::read_snapshot(Disk& disk, const std::string& path) {
  SW_MUST(applied().empty(), "a snapshot is read into a fresh store only");
  bool first = true;
  rocksdb::WriteBatch batch;
  auto read =
      read_snapshot_file(disk, path, [&](std::uint8_t table, std::string_view key, std::string_view value) -> Done {
        if (first) {
          first = false;
          if (auto done = remove_all_rows(); !done) return done;
        }
        if (table >= dead_letters) return no("snapshot " + path + ": it holds a table that this version does not know");
        if (auto done = db_->said(batch.Put(db_->family(static_cast<Family>(table)), slice(key), slice(value))); !done)
          return done;
        if (table == meta || batch.GetDataSize() < batch_bytes_max) return {};
        auto done = db_->write(batch);
        batch.Clear();
        return done;
      });
  if (!read) return read;
  return db_->write(batch);
}

std::set<std::string> RocksStore::targets_at(const rocksdb::Snapshot* at) {
  std::set<std::string> targets;
  for (const auto family : {owed_family, retry_family}) {
    std::string from;
    for (bool found = true; std::exchange(found, false);) {
      (void)db_->scan(family, from, {}, at, [&](std::string_view key, std::string_view) {
        found = true;
        targets.emplace(target_of(key));
        from = behind(target_of(key));
        return false;
      });
    }
  }
  return targets;
}

Result<Store::Unresolved::Target> RocksStore::unresolved_of(const std::string& target, std::uint64_t applied_to,
                                                            std::size_t count_max, const rocksdb::Snapshot* at) {
  Oldest oldest(target, applied_to, count_max);
  for (const auto family : {owed_family, retry_family}) {
    auto read = db_->scan(family, target + '\0', behind(target), at, [&](std::string_view key, std::string_view) {
      const auto order = family == owed_family ? order_of_owed(key) : order_of_retry(key);
      const auto offset = offset_of(order);
      if (!oldest.wants(offset)) return family == retry_family;  // `owed` is sorted by offset, `retry` is not
      oldest.add({offset, hash64(order)});
      return true;
    });
    if (!read) return no(std::move(read.error()));
  }
  return std::move(oldest).list();
}

Result<Store::Unresolved> RocksStore::unresolved(std::size_t count_max) {
  auto moment = db_->moment();
  Unresolved all;
  all.applied = applied_below(applied_at(moment.snapshot()));
  const auto targets = targets_at(moment.snapshot());
  for (const auto& target : targets) {
    auto list = unresolved_of(target, all.applied, count_max / targets.size(), moment.snapshot());
    if (!list) return no(std::move(list.error()));
    all.targets.push_back(std::move(*list));
  }
  return all;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(StoreConfig config) {
  auto opened = Database::open(config);
  if (!opened) return no(std::move(opened.error()));
  auto store = std::make_unique<RocksStore>(std::move(*opened));
  if (auto done = store->check_format(); !done) return no(std::move(done.error()));
  return store;
}

}  // namespace sagewatch
