#include "events/base/rejection.h"

namespace sagewatch {

std::string_view reason_name(Reason reason) {
  static constexpr std::string_view names[] = {"malformed_json", "not_utf8",        "too_large",    "too_deep",
                                               "too_many_keys",  "string_too_long", "repeated_key", "missing_field",
                                               "wrong_type",     "unknown_bus"};
  return names[static_cast<std::size_t>(reason)];
}

}  // namespace sagewatch
