#pragma once
// The body of a PutEvents call, read and checked as a whole: what is wrong with the call is answered as AWS's
// serializer and its model's constraints would; what is wrong with one entry alone is not looked at here.
// Belongs to the thread of its owner.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "collector/api/call_fault.h"
#include "events/base/time.h"

namespace sagewatch {

// An entry as it was sent; a field that is absent or null is empty. Borrows from the reader.
struct PutEventsEntry {
  std::string_view source;
  std::string_view detail_type;
  std::string_view detail;
  std::string_view bus;  // a name or an ARN; empty: default
  std::optional<UnixNanos> time;
  std::vector<std::string_view> resources;
  std::uint64_t bytes() const;  // as AWS counts the size of an entry
};

class PutEventsReader {
 public:
  explicit PutEventsReader(std::uint64_t bytes_max);  // of all entries together
  ~PutEventsReader();

  // Gives `body` room for frame_padding more bytes. What it answers is good until the next call.
  tl::expected<std::vector<PutEventsEntry>, CallFault> read(std::string& body);

 private:
  struct Parser;
  std::uint64_t bytes_max_;
  std::unique_ptr<Parser> parser_;
};

}  // namespace sagewatch
