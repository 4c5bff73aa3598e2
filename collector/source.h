#pragma once
// Brings outside facts in. A source owns its connection and its cursor, and the sink is the only part of sagewatch that
// it can reach: it knows nothing of rules or targets.
#include <stop_token>
#include <string_view>

#include "events/base/result.h"
#include "events/batch.h"

namespace sagewatch {

class Source {
 public:
  virtual ~Source() = default;
  virtual std::string_view name() const = 0;  // as in the configuration: "file:jobs"; Batch::source
  // Runs on a thread of its own until `stop`. An Error means that trying again will not help.
  virtual Done run(BatchSink& sink, std::stop_token stop) = 0;
};

}  // namespace sagewatch
