#include "collector/http/inflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>

namespace sagewatch {
namespace {
constexpr int gzip_only = 15 + 16;              // zlib's code for: window of 32 KiB, gzip header required
constexpr std::size_t piece_bytes = 32 * 1024;  // how much is opened before the limits are looked at again
}  // namespace

struct Inflater::Stream {
  z_stream z{};
  bool ready = false;
};

Inflater::Inflater(std::uint64_t bytes_max) : stream_(std::make_unique<Stream>()), bytes_max_(bytes_max) {
  stream_->ready = inflateInit2(&stream_->z, gzip_only) == Z_OK;
}

Inflater::~Inflater() {
  if (stream_->ready) inflateEnd(&stream_->z);
}

Done Inflater::feed(std::string_view compressed, std::string& out) {
  if (!stream_->ready) return not_now("there is no memory to open the gzip body");
  if (compressed.empty()) return {};
  if (ended_) return no("bytes follow the end of the gzip body; send one gzip member and nothing behind it");
  bytes_in_ += compressed.size();
  z_stream& z = stream_->z;
  // zlib never writes through next_in; its interface is older than const.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  z.avail_in = static_cast<uInt>(compressed.size());
  std::array<char, piece_bytes> piece;
  do {
    z.next_out = reinterpret_cast<Bytef*>(piece.data());
    z.avail_out = static_cast<uInt>(piece.size());
    const int status = inflate(&z, Z_NO_FLUSH);
    const std::size_t opened = piece.size() - z.avail_out;
    bytes_out_ += opened;
    if (Done within = check_limits(); !within) return within;
    out.append(piece.data(), opened);
    if (status == Z_STREAM_END) {
      ended_ = true;
      if (z.avail_in > 0)
        return no("bytes follow the end of the gzip body; send one gzip member and nothing behind it");
      return {};
    }
    if (status == Z_BUF_ERROR) return {};  // everything given is used up
    if (status != Z_OK) return no("the body is not what Content-Encoding says: it does not open as gzip");
  } while (z.avail_in > 0 || z.avail_out == 0);
  return {};
}

Done Inflater::check_limits() {
  if (bytes_out_ > bytes_max_) {
    too_large_ = true;
    return no(fmt::format("the gzip body opens to more than {} bytes; send it in smaller pieces", bytes_max_));
  }
  if (bytes_out_ > ratio_counts_from && bytes_out_ / ratio_max > bytes_in_) {
    too_large_ = true;
    return no(fmt::format("the gzip body opens to more than {} times its size, which no honest body does", ratio_max));
  }
  return {};
}

Done Inflater::finish() const {
  if (ended_) return {};
  return no("the gzip body is cut short");
}

}  // namespace sagewatch
