#pragma once
// Brings outside facts in. Owns its connection and its cursor; the sink is the only part of sagewatch that it can
// reach. It knows nothing of rules, targets or metrics.
#include <stop_token>
#include <string_view>

#include "events/base/result.h"
#include "events/batch.h"

namespace sagewatch {

class Source {
 public:
  virtual ~Source() = default;
  virtual std::string_view name() const = 0;  // as in the configuration: "file:jobs"
  // On a thread of its own, until `stop` or the end of the input. An Error means that trying again will not help.
  virtual Done run(BatchSink& sink, std::stop_token stop) = 0;
};

}  // namespace sagewatch
