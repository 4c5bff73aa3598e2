#pragma once
// JSON lines from standard input, or any other descriptor that cannot be read twice: no cursor, ends with the input.
#include <string>

#include "collector/source.h"

namespace sagewatch {

class StdinSource : public Source {
 public:
  // Borrows `descriptor`.
  explicit StdinSource(std::string name = "stdin", std::string bus = "default", int descriptor = 0)
      : name_(std::move(name)), bus_(std::move(bus)), descriptor_(descriptor) {}
  std::string_view name() const override { return name_; }
  Done run(BatchSink& sink, std::stop_token stop) override;

 private:
  std::string name_;
  std::string bus_;
  int descriptor_;
};

}  // namespace sagewatch
