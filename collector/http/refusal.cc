#include "collector/http/refusal.h"

#include "collector/http/answers.h"

namespace sagewatch {
namespace {

// Those that all services of AWS share, by which their clients know what to try again.
std::string_view aws_code(int status) {
  switch (status) {
    case 403:
      return "AccessDeniedException";
    case 404:
    case 405:
      return "UnknownOperationException";
    case 408:
      return "RequestTimeoutException";
    case 413:
      return "RequestEntityTooLargeException";
    case 500:
    case 504:
      return "InternalException";
    case 503:
      return "ServiceUnavailable";
    default:
      return "MalformedHttpRequestException";
  }
}

}  // namespace

HttpResponse refusal_answer(Dialect dialect, int status, std::string_view what) {
  HttpResponse answer =
      dialect == Dialect::ours ? error_answer(status, what) : aws_error(status, aws_code(status), what);
  if (dialect == Dialect::unknown) {
    answer.content_type = "application/json";
    answer.body.back() = ',';
    answer.body += "\"error\":";
    append_json_string(answer.body, what);
    answer.body += "}\n";
  }
  if (status == 503) answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace sagewatch
