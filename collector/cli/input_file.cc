#include "collector/cli/input_file.h"

#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "events/frame.h"

namespace sagewatch {

Result<std::string> read_input(const std::string& file, std::string_view content) {
  std::stringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
  } else {
    const std::ifstream in{file, std::ios::binary};
    if (!in)
      return no(fmt::format("{}: cannot be read; name a file that holds {}, or - for standard input", file, content));
    text << in.rdbuf();
  }
  std::string read = text.str();
  read.reserve(read.size() + frame_padding);
  return read;
}

}  // namespace sagewatch
