#pragma once
// What may stand behind the '?' of a request. A service names its parameters where it is routed, and a request with any
// other gets 400: a misspelt one that was passed over would list, or redrive, everything instead of the few that were
// meant. So would one without a value (a variable of a script that is not set), and the second of two. The routes of
// resources have filters of their own, as strict (exporters/resource_filter.h). Any thread.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "collector/http/server.h"

namespace sagewatch {

// `service` for requests whose parameters are among `known`, each once and with a value; 400 in words for the others.
HttpService taking(std::vector<std::string> known, HttpService service);

// Nothing unless all of it are digits of one number.
std::optional<std::uint64_t> digits_as_number(std::string_view text);
// The parameter as a number, `otherwise` if it is absent. An Error names what is allowed.
Result<std::uint64_t> number_of(const HttpRequest& request, std::string_view name, std::uint64_t otherwise,
                                std::uint64_t least, std::uint64_t most);
// "limit": how many a page of a list holds.
Result<std::size_t> limit_of(const HttpRequest& request);

}  // namespace sagewatch
