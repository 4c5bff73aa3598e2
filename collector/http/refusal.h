#pragma once
// What the server itself says no to, before or instead of a service, in the shape that its client reads: ours want
// {"error": ...}, the CLI and the SDKs of AWS {"__type": ..., "message": ...}, without which they show a bare status.
#include <cstdint>
#include <string>
#include <string_view>

#include "collector/http/server.h"

namespace sagewatch {

struct HttpRefusal {
  int status = 400;
  std::string_view reason;  // label of sagewatch_http_refused_total
  std::string what;
};

// AWS's are the requests with this header. Nothing is known before a head was read.
inline constexpr std::string_view aws_target_header = "x-amz-target";
enum class Dialect : std::uint8_t { unknown, ours, aws };

// An unknown client gets both shapes in one; 503 says when to try again.
HttpResponse refusal_answer(Dialect dialect, int status, std::string_view what);

}  // namespace sagewatch
