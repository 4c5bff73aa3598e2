#pragma once
// How this server speaks JSON when it has little to say: an error is {"error": "<sentence>"} with a fitting status.
// AWS's JSON protocol has a shape of its own.
#include <string>
#include <string_view>

#include "collector/http/server.h"

namespace sagewatch {

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so the answer is always
// JSON, whatever a sentence quotes.
void append_json_string(std::string& out, std::string_view text);

HttpResponse error_answer(int status, std::string_view sentence);

// An error as AWS's JSON protocol says it: the code stands in the body for boto3 and in a header for JavaScript.
HttpResponse aws_error(int status, std::string_view code, std::string_view message);

// 503 with Retry-After: we are full; nothing was taken.
HttpResponse busy_answer(std::string_view sentence);

}  // namespace sagewatch
