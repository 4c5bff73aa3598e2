#pragma once
// What an open file holds, in order; opened on the way if it is gzip. Belongs to one thread.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "collector/http/inflate.h"
#include "events/base/result.h"

namespace sagewatch {

class PlainBytes {
 public:
  static constexpr std::uint64_t inflated_max = std::uint64_t{4} << 30;  // bytes out of one file

  // `descriptor` stays its owner's and outlives this. `skip`: so many bytes of what it holds were read before.
  PlainBytes(int descriptor, std::uint64_t skip);

  static bool is_gzip(int descriptor);
  // The next bytes, as many as come at once; none at the end of what is there now. An Error for one that cannot be read
  // or is no good gzip.
  Result<std::string_view> next();

 private:
  Result<std::string_view> inflated();
  Result<std::string_view> raw();

  int descriptor_;
  std::uint64_t at_;    // of the file's own bytes
  std::uint64_t skip_;  // of the opened ones, still to be passed over
  std::unique_ptr<Inflater> inflater_;
  std::string buffer_, opened_;
};

}  // namespace sagewatch
