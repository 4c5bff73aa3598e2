#include "collector/api/call_body.h"

#include <fmt/format.h>

#include "events/frame.h"

namespace sagewatch {

namespace dom = simdjson::dom;

tl::expected<dom::object, CallFault> read_call_body(std::string& body, dom::parser& parser) {
  body.reserve(body.size() + frame_padding);
  dom::element document;
  if (const auto error = parser.parse(body.data(), body.size(), false).get(document); error)
    return tl::unexpected{serialization_fault(fmt::format("the body is not JSON: {}", simdjson::error_message(error)))};
  if (!document.is_object()) return tl::unexpected{wrong_type(document, "Structure", "the body")};
  return dom::object(document);
}

CallFault wrong_type(dom::element found, std::string_view wanted, std::string_view place) {
  std::string_view what;
  switch (found.type()) {
    case dom::element_type::ARRAY:
      return serialization_fault(fmt::format("Start of list found where not expected (at {})", place));
    case dom::element_type::OBJECT:
      return serialization_fault(fmt::format("Start of structure or map found where not expected (at {})", place));
    case dom::element_type::STRING:
      what = "STRING_VALUE";
      break;
    case dom::element_type::BOOL:
      what = bool(found) ? "TRUE_VALUE" : "FALSE_VALUE";
      break;
    default:
      what = "NUMBER_VALUE";
  }
  return serialization_fault(fmt::format("{} cannot be converted to {} (at {})", what, wanted, place));
}

tl::expected<std::optional<std::string_view>, CallFault> read_call_text(const dom::object& call, std::string_view key) {
  dom::element value;
  if (call[key].get(value) != simdjson::SUCCESS || value.is_null()) return std::nullopt;
  if (!value.is_string()) return tl::unexpected{wrong_type(value, "String", key)};
  return std::string_view(value);
}

}  // namespace sagewatch
