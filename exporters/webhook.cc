#include "exporters/webhook.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <chrono>
#include <optional>
#include <vector>

namespace sagewatch {
namespace {

constexpr std::size_t quoted_bytes = 200;  // of a receiver's answer: enough for its error message

struct UrlParts {
  std::string_view scheme;
  std::string_view user;  // with password
  std::string_view host;  // with port
  std::string_view path;
  std::string_view query;  // and fragment
};

std::optional<UrlParts> split_url(std::string_view url) {
  UrlParts parts;
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::nullopt;
  parts.scheme = url.substr(0, scheme_end);
  url.remove_prefix(scheme_end + 3);
  const auto authority_end = std::min(url.find_first_of("/?#"), url.size());
  auto authority = url.substr(0, authority_end);
  url.remove_prefix(authority_end);
  if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
    parts.user = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  parts.host = authority;
  const auto path_end = std::min(url.find_first_of("?#"), url.size());
  parts.path = url.substr(0, path_end);
  parts.query = url.substr(path_end);
  return parts;
}

const std::string& shown(const WebhookConfig& config) {
  return config.shown_url.empty() ? config.url : config.shown_url;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool is_token(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Rule names made by the API are plain; a file's may hold anything, and a header may not.
std::string header_text(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7f && c != '%') {
      out.push_back(c);
    } else {
      out.push_back('%');
      out.push_back(digits[byte >> 4]);
      out.push_back(digits[byte & 15]);
    }
  }
  return out;
}

std::optional<int> two_digits(std::string_view text) {
  int value = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 5.6.7); the two obsolete forms are not read.
std::optional<UnixNanos> parse_http_date(std::string_view text) {
  static constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (text.size() != 29 || text.substr(3, 2) != ", " || text.substr(25) != " GMT") return std::nullopt;
  const auto month = months.find(text.substr(8, 3));
  const auto day = two_digits(text.substr(5, 2));
  const auto year = two_digits(text.substr(12, 4));
  const auto hour = two_digits(text.substr(17, 2));
  const auto minute = two_digits(text.substr(20, 2));
  const auto second = two_digits(text.substr(23, 2));
  if (month == std::string_view::npos || month % 3 != 0 || !day || !year || !hour || !minute || !second) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month(static_cast<unsigned>(month / 3 + 1)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const auto seconds = std::chrono::sys_days{date}.time_since_epoch() + std::chrono::hours{*hour} +
                       std::chrono::minutes{*minute} + Seconds{*second};
  return UnixNanos{std::chrono::duration_cast<Nanos>(seconds).count()};
}

std::optional<Seconds> read_retry_after(const HttpAnswer& answer, UnixNanos now) {
  const auto header = std::find_if(answer.headers.begin(), answer.headers.end(),
                                   [](const auto& each) { return same_name(each.first, "retry-after"); });
  if (header == answer.headers.end()) return std::nullopt;
  const std::string_view text = header->second;
  std::int64_t seconds = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (stop == text.data() + text.size() && error == std::errc{}) return Seconds{seconds};
  if (stop == text.data() + text.size() && error == std::errc::result_out_of_range) {
    return text.front() == '-' ? Seconds{-1} : Seconds::max();
  }
  if (const auto date = parse_http_date(text)) {
    return std::max(Seconds{0}, std::chrono::ceil<Seconds>(*date - now));
  }
  return std::nullopt;
}

// All that must not be printed: a receiver may well echo it.
std::vector<std::string_view> secrets(const WebhookConfig& config) {
  std::vector<std::string_view> all;
  if (const auto parts = split_url(config.url)) {
    all.push_back(parts->user);
    all.push_back(parts->query);
    if (shown(config) != config.url) all.push_back(parts->path);
  }
  for (const auto& [name, value] : config.headers) all.push_back(value);
  return all;
}

// What the receiver said, on one line and without control characters; nothing if it repeats a credential of ours.
std::string quoted(const WebhookConfig& config, std::string_view text) {
  for (const auto secret : secrets(config)) {
    if (secret.size() >= 4 && text.find(secret) != std::string_view::npos) return {};
  }
  std::string out;
  for (const char c : text.substr(0, quoted_bytes)) {
    const bool space = static_cast<unsigned char>(c) <= 0x20 || c == 0x7f;
    if (!space) out.push_back(c);
    if (space && !out.empty() && out.back() != ' ') out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out.empty() ? out : ": " + out;
}

const char* refusal_code(int status) {
  switch (status) {
    case 401:
    case 403:
    case 407:
      return "NO_PERMISSIONS";
    case 404:
    case 410:
      return "NO_RESOURCE";
    case 409:
      return "RESOURCE_ALREADY_EXISTS";
    default:
      return status >= 400 ? "INVALID_PARAMETER" : "ERROR_FROM_TARGET";
  }
}

Attempt answered(const WebhookConfig& config, const HttpAnswer& answer, UnixNanos now) {
  const int status = answer.status;
  if (status >= 200 && status < 300) return {Verdict::delivered, "", ""};
  std::string message = "HTTP " + std::to_string(status) + " from " + printable_url(config);
  if (status >= 300 && status < 400) {
    return {Verdict::give_up, refusal_code(status),
            message + ": redirects are not followed; configure the URL that it leads to"};
  }
  message += quoted(config, answer.body);
  if (status >= 400 && status < 500 && status != 408 && status != 425 && status != 429) {
    return {Verdict::give_up, refusal_code(status), message};
  }
  const char* code = status == 429 ? "THROTTLING" : status == 408 || status == 504 ? "TIMEOUT" : "ERROR_FROM_TARGET";
  const auto retry_after = read_retry_after(answer, now);
  if (retry_after && *retry_after < Seconds{0}) {
    return {Verdict::give_up, code, message + " (a negative Retry-After: it asks not to be tried again)"};
  }
  return {Verdict::retry, code, message, retry_after};
}

Attempt failed(const WebhookConfig& config, const HttpFailure& failure) {
  const std::string message = "no answer from " + printable_url(config) + quoted(config, failure.what);
  switch (failure.kind) {
    case HttpFailure::Kind::timeout:
      return {Verdict::retry, "TIMEOUT", message};
    case HttpFailure::Kind::tls_identity:
      return {Verdict::give_up, "CONNECTION_FAILURE", message};
    case HttpFailure::Kind::egress_refused:
      return {Verdict::give_up, "NO_PERMISSIONS", message};
    case HttpFailure::Kind::bad_request:
      return {Verdict::give_up, "INVALID_PARAMETER", message};
    case HttpFailure::Kind::shutting_down:
      return {Verdict::retry, cancelled_code, message};
    case HttpFailure::Kind::resolve:
    case HttpFailure::Kind::connect:
    case HttpFailure::Kind::tls:
    case HttpFailure::Kind::connection_lost:
      break;
  }
  return {Verdict::retry, "CONNECTION_FAILURE", message};
}

}  // namespace

std::string printable_url(const WebhookConfig& config) {
  const auto parts = split_url(shown(config));
  if (!parts) return "a URL without scheme";
  return std::string(parts->scheme) + "://" + std::string(parts->host) + std::string(parts->path);
}

OutgoingRequest webhook_request(const WebhookConfig& config, const SendConfig& send, std::string_view version,
                                const Delivery& delivery) {
  OutgoingRequest request;
  request.url = config.url;
  request.timeout = std::chrono::duration_cast<Millis>(send.timeout);
  request.connect_timeout = std::chrono::duration_cast<Millis>(send.connect_timeout);
  request.headers = {{"Content-Type", "application/json; charset=utf-8"},
                     {"User-Agent", "sagewatch/" + std::string(version)},
                     {"Sagewatch-Delivery-Id", delivery.id},
                     {"Sagewatch-Attempt", std::to_string(delivery.attempt)},
                     {"Sagewatch-Rule", header_text(delivery.rule)}};
  for (const auto& [name, value] : config.headers) {
    std::erase_if(request.headers, [&wanted = name](const auto& ours) { return same_name(ours.first, wanted); });
  }
  request.headers.insert(request.headers.end(), config.headers.begin(), config.headers.end());
  request.body = *delivery.json;
  return request;
}

Attempt webhook_attempt(const WebhookConfig& config, const HttpResult& result, UnixNanos now) {
  if (const auto* answer = std::get_if<HttpAnswer>(&result)) return answered(config, *answer, now);
  return failed(config, std::get<HttpFailure>(result));
}

Webhook::Webhook(WebhookConfig config, SendConfig send, std::string version, HttpClient& client, const Clock& clock)
    : config_(std::make_shared<const WebhookConfig>(std::move(config))),
      send_(send),
      version_(std::move(version)),
      client_(client),
      clock_(clock) {}

Result<std::unique_ptr<Webhook>> Webhook::build(WebhookConfig config, SendConfig send, std::string version,
                                                HttpClient& client, const Clock& clock) {
  const auto parts = split_url(config.url);
  if (!parts || (parts->scheme != "http" && parts->scheme != "https") || parts->host.empty()) {
    return no("the URL of a webhook starts with http:// or https:// and a host; this one is " + printable_url(config));
  }
  for (const auto& [name, value] : config.headers) {
    if (!is_token(name)) return no("the header name \"" + header_text(name) + "\" is not one that HTTP allows");
    if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
      return no("the value of the header " + name + " holds a line break or NUL; headers must be one line");
    }
    for (const char* ours : {"Sagewatch-Delivery-Id", "Sagewatch-Attempt", "Sagewatch-Rule", "Content-Length", "Host",
                             "Transfer-Encoding"}) {
      if (same_name(name, ours)) return no("the header " + name + " is set by sagewatch; remove it");
    }
  }
  return std::unique_ptr<Webhook>(new Webhook(std::move(config), send, std::move(version), client, clock));
}

void Webhook::attempt(const Delivery& delivery, std::function<void(Attempt)> done) {
  client_.send(webhook_request(*config_, send_, version_, delivery),
               [config = config_, &clock = clock_, done = std::move(done)](const HttpResult& result) {
                 done(webhook_attempt(*config, result, clock.now()));
               });
}

}  // namespace sagewatch
