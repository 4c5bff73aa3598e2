#include "collector/cli/remote.h"

#include <fmt/format.h>

#include <future>
#include <nlohmann/json.hpp>

#include "collector/http/client.h"

namespace sagewatch {

Result<RemoteAnswer> ask(const std::string& server, const std::string& method, const std::string& path) {
  auto client = CurlHttpClient::open({});
  if (!client) return no(client.error());
  OutgoingRequest request;
  request.method = method;
  request.url = server + path;
  request.answer_bytes_max = 64u << 20;
  std::promise<HttpResult> answered;
  (*client)->send(std::move(request), [&](HttpResult result) { answered.set_value(std::move(result)); });
  HttpResult result = answered.get_future().get();
  if (const auto* failure = std::get_if<HttpFailure>(&result)) {
    return no(fmt::format("{}: {}; is the daemon running there? Name another with --server", server, failure->what));
  }
  auto& answer = std::get<HttpAnswer>(result);
  return RemoteAnswer{answer.status, std::move(answer.body)};
}

std::string sentence_of(const RemoteAnswer& answer) {
  const auto body = nlohmann::json::parse(answer.body, nullptr, false);
  const auto error = body.is_object() ? body.find("error") : body.end();
  return error != body.end() && error->is_string() ? error->get<std::string>() : fmt::format("HTTP {}", answer.status);
}

Result<std::string> asked(const std::string& server, const std::string& method, const std::string& path, int* status) {
  auto answer = ask(server, method, path);
  if (status != nullptr) *status = answer ? answer->status : 0;
  if (!answer) return no(answer.error());
  if (answer->status != 200) return no(sentence_of(*answer));
  return std::move(answer->body);
}

std::string url_escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace sagewatch
