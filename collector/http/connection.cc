#include "collector/http/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "collector/http/refusal.h"
#include "collector/http/stream.h"

namespace sagewatch {
namespace {

namespace asio = boost::asio;
using SteadyClock = std::chrono::steady_clock;
using boost::system::error_code;

constexpr std::size_t read_bytes = 16 * 1024;
constexpr std::size_t kept_input_bytes = 64 * 1024;    // an idle connection keeps no more memory than this
constexpr std::uint64_t body_bytes_per_second = 1024;  // slower senders are cut off, once header_timeout is over
constexpr Seconds linger_time{2};                      // for a refused client to read its answer
// For the client of a stream to take what waits when the server stops. Who reads needs much less for a stream's worth
// of it (256 KiB); who does not (a suspended program) must not hold up the stop for all of its grace.
constexpr Millis farewell_time{200};
constexpr Nanos silence_max = std::chrono::hours{24};  // of a stream, before its connection looks again

// One request's answer, from whichever thread: called once, or a 500 when nobody can call it any more.
class Ticket {
 public:
  Ticket(std::shared_ptr<Mailbox> mailbox, std::weak_ptr<Connection> to, std::uint64_t request, Dialect dialect)
      : mailbox_(std::move(mailbox)), to_(std::move(to)), request_(request), dialect_(dialect) {}
  ~Ticket() {
    if (!used_)
      mailbox_->put(to_, request_,
                    refusal_answer(dialect_, 500, "the request was dropped without an answer: a bug of sagewatch"));
  }
  Ticket(const Ticket&) = delete;
  Ticket& operator=(const Ticket&) = delete;
  void use(HttpResponse answer) {
    SW_MUST(!used_.exchange(true), "a service answers a request once");
    mailbox_->put(to_, request_, std::move(answer));
  }

 private:
  std::shared_ptr<Mailbox> mailbox_;
  std::weak_ptr<Connection> to_;
  std::uint64_t request_;
  Dialect dialect_;
  std::atomic<bool> used_ = false;
};

std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Unknown";
  }
}

// Whatever a service puts into a header, it stays one header.
void append_field(std::string& head, std::string_view name, std::string_view value) {
  const auto clean = [&](std::string_view text) {
    for (const char c : text) head.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c);
  };
  clean(name);
  head += ": ";
  clean(value);
  head += "\r\n";
}

std::string head_of(const HttpResponse& response, std::string_view date, bool keep) {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_field(head, "Date", date);
  const bool has_body = response.status >= 200 && response.status != 204 && response.status != 304;
  if (has_body) {
    append_field(head, "Content-Type", response.content_type);
    if (response.stream == nullptr) append_field(head, "Content-Length", std::to_string(response.body.size()));
  }
  append_field(head, "X-Content-Type-Options", "nosniff");
  bool caching_said = false;
  for (const auto& [name, value] : response.headers) {
    append_field(head, name, value);
    caching_said = caching_said || name == "Cache-Control";
  }
  if (!caching_said) append_field(head, "Cache-Control", "no-store");
  if (!keep) append_field(head, "Connection", "close");
  head += "\r\n";
  return head;
}

// Nobody will read it; whoever feeds its stream learns that.
void drop(const HttpResponse& answer) {
  if (answer.stream != nullptr) answer.stream->close(HttpStream::Put::ended);
}

}  // namespace

void Mailbox::call() {
  if (!std::exchange(called_, true)) asio::post(*io_, [this] { deliver(); });  // it outlives its io_context's handlers
}

void Mailbox::put(std::weak_ptr<Connection> to, std::uint64_t request, HttpResponse answer) {
  std::lock_guard lock(mutex_);
  if (io_ == nullptr) return drop(answer);
  letters_.push_back({std::move(to), request, std::move(answer)});
  call();
}

void Mailbox::wake(std::weak_ptr<Connection> which) {
  std::lock_guard lock(mutex_);
  if (io_ == nullptr) return;
  to_wake_.push_back(std::move(which));
  call();
}

void Mailbox::close() {
  std::lock_guard lock(mutex_);
  io_ = nullptr;
  for (const Letter& letter : letters_) drop(letter.answer);
  letters_.clear();
  to_wake_.clear();
}

void Mailbox::deliver() {
  std::vector<Letter> letters;
  std::vector<std::weak_ptr<Connection>> to_wake;
  {
    std::lock_guard lock(mutex_);
    letters.swap(letters_);
    to_wake.swap(to_wake_);
    called_ = false;
  }
  for (Letter& letter : letters) {
    const auto connection = letter.to.lock();
    if (connection == nullptr) {
      drop(letter.answer);
    } else {
      connection->answer(letter.request, std::move(letter.answer));
    }
  }
  for (const auto& each : to_wake)
    if (const auto connection = each.lock()) connection->send_stream();
}

