#pragma once
// The JSON body of a call in AWS's protocol: its root must be an object, an absent member and null are the same, and a
// wrong type is refused in the words of AWS's serializer, with its place.
#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "collector/api/call_fault.h"

namespace sagewatch {

// Gives `body` room for frame_padding more bytes. What it answers borrows from `parser`.
tl::expected<simdjson::dom::object, CallFault> read_call_body(std::string& body, simdjson::dom::parser& parser);

// `NUMBER_VALUE cannot be converted to String (at Entries[0].Source)`
CallFault wrong_type(simdjson::dom::element found, std::string_view wanted, std::string_view place);

// Nothing if the member is absent or null.
tl::expected<std::optional<std::string_view>, CallFault> read_call_text(const simdjson::dom::object& call,
                                                                        std::string_view key);

}  // namespace sagewatch
