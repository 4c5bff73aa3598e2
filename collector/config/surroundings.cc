#include "collector/config/surroundings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>

#include "events/base/config_node.h"

namespace sagewatch {

std::optional<std::string> ProcessSurroundings::variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>{value};
}

Result<std::string> ProcessSurroundings::read(const std::string& path, std::size_t bytes_max) const {
  if (is_directory(path)) return no("it is a directory");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return no(std::strerror(errno));
  std::string text;
  char buffer[16 * 1024];
  while (const std::size_t got = std::fread(buffer, 1, sizeof buffer, file.get())) {
    text.append(buffer, got);
    if (text.size() > bytes_max) return no(fmt::format("it has more than {}", format_size(bytes_max)));
  }
  if (std::ferror(file.get()) != 0) return no(std::strerror(errno));
  return text;
}

bool ProcessSurroundings::is_directory(const std::string& path) const {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored);
}

std::vector<std::string> ProcessSurroundings::list(const std::string& directory) const {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator at(directory, error);
  for (; !error && at != std::filesystem::directory_iterator{}; at.increment(error))
    names.push_back(at->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sagewatch
