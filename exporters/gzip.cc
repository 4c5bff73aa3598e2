#include "exporters/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace sagewatch {

Result<std::string> gzip(std::string_view plain) {
  constexpr int level =
      Z_BEST_SPEED;  // a page is so repetitive that higher levels cost three times the time for a few %
  constexpr int gzip_window = 15 + 16;  // zlib's way to ask for gzip instead of its own framing
  constexpr int memory_level = 8;
  z_stream stream{};
  if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window, memory_level, Z_DEFAULT_STRATEGY) != Z_OK) {
    return not_now(
        "gzip: zlib found no memory for its tables; scrape without Accept-Encoding: gzip, or give more memory");
  }
  constexpr std::size_t piece = 256 * 1024;
  std::string out;
  out.reserve(plain.size() / 16 + 64);
  int state = Z_OK;
  while (state == Z_OK) {
    // zlib counts in 32 bits: a page above 4 GiB would otherwise be cut.
    if (stream.avail_in == 0 && !plain.empty()) {
      const std::size_t take = std::min<std::size_t>(plain.size(), std::numeric_limits<uInt>::max() / 2);
      stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
      stream.avail_in = static_cast<uInt>(take);
      plain.remove_prefix(take);
    }
    const std::size_t written = out.size();
    out.resize(written + piece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = static_cast<uInt>(piece);
    state = deflate(&stream, plain.empty() ? Z_FINISH : Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
  }
  deflateEnd(&stream);
  SW_MUST(state == Z_STREAM_END, "deflate with room for output only ends at the end of the stream");
  return out;
}

}  // namespace sagewatch
