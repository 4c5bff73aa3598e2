#include "collector/sources/stdin_source.h"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "collector/sources/line_reader.h"
#include "collector/sources/waiting_sink.h"

namespace sagewatch {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr int poll_ms = 100;  // how soon a stop is noticed while nothing comes

}  // namespace

Done StdinSource::run(BatchSink& sink, std::stop_token stop) {
  WaitingSink out(sink);
  LineReader lines;
  const auto hand_over = [&] {
    auto batch = lines.batch();
    batch.source = name_;
    batch.bus = bus_;
    batch.quarantine_refused = true;
    return out.accept(std::move(batch), stop);
  };
  std::vector<char> buffer(read_bytes);
  while (!stop.stop_requested()) {
    pollfd waiting{descriptor_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, lines.empty() ? poll_ms : 0);
    if (ready == 0) {  // a quiet input: what is there goes now
      if ((!lines.empty() && !hand_over()) || !out.drain(stop)) return {};
      continue;
    }
    const auto got = ::read(descriptor_, buffer.data(), buffer.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return no(name_ + ": cannot be read: " + std::strerror(errno));
    std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
    while (!bytes.empty()) {
      bytes.remove_prefix(lines.take(bytes));
      if (lines.full() && !hand_over()) return {};
    }
    if (got > 0) continue;
    lines.finish();
    if (!lines.empty() && !hand_over()) return {};
    (void)out.drain(stop);
    return {};
  }
  return {};
}

}  // namespace sagewatch
