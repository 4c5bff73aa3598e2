#pragma once
// The other side of a request of ours: a listener on a free port whose every connection is served by a script, on a
// thread of its own, in raw bytes. What real receivers do wrong (hang, reset, drip, send too much) is easy to say.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sagewatch {

class ScriptedServer {
 public:
  // One connection, as its script sees it.
  class Peer {
   public:
    Peer(int socket, const std::atomic<bool>& stopping) : socket_(socket), stopping_(stopping) {}
    // The next request, head and body; empty when the client is gone or the test is over.
    std::string read_request() {
      std::size_t end;
      while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
        if (!read_some()) return {};
      std::size_t length = end + 4;
      if (const auto at = unread_.find("Content-Length: "); at < end)
        length += std::strtoul(unread_.c_str() + at + 16, nullptr, 10);
      while (unread_.size() < length)
        if (!read_some()) return {};
      std::string request = unread_.substr(0, length);
      unread_.erase(0, length);
      return request;
    }
    bool send(std::string_view bytes) {
      while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      }
      return true;
    }
    void answer(int status, std::string_view body, std::string_view more_headers = "") {
      send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string{more_headers} + "\r\n" + std::string{body});
    }
    // Says nothing until the client is gone.
    void hang() {
      while (read_some()) unread_.clear();
    }
    // One byte every millisecond, until the client is gone.
    void drip() {
      pollfd gone{socket_, POLLIN, 0};
      while (!stopping_ && ::poll(&gone, 1, 1) == 0)
        if (!send("x")) return;
    }
    // Ends with RST instead of FIN.
    void reset() {
      const linger at_once{1, 0};
      ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }

   private:
    bool read_some() {
      pollfd ready{socket_, POLLIN, 0};
      while (!stopping_) {
        if (::poll(&ready, 1, 20) == 0) continue;
        char bytes[4096];
        const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
        if (got <= 0) return false;
        unread_.append(bytes, static_cast<std::size_t>(got));
        return true;
      }
      return false;
    }
    int socket_;
    const std::atomic<bool>& stopping_;
    std::string unread_;
  };
  using Script = std::function<void(Peer&)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)), listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&at), sizeof at);
    ::listen(listener_, 512);
    socklen_t size = sizeof at;
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept(); });
  }
  ~ScriptedServer() {
    stopping_ = true;
    ::shutdown(listener_, SHUT_RDWR);  // ends accept()
    acceptor_.join();
    for (std::thread& thread : peers_) thread.join();
    ::close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  std::uint16_t port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return "http://127.0.0.1:" + std::to_string(port_) + std::string{path};
  }
  int connections() const { return connections_; }

 private:
  void accept() {
    while (!stopping_) {
      const int socket = ::accept(listener_, nullptr, nullptr);
      if (socket < 0) continue;
      ++connections_;
      peers_.emplace_back([this, socket] {
        Peer peer{socket, stopping_};
        script_(peer);
        ::close(socket);
      });
    }
  }

  Script script_;
  int listener_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  std::vector<std::thread> peers_;  // of the acceptor's thread, until that is joined
  std::thread acceptor_;
};

}  // namespace sagewatch
