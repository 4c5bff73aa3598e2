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

#include "collector/sources/gzip_reader.h"
#include "collector/sources/line_reader.h"
#include "collector/sources/waiting_sink.h"
#include "events/base/hash.h"

namespace sagewatch {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
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
  // Its first two bytes, or fewer; no JSON begins with gzip's first.
  std::string magic() const {
    std::string bytes(2, '\0');
    const auto got = read(bytes.data(), bytes.size(), 0);
    bytes.resize(got < 0 ? 0 : static_cast<std::size_t>(got));
    return bytes;
  }
  // Holds what the cursor has seen, unchanged as far as can be told.
  bool continues(const FileCursor& cursor) const {
    const bool is_long_enough = size() >= cursor.offset || GzipReader::is_gzip(magic());
    return is_long_enough && fingerprint(cursor.head_bytes) == cursor.head;
  }

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
      : config_(config), out_(sink), stop_(stop), buffer_(read_bytes) {}
  Done run();

 private:
  enum class Next : std::uint8_t { more, replaced, rewritten };
  bool start();
  void begin(OpenFile file, const FileCursor& from);
  std::uint64_t end_of(const OpenFile& file) const;
  bool knows_form();
  Result<bool> read_to_end();
  bool take(std::string_view bytes);
  Result<bool> take_compressed(std::string_view bytes);
  bool hand_over();
  Error failure(std::string_view what) const {
    return Error{config_.name + ": " + config_.path + ": " + std::string{what}};
  }
  Next look();
  bool wait();

  const FileReading& config_;
  WaitingSink out_;  // one in flight: a cursor speaks for all before it
  std::stop_token stop_;
  std::vector<char> buffer_;
  std::optional<OpenFile> file_;
  FileCursor seen_;           // what was handed over
  std::uint64_t offset_ = 0;  // read so far: of the file's own bytes, once its form is known
  bool is_form_known_ = false;
  std::optional<GzipReader> gzip_;  // of a gzip file
  std::uint64_t skip_ = 0;          // bytes that it opens to and that were handed over before
  LineReader lines_;
  std::mutex mutex_;  // only to wait with
  std::condition_variable_any never_;
};

void Reading::begin(OpenFile file, const FileCursor& from) {
  seen_ = from;
  seen_.inode = file.inode();
  offset_ = from.offset;
  is_form_known_ = false;
  gzip_.reset();
  lines_ = LineReader({from.offset, from.lines, from.records}, config_.line_bytes_max);
  file_ = std::move(file);
}

// Of what is there now: of a gzip file what it opens to.
std::uint64_t Reading::end_of(const OpenFile& file) const {
  if (!GzipReader::is_gzip(file.magic())) return file.size();
  GzipReader gzip(config_.opened_bytes_max);
  std::vector<char> buffer(read_bytes);
  std::uint64_t offset = 0, end = 0;
  for (ssize_t got = 0; (got = file.read(buffer.data(), buffer.size(), offset)) > 0;) {
    offset += static_cast<std::uint64_t>(got);
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    auto opened = gzip.open(bytes);
    for (; opened && !opened->empty(); opened = gzip.open(bytes)) end += opened->size();
    if (!opened) break;  // the reading itself will say so
  }
  return end;
}

// False: too little of the file is there to tell whether it is gzip.
bool Reading::knows_form() {
  if (is_form_known_) return true;
  const std::string magic = file_->magic();
  if (magic.empty() || (config_.follow && magic == "\x1f")) return false;  // a byte that will stay alone is a line
  is_form_known_ = true;
  if (!GzipReader::is_gzip(magic)) return true;
  gzip_.emplace(config_.opened_bytes_max);
  skip_ = offset_;
  offset_ = 0;
  return true;
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
  if (config_.from_end && config_.cursor.empty() && !file_) from.offset = end_of(*current);
  begin(std::move(*current), from);
  return true;
}

