#include "collector/real_disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace sagewatch {
namespace {

tl::unexpected<Error> refused(std::string_view what, const std::string& path, int number) {
  const bool no_room = number == ENOSPC || number == EDQUOT;
  return tl::unexpected<Error>{
      Error{fmt::format("{}: {}: {}", path, what, std::generic_category().message(number)), no_room}};
}

template <class Call>
auto again_if_interrupted(Call call) {
  auto answer = call();
  while (answer < 0 && errno == EINTR) answer = call();
  return answer;
}

class RealFile : public File {
 public:
  RealFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~RealFile() override { ::close(descriptor_); }
  RealFile(const RealFile&) = delete;
  RealFile& operator=(const RealFile&) = delete;

  Done write(std::uint64_t offset, std::span<const std::string_view> pieces) override {
    std::array<iovec, pieces_max> vectors;
    while (!pieces.empty()) {
      const std::size_t count = std::min(pieces.size(), vectors.size());
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < count; ++i) {
        vectors[i] = {const_cast<char*>(pieces[i].data()), pieces[i].size()};
        bytes += pieces[i].size();
      }
      const auto written = again_if_interrupted(
          [&] { return ::pwritev(descriptor_, vectors.data(), static_cast<int>(count), static_cast<off_t>(offset)); });
      if (written < 0) return refused("write", path_, errno);
      // A disk that fills up writes less and says so only the next time.
      if (static_cast<std::size_t>(written) < bytes) return refused("short write", path_, ENOSPC);
      offset += bytes;
      pieces = pieces.subspan(count);
    }
    return {};
  }
  Done sync() override {
    if (::fdatasync(descriptor_) != 0) return refused("flush to stable storage", path_, errno);
    return {};
  }
  Done allocate(std::uint64_t size) override {
    const int number = ::posix_fallocate(descriptor_, 0, static_cast<off_t>(size));
    if (number != 0) return refused(fmt::format("set {} bytes aside", size), path_, number);
    return {};
  }
  Done truncate(std::uint64_t size) override {
    if (again_if_interrupted([&] { return ::ftruncate(descriptor_, static_cast<off_t>(size)); }) != 0)
      return refused("truncate", path_, errno);
    return {};
  }
  Result<std::string> read(std::uint64_t offset, std::uint64_t length) override {
    std::string bytes(length, '\0');
    std::size_t have = 0;
    while (have < length) {
      const auto got = again_if_interrupted(
          [&] { return ::pread(descriptor_, bytes.data() + have, length - have, static_cast<off_t>(offset + have)); });
      if (got < 0) return refused("read", path_, errno);
      if (got == 0) break;
      have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
  }
  Result<std::uint64_t> size() override {
    struct stat status{};
    if (::fstat(descriptor_, &status) != 0) return refused("read its size", path_, errno);
    return static_cast<std::uint64_t>(status.st_size);
  }
  void let_go(std::uint64_t end) override {
    (void)::posix_fadvise(descriptor_, 0, static_cast<off_t>(end), POSIX_FADV_DONTNEED);
  }

 private:
  static constexpr std::size_t pieces_max = 1024;  // IOV_MAX of Linux
  int descriptor_;
  std::string path_;
};

Result<std::unique_ptr<File>> open_file(const std::string& path, int flags, std::string_view what) {
  const int descriptor = again_if_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0600); });
  if (descriptor < 0) return refused(what, path, errno);
  return std::make_unique<RealFile>(descriptor, path);
}

}  // namespace

Result<std::unique_ptr<File>> RealDisk::create(const std::string& path) {
  return open_file(path, O_RDWR | O_CREAT | O_EXCL, "create");
}
Result<std::unique_ptr<File>> RealDisk::open(const std::string& path) {
  return open_file(path, O_RDWR, "open");
}
Result<std::unique_ptr<File>> RealDisk::open_to_read(const std::string& path) {
  return open_file(path, O_RDONLY, "open");
}

Done RealDisk::make_directories(const std::string& path) {
  for (std::size_t at = path.find('/', 1);; at = path.find('/', at + 1)) {
    const std::string part = path.substr(0, at);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) return refused("create directory", part, errno);
    if (at == std::string::npos) return {};
  }
}

Result<std::vector<std::string>> RealDisk::list(const std::string& directory) {
  DIR* open = ::opendir(directory.c_str());
  if (open == nullptr) return refused("list", directory, errno);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int number = errno;
  ::closedir(open);
  if (number != 0) return refused("list", directory, number);
  std::sort(names.begin(), names.end());
  return names;
}

Done RealDisk::rename(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return refused("rename to " + to, from, errno);
  return {};
}

Done RealDisk::remove(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return refused("remove", path, errno);
  return {};
}

Done RealDisk::sync_directory(const std::string& directory) {
  const int descriptor =
      again_if_interrupted([&] { return ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  if (descriptor < 0) return refused("open", directory, errno);
  const int answer = ::fsync(descriptor);
  const int number = errno;
  ::close(descriptor);
  if (answer != 0) return refused("flush to stable storage", directory, number);
  return {};
}

Result<std::uint64_t> RealDisk::free_bytes(const std::string& directory) {
  struct statvfs status{};
  if (::statvfs(directory.c_str(), &status) != 0) return refused("ask for free space", directory, errno);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace sagewatch
