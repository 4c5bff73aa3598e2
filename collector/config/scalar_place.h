#pragma once
// From a character of a YAML value to its place in the file. The YAML library tells only where a value begins; how it
// is written (in quotes, with escapes, as a block, folded over lines) is followed here, character by character.
#include <string_view>

#include "events/base/config_node.h"

namespace sagewatch {

// The place of byte `at` of the scalar `value`, which begins at `begin` of a file with this text. Where the two cannot
// be brought together (the text is not at hand, something was filled in): `begin`.
Place place_in_scalar(const Place& begin, std::string_view value, std::size_t at, std::string_view text);

}  // namespace sagewatch
