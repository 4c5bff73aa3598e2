#include <fmt/format.h>

#include <cstdio>

#include "collector/cli/commands.h"
#include "collector/config/error_codes.h"

namespace sagewatch {

int run_help(const std::string& code) {
  if (code.empty()) {
    for (const ErrorCode& each : error_codes()) fmt::print("{}  {}\n", each.code, each.title);
    return exit_ok;
  }
  std::string upper = code;
  for (char& letter : upper) letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  const ErrorCode* found = find_error_code(upper);
  if (found == nullptr) {
    fmt::print(stderr, "{} is not a code of sagewatch; `sagewatch help` lists them all\n", code);
    return exit_usage;
  }
  fmt::print("{}: {}\n\n{}\n", found->code, found->title, found->meaning);
  return exit_ok;
}

}  // namespace sagewatch
