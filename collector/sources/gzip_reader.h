#pragma once
// Opens a gzip file piece by piece as its bytes come: one member or several behind each other, as files that were
// appended to have them. What one call opens is bounded, whatever the ratio, and so is the whole. Bodies of requests
// are opened by http/inflate.h, which is stricter.
//
// Belongs to its source's thread.
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {

class GzipReader {
 public:
  explicit GzipReader(std::uint64_t bytes_max);
  ~GzipReader();

  static bool is_gzip(std::string_view first_bytes) { return first_bytes.starts_with("\x1f\x8b"); }

  // Takes from the front of `compressed` and answers what that opened to, good until the next call; "" once all of
  // `compressed` is taken. After an Error the reader is dead.
  Result<std::string_view> open(std::string_view& compressed);
  // Whether the input may end here: at the end of a member.
  bool is_whole() const { return is_whole_; }

 private:
  struct Stream;
  std::unique_ptr<Stream> stream_;
  std::vector<char> opened_;
  std::uint64_t bytes_max_;
  std::uint64_t bytes_ = 0;
  bool is_whole_ = false;
  bool holds_more_ = false;  // there was no room for all of what the input so far opens to
};

}  // namespace sagewatch
