#pragma once
// One client's connection: reads a request, hands it to its service, writes the answer, and again. A request is read
// only when the one before it is answered, so a pipelining client gets its answers in order and holds one request's
// memory at a time. Asio is known here and in server.cc alone.
//
// Lives on the server's thread; kept alive by its own pending operations and by the server's list.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/http/request_reader.h"
#include "collector/http/server.h"

namespace sagewatch {

class Connection;

// How an answer from another thread reaches the server's thread: a list that is emptied there, so that a thousand
// answers of one group commit cost one wake-up. Outlives the server: answers that come too late are dropped here.
class Mailbox {
 public:
  explicit Mailbox(boost::asio::io_context& io) : io_(&io) {}
  void put(std::weak_ptr<Connection> to, std::uint64_t request, HttpResponse answer);  // any thread
  void wake(std::weak_ptr<Connection> which);  // its stream has more; any thread
  void close();                                // nothing gets through any more

 private:
  struct Letter {
    std::weak_ptr<Connection> to;
    std::uint64_t request;
    HttpResponse answer;
  };
  void deliver();
  void call();  // holding mutex_
  std::mutex mutex_;
  boost::asio::io_context* io_;                     // guarded by mutex_; null once closed
  bool called_ = false;                             // guarded by mutex_; deliver() will come
  std::vector<Letter> letters_;                     // guarded by mutex_
  std::vector<std::weak_ptr<Connection>> to_wake_;  // guarded by mutex_
};

// What connections share; the server's.
struct ServerRoom {
  BodyBudget budget;
  HttpConfig config;
  HttpServer::OnRefused on_refused;
  std::shared_ptr<Mailbox> mailbox;
  std::function<void(HttpRequest&&, Respond)> serve;  // finds the route
  std::function<void(Connection&)> on_closed;         // the last thing a connection does
  std::function<const std::string&()> date;           // for the Date header
  bool stopping = false;
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  Connection(Socket socket, ServerRoom& room, std::string peer);

  void start();
  void refuse(const HttpRefusal& refusal);  // before anything was read
  void answer(std::uint64_t request, HttpResponse response);
  void send_stream();      // what has come to it since
  void close_when_idle();  // the server stops
  void close();
  const boost::asio::ip::address& address() const { return address_; }

 private:
  // What is going on decides what running out of time means.
  enum class Phase : std::uint8_t { idle, head, body, serving, writing, streaming, lingering, closed };

  void next_request();
  void take_input();
  void read_more();
  void on_read(std::size_t bytes);
  void serve();
  void write(HttpResponse response, bool keep);
  void on_written();
  void begin_stream();
  void notice_end();
  void linger();
  void discard();
  void allow_until(std::chrono::steady_clock::time_point deadline);
  void arm();
  void on_time();

  Socket socket_;
  boost::asio::steady_timer timer_;
  ServerRoom& room_;
  std::string peer_;
  boost::asio::ip::address address_;
  Phase phase_ = Phase::idle;
  std::optional<RequestReader> reader_;
  std::string input_;         // read off the socket
  std::size_t consumed_ = 0;  // of input_, by the reader
  std::string head_;          // of the answer being written
  std::string body_;
  std::shared_ptr<HttpStream> stream_;              // of the answer being written; null for most
  bool is_sending_ = false;                         // a part of stream_
  bool keep_ = true;                                // after the answer
  std::uint64_t request_ = 0;                       // how many began; also the name of the present one
  std::chrono::steady_clock::time_point began_;     // of the present request
  std::chrono::steady_clock::time_point deadline_;  // of the present phase
  std::chrono::steady_clock::time_point armed_ = std::chrono::steady_clock::time_point::max();  // timer_ rings
};

}  // namespace sagewatch
