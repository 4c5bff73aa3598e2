#include "collector/http/answers.h"

#include "events/utf8.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out.append(text.substr(0, plain));
    text.remove_prefix(plain);
    if (text.empty()) break;
    const auto byte = static_cast<unsigned char>(text.front());
    if (byte < 0x80) {
      append_json_escape(out, byte);
      text.remove_prefix(1);
    } else if (const std::size_t length = utf8_length(text); length > 0) {
      out.append(text.substr(0, length));
      text.remove_prefix(length);
    } else {
      out += "\xEF\xBF\xBD";
      text.remove_prefix(1);
    }
  }
  out.push_back('"');
}

HttpResponse error_answer(int status, std::string_view sentence) {
  HttpResponse answer;
  answer.status = status;
  answer.body = "{\"error\":";
  append_json_string(answer.body, sentence);
  answer.body += "}\n";
  return answer;
}

HttpResponse aws_error(int status, std::string_view code, std::string_view message) {
  HttpResponse answer;
  answer.status = status;
  answer.content_type = "application/x-amz-json-1.1";
  answer.headers.emplace_back("x-amzn-ErrorType", code);
  answer.body = "{\"__type\":";
  append_json_string(answer.body, code);
  answer.body += ",\"message\":";
  append_json_string(answer.body, message);
  answer.body += "}";
  return answer;
}

HttpResponse busy_answer(std::string_view sentence) {
  HttpResponse answer = error_answer(503, sentence);
  answer.headers.emplace_back("Retry-After", "1");
  return answer;
}

}  // namespace sagewatch
