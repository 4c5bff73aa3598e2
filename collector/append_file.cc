#include "collector/append_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "collector/thread_name.h"

namespace sagewatch {
namespace {

constexpr off_t torn_bytes_max = 4 << 20;  // a line is an event of 1 MiB at most; looked at when a file is opened

std::string because(int error) {
  return std::strerror(error);
}

// Old and new target of a reload may write the same file for a moment; each holds this while it knows where the file
// ends, so that neither cuts the other's lines. Not waited for: it would hang with whoever holds it.
class FileLock {
 public:
  explicit FileLock(int descriptor) : descriptor_(descriptor), held_(::flock(descriptor, LOCK_EX | LOCK_NB) == 0) {}
  ~FileLock() {
    if (held_) ::flock(descriptor_, LOCK_UN);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  bool held() const { return held_; }

 private:
  int descriptor_;
  bool held_;
};

// A power cut may have left half a line, which nobody was told is delivered: it is cut off. What does not look like a
// line of ours is kept, and ours start behind a line break.
Done end_with_whole_line(int descriptor, off_t size) {
  const off_t from = size > torn_bytes_max ? size - torn_bytes_max : 0;
  std::string tail(static_cast<std::size_t>(size - from), '\0');
  const ssize_t got = ::pread(descriptor, tail.data(), tail.size(), from);
  if (got != static_cast<ssize_t>(tail.size())) return not_now("cannot read its end: " + because(errno));
  if (tail.empty() || tail.back() == '\n') return {};
  const auto line_break = tail.rfind('\n');
  const std::size_t begin = line_break == std::string::npos ? 0 : line_break + 1;
  const bool whole_view = from == 0 || begin > 0;
  if (whole_view && tail[begin] == '{') {
    if (::ftruncate(descriptor, from + static_cast<off_t>(begin)) == 0) return {};
  } else if (::write(descriptor, "\n", 1) == 1) {
    return {};
  }
  return not_now("cannot repair its last line: " + because(errno));
}

void sync_directory_of(const std::string& path) {
  const auto parent = std::filesystem::path(path).parent_path();
  const int directory = ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return;
  ::fsync(directory);
  ::close(directory);
}

Result<int> open_to_append(const std::string& path) {
  struct stat before{};
  const bool existed = ::stat(path.c_str(), &before) == 0;
  // Non-blocking: opening a pipe that nobody reads would wait for ever before it could be refused.
  const int descriptor = ::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
  if (descriptor < 0 && errno == ENOENT) {
    return not_now("cannot create " + path + ": its directory does not exist; create the directory");
  }
  if (descriptor < 0) return not_now("cannot open " + path + " to append: " + because(errno));
  struct stat status{};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return no(path + " is not a regular file; a file target needs one");
  }
  if (!existed) sync_directory_of(path);
  const FileLock lock(descriptor);
  if (lock.held()) {
    if (auto repaired = end_with_whole_line(descriptor, status.st_size); !repaired) {
      ::close(descriptor);
      return not_now(path + ": " + repaired.error().what);
    }
  }
  return descriptor;
}

}  // namespace

Result<std::unique_ptr<RealAppendFile>> RealAppendFile::open(std::string path) {
  const auto descriptor = open_to_append(path);
  if (!descriptor) return no(descriptor.error());
  return std::unique_ptr<RealAppendFile>(new RealAppendFile(std::move(path), *descriptor));
}

RealAppendFile::RealAppendFile(std::string path, int descriptor)
    : path_(std::move(path)), descriptor_(descriptor), thread_([this] {
        name_this_thread("file-target");
        run();
      }) {}

RealAppendFile::~RealAppendFile() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RealAppendFile::append(std::string line, std::function<void(Done)> done) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    first = waiting_.empty();
    waiting_.push_back({std::move(line), std::move(done)});
  }
  if (first) wake_.notify_one();
}

void RealAppendFile::run() {
  while (true) {
    std::vector<Waiting> batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      batch.swap(waiting_);
    }
    std::size_t size = 0;
    for (const Waiting& each : batch) size += each.line.size();
    std::string lines;
    lines.reserve(size);
    for (const Waiting& each : batch) lines += each.line;
    const Done written = write(lines);
    for (const Waiting& each : batch) each.done(written);
  }
}

Done RealAppendFile::reopen_if_rotated() {
  struct stat mine{};
  struct stat there{};
  const bool same = descriptor_ >= 0 && ::fstat(descriptor_, &mine) == 0 && ::stat(path_.c_str(), &there) == 0 &&
                    mine.st_ino == there.st_ino && mine.st_dev == there.st_dev;
  if (same) return {};
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  const auto opened = open_to_append(path_);
  if (!opened) return no(opened.error());
  descriptor_ = *opened;
  return {};
}

Done RealAppendFile::write(const std::string& lines) {
  if (auto open = reopen_if_rotated(); !open) return open;
  const FileLock lock(descriptor_);
  if (!lock.held()) return not_now("another process holds a lock on " + path_ + "; it is tried again");
  struct stat before{};
  if (::fstat(descriptor_, &before) != 0) return not_now("cannot read the size of " + path_ + ": " + because(errno));
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = ::write(descriptor_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  const bool whole = written == lines.size();
  if (whole && ::fdatasync(descriptor_) == 0) return {};
  const int error = errno;
  // All of these lines are owed still, so none may stay: not the torn one, and not those before it.
  const bool cut = ::ftruncate(descriptor_, before.st_size) == 0;
  // After a failed flush the descriptor is not asked again: Linux may have dropped the pages and report success.
  if (whole || !cut) ::close(std::exchange(descriptor_, -1));
  return not_now("cannot " + std::string(whole ? "flush " : "write to ") + path_ + ": " + because(error));
}

}  // namespace sagewatch
