#pragma once
// RocksDB as the store uses it: opened with our options, read by scanning, written in batches that are never synced one
// by one, every failure a sentence that names the directory. Knows the families, not what their rows mean: that is
// store.cc, its only user. Any thread.
#include <rocksdb/db.h>
#include <rocksdb/snapshot.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/store/store.h"
#include "events/base/result.h"

namespace sagewatch {

// Column families; the numbers stand in snapshot files.
enum Family : std::uint8_t { meta = 0, resources = 1, owed_family = 2, retry_family = 3, dead_letters = 4 };

class Database {
 public:
  // An Error with `retry` set is about the world, one without about the database itself (Store::open).
  static Result<std::unique_ptr<Database>> open(const StoreConfig& config);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  rocksdb::ColumnFamilyHandle* family(Family which) const { return families_[which]; }

  // All of the batch or nothing. Not synced: the journal makes it repeatable.
  Done write(rocksdb::WriteBatch& batch);
  Done put(Family family, std::string_view key, std::string_view value);
  Done remove(Family family, std::string_view key);
  Result<bool> get(Family family, std::string_view key, std::string& value) const;  // whether it is there

  // Rows from `from` up to, not including, `to` (empty: the end), until `each` answers false; `at`: null is now.
  using Each = std::function<bool(std::string_view key, std::string_view value)>;
  Done scan(Family family, std::string_view from, std::string_view to, const rocksdb::Snapshot* at,
            const Each& each) const;
  rocksdb::ManagedSnapshot moment() const { return rocksdb::ManagedSnapshot{db_.get()}; }

  Done sync();                  // what was written is on stable storage
  std::uint64_t bytes() const;  // on disk
  const std::string& directory() const { return directory_; }

  // What a call of RocksDB answered, as we say it.
  Done said(const rocksdb::Status& status) const;

 private:
  Database(std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> families, std::string directory)
      : db_(std::move(db)), families_(std::move(families)), directory_(std::move(directory)) {}

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // in the order of Family
  std::string directory_;
};

inline rocksdb::Slice slice(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace sagewatch
