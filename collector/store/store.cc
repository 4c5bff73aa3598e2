#include "collector/store/store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "collector/store/applied.h"
#include "collector/store/first_row.h"
#include "collector/store/oldest.h"
#include "collector/store/owed_row.h"
#include "collector/store/snapshot.h"
#include "events/base/bytes.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

// Column families; the numbers stand in snapshot files.
enum Family : std::uint8_t { meta = 0, resources = 1, owed_family = 2, retry_family = 3, dead_letters = 4 };
constexpr std::array<const char*, 5> family_names = {"meta", "resources", "owed", "retry", "dead_letters"};
constexpr std::array snapshot_families = {resources, owed_family, retry_family, meta};  // applied positions come last

// Rows of meta: one letter, then the rest of the key.
constexpr char meta_applied = 'a';  // collector/store/applied.h
constexpr char meta_counter = 'c';  // name → value
constexpr char meta_format = 'f';   // nothing → u32, below
constexpr std::uint32_t format = 1;

constexpr std::size_t batch_bytes_max = 4u << 20;  // when rows are written back from a snapshot

rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}
std::string_view view(const rocksdb::Slice& slice) {
  return {slice.data(), slice.size()};
}

rocksdb::DBOptions database_options(const StoreConfig& config) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;  // what is missing is replayed
  options.db_write_buffer_size = config.write_buffer_bytes;
  options.max_total_wal_size = 4 * config.write_buffer_bytes;  // a family that is seldom written must not pin old logs
  options.max_background_jobs = 2;
  options.max_open_files = 256;
  options.rate_limiter.reset(rocksdb::NewGenericRateLimiter(64 << 20));  // compaction must not starve journal flushes
  options.bytes_per_sync = 1 << 20;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.max_log_file_size = 1 << 20;
  options.keep_log_file_num = 2;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

rocksdb::ColumnFamilyOptions family_options(const StoreConfig& config, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.block_size = 16 << 10;  // nearly all reading is scanning
  table.format_version = 5;
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = config.write_buffer_bytes;
  // Rows come sorted (apply()), so each is looked for from where the last one went. All ARNs share these bytes.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(8));
  options.level_compaction_dynamic_level_bytes = true;
  options.target_file_size_base = 16 << 20;
  options.max_bytes_for_level_base = 64 << 20;
  options.compression_per_level = {rocksdb::kNoCompression, rocksdb::kNoCompression, rocksdb::kLZ4Compression};
  return options;
}

// Damage means that the database cannot be read as it is and has to be rebuilt; everything else heals by itself or by
// hand, and must not cost the database.
bool is_damage(const rocksdb::Status& status) {
  return status.IsCorruption() || status.IsPathNotFound() || status.IsNotFound();
}

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
  RocksStore(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families, std::string directory)
      : db_(std::move(db)), families_(std::move(families)), directory_(std::move(directory)) {}
  ~RocksStore() override {
    for (auto* family : families_) (void)db_->DestroyColumnFamilyHandle(family);
    (void)db_->Close();
  }
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  Done check_format();

  Done apply(const Changes& changes) override;
  Done owe(std::span<const Owed> rows) override;
  std::vector<Applied> applied() override { return applied_at(nullptr); }
  Done forget_applied(std::uint32_t shards) override;
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

  Done sync() override { return said(db_->FlushWAL(true)); }
  Done write_snapshot(Disk& disk, const std::string& path) override;
  Done read_snapshot(Disk& disk, const std::string& path) override;
  Result<Unresolved> unresolved(std::size_t count_max) override;
  std::uint64_t bytes() override;

 private:
  using Each = std::function<bool(std::string_view key, std::string_view value)>;
  Done said(const rocksdb::Status& status) const;
  Done write(rocksdb::WriteBatch& batch);
  Done write_owed(rocksdb::WriteBatch& batch, std::span<const Owed> rows);  // all of the batch, and these
  // Rows from `from` up to, not including, `to` (empty: the end), until `each` answers false.
  Done scan(Family family, std::string_view from, std::string_view to, const rocksdb::Snapshot* at, const Each& each);
  Done scan_all(Family family, const rocksdb::Snapshot* at, const Each& each) { return scan(family, {}, {}, at, each); }
  std::vector<Applied> applied_at(const rocksdb::Snapshot* at);
  std::set<std::string> targets_at(const rocksdb::Snapshot* at);
  Result<Unresolved::Target> unresolved_of(const std::string& target, std::uint64_t applied_to, std::size_t count_max,
                                           const rocksdb::Snapshot* at);
  std::vector<Owed> rows(Family family, FirstRow& first, std::string_view target, std::string_view to,
                         std::size_t count);
  Done remove_all_rows();

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // in the order of Family
  std::string directory_;
  FirstRow first_owed_;
  FirstRow first_retry_;
};

