#pragma once
// Text as it stands in a URL.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagewatch {

enum class PlusIs : std::uint8_t { plus, blank };  // in a path, in a query

// Nothing if a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text, PlusIs plus);

}  // namespace sagewatch
