#include "collector/http/server.h"

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "collector/clock.h"
#include "collector/http/connection.h"
#include "collector/http/refusal.h"
#include "collector/thread_name.h"

namespace sagewatch {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// "Sat, 21 Nov 2026 02:16:31 GMT", made anew once a second.
class DateHeader {
 public:
  const std::string& text() {
    const auto now = std::chrono::sys_seconds{std::chrono::floor<Seconds>(Nanos{clock_.now().count})};
    if (now != second_) write(second_ = now);
    return text_;
  }

 private:
  void write(std::chrono::sys_seconds at) {
    static constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto day = std::chrono::floor<std::chrono::days>(at);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{at - day};
    text_ = fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[std::chrono::weekday{day}.c_encoding()],
                        static_cast<unsigned>(date.day()), months[static_cast<unsigned>(date.month()) - 1],
                        static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                        time.seconds().count());
  }
  SystemClock clock_;
  std::chrono::sys_seconds second_{};
  std::string text_;
};

class Routes {
 public:
  void add(std::string method, std::string path, HttpService service) {
    const bool whole_tree = path.ends_with("/*");
    if (whole_tree) path.pop_back();
    (whole_tree ? trees_ : paths_)[std::move(path)][std::move(method)] = std::move(service);
  }

  using Methods = std::map<std::string, HttpService, std::less<>>;
  const Methods* find(const std::string& path) const {
    if (const auto exact = paths_.find(path); exact != paths_.end()) return &exact->second;
    const Methods* longest = nullptr;  // in order, so a longer prefix comes behind a shorter one
    for (const auto& [prefix, methods] : trees_)
      if (path.starts_with(prefix)) longest = &methods;
    return longest;
  }

 private:
  std::map<std::string, Methods, std::less<>> paths_;
  std::map<std::string, Methods, std::less<>> trees_;  // by prefix, which ends in '/'
};

class AsioServer : public HttpServer {
 public:
  AsioServer(HttpConfig config, OnRefused on_refused)
      : acceptor_(io_),
        retry_(io_),
        grace_(io_),
        room_{BodyBudget{config.in_flight_bytes_max},
              std::move(config),
              std::move(on_refused),
              std::make_shared<Mailbox>(io_),
              [this](HttpRequest&& request, Respond respond) { serve(std::move(request), std::move(respond)); },
              [this](Connection& connection) { forget(connection); },
              [this]() -> const std::string& { return date_.text(); }} {}
  ~AsioServer() override { stop(Nanos{0}); }
  AsioServer(const AsioServer&) = delete;
  AsioServer& operator=(const AsioServer&) = delete;

  Done open();
  void route(std::string method, std::string path, HttpService service) override {
    routes_.add(std::move(method), std::move(path), std::move(service));
  }
  void start() override;
  std::uint16_t port() const override { return port_; }
  void stop(Nanos grace) override;

 private:
  void accept();
  void admit(tcp::socket socket);
  void serve(HttpRequest&& request, Respond respond);
  void forget(Connection& connection);
  void begin_to_stop(Nanos grace);
  void close_all();

  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer retry_;
  asio::steady_timer grace_;
  DateHeader date_;
  Routes routes_;
  ServerRoom room_;
  std::unordered_map<const Connection*, std::shared_ptr<Connection>> connections_;
  std::map<asio::ip::address, std::uint32_t> per_address_;
  std::uint16_t port_ = 0;
  std::thread thread_;
  std::mutex stop_mutex_;  // one stop() at a time
};

Done AsioServer::open() {
  const HttpConfig& config = room_.config;
  error_code ec;
  const auto address = asio::ip::make_address(config.address == "localhost" ? "127.0.0.1" : config.address, ec);
  if (ec) return no(fmt::format("cannot listen on \"{}\": it must be an IP address such as 127.0.0.1", config.address));
  const tcp::endpoint endpoint{address, config.port};
  acceptor_.open(endpoint.protocol(), ec);
  if (!ec) acceptor_.set_option(tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor_.bind(endpoint, ec);
  if (!ec) acceptor_.listen(asio::socket_base::max_listen_connections, ec);
  if (ec == asio::error::address_in_use)
    return no(
        fmt::format("cannot listen on {}:{}: another program does already, perhaps another sagewatch; stop it, or "
                    "listen on another port",
                    config.address, config.port));
  if (ec) return no(fmt::format("cannot listen on {}:{}: {}", config.address, config.port, ec.message()));
  port_ = acceptor_.local_endpoint(ec).port();
  return {};
}

void AsioServer::start() {
  SW_MUST(!thread_.joinable(), "a server is started once");
  accept();
  thread_ = std::thread([this] {
    name_this_thread("http");
    io_.run();
  });
}

void AsioServer::accept() {
  acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
    if (room_.stopping) return;
    if (!ec) {
      admit(std::move(socket));
      return accept();
    }
    // Out of file descriptors, most likely: asking again at once would spin.
    room_.on_refused("accept_error");
    retry_.expires_after(std::chrono::milliseconds{100});
    retry_.async_wait([this](error_code stopped) {
      if (!stopped && !room_.stopping) accept();
    });
  });
}

