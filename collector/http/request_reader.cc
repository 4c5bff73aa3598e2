#include "collector/http/request_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>

#include "collector/http/hosts.h"
#include "collector/http/inflate.h"
#include "collector/http/url_text.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

constexpr std::size_t headers_max = 64;
constexpr std::size_t request_line_max = 8 * 1024;
constexpr std::size_t chunk_extension_max = 1024;
// A chunk's head or the trailer that does not end within this many bytes is no honest one.
constexpr std::size_t undecided_max = 4 * 1024;

std::string lower(string_view text) {
  std::string out(text.data(), text.size());
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

// What Beast lets pass in a head. `head` ends with an empty line.
const char* fault_of(std::string_view head) {
  for (std::size_t i = 0; i < head.size(); ++i) {
    if (head[i] == '\0') return "the head of the request holds a NUL";
    if (head[i] != '\n') continue;
    if (i == 0 || head[i - 1] != '\r') return "a line of the head ends without a carriage return";
    if (i + 1 < head.size() && (head[i + 1] == ' ' || head[i + 1] == '\t'))
      return "a header is folded over several lines; send it on one";
  }
  return nullptr;
}

}  // namespace

class RequestReader::Parser : public http::basic_parser<true> {
 public:
  Parser(const HttpConfig& config, BodyBudget& budget) : config_(config), budget_(budget) {
    header_limit(static_cast<std::uint32_t>(std::min<std::uint64_t>(config.head_bytes_max + 1, 1u << 30)));
    body_limit(config.body_bytes_max);
  }
  ~Parser() override { budget_.give_back(charged_); }

  std::size_t feed(std::string_view bytes) {
    std::size_t taken = 0;
    if (state_ == State::head) taken = read_head(bytes);
    while (state_ == State::body && taken < bytes.size()) {
      const std::size_t step = read_body(bytes.substr(taken));
      if (step == 0) break;
      taken += step;
    }
    return taken;
  }

  State state_ = State::head;
  HttpRequest request_;
  HttpRefusal refusal_;
  // Also after the request was taken.
  bool is_head_ = false;
  Dialect dialect_ = Dialect::unknown;
  bool continue_wanted_ = false;
  std::uint64_t body_read_ = 0;

 private:
  std::size_t read_head(std::string_view bytes);
  std::size_t read_body(std::string_view bytes);
  void check_head();
  bool check_framing();
  bool check_sender();
  bool check_coding();
  bool split_target(std::string_view target);
  void finish();
  void take_body(std::string_view piece);
  std::size_t count(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(request_.headers.begin(), request_.headers.end(),
                                                  [&](const auto& field) { return field.first == name; }));
  }
  bool refuse(int status, std::string_view reason, std::string what) {
    if (state_ != State::refused) refusal_ = {status, reason, std::move(what)};
    state_ = State::refused;
    return false;
  }
  // Ends Beast's parsing from within a callback; the refusal is already noted.
  static void stop(error_code& ec) { ec = http::error::bad_value; }

  void on_request_impl(http::verb, string_view method, string_view target, int version, error_code&) override {
    request_.method.assign(method.data(), method.size());
    is_head_ = request_.method == "HEAD";
    dialect_ = Dialect::ours;
    target_.assign(target.data(), target.size());
    version_ = version;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(http::field, string_view name, string_view value, error_code& ec) override {
    if (state_ != State::head) return;  // a trailer: read and forgotten
    if (request_.headers.size() == headers_max) {
      refuse(431, "head_too_large", fmt::format("the request has more than {} headers", headers_max));
      return stop(ec);
    }
    request_.headers.emplace_back(lower(name), std::string(value.data(), value.size()));
    if (request_.headers.back().first == aws_target_header) dialect_ = Dialect::aws;
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code&) override {
    // A declared length is a promise, not a fact: never more than this on its word alone.
    constexpr std::uint64_t believed_max = 64 * 1024;
    if (length && !inflater_)
      request_.body.reserve(static_cast<std::size_t>(std::min(*length, believed_max)) + frame_padding);
  }
  std::size_t on_body_impl(string_view body, error_code& ec) override {
    take_body({body.data(), body.size()});
    if (state_ == State::refused) stop(ec);
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view extensions, error_code& ec) override {
    if (extensions.size() <= chunk_extension_max) return;
    refuse(400, "bad_request", "a chunk's extension is longer than 1 KiB");
    stop(ec);
  }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) override {
    return on_body_impl(body, ec);
  }
  void on_finish_impl(error_code&) override {}

  const HttpConfig& config_;
  BodyBudget& budget_;
  std::string target_;
  int version_ = 11;
  std::size_t searched_ = 0;  // no end of the head before here
  std::uint64_t charged_ = 0;
  std::optional<Inflater> inflater_;
};

