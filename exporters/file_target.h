#pragma once
// A target that is a file: every delivery is one line of JSON, the envelope as it is delivered elsewhere and nothing
// around it, so that `jq` and `tail -f` read it as they would read the event. Delivered means: on stable storage.
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "exporters/target.h"

namespace sagewatch {

// A file that only grows; collector/append_file.h implements it with a thread of its own.
class AppendFile {
 public:
  virtual ~AppendFile() = default;
  // Any thread; never blocks. `line` ends with a newline. `done` is called exactly once, on any thread, when the line
  // is on stable storage or could not be written; then no part of it stays in the file.
  virtual void append(std::string line, std::function<void(Done)> done) = 0;
};

// Lines under way at once. One write and one fdatasync serve all that wait, so many must be allowed to wait together.
inline constexpr std::uint32_t file_lines_inflight = 8'192;

// The event on one line: line breaks between its tokens are dropped (inside strings JSON has none), all else is kept.
std::string one_line(std::string_view json);

class FileTarget : public Target {
 public:
  explicit FileTarget(std::unique_ptr<AppendFile> file);
  void attempt(const Delivery& delivery, std::function<void(Attempt)> done) override;

 private:
  const std::unique_ptr<AppendFile> file_;
};

}  // namespace sagewatch