bool Reading::hand_over() {
  const auto end = lines_.end();
  auto batch = lines_.batch();
  batch.source = config_.name;
  batch.bus = config_.bus;
  batch.quarantine_refused = true;
  seen_.offset = end.offset;
  seen_.lines = end.lines;
  seen_.records = end.records;
  if (seen_.head_bytes < head_bytes_max) {
    seen_.head_bytes = std::min(head_bytes_max, offset_);
    seen_.head = file_->fingerprint(seen_.head_bytes);
  }
  batch.cursor = seen_.text();
  return out_.accept(std::move(batch), stop_);
}

// False: stopped.
bool Reading::take(std::string_view bytes) {
  while (!bytes.empty()) {
    bytes.remove_prefix(lines_.take(bytes));
    if (lines_.full() && !hand_over()) return false;
  }
  return true;
}

// What was opened before a fault is handed over all the same.
Result<bool> Reading::take_compressed(std::string_view bytes) {
  for (;;) {
    const auto opened = gzip_->open(bytes);
    if (!opened) {
      if (!lines_.empty() && hand_over()) (void)out_.drain(stop_);
      return tl::unexpected{failure(opened.error().what)};
    }
    if (opened->empty()) return true;
    const auto skipped = std::min<std::uint64_t>(skip_, opened->size());
    skip_ -= skipped;
    if (!take(opened->substr(skipped))) return false;
  }
}

// False: stopped.
Result<bool> Reading::read_to_end() {
  while (!stop_.stop_requested()) {
    const bool is_form_known = knows_form();
    // Also of unknown form, so that what cannot be read is not taken for empty.
    const auto got = file_->read(buffer_.data(), is_form_known ? buffer_.size() : 1, is_form_known ? offset_ : 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return no(config_.name + ": " + config_.path + " cannot be read: " + std::strerror(errno));
    if (got == 0 || !is_form_known) return lines_.empty() || hand_over();
    offset_ += static_cast<std::uint64_t>(got);
    const std::string_view bytes(buffer_.data(), static_cast<std::size_t>(got));
    const auto taken = gzip_ ? take_compressed(bytes) : Result<bool>{take(bytes)};
    if (!taken || !*taken) return taken;
  }
  return false;
}

Reading::Next Reading::look() {
  // Before the form is known, offset_ is the cursor's: of a gzip file one of what it opens to, which its size is not.
  const bool is_cut = is_form_known_ && file_->size() < offset_;
  if (is_cut || (seen_.head_bytes > 0 && file_->fingerprint(seen_.head_bytes) != seen_.head)) return Next::rewritten;
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
    lines_.finish();
    if (!lines_.empty() && !hand_over()) return {};
    if (next == Next::more) break;
    auto current = OpenFile::open(config_.path);
    if (current) begin(std::move(*current), {});
    if (!current && !wait()) return {};
  }
  (void)out_.drain(stop_);
  if (gzip_ && !gzip_->is_whole()) {
    return tl::unexpected{failure("the gzip file is cut short; what it holds was taken, fetch it again for the rest")};
  }
  return {};
}

}  // namespace

std::string FileCursor::text() const {
  std::ostringstream out;
  out << "1 " << inode << ' ' << offset << ' ' << lines << ' ' << head_bytes << ' ' << head;
  if (records > 0) out << ' ' << records;
  return out.str();
}

std::optional<FileCursor> FileCursor::parse(std::string_view text) {
  std::istringstream in{std::string(text)};
  int version = 0;
  FileCursor cursor;
  in >> version >> cursor.inode >> cursor.offset >> cursor.lines >> cursor.head_bytes >> cursor.head;
  const bool has_all = !in.fail();
  if (!(in >> cursor.records)) cursor.records = 0;
  if (!has_all || version != 1 || cursor.head_bytes > head_bytes_max) return std::nullopt;
  return cursor;
}

Done FileSource::run(BatchSink& sink, std::stop_token stop) {
  return Reading(config_, sink, stop).run();
}

}  // namespace sagewatch
