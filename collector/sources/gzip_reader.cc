#include "collector/sources/gzip_reader.h"

#include <fmt/format.h>
#include <zlib.h>

namespace sagewatch {
namespace {

constexpr int gzip_only = 15 + 16;  // zlib's code for: window of 32 KiB, gzip header required
constexpr std::size_t piece_bytes = 256 * 1024;

}  // namespace

struct GzipReader::Stream {
  z_stream z{};
  bool ready = false;
  ~Stream() {
    if (ready) inflateEnd(&z);
  }
};

GzipReader::GzipReader(std::uint64_t bytes_max)
    : stream_(std::make_unique<Stream>()), opened_(piece_bytes), bytes_max_(bytes_max) {
  stream_->ready = inflateInit2(&stream_->z, gzip_only) == Z_OK;
}
GzipReader::~GzipReader() = default;

Result<std::string_view> GzipReader::open(std::string_view& compressed) {
  if (!stream_->ready) return no("there is no memory to open the gzip file");
  z_stream& z = stream_->z;
  while (!compressed.empty() || holds_more_) {
    if (is_whole_) {  // one more member
      inflateReset(&z);
      is_whole_ = false;
    }
    // zlib never writes through next_in; its interface is older than const.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
    z.avail_in = static_cast<uInt>(compressed.size());
    z.next_out = reinterpret_cast<Bytef*>(opened_.data());
    z.avail_out = static_cast<uInt>(opened_.size());
    const int status = inflate(&z, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
      return no("it begins like a gzip file, but does not open as one: it is damaged; fetch it again");
    compressed.remove_prefix(compressed.size() - z.avail_in);
    const std::size_t opened = opened_.size() - z.avail_out;
    bytes_ += opened;
    is_whole_ = status == Z_STREAM_END;
    holds_more_ = !is_whole_ && z.avail_out == 0;
    if (bytes_ > bytes_max_)
      return no(fmt::format("the gzip file opens to more than {} bytes; cut it into smaller ones", bytes_max_));
    if (opened > 0) return std::string_view{opened_.data(), opened};
  }
  return std::string_view{};
}

}  // namespace sagewatch