void AsioServer::admit(tcp::socket socket) {
  error_code ec;
  const auto remote = socket.remote_endpoint(ec);
  if (ec) return;  // gone already
  const std::string host = remote.address().to_string();
  const auto connection =
      std::make_shared<Connection>(std::move(socket), room_,
                                   remote.address().is_v6() ? fmt::format("[{}]:{}", host, remote.port())
                                                            : fmt::format("{}:{}", host, remote.port()));
  const HttpConfig& config = room_.config;
  const bool too_many = connections_.size() >= config.connections_max;
  std::uint32_t& of_address = per_address_[remote.address()];
  const bool too_many_here = of_address >= config.connections_per_address_max;
  // The refused are let in for the time of their answer, up to as many again; beyond that they are cut off unheard.
  if (connections_.size() >= 2 * std::size_t{config.connections_max}) {
    room_.on_refused("connections");
    if (of_address == 0) per_address_.erase(remote.address());
    return;
  }
  ++of_address;
  connections_.emplace(connection.get(), connection);
  if (too_many)
    connection->refuse(
        {503, "connections", fmt::format("{} connections are open, which is the limit", config.connections_max)});
  else if (too_many_here)
    connection->refuse({503, "connections_per_address",
                        fmt::format("{} connections are open from {}, which is the limit for one address",
                                    config.connections_per_address_max, host)});
  else
    connection->start();
}

void AsioServer::forget(Connection& connection) {
  const auto address = per_address_.find(connection.address());
  if (address != per_address_.end() && --address->second == 0) per_address_.erase(address);
  connections_.erase(&connection);
  if (room_.stopping && connections_.empty()) grace_.cancel();
}

void AsioServer::serve(HttpRequest&& request, Respond respond) {
  const Dialect dialect = request.header(aws_target_header).empty() ? Dialect::ours : Dialect::aws;
  const Routes::Methods* methods = routes_.find(request.path);
  if (methods == nullptr) {
    room_.on_refused("not_found");
    return respond(refusal_answer(dialect, 404, fmt::format("there is nothing at {}", request.path.substr(0, 200))));
  }
  auto found = methods->find(request.method);
  if (found == methods->end() && request.method == "HEAD") found = methods->find("GET");
  if (found != methods->end()) return found->second(std::move(request), std::move(respond));
  room_.on_refused("method_not_allowed");
  std::string allowed;
  for (const auto& [method, service] : *methods) {
    allowed += allowed.empty() ? method : ", " + method;
    if (method == "GET") allowed += ", HEAD";
  }
  HttpResponse answer =
      refusal_answer(dialect, 405, fmt::format("{} takes {} only", request.path.substr(0, 200), allowed));
  answer.headers.emplace_back("Allow", allowed);
  respond(std::move(answer));
}

void AsioServer::stop(Nanos grace) {
  std::lock_guard lock(stop_mutex_);
  if (thread_.joinable()) {
    asio::post(io_, [this, grace] { begin_to_stop(grace); });
    thread_.join();
  }
  room_.mailbox->close();
}

void AsioServer::begin_to_stop(Nanos grace) {
  room_.stopping = true;
  error_code ignored;
  acceptor_.close(ignored);
  retry_.cancel();
  const auto open = connections_;  // closing takes them off the list
  for (const auto& [raw, connection] : open) connection->close_when_idle();
  if (connections_.empty()) return;
  grace_.expires_after(grace);
  grace_.async_wait([this](error_code) { close_all(); });
}

void AsioServer::close_all() {
  const auto open = connections_;
  for (const auto& [raw, connection] : open) connection->close();
}

}  // namespace

Result<std::unique_ptr<HttpServer>> HttpServer::listen(HttpConfig config, OnRefused on_refused) {
  auto server = std::make_unique<AsioServer>(std::move(config), std::move(on_refused));
  return server->open().map([&]() -> std::unique_ptr<HttpServer> { return std::move(server); });
}

}  // namespace sagewatch
