// A load for the daemon's PutEvents: so many connections, each sending one call of ten 1.1 KB events after the other
// and waiting for the durable answer. Prints one JSON object. Loopback only, ends by itself.
//
//   http_load PORT [CONNECTIONS 8] [SECONDS 5]
#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
constexpr int entries = 10;

std::string entry(int connection, std::uint64_t call, int number) {
  const std::string name = fmt::format("load-{}-{}-{}", connection, call % 1000, number);
  return fmt::format(
      R"({{"Source":"aws.sagemaker","DetailType":"SageMaker Training Job State Change","Resources":["arn:aws:sagemaker:us-east-1:000000000000:training-job/{0}"],"Detail":"{{\"TrainingJobName\":\"{0}\",\"TrainingJobArn\":\"arn:aws:sagemaker:us-east-1:000000000000:training-job/{0}\",\"TrainingJobStatus\":\"InProgress\",\"SecondaryStatus\":\"Training\",\"ResourceConfig\":{{\"InstanceType\":\"ml.p4d.24xlarge\",\"InstanceCount\":2}},\"CreationTime\":1790000000000,\"LastModifiedTime\":{1},\"HyperParameters\":{{\"pad\":\"{2}\"}},\"Tags\":{{}}}}"}})",
      name, 1790000000000 + call, std::string(600, 'x'));
}

std::string request(int connection, std::uint64_t call) {
  std::string body = R"({"Entries":[)";
  for (int number = 0; number < entries; ++number) body += (number ? "," : "") + entry(connection, call, number);
  body += "]}";
  return fmt::format(
      "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Amz-Target: AWSEvents.PutEvents\r\nContent-Type: "
      "application/x-amz-json-1.1\r\nContent-Length: {}\r\n\r\n{}",
      body.size(), body);
}

int connect_to(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("http_load: connect");
    std::exit(1);
  }
  const int one = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return socket;
}

// True if the answer says that all entries were taken.
bool exchange(int socket, const std::string& out, std::string& in) {
  for (std::size_t sent = 0; sent < out.size();) {
    const ssize_t n = ::send(socket, out.data() + sent, out.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  in.clear();
  for (;;) {
    char buffer[16 * 1024];
    const ssize_t n = ::recv(socket, buffer, sizeof buffer, 0);
    if (n <= 0) return false;
    in.append(buffer, static_cast<std::size_t>(n));
    const std::size_t head = in.find("\r\n\r\n");
    if (head == std::string::npos) continue;
    const std::size_t length = in.find("Content-Length: ");
    if (length == std::string::npos) return false;
    if (in.size() >= head + 4 + std::strtoul(in.c_str() + length + 16, nullptr, 10)) break;
  }
  return in.find("\"FailedEntryCount\":0") != std::string::npos;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return fmt::print(stderr, "usage: http_load PORT [CONNECTIONS] [SECONDS]\n"), 2;
  const int port = std::atoi(argv[1]);
  const int connections = argc > 2 ? std::atoi(argv[2]) : 8;
  const double seconds = argc > 3 ? std::atof(argv[3]) : 5;
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::atomic<std::uint64_t> refused = 0;
  std::vector<std::vector<double>> latencies(static_cast<std::size_t>(connections));
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (int connection = 0; connection < connections; ++connection) {
      threads.emplace_back([&, connection] {
        const int socket = connect_to(port);
        std::string answer;
        for (std::uint64_t call = 0; Clock::now() < end; ++call) {
          const std::string out = request(connection, call);
          const auto from = Clock::now();
          if (!exchange(socket, out, answer)) {
            if (answer.empty()) break;
            ++refused;
          }
          latencies[static_cast<std::size_t>(connection)].push_back(
              std::chrono::duration<double>(Clock::now() - from).count());
        }
        ::close(socket);
      });
    }
  }
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();
  std::vector<double> all;
  for (const auto& some : latencies) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  if (all.empty()) return 1;
  const auto at = [&](double part) {
    return all[static_cast<std::size_t>(part * static_cast<double>(all.size() - 1))] * 1e3;
  };
  fmt::print(R"({{"calls":{},"refused":{},"events":{},"events_per_s":{:.0f},"p50_ms":{:.2f},"p99_ms":{:.2f}}})"
             "\n",
             all.size(), refused.load(), (all.size() - refused) * entries,
             static_cast<double>((all.size() - refused) * entries) / took, at(0.5), at(0.99));
}
