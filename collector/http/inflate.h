#pragma once
// Opens a gzip body piece by piece, as it comes off the wire, and stops at the first byte too many: neither the size
// limit nor the ratio is ever exceeded, whatever the trailer says. One layer and one member: what comes out is not
// opened again, and bytes behind the end are refused.
//
// Not for files and not for raw deflate. Belongs to the thread of its owner.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace sagewatch {

class Inflater {
 public:
  // `bytes_max` of output in all. The ratio of output to input may be 100 at most, once there are 64 KiB of output:
  // small bodies of blanks are harmless.
  static constexpr std::uint64_t ratio_max = 100;
  static constexpr std::uint64_t ratio_counts_from = 64 * 1024;

  explicit Inflater(std::uint64_t bytes_max);
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  // Appends what `compressed` opens to. After an Error the stream is dead.
  Done feed(std::string_view compressed, std::string& out);
  Done finish() const;                              // an Error if the stream is cut short
  bool is_too_large() const { return too_large_; }  // why feed() said no: a limit, not bad bytes

 private:
  struct Stream;
  Done check_limits();
  std::unique_ptr<Stream> stream_;
  std::uint64_t bytes_max_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
  bool ended_ = false;
  bool too_large_ = false;
};

}  // namespace sagewatch
