#include "collector/sources/plain_bytes.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sagewatch {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;

}  // namespace

bool PlainBytes::is_gzip(int descriptor) {
  char magic[2];
  return ::pread(descriptor, magic, sizeof magic, 0) == sizeof magic && magic[0] == '\x1f' && magic[1] == '\x8b';
}

PlainBytes::PlainBytes(int descriptor, std::uint64_t skip)
    : descriptor_(descriptor), at_(is_gzip(descriptor) ? 0 : skip), skip_(skip), buffer_(read_bytes, '\0') {
  if (is_gzip(descriptor)) inflater_ = std::make_unique<Inflater>(inflated_max);
}

Result<std::string_view> PlainBytes::raw() {
  for (;;) {
    const auto got = ::pread(descriptor_, buffer_.data(), buffer_.size(), static_cast<off_t>(at_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return no(std::strerror(errno));
    at_ += static_cast<std::uint64_t>(got);
    return std::string_view{buffer_.data(), static_cast<std::size_t>(got)};
  }
}

Result<std::string_view> PlainBytes::inflated() {
  for (;;) {
    const auto compressed = raw();
    if (!compressed) return compressed;
    if (compressed->empty()) {
      if (const auto whole = inflater_->finish(); !whole) return no(whole.error());
      return std::string_view{};
    }
    opened_.clear();
    if (const auto fed = inflater_->feed(*compressed, opened_); !fed) return no(fed.error());
    const auto passed = std::min<std::uint64_t>(skip_, opened_.size());
    skip_ -= passed;
    if (passed < opened_.size()) return std::string_view{opened_}.substr(passed);
  }
}

Result<std::string_view> PlainBytes::next() {
  return inflater_ ? inflated() : raw();
}

}  // namespace sagewatch