Done RocksStore::said(const rocksdb::Status& status) const {
  if (status.ok()) return {};
  return not_now("store " + directory_ + ": " + status.ToString());
}

Done RocksStore::write(rocksdb::WriteBatch& batch) {
  rocksdb::WriteOptions options;  // sync stays false: the journal makes this write repeatable
  auto status = db_->Write(options, &batch);
  if (status.ok()) return {};
  // After a full disk the database refuses all writes until it is told that there is room again.
  if (db_->Resume().ok()) status = db_->Write(options, &batch);
  return said(status);
}

Done RocksStore::scan(Family family, std::string_view from, std::string_view to, const rocksdb::Snapshot* at,
                      const Each& each) {
  const auto upper = slice(to);
  rocksdb::ReadOptions options;
  options.snapshot = at;
  options.fill_cache = false;
  if (!to.empty()) options.iterate_upper_bound = &upper;
  const std::unique_ptr<rocksdb::Iterator> row(db_->NewIterator(options, families_[family]));
  for (row->Seek(slice(from)); row->Valid(); row->Next()) {
    if (!each(view(row->key()), view(row->value()))) break;
  }
  return said(row->status());
}

Done RocksStore::check_format() {
  const std::string key(1, meta_format);
  std::string value;
  const auto status = db_->Get({}, families_[meta], key, &value);
  if (status.IsNotFound()) {
    put(value, format);
    rocksdb::WriteBatch batch;
    if (auto done = said(batch.Put(families_[meta], key, value)); !done) return done;
    return write(batch);
  }
  if (!status.ok()) return said(status);
  if (ByteReader(value).number<std::uint32_t>() == format) return {};
  return not_now("store " + directory_ +
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
  for (const auto* row : rows) note(batch.Put(families_[resources], row->first, row->second));
  for (const auto& key : changes.resources_gone) note(batch.Delete(families_[resources], key));
  for (const auto& [name, value] : changes.counters) note(batch.Put(families_[meta], counter_key(name), value));
  note(batch.Put(families_[meta], applied_row(changes.applied), applied_value(changes.applied)));
  if (!status.ok()) return said(status);
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
    const auto status = batch.Put(families_[owed_family], keys.emplace_back(owed_key(row)), owed_value(row));
    if (!status.ok()) return said(status);
  }
  if (auto done = write(batch); !done) return done;
  for (std::size_t i = 0; i < keys.size(); ++i) first_owed_.put(rows[i].target, keys[i]);
  return {};
}

