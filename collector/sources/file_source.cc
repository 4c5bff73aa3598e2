#include "collector/sources/file_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <vector>

#include "collector/sources/line_reader.h"
#include "collector/sources/plain_bytes.h"
#include "collector/sources/record_reader.h"
#include "collector/sources/waiting_sink.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::size_t head_of_records = 256;  // bytes in which {"Records":[ is looked for
constexpr std::uint64_t head_bytes_max = 1'024;

// An open file, as it is known by inode. Closes when it goes.
class OpenFile {
 public:
  static std::optional<OpenFile> open(const std::string& path) {
    OpenFile file;
    file.descriptor_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file.descriptor_ < 0) return std::nullopt;
    return file;
  }
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  OpenFile& operator=(OpenFile&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  struct stat status() const {
    struct stat status{};
    (void)::fstat(descriptor_, &status);
    return status;
  }
  std::uint64_t inode() const { return status().st_ino; }
  std::uint64_t size() const { return static_cast<std::uint64_t>(status().st_size); }
  ssize_t read(char* to, std::size_t length, std::uint64_t offset) const {
    return ::pread(descriptor_, to, length, static_cast<off_t>(offset));
  }
  std::string fingerprint(std::uint64_t length) const {
    std::string head(length, '\0');
    const auto got = read(head.data(), head.size(), 0);
    head.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return hash_hex(head);
  }
  // Holds what the cursor has seen, unchanged as far as can be told. Offsets in a gzip file are those of what it holds.
  bool continues(const FileCursor& cursor) const {
    return (size() >= cursor.offset || is_gzip()) && fingerprint(cursor.head_bytes) == cursor.head;
  }
  bool is_gzip() const { return PlainBytes::is_gzip(descriptor_); }
  PlainBytes bytes(std::uint64_t skip) const { return {descriptor_, skip}; }

 private:
  OpenFile() = default;
  int descriptor_ = -1;
};

