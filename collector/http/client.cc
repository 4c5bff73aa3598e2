#include "collector/http/client.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "collector/thread_name.h"

namespace sagewatch {
namespace {

using Kind = HttpFailure::Kind;
using Send = std::function<void(HttpResult)>;

constexpr std::size_t spare_handles_max = 64;  // kept for the next requests; each holds some 20 KB
constexpr int poll_ms = 1000;                  // curl asks for less where it needs to; wakeups come at once

// Why a request cannot be made as it stands; empty if it can.
std::string fault_of(const OutgoingRequest& request) {
  const auto has_control = [](std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
  };
  const bool method_fits = !request.method.empty() && std::all_of(request.method.begin(), request.method.end(),
                                                                  [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!method_fits) return "the method must be a word in capitals, such as POST";
  if (!request.url.starts_with("http://") && !request.url.starts_with("https://"))
    return "the URL must start with http:// or https://";
  if (has_control(request.url) || request.url.find(' ') != std::string::npos)
    return "the URL holds a blank or a control character";
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || has_control(name) || name.find_first_of(": \t") != std::string::npos)
      return "a header's name holds a character that may not stand there";
    if (has_control(value)) return fmt::format("the header {} holds a control character", name);
  }
  return {};
}

// Host and port, which is all of a URL that may be said: the rest may hold credentials.
std::string place_of(const std::string& url) {
  CURLU* parsed = curl_url();
  std::string place = "the target";
  char* host = nullptr;
  char* port = nullptr;
  if (curl_url_set(parsed, CURLUPART_URL, url.c_str(), 0) == CURLUE_OK &&
      curl_url_get(parsed, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
      curl_url_get(parsed, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK)
    place = fmt::format("{}:{}", host, port);
  curl_free(host);
  curl_free(port);
  curl_url_cleanup(parsed);
  return place;
}

// One request under way. Everything curl points into lives here, at one address.
struct Transfer {
  OutgoingRequest request;
  Send done;
  const HttpClientConfig* config = nullptr;
  HttpAnswer answer;
  std::size_t head_bytes = 0;
  bool head_too_large = false;
  bool body_cut = false;
  std::string refused;  // what the egress rules said
  curl_slist* headers = nullptr;

  Transfer() = default;
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer() { curl_slist_free_all(headers); }
};

curl_socket_t open_socket(void* transfer, curlsocktype, curl_sockaddr* to) {
  auto& self = *static_cast<Transfer*>(transfer);
  if (std::string refusal = self.config->egress.refusal(to->addr); !refusal.empty()) {
    self.refused = std::move(refusal);
    return CURL_SOCKET_BAD;
  }
  return ::socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

std::size_t on_header(char* bytes, std::size_t, std::size_t count, void* transfer) {
  auto& self = *static_cast<Transfer*>(transfer);
  std::string_view line{bytes, count};
  self.head_bytes += count;
  if (self.head_bytes > self.config->head_bytes_max) {
    self.head_too_large = true;
    return 0;
  }
  if (line.starts_with("HTTP/")) {  // the real answer, behind a "100 Continue"
    self.answer.headers.clear();
    return count;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return count;
  std::string name{line.substr(0, colon)};
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  std::string_view value = line.substr(colon + 1);
  value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
  value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
  self.answer.headers.emplace_back(std::move(name), std::string{value});
  return count;
}

std::size_t on_body(char* bytes, std::size_t, std::size_t count, void* transfer) {
  auto& self = *static_cast<Transfer*>(transfer);
  std::string& body = self.answer.body;
  const std::size_t room = self.request.answer_bytes_max - body.size();
  body.append(bytes, std::min(room, count));
  self.body_cut = count > room;
  return self.body_cut ? 0 : count;  // less than was offered: curl gives up, and we have what we wanted
}

void set_up(CURL* easy, Transfer& transfer) {
  const OutgoingRequest& request = transfer.request;
  for (const auto& [name, value] : request.headers)
    transfer.headers =
        curl_slist_append(transfer.headers, value.empty() ? (name + ";").c_str() : (name + ": " + value).c_str());
  // Otherwise curl names a type of its own for a body without one.
  const bool has_type = std::any_of(request.headers.begin(), request.headers.end(), [](const auto& field) {
    return curl_strequal(field.first.c_str(), "Content-Type") != 0;
  });
  if (!has_type) transfer.headers = curl_slist_append(transfer.headers, "Content-Type:");
  // Otherwise curl waits up to a second for "100 Continue" before a body above 1 MiB.
  transfer.headers = curl_slist_append(transfer.headers, "Expect:");

  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");  // also switches the environment's off
  curl_easy_setopt(easy, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);  // a signature covers the path as it stands
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, std::max<long>(1, request.connect_timeout.count()));
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, std::max<long>(1, request.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!transfer.config->ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, transfer.config->ca_file.c_str());
  curl_easy_setopt(easy, CURLOPT_USERAGENT, transfer.config->user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, transfer.headers);
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" || !request.body.empty()) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &transfer);
}

HttpFailure failure_of(CURLcode code, CURL* easy, const Transfer& transfer) {
  const std::string place = place_of(transfer.request.url);
  if (!transfer.refused.empty())
    return {Kind::egress_refused, fmt::format("{} may not be called: {}", place, transfer.refused)};
  if (transfer.head_too_large)
    return {Kind::connection_lost,
            fmt::format("{} answered with more than {} bytes of headers", place, transfer.config->head_bytes_max)};
  const std::string_view why = curl_easy_strerror(code);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Kind::resolve, fmt::format("the name of {} cannot be resolved", place)};
    case CURLE_COULDNT_CONNECT:
      return {Kind::connect, fmt::format("{} does not take connections", place)};
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t connected = 0;
      curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
      if (connected == 0) return {Kind::timeout, fmt::format("{} could not be connected to in time", place)};
      return {Kind::timeout,
              fmt::format("{} did not answer within {}", place, format_duration(transfer.request.timeout))};
    }
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Kind::tls_identity, fmt::format("the certificate of {} is not trusted for that name", place)};
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return {Kind::tls, fmt::format("no TLS connection to {}: {}", place, why)};
    case CURLE_URL_MALFORMAT:
      return {Kind::bad_request, "the URL is not one that can be called"};
    case CURLE_UNSUPPORTED_PROTOCOL:  // the scheme was looked at before, so this is an answer without a status line
      return {Kind::connection_lost, fmt::format("{} answered, but not in HTTP", place)};
    default:
      return {Kind::connection_lost, fmt::format("the connection to {} was lost: {}", place, why)};
  }
}

}  // namespace

