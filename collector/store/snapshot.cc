#include "collector/store/snapshot.h"

#include <array>

#include "events/base/bytes.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::string_view magic = "sagewatch snapshot\n";
constexpr std::uint32_t version = 1;
constexpr std::uint8_t kind_rows = 1;
constexpr std::uint8_t kind_end = 2;
constexpr std::size_t block_bytes = 256 * 1024;  // a few hundred writes for the usual store, and little to hold
constexpr std::size_t block_bytes_max = 64u << 20;
constexpr std::size_t block_head_bytes = sizeof(std::uint32_t) + sizeof(std::uint8_t) + sizeof(std::uint64_t);

using Row = std::function<Done(std::uint8_t, std::string_view, std::string_view)>;

std::string header() {
  std::string bytes(magic);
  put(bytes, version);
  return bytes;
}

std::uint64_t block_hash(std::uint64_t number, std::uint8_t kind, std::string_view payload) {
  std::string hashed;
  hashed.reserve(payload.size() + 9);
  put(hashed, number);
  put(hashed, kind);
  hashed.append(payload);
  return hash64(hashed);
}

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
}

auto damaged(const std::string& path, const std::string& what) {
  return no("snapshot " + path + ": " + what + "; it cannot be used, an older snapshot or the whole journal has to do");
}

Result<std::uint64_t> each_row(std::string_view payload, const Row& row) {
  std::uint64_t rows = 0;
  ByteReader reader(payload);
  while (!reader.at_end()) {
    const auto table = reader.number<std::uint8_t>();
    const auto key = reader.string();
    const auto value = reader.string();
    if (!reader.ok()) return no("a row is cut off");
    if (auto done = row(table, key, value); !done) return no(std::move(done.error()));
    ++rows;
  }
  return rows;
}

// One pass over the file; both passes check everything, because it costs little beside what the second one does.
Done walk(const std::string& path, File& file, const Row& row) {
  const auto head = file.read(0, header().size());
  if (!head) return no(head.error());
  if (head->substr(0, magic.size()) != magic) return damaged(path, "this is not a snapshot");
  if (*head != header()) return damaged(path, "written by another version of sagewatch");
  std::uint64_t at = header().size();
  std::uint64_t rows = 0;
  for (std::uint64_t number = 0;; ++number) {
    const auto block_head = file.read(at, block_head_bytes);
    if (!block_head) return no(block_head.error());
    ByteReader reader(*block_head);
    const auto length = reader.number<std::uint32_t>();
    const auto kind = reader.number<std::uint8_t>();
    const auto hash = reader.number<std::uint64_t>();
    const auto where = "block " + std::to_string(number) + " at byte " + std::to_string(at);
    if (!reader.ok()) return damaged(path, "it ends before " + where);
    if (length > block_bytes_max) return damaged(path, where + " is impossibly long");
    const auto payload = file.read(at + block_head_bytes, length);
    if (!payload) return no(payload.error());
    if (payload->size() != length || block_hash(number, kind, *payload) != hash) {
      return damaged(path, where + " does not fit its checksum");
    }
    at += block_head_bytes + length;
    if (kind == kind_end) {
      ByteReader end(*payload);
      if (end.number<std::uint64_t>() != rows) return damaged(path, "rows are missing");
      return {};
    }
    auto read = each_row(*payload, row);
    if (!read) return no(std::move(read.error()));
    rows += *read;
  }
}

}  // namespace

SnapshotWriter::SnapshotWriter(Disk& disk, std::string path, std::unique_ptr<File> file)
    : disk_(&disk), path_(std::move(path)), file_(std::move(file)), end_(header().size()) {}

Result<SnapshotWriter> SnapshotWriter::create(Disk& disk, std::string path) {
  const auto beside = path + ".tmp";
  if (auto done = disk.remove(beside); !done) return no(std::move(done.error()));
  auto file = disk.create(beside);
  if (!file) return no(std::move(file.error()));
  const auto head = header();
  const std::array<std::string_view, 1> pieces{head};
  if (auto done = (*file)->write(0, pieces); !done) return no(std::move(done.error()));
  return SnapshotWriter(disk, std::move(path), std::move(*file));
}

Done SnapshotWriter::add(std::uint8_t table, std::string_view key, std::string_view value) {
  put(block_, table);
  put_string(block_, key);
  put_string(block_, value);
  ++rows_;
  return block_.size() < block_bytes ? Done{} : write_block(kind_rows);
}

Done SnapshotWriter::write_block(std::uint8_t kind) {
  std::string head;
  put(head, static_cast<std::uint32_t>(block_.size()));
  put(head, kind);
  put(head, block_hash(blocks_, kind, block_));
  const std::array<std::string_view, 2> pieces{head, block_};
  if (auto done = file_->write(end_, pieces); !done) return done;
  end_ += head.size() + block_.size();
  ++blocks_;
  block_.clear();
  return {};
}

Done SnapshotWriter::finish() {
  if (!block_.empty()) {
    if (auto done = write_block(kind_rows); !done) return done;
  }
  put(block_, rows_);
  if (auto done = write_block(kind_end); !done) return done;
  if (auto done = file_->sync(); !done) return done;
  file_.reset();
  if (auto done = disk_->rename(path_ + ".tmp", path_); !done) return done;
  return disk_->sync_directory(directory_of(path_));
}

Done read_snapshot_file(Disk& disk, const std::string& path, const Row& row) {
  const auto file = disk.open_to_read(path);
  if (!file) return no(file.error());
  const auto nothing = [](std::uint8_t, std::string_view, std::string_view) { return Done{}; };
  if (auto done = walk(path, **file, nothing); !done) return done;
  return walk(path, **file, row);
}

}  // namespace sagewatch
