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

// The body of a 200, else an Error with the daemon's own sentence; `status` tells which answer it was, 0 for none.
Result<std::string> asked(const std::string& server, const std::string& method, const std::string& path,
                          int* status = nullptr);
// The sentence of an answer that is no 200.
std::string sentence_of(const RemoteAnswer& answer);

// "a b&c" → "a%20b%26c"
std::string url_escaped(const std::string& text);

}  // namespace sagewatch