// The thread and what it owns. Others reach it through the inbox and a wakeup only.
class CurlHttpClient::Loop {
 public:
  Loop(HttpClientConfig config, CURLM* multi) : config_(std::move(config)), multi_(multi) {
    curl_multi_setopt(multi_, CURLMOPT_MAX_TOTAL_CONNECTIONS, config_.connections_max);
    curl_multi_setopt(multi_, CURLMOPT_MAXCONNECTS, config_.connections_max);
    thread_ = std::thread([this] {
      name_this_thread("http-out");
      run();
    });
  }
  ~Loop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    curl_multi_wakeup(multi_);
    thread_.join();
    for (CURL* easy : spare_) curl_easy_cleanup(easy);
    curl_multi_cleanup(multi_);
  }
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void put(std::unique_ptr<Transfer> transfer) {
    transfer->config = &config_;
    {
      std::lock_guard lock(mutex_);
      if (!stopping_) {
        inbox_.push_back(std::move(transfer));
        if (inbox_.size() == 1) curl_multi_wakeup(multi_);  // for the others, whoever put the first one did
        return;
      }
    }
    end(*transfer);  // a `done` that sends again while we shut down
  }

 private:
  void run() {
    for (;;) {
      std::vector<std::unique_ptr<Transfer>> fresh;
      bool stop = false;
      {
        std::lock_guard lock(mutex_);
        fresh.swap(inbox_);
        stop = stopping_;
      }
      if (stop) return end_all(std::move(fresh));
      for (auto& transfer : fresh) begin(std::move(transfer));
      int running = 0;
      curl_multi_perform(multi_, &running);
      finish_done();
      curl_multi_poll(multi_, nullptr, 0, poll_ms, nullptr);
    }
  }

  void begin(std::unique_ptr<Transfer> transfer) {
    if (std::string fault = fault_of(transfer->request); !fault.empty())
      return transfer->done(HttpFailure{Kind::bad_request, std::move(fault)});
    CURL* easy = spare_.empty() ? curl_easy_init() : spare_.back();
    if (!spare_.empty()) spare_.pop_back();
    if (easy == nullptr) return transfer->done(HttpFailure{Kind::connect, "there is no memory for another request"});
    set_up(easy, *transfer);
    if (curl_multi_add_handle(multi_, easy) != CURLM_OK) {
      curl_easy_cleanup(easy);
      return transfer->done(HttpFailure{Kind::connect, "there is no memory for another request"});
    }
    under_way_.emplace(easy, std::move(transfer));
  }

  void finish_done() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      finish(message->easy_handle, message->data.result);  // copied out: removing the handle frees the message
    }
  }

  void finish(CURL* easy, CURLcode code) {
    auto node = under_way_.extract(easy);
    SW_MUST(!node.empty(), "curl speaks only of requests that were given to it");
    const std::unique_ptr<Transfer> transfer = std::move(node.mapped());
    HttpResult result = result_of(easy, code, *transfer);
    curl_multi_remove_handle(multi_, easy);
    if (spare_.size() < spare_handles_max) {
      curl_easy_reset(easy);
      spare_.push_back(easy);
    } else {
      curl_easy_cleanup(easy);
    }
    transfer->done(std::move(result));
  }

  static HttpResult result_of(CURL* easy, CURLcode code, Transfer& transfer) {
    if (code != CURLE_OK && !transfer.body_cut) return failure_of(code, easy, transfer);
    long status = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    transfer.answer.status = static_cast<int>(status);
    return std::move(transfer.answer);
  }

  static void end(Transfer& transfer) { transfer.done(HttpFailure{Kind::shutting_down, "sagewatch is shutting down"}); }

  void end_all(std::vector<std::unique_ptr<Transfer>> unsent) {
    for (auto& transfer : unsent) end(*transfer);
    for (auto& [easy, transfer] : under_way_) {
      curl_multi_remove_handle(multi_, easy);
      curl_easy_cleanup(easy);
      end(*transfer);
    }
    under_way_.clear();
  }

  const HttpClientConfig config_;
  CURLM* const multi_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Transfer>> inbox_;  // guarded by mutex_
  bool stopping_ = false;                         // guarded by mutex_
  std::unordered_map<CURL*, std::unique_ptr<Transfer>> under_way_;
  std::vector<CURL*> spare_;
  std::thread thread_;
};

Result<std::unique_ptr<CurlHttpClient>> CurlHttpClient::open(HttpClientConfig config) {
  static std::once_flag once;
  static CURLcode started = CURLE_OK;
  std::call_once(once, [] { started = curl_global_init(CURL_GLOBAL_DEFAULT); });
  if (started != CURLE_OK) return no(fmt::format("libcurl does not start: {}", curl_easy_strerror(started)));
  CURLM* multi = curl_multi_init();
  if (multi == nullptr) return no("libcurl does not start: there is no memory");
  return std::unique_ptr<CurlHttpClient>(new CurlHttpClient(std::make_unique<Loop>(std::move(config), multi)));
}

CurlHttpClient::CurlHttpClient(std::unique_ptr<Loop> loop) : loop_(std::move(loop)) {}
CurlHttpClient::~CurlHttpClient() = default;

void CurlHttpClient::send(OutgoingRequest request, Send done) {
  auto transfer = std::make_unique<Transfer>();
  transfer->request = std::move(request);
  transfer->done = std::move(done);
  loop_->put(std::move(transfer));
}

}  // namespace sagewatch