std::size_t RequestReader::Parser::read_head(std::string_view bytes) {
  // Empty lines before a request are forgiven: old clients sent one behind a body.
  std::size_t skipped = 0;
  while (searched_ == 0 && bytes.substr(skipped).starts_with("\r\n")) skipped += 2;
  bytes.remove_prefix(skipped);

  const auto end = bytes.find("\r\n\r\n", searched_);
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + 4;
  if (const auto line = bytes.substr(0, length).find('\n'); std::min(line, length) > request_line_max) {
    refuse(414, "head_too_large", "the request line is longer than 8 KiB");
    return skipped;
  }
  if (length > config_.head_bytes_max) {
    refuse(431, "head_too_large",
           fmt::format("the head of the request is larger than {} bytes", config_.head_bytes_max));
    return skipped;
  }
  if (end == std::string_view::npos) {
    // A client that ends its lines with line feeds alone would otherwise wait for its time-out without a word.
    if (bytes.find("\n\n") != std::string_view::npos)
      refuse(400, "bad_request", "a line of the head ends without a carriage return");
    searched_ = bytes.size() < 3 ? 0 : bytes.size() - 3;
    return skipped;
  }
  if (const char* fault = fault_of(bytes.substr(0, length))) {
    refuse(400, "bad_request", fault);
    return skipped;
  }
  error_code ec;
  const std::size_t used = put(boost::asio::buffer(bytes.data(), length), ec);
  if (ec == http::error::body_limit) {
    refuse(413, "body_too_large", fmt::format("the body is larger than {} bytes", config_.body_bytes_max));
  } else if (ec == http::error::bad_version) {
    refuse(505, "bad_request", "only HTTP/1.0 and HTTP/1.1 are spoken here");
  } else if (ec) {
    refuse(400, "bad_request", "the head of the request is not HTTP: " + ec.message());
  } else {
    check_head();
  }
  return skipped + used;
}

void RequestReader::Parser::check_head() {
  if (!check_framing() || !check_sender() || !check_coding() || !split_target(target_)) return;
  const std::string expected = lower(std::string{request_.header("expect")});
  if (!expected.empty() && version_ == 11) {
    if (expected != "100-continue") {
      refuse(417, "bad_request", "the only thing to expect here is 100-continue");
      return;
    }
    continue_wanted_ = !is_done();
  }
  state_ = State::body;
  if (is_done()) finish();
}

// Where the body ends must be beyond doubt.
bool RequestReader::Parser::check_framing() {
  const bool coded = count("transfer-encoding") > 0;
  if (count("content-length") > 1 || (coded && count("content-length") > 0))
    return refuse(400, "bad_request", "the length of the body is given twice; send one Content-Length or chunks");
  if (coded &&
      (count("transfer-encoding") > 1 || lower(std::string{request_.header("transfer-encoding")}) != "chunked"))
    return refuse(501, "bad_request", "the only transfer coding understood is chunked");
  if (coded && version_ == 10) return refuse(400, "bad_request", "HTTP/1.0 has no transfer codings");
  return true;
}

bool RequestReader::Parser::check_sender() {
  const std::size_t hosts = count("host");
  if (hosts > 1 || (hosts == 0 && version_ == 11)) return refuse(400, "bad_request", "a request needs one Host header");
  const std::string_view host = request_.header("host");
  if (hosts == 1 && !is_own_host(host, config_.address))
    return refuse(403, "foreign_host",
                  fmt::format("the Host header names \"{}\", which is not this server; use 127.0.0.1, localhost or the "
                              "address listened on",
                              host.substr(0, 100)));
  const bool only_reads = request_.method == "GET" || request_.method == "HEAD" || request_.method == "OPTIONS";
  for (const auto& [name, value] : request_.headers) {
    if (only_reads || name != "origin" || is_own_origin(value, host)) continue;
    return refuse(403, "foreign_origin", "a web page of another origin may not change anything here");
  }
  return true;
}

