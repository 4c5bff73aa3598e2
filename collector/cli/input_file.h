#pragma once
// A file that a command is given, or standard input.
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace sagewatch {

// "-" is standard input. `content` is for the Error: "one event". The text has capacity for frame_padding more bytes.
Result<std::string> read_input(const std::string& file, std::string_view content);

}  // namespace sagewatch