std::vector<Applied> RocksStore::applied_at(const rocksdb::Snapshot* at) {
  std::vector<Applied> all;
  const std::string from(1, meta_applied);
  const std::string to(1, meta_applied + 1);
  const auto read = scan(meta, from, to, at, [&](std::string_view key, std::string_view value) {
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
    if (auto done = said(batch.Delete(families_[meta], applied_row(applied))); !done) return done;
  }
  return write(batch);
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
  return scan(meta, from, to, nullptr, [&](std::string_view key, std::string_view value) {
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
    const auto read = scan(family, from, end, nullptr, [&](std::string_view key, std::string_view value) {
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
  (void)scan(owed_family, from, end, nullptr, [&](std::string_view key, std::string_view value) {
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
    const auto read = scan(retry_family, from, end, nullptr, [&](std::string_view key, std::string_view) {
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
    auto gone = never_tried ? batch.Delete(families_[owed_family], owed_key(settled.before))
                            : batch.Delete(families_[retry_family], retry_key(settled.before));
    if (status.ok()) status = gone;
    if (settled.kind != Settlement::Kind::retry) continue;
    SW_MUST(settled.after.attempts != 0, "a row in `retry` is found there by its attempts");
    auto& key = put.emplace_back(settled.after.target, retry_key(settled.after)).second;
    auto kept = batch.Put(families_[retry_family], key, owed_value(settled.after));
    if (status.ok()) status = kept;
  }
  if (!status.ok()) return said(status);
  if (auto done = write(batch); !done) return done;
  for (const auto& [target, key] : put) first_retry_.put(target, key);
  return {};
}

Done RocksStore::each_owed(const std::function<void(const Owed&)>& each) {
  rocksdb::ManagedSnapshot moment(db_.get());
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
  return said(db_->Put({}, families_[dead_letters], slice(id), slice(value)));
}

Done RocksStore::remove_dead_letter(std::string_view id) {
  return said(db_->Delete({}, families_[dead_letters], slice(id)));
}

Result<std::string> RocksStore::dead_letter(std::string_view id) {
  std::string value;
  const auto status = db_->Get({}, families_[dead_letters], slice(id), &value);
  if (status.IsNotFound()) return no("there is no dead letter " + std::string(id) + "; `dead-letters list` shows all");
  if (auto done = said(status); !done) return no(std::move(done.error()));
  return value;
}

Done RocksStore::each_dead_letter(const std::function<bool(std::string_view, std::string_view)>& each) {
  return scan_all(dead_letters, nullptr, each);
}

Done RocksStore::write_snapshot(Disk& disk, const std::string& path) {
  auto writer = SnapshotWriter::create(disk, path);
  if (!writer) return no(std::move(writer.error()));
  rocksdb::ManagedSnapshot moment(db_.get());
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
      return batch.Delete(families_[family], slice(key)).ok();
    });
    if (!read) return read;
    if (auto done = write(batch); !done) return done;
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
        if (auto done = said(batch.Put(families_[table], slice(key), slice(value))); !done) return done;
        if (table == meta || batch.GetDataSize() < batch_bytes_max) return {};
        auto done = write(batch);
        batch.Clear();
        return done;
      });
  if (!read) return read;
  return write(batch);
}

std::set<std::string> RocksStore::targets_at(const rocksdb::Snapshot* at) {
  std::set<std::string> targets;
  for (const auto family : {owed_family, retry_family}) {
    std::string from;
    for (bool found = true; std::exchange(found, false);) {
      (void)scan(family, from, {}, at, [&](std::string_view key, std::string_view) {
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
    auto read = scan(family, target + '\0', behind(target), at, [&](std::string_view key, std::string_view) {
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
  rocksdb::ManagedSnapshot moment(db_.get());
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

std::uint64_t RocksStore::bytes() {
  std::uint64_t sum = 0;
  for (auto* family : families_) {
    std::uint64_t files = 0;
    if (db_->GetIntProperty(family, rocksdb::DB::Properties::kTotalSstFilesSize, &files)) sum += files;
  }
  rocksdb::VectorLogPtr logs;
  if (db_->GetSortedWalFiles(logs).ok()) {
    for (const auto& log : logs) sum += log->SizeFileBytes();
  }
  return sum;
}

}  // namespace

Result<std::unique_ptr<Store>> Store::open(StoreConfig config) {
  std::error_code made;
  std::filesystem::create_directories(config.directory, made);
  if (made) return not_now("store " + config.directory + ": cannot be made: " + made.message());
  const auto cache = rocksdb::NewLRUCache(config.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const auto* name : family_names) descriptors.emplace_back(name, family_options(config, cache));
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName, family_options(config, cache));  // RocksDB insists on it
  rocksdb::DB* opened = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  const auto status = rocksdb::DB::Open(database_options(config), config.directory, descriptors, &families, &opened);
  if (is_damage(status)) return no("store " + config.directory + " is damaged: " + status.ToString());
  if (!status.ok()) return not_now("store " + config.directory + " cannot be opened: " + status.ToString());
  auto store = std::make_unique<RocksStore>(std::unique_ptr<rocksdb::DB>(opened), std::move(families),
                                            std::move(config.directory));
  if (auto done = store->check_format(); !done) return no(std::move(done.error()));
  return store;
}

}  // namespace sagewatch
