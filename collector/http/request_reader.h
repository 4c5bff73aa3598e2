#pragma once
// Bytes off a connection become one request, or a refusal: everything that HttpConfig limits by size or form is
// decided here, while the bytes come in. No socket, no clock: a test feeds it byte by byte. Boost.Beast does the HTTP
// grammar and is known to request_reader.cc alone.
//
// Stricter than Beast: folded headers, line feeds without carriage return, more than 64 headers, a length together
// with a transfer coding, codings other than chunked, and endless chunk extensions are refused, because proxies and
// servers have disagreed about each of them (request smuggling).
//
// One reader reads one request. Belongs to the server's thread.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "collector/http/refusal.h"
#include "collector/http/server.h"

namespace sagewatch {

// The bytes of all bodies that are held at one time. Belongs to the server's thread.
class BodyBudget {
 public:
  explicit BodyBudget(std::uint64_t bytes_max) : left_(bytes_max) {}
  bool take(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }
  void give_back(std::uint64_t bytes) { left_ += bytes; }

 private:
  std::uint64_t left_;
};

class RequestReader {
 public:
  enum class State : std::uint8_t { head, body, complete, refused };

  // Both outlive the reader.
  RequestReader(const HttpConfig& config, BodyBudget& budget);
  ~RequestReader();  // gives back what its body took of the budget
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes from the front of `bytes` and answers how many it took. The rest must be offered again, with more behind it.
  std::size_t feed(std::string_view bytes);
  State state() const;

  // The client waits for "100 Continue" before it sends its body. True once at most.
  bool asks_to_continue();
  std::uint64_t body_bytes_read() const;  // as they came, before inflating

  // When complete. The request is handed over; what it holds of the budget stays with the reader until it dies.
  HttpRequest take();
  bool keep_alive() const;
  // As far as the head was read; also behind take().
  bool is_head() const;  // the method is HEAD
  Dialect dialect() const;
  const HttpRefusal& refusal() const;

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace sagewatch
