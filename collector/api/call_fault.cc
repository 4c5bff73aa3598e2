#include "collector/api/call_fault.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "events/utf8.h"

namespace sagewatch {

CallFault serialization_fault(std::string message) {
  return {"SerializationException", std::move(message)};
}

CallFault validation_fault(std::string message) {
  return {"ValidationException", std::move(message)};
}

std::string unmet_constraint(std::string_view value, std::string_view path, std::string_view rule) {
  return fmt::format("Value {} at '{}' failed to satisfy constraint: {}", value, path, rule);
}

std::string must_not_be_longer(std::size_t longest) {
  return fmt::format("Member must have length less than or equal to {}", longest);
}

std::string clipped(std::string_view value) {
  constexpr std::size_t shown = 40;
  return fmt::format("'{}...'", cut_utf8(value, shown));
}

CallFault constraints_fault(const std::vector<std::string>& unmet) {
  return validation_fault(fmt::format("{} validation error{} detected: {}", unmet.size(), unmet.size() == 1 ? "" : "s",
                                      fmt::join(unmet, "; ")));
}

}  // namespace sagewatch
