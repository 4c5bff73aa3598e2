#include "collector/store/database.h"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <array>
#include <filesystem>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::array<const char*, 5> family_names = {"meta", "resources", "owed", "retry", "dead_letters"};

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
  // Rows come sorted (RocksStore::apply), so each is looked for from where the last one went. All ARNs share these
  // bytes.
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

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const StoreConfig& config) {
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
  return std::unique_ptr<Database>(
      new Database(std::unique_ptr<rocksdb::DB>(opened), std::move(families), config.directory));
}

Database::~Database() {
  for (auto* family : families_) (void)db_->DestroyColumnFamilyHandle(family);
  (void)db_->Close();
}

Done Database::said(const rocksdb::Status& status) const {
  if (status.ok()) return {};
  return not_now("store " + directory_ + ": " + status.ToString());
}

Done Database::write(rocksdb::WriteBatch& batch) {
  auto status = db_->Write({}, &batch);
  if (status.ok()) return {};
  // After a full disk the database refuses all writes until it is told that there is room again.
  if (db_->Resume().ok()) status = db_->Write({}, &batch);
  return said(status);
}

Done Database::put(Family family, std::string_view key, std::string_view value) {
  return said(db_->Put({}, families_[family], slice(key), slice(value)));
}

Done Database::remove(Family family, std::string_view key) {
  return said(db_->Delete({}, families_[family], slice(key)));
}

Result<bool> Database::get(Family family, std::string_view key, std::string& value) const {
  const auto status = db_->Get({}, families_[family], slice(key), &value);
  if (status.IsNotFound()) return false;
  if (auto done = said(status); !done) return no(std::move(done.error()));
  return true;
}

Done Database::scan(Family family, std::string_view from, std::string_view to, const rocksdb::Snapshot* at,
                    const Each& each) const {
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

Done Database::sync() {
  return said(db_->FlushWAL(true));
}

std::uint64_t Database::bytes() const {
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

}  // namespace sagewatch
