#include "exporters/file_target.h"

#include <algorithm>
#include <utility>

namespace sagewatch {

std::string one_line(std::string_view json) {
  std::string line;
  line.reserve(json.size() + 1);
  while (!json.empty()) {
    const auto end = std::min(json.find_first_of("\r\n"), json.size());
    line.append(json.substr(0, end));
    json.remove_prefix(std::min(end + 1, json.size()));
  }
  line.push_back('\n');
  return line;
}

FileTarget::FileTarget(std::unique_ptr<AppendFile> file) : file_(std::move(file)) {}

void FileTarget::attempt(const Delivery& delivery, std::function<void(Attempt)> done) {
  file_->append(one_line(*delivery.json), [done = std::move(done)](const Done& written) {
    if (written) {
      done({Verdict::delivered, "", ""});
    } else {
      // Whatever a disk says may heal: somebody makes room, mounts it again, gives the permission back.
      done({Verdict::retry, "INTERNAL_ERROR", written.error().what});
    }
  });
}

}  // namespace sagewatch
