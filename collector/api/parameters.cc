#include "collector/api/parameters.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "collector/http/answers.h"
#include "events/base/config_node.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

constexpr std::uint64_t page_default = 100, page_max = 1'000;

std::string unknown(const std::string& path, const std::string& name, const std::vector<std::string>& known) {
  if (known.empty()) return fmt::format("{} takes no parameters, but got {}", path.substr(0, 200), quoted(name));
  const std::string guess = nearest(name, known);
  return fmt::format("there is no parameter {}{} allowed: {}", quoted(name),
                     guess.empty() ? ";" : fmt::format("; did you mean {}?", guess), fmt::join(known, ", "));
}

Done check(const HttpRequest& request, const std::vector<std::string>& known) {
  std::set<std::string> seen;
  for (const auto& [name, value] : request.parameters()) {
    if (std::ranges::find(known, name) == known.end()) return no(unknown(request.path, name, known));
    if (value.empty()) return no(fmt::format("{} is empty; leave it out, or say what it must be", name));
    if (!seen.insert(name).second) return no(fmt::format("{} stands there twice; one is allowed", name));
  }
  return {};
}

}  // namespace

HttpService taking(std::vector<std::string> known, HttpService service) {
  return [known = std::move(known), service = std::move(service)](HttpRequest&& request, Respond respond) {
    if (const auto good = check(request, known); !good) return respond(error_answer(400, good.error().what));
    service(std::move(request), std::move(respond));
  };
}

std::optional<std::uint64_t> digits_as_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

Result<std::uint64_t> number_of(const HttpRequest& request, std::string_view name, std::uint64_t otherwise,
                                std::uint64_t least, std::uint64_t most) {
  const std::string text = request.parameter(name);
  if (text.empty()) return otherwise;
  const auto value = digits_as_number(text);
  if (!value || *value < least || *value > most)
    return no(fmt::format("{}: {} is not a number from {} to {}", name, quoted(text), least, most));
  return *value;
}

Result<std::size_t> limit_of(const HttpRequest& request) {
  return number_of(request, "limit", page_default, 1, page_max);
}

}  // namespace sagewatch