Connection::Connection(Socket socket, ServerRoom& room, std::string peer)
    : socket_(std::move(socket)), timer_(socket_.get_executor()), room_(room), peer_(std::move(peer)) {
  error_code ignored;
  address_ = socket_.remote_endpoint(ignored).address();
  (void)socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
}

void Connection::start() {
  next_request();
}

void Connection::refuse(const HttpRefusal& refusal) {
  room_.on_refused(refusal.reason);
  write(refusal_answer(reader_ ? reader_->dialect() : Dialect::unknown, refusal.status, refusal.what), false);
}

void Connection::next_request() {
  phase_ = Phase::idle;
  reader_.reset();  // gives its body's bytes back to the budget
  reader_.emplace(room_.config, room_.budget);
  ++request_;
  input_.erase(0, std::exchange(consumed_, 0));
  if (input_.empty() && input_.capacity() > kept_input_bytes) input_.shrink_to_fit();
  allow_until(SteadyClock::now() + room_.config.idle_timeout);
  take_input();
}

void Connection::take_input() {
  if (phase_ == Phase::idle && consumed_ < input_.size()) {
    phase_ = Phase::head;
    began_ = SteadyClock::now();
    allow_until(began_ + room_.config.header_timeout);
  }
  if (phase_ != Phase::idle) consumed_ += reader_->feed(std::string_view{input_}.substr(consumed_));
  switch (reader_->state()) {
    case RequestReader::State::complete:
      return serve();
    case RequestReader::State::refused:
      return refuse(reader_->refusal());
    case RequestReader::State::body:
      phase_ = Phase::body;
      // A body may come as slowly as body_bytes_per_second, once the grace of header_timeout is used up.
      allow_until(began_ + std::min(room_.config.request_timeout,
                                    room_.config.header_timeout +
                                        Nanos{Seconds{1}} * static_cast<std::int64_t>(reader_->body_bytes_read()) /
                                            static_cast<std::int64_t>(body_bytes_per_second)));
      if (reader_->asks_to_continue() && reader_->body_bytes_read() == 0) {
        static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
        asio::async_write(socket_, asio::buffer(go_on.data(), go_on.size()),
                          [self = shared_from_this()](error_code ec, std::size_t) {
                            if (self->phase_ > Phase::body) return;
                            if (ec) return self->close();
                            self->read_more();
                          });
        return;
      }
      break;
    case RequestReader::State::head:
      break;
  }
  if (room_.stopping && phase_ == Phase::idle) return close();
  read_more();
}

void Connection::read_more() {
  input_.erase(0, std::exchange(consumed_, 0));
  const std::size_t have = input_.size();
  input_.resize(have + read_bytes);
  socket_.async_read_some(asio::buffer(input_.data() + have, read_bytes),
                          [self = shared_from_this(), have](error_code ec, std::size_t bytes) {
                            // Time may have run out meanwhile; then an answer is being written.
                            if (self->phase_ > Phase::body) return;
                            self->input_.resize(have + bytes);
                            if (ec) return self->close();
                            self->take_input();
                          });
}

void Connection::serve() {
  phase_ = Phase::serving;
  keep_ = reader_->keep_alive() && request_ < room_.config.requests_per_connection_max;
  allow_until(SteadyClock::now() + room_.config.request_timeout);
  HttpRequest request = reader_->take();
  request.peer = peer_;
  auto ticket = std::make_shared<Ticket>(room_.mailbox, weak_from_this(), request_, reader_->dialect());
  room_.serve(std::move(request), [ticket](HttpResponse answer) { ticket->use(std::move(answer)); });
}

void Connection::answer(std::uint64_t request, HttpResponse response) {
  if (request != request_ || phase_ != Phase::serving) return drop(response);  // too late: the client was told so
  const bool keep = keep_ && !room_.stopping && response.stream == nullptr;
  write(std::move(response), keep);
}

void Connection::write(HttpResponse response, bool keep) {
  phase_ = Phase::writing;
  keep_ = keep;
  head_ = head_of(response, room_.date(), keep);
  const bool is_head = reader_ && reader_->is_head();
  body_ = is_head ? std::string{} : std::move(response.body);
  if (is_head) drop(response);
  stream_ = is_head ? nullptr : std::move(response.stream);
  allow_until(SteadyClock::now() + room_.config.request_timeout);
  const std::array<asio::const_buffer, 2> both{asio::buffer(head_), asio::buffer(body_)};
  asio::async_write(socket_, both, [self = shared_from_this()](error_code ec, std::size_t) {
    if (ec) return self->close();
    if (self->phase_ == Phase::writing) self->on_written();
  });
}

