#include <algorithm>
#include <utility>

#include "collector/http/server.h"
#include "collector/http/url_text.h"

namespace sagewatch {

std::string_view HttpRequest::header(std::string_view lower_case_name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& field) { return field.first == lower_case_name; });
  return found == headers.end() ? std::string_view{} : std::string_view{found->second};
}

std::string HttpRequest::header_list(std::string_view lower_case_name) const {
  std::string all;
  for (const auto& [name, value] : headers) {
    if (name != lower_case_name) continue;
    if (!all.empty()) all += ", ";
    all += value;
  }
  return all;
}

std::vector<std::pair<std::string, std::string>> HttpRequest::parameters() const {
  const auto decoded = [](std::string_view text) {
    return percent_decoded(text, PlusIs::blank).value_or(std::string{text});
  };
  std::vector<std::pair<std::string, std::string>> all;
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto end = std::min(rest.find('&'), rest.size());
    const std::string_view pair = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const auto equals = std::min(pair.find('='), pair.size());
    if (!pair.empty())
      all.emplace_back(decoded(pair.substr(0, equals)), decoded(pair.substr(std::min(equals + 1, pair.size()))));
  }
  return all;
}

std::string HttpRequest::parameter(std::string_view name) const {
  for (auto& [key, value] : parameters())
    if (key == name) return std::move(value);
  return "";
}

}  // namespace sagewatch