bool RequestReader::Parser::check_coding() {
  if (count("content-encoding") > 1)
    return refuse(415, "unsupported_encoding", "one Content-Encoding at most: gzip or none");
  const std::string coding = lower(std::string{request_.header("content-encoding")});
  if (coding.empty() || coding == "identity") return true;
  if (coding != "gzip" && coding != "x-gzip")
    return refuse(415, "unsupported_encoding", "the only Content-Encoding understood is gzip");
  inflater_.emplace(config_.inflated_bytes_max);
  return true;
}

bool RequestReader::Parser::split_target(std::string_view target) {
  const auto question = std::min(target.find('?'), target.size());
  const auto path = percent_decoded(target.substr(0, question), PlusIs::plus);
  const bool all_methods = target == "*" && request_.method == "OPTIONS";
  if (!path || (!path->starts_with('/') && !all_methods))
    return refuse(400, "bad_request", "the request's target must be a path such as /api/v1/events");
  if (path->find('\0') != std::string::npos) return refuse(400, "bad_request", "the path holds a NUL");
  request_.path = *path;
  request_.query = target.substr(std::min(question + 1, target.size()));
  return true;
}

std::size_t RequestReader::Parser::read_body(std::string_view bytes) {
  error_code ec;
  const std::size_t used = put(boost::asio::buffer(bytes.data(), bytes.size()), ec);
  if (state_ == State::refused) return used;
  if (ec == http::error::need_more) {
    if (used == 0 && bytes.size() > undecided_max)
      refuse(400, "bad_request", "the head of a chunk or the trailer does not end");
    return used;
  }
  if (ec == http::error::body_limit)
    refuse(413, "body_too_large", fmt::format("the body is larger than {} bytes", config_.body_bytes_max));
  else if (ec)
    refuse(400, "bad_request", "the body is not framed as HTTP wants it: " + ec.message());
  else if (is_done())
    finish();
  return used;
}

void RequestReader::Parser::take_body(std::string_view piece) {
  body_read_ += piece.size();
  std::string& body = request_.body;
  if (inflater_) {
    if (Done opened = inflater_->feed(piece, body); !opened) {
      const bool too_large = inflater_->is_too_large();
      refuse(too_large ? 413 : 400, too_large ? "body_too_large" : "bad_encoding", opened.error().what);
      return;
    }
  } else {
    body.append(piece);
  }
  const std::uint64_t more = body.size() - charged_;
  if (!budget_.take(more)) {
    refuse(503, "in_flight_full", "too many bytes of requests are under way; try again");
    return;
  }
  charged_ += more;
}

void RequestReader::Parser::finish() {
  if (inflater_ && body_read_ > 0) {
    if (Done whole = inflater_->finish(); !whole) {
      refuse(400, "bad_encoding", whole.error().what);
      return;
    }
  }
  request_.body.reserve(request_.body.size() + frame_padding);
  state_ = State::complete;
}

RequestReader::RequestReader(const HttpConfig& config, BodyBudget& budget)
    : parser_(std::make_unique<Parser>(config, budget)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(std::string_view bytes) {
  return parser_->feed(bytes);
}
RequestReader::State RequestReader::state() const {
  return parser_->state_;
}
bool RequestReader::asks_to_continue() {
  return parser_->state_ == State::body && std::exchange(parser_->continue_wanted_, false);
}
std::uint64_t RequestReader::body_bytes_read() const {
  return parser_->body_read_;
}
HttpRequest RequestReader::take() {
  return std::move(parser_->request_);
}
bool RequestReader::keep_alive() const {
  return parser_->keep_alive();
}
bool RequestReader::is_head() const {
  return parser_->is_head_;
}
Dialect RequestReader::dialect() const {
  return parser_->dialect_;
}
const HttpRefusal& RequestReader::refusal() const {
  return parser_->refusal_;
}

}  // namespace sagewatch
