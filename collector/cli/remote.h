#pragma once
// One request to a running daemon, for commands; waits for the answer.
#include <string>

#include "events/base/result.h"

namespace sagewatch {

struct RemoteAnswer {
  int status = 0;
  std::string body;
};
// An Error says that nobody listens there and how to name the daemon.
Result<RemoteAnswer> ask(const std::string& server, const std::string& method, const std::string& path);

// "a b&c" → "a%20b%26c"
std::string url_escaped(const std::string& text);

}  // namespace sagewatch