std::optional<OpenFile> renamed(const std::string& path, const FileCursor& cursor) {
  auto directory = std::filesystem::path(path).parent_path();
  std::error_code failed;
  std::filesystem::directory_iterator entries(directory.empty() ? "." : directory, failed);
  for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
    struct stat status{};
    if (::stat(entries->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    if (status.st_ino != cursor.inode) continue;
    auto file = OpenFile::open(entries->path());
    if (file && file->continues(cursor)) return file;
  }
  return std::nullopt;
}

// One run: the file being read, how far, and the lines on their way.
class Reading {
 public:
  Reading(const FileReading& config, BatchSink& sink, std::stop_token stop)
      : config_(config), out_(sink), stop_(stop) {}
  Done run();

 private:
  enum class Next : std::uint8_t { more, replaced, rewritten };
  bool start();
  void begin(OpenFile file, const FileCursor& from);
  Result<bool> read_to_end();
  bool hand_over();
  Next look();
  bool wait();

  const FileReading& config_;
  WaitingSink out_;  // one in flight: a cursor speaks for all before it
  std::stop_token stop_;
  std::optional<OpenFile> file_;
  FileCursor seen_;           // what was handed over
  std::uint64_t offset_ = 0;  // read so far
  std::optional<PlainBytes> bytes_;
  std::unique_ptr<PieceReader> pieces_;
  std::mutex mutex_;  // only to wait with
  std::condition_variable_any never_;
};

void Reading::begin(OpenFile file, const FileCursor& from) {
  seen_ = from;
  seen_.inode = file.inode();
  offset_ = from.offset;
  file_ = std::move(file);
  bytes_.emplace(file_->bytes(from.offset));
  PlainBytes beginning = file_->bytes(0);
  const auto head = beginning.next();
  if (head && RecordReader::is_for(head->substr(0, head_of_records)))
    pieces_ = std::make_unique<RecordReader>(from.offset, from.lines, config_.line_bytes_max);
  else
    pieces_ = std::make_unique<LineReader>(from.offset, from.lines, config_.line_bytes_max);
}

// False: there is nothing to open yet.
bool Reading::start() {
  auto current = OpenFile::open(config_.path);
  if (const auto cursor = FileCursor::parse(config_.cursor); cursor && !file_) {
    if (current && current->inode() == cursor->inode && current->continues(*cursor)) {
      begin(std::move(*current), *cursor);
      return true;
    }
    if (auto old = renamed(config_.path, *cursor)) {
      begin(std::move(*old), *cursor);
      return true;
    }
  }
  if (!current) return false;
  FileCursor from;
  if (config_.from_end && config_.cursor.empty() && !file_) from.offset = current->size();
  begin(std::move(*current), from);
  return true;
}

bool Reading::hand_over() {
  const auto end = pieces_->end();
  auto batch = pieces_->batch();
  batch.source = config_.name;
  batch.bus = config_.bus;
  batch.quarantine_refused = true;
  seen_.offset = end.offset;
  seen_.lines = end.count;
  if (seen_.head_bytes < head_bytes_max) {
    seen_.head_bytes = std::min(head_bytes_max, seen_.offset);
    seen_.head = file_->fingerprint(seen_.head_bytes);
  }
  batch.cursor = seen_.text();
  return out_.accept(std::move(batch), stop_);
}

// False: stopped.
Result<bool> Reading::read_to_end() {
  while (!stop_.stop_requested()) {
    auto got = bytes_->next();
    if (!got) return no(config_.name + ": " + config_.path + " cannot be read: " + got.error().what);
    if (got->empty()) return pieces_->empty() || hand_over();
    offset_ += got->size();
    std::string_view bytes = *got;
    while (!bytes.empty()) {
      bytes.remove_prefix(pieces_->take(bytes));
      if (pieces_->full() && !hand_over()) return false;
    }
  }
  return false;
}

Reading::Next Reading::look() {
  if ((file_->size() < offset_ && !file_->is_gzip()) ||
      (seen_.head_bytes > 0 && file_->fingerprint(seen_.head_bytes) != seen_.head)) {
    return Next::rewritten;
  }
  struct stat status{};
  if (::stat(config_.path.c_str(), &status) == 0 && status.st_ino != file_->inode()) return Next::replaced;
  return Next::more;
}

bool Reading::wait() {
  std::unique_lock lock(mutex_);
  never_.wait_for(lock, stop_, config_.poll, [] { return false; });
  return !stop_.stop_requested();
}

Done Reading::run() {
  while (!start()) {
    if (!config_.follow) return no(config_.name + ": " + config_.path + " cannot be opened: " + std::strerror(errno));
    if (!wait()) return {};
  }
  for (;;) {
    auto next = file_->inode() == seen_.inode ? look() : Next::more;
    // Also of a file that was replaced: what was written between our last read and its renaming.
    if (next != Next::rewritten) {
      const auto read = read_to_end();
      if (!read) return no(read.error());
      if (!*read) return {};
    }
    if (next == Next::more && config_.follow) {
      if (!out_.drain(stop_) || !wait()) return {};  // what failed is offered again now, not with the next line
      continue;
    }
    if (next == Next::more && look() == Next::replaced) continue;  // a renamed one was read first
    pieces_->finish();
    if (!pieces_->empty() && !hand_over()) return {};
    if (next == Next::more) break;
    auto current = OpenFile::open(config_.path);
    if (current) begin(std::move(*current), {});
    if (!current && !wait()) return {};
  }
  (void)out_.drain(stop_);
  return {};
}

}  // namespace

std::string FileCursor::text() const {
  std::ostringstream out;
  out << "1 " << inode << ' ' << offset << ' ' << lines << ' ' << head_bytes << ' ' << head;
  return out.str();
}

std::optional<FileCursor> FileCursor::parse(std::string_view text) {
  std::istringstream in{std::string(text)};
  int version = 0;
  FileCursor cursor;
  in >> version >> cursor.inode >> cursor.offset >> cursor.lines >> cursor.head_bytes >> cursor.head;
  if (!in || version != 1 || cursor.head_bytes > head_bytes_max) return std::nullopt;
  return cursor;
}

Done FileSource::run(BatchSink& sink, std::stop_token stop) {
  return Reading(config_, sink, stop).run();
}

}  // namespace sagewatch
