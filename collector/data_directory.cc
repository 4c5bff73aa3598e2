#include "collector/data_directory.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace sagewatch {

Result<DataDirectory> DataDirectory::lock(std::string path) {
  const auto refused = [&](std::string_view what, int error) {
    return no(fmt::format("data directory {}: {}: {}; choose another with data_dir or --data-dir, or make it writable",
                          path, what, std::strerror(error)));
  };
  std::error_code made;
  const bool is_new = std::filesystem::create_directories(path, made);
  if (made) return refused("cannot be made", made.value());
  if (is_new && ::chmod(path.c_str(), 0700) != 0) return refused("cannot be made private", errno);

  const std::string file = path + "/lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return refused("cannot be written", errno);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    ::close(descriptor);
    return no(fmt::format(
        "data directory {} is in use by another sagewatch; stop that one, or give this one a directory of its own "
        "with data_dir or --data-dir",
        path));
  }
  return DataDirectory{std::move(path), descriptor};
}

DataDirectory::DataDirectory(DataDirectory&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

DataDirectory::~DataDirectory() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace sagewatch
