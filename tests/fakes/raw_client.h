#pragma once
// A client that sends exactly the bytes it is told to, good HTTP or not, and reads answers one by one. Every wait ends
// after `patience`; then the test sees a status of 0, or the bytes that came.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace sagewatch {

struct RawAnswer {
  int status = 0;    // 0: none came
  std::string head;  // status line and headers
  std::string body;
  bool has(std::string_view text) const { return head.find(text) != std::string::npos; }
};

class RawClient {
 public:
  static constexpr std::chrono::seconds patience{20};

  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0;
  }
  ~RawClient() { ::close(socket_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool connected() const { return connected_; }
  // False if the other side stopped listening to us.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  RawAnswer read_answer(bool to_head = false) {
    RawAnswer answer;
    std::size_t end;
    while ((end = unread_.find("\r\n\r\n")) == std::string::npos)
      if (!read_some()) return answer;
    answer.head = unread_.substr(0, end + 2);
    unread_.erase(0, end + 4);
    answer.status = std::atoi(answer.head.c_str() + 9);
    const auto length_at = answer.head.find("Content-Length: ");
    if (length_at == std::string::npos || to_head) return answer;
    const std::size_t length = std::strtoul(answer.head.c_str() + length_at + 16, nullptr, 10);
    while (unread_.size() < length)
      if (!read_some()) break;
    answer.body = unread_.substr(0, length);
    unread_.erase(0, length);
    return answer;
  }
  RawAnswer ask(std::string_view bytes) {
    send(bytes);
    return read_answer();
  }
  // Bytes of a body that goes on, up to and with `text`; what came if it does not come.
  std::string read_until(std::string_view text) {
    std::size_t at;
    while ((at = unread_.find(text)) == std::string::npos)
      if (!read_some()) return std::exchange(unread_, {});
    std::string bytes = unread_.substr(0, at + text.size());
    unread_.erase(0, at + text.size());
    return bytes;
  }
  // The server closed the connection and had nothing more to say.
  bool at_end() { return unread_.empty() && !read_some() && ended_; }

 private:
  bool read_some() {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) <= 0) return false;
    char bytes[16 * 1024];
    const auto got = ::recv(socket_, bytes, sizeof bytes, 0);
    if (got <= 0) {
      ended_ = true;
      return false;
    }
    unread_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  int socket_;
  bool connected_ = false;
  bool ended_ = false;
  std::string unread_;
};

// The usual requests, with the Host that the server wants.
inline std::string get_request(std::string_view path) {
  return "GET " + std::string{path} + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
}
inline std::string post_request(std::string_view path, std::string_view body, std::string_view more_headers = "") {
  return "POST " + std::string{path} +
         " HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
         std::string{more_headers} + "\r\n" + std::string{body};
}

}  // namespace sagewatch