void Connection::on_written() {
  body_ = {};
  if (stream_ != nullptr) return begin_stream();
  if (keep_) return next_request();
  const bool all_read = reader_ && reader_->state() == RequestReader::State::complete && consumed_ == input_.size();
  return all_read ? close() : linger();
}

// From here on the connection is the stream's: parts of it are sent as they come, and what the client says is not
// listened to, but that it goes.
void Connection::begin_stream() {
  phase_ = Phase::streaming;
  reader_.reset();
  stream_->open([mailbox = room_.mailbox, self = weak_from_this()] { mailbox->wake(self); });
  if (room_.stopping) stream_->end();
  notice_end();
  send_stream();
}

void Connection::send_stream() {
  if (phase_ != Phase::streaming || is_sending_) return;
  auto [bytes, at_end] = stream_->take();
  if (bytes.empty() && at_end) return close();
  // Between two parts the stream may be silent for as long as it likes.
  if (bytes.empty()) return allow_until(SteadyClock::now() + silence_max);
  allow_until(SteadyClock::now() + (room_.stopping ? Nanos{farewell_time} : room_.config.request_timeout));
  is_sending_ = true;
  body_ = std::move(bytes);
  asio::async_write(socket_, asio::buffer(body_), [self = shared_from_this()](error_code ec, std::size_t) {
    self->is_sending_ = false;
    if (ec) return self->close();
    self->send_stream();
  });
}

void Connection::notice_end() {
  input_.resize(read_bytes);
  consumed_ = 0;
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](error_code ec, std::size_t) {
    if (ec) return self->close();
    self->notice_end();
  });
}

// A close with unread bytes resets the connection, and the client may lose the answer that says why. So what it still
// sends is read and thrown away for a moment.
void Connection::linger() {
  phase_ = Phase::lingering;
  reader_.reset();
  error_code ignored;
  (void)socket_.shutdown(Socket::shutdown_send, ignored);
  allow_until(SteadyClock::now() + linger_time);
  discard();
}

void Connection::discard() {
  input_.resize(read_bytes);
  consumed_ = 0;
  socket_.async_read_some(asio::buffer(input_), [self = shared_from_this()](error_code ec, std::size_t) {
    if (ec || self->phase_ == Phase::closed) return self->close();
    self->discard();
  });
}

void Connection::close_when_idle() {
  if (phase_ == Phase::idle) close();
  if (phase_ != Phase::streaming) return;
  stream_->end();
  if (is_sending_) allow_until(std::min<SteadyClock::time_point>(deadline_, SteadyClock::now() + farewell_time));
}

void Connection::close() {
  if (phase_ == Phase::closed) return;
  phase_ = Phase::closed;
  reader_.reset();
  if (stream_ != nullptr) stream_->close(HttpStream::Put::ended);
  error_code ignored;
  (void)socket_.close(ignored);
  timer_.cancel();
  room_.on_closed(*this);
}

// Setting a deadline is an assignment nearly always: the timer rings at the earliest deadline since it was last armed,
// looks whether time is really over, and goes on sleeping if not.
void Connection::allow_until(SteadyClock::time_point deadline) {
  deadline_ = deadline;
  if (deadline_ < armed_) arm();
}

void Connection::arm() {
  armed_ = deadline_;
  timer_.expires_at(armed_);
  timer_.async_wait([weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (ec || !self || self->phase_ == Phase::closed) return;
    self->armed_ = SteadyClock::time_point::max();
    if (SteadyClock::now() < self->deadline_) return self->arm();
    self->on_time();
  });
}

void Connection::on_time() {
  // cancel(): the read that is under way must not take the bytes that linger() waits for.
  error_code ignored;
  switch (phase_) {
    case Phase::head:
      (void)socket_.cancel(ignored);
      return refuse({408, "header_timeout", "the head of the request did not come in time"});
    case Phase::body:
      (void)socket_.cancel(ignored);
      return refuse({408, "request_timeout", "the body of the request did not come in time"});
    case Phase::serving:
      return refuse({504, "service_timeout", "the request took too long; it may still be done"});
    case Phase::streaming:
      if (!is_sending_) return allow_until(SteadyClock::now() + silence_max);
      stream_->close(HttpStream::Put::stalled);
      return close();
    default:
      return close();  // idle for too long, or the client reads too slowly
  }
}

}  // namespace sagewatch
