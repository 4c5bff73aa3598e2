#include "exporters/content_negotiation.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sagewatch {
namespace {

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Cuts the front part off `rest` at `separator`; a separator inside quotes does not count.
std::string_view cut(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    if (rest[i] == '"') quoted = !quoted;
    if (rest[i] == separator && !quoted) break;
  }
  const std::string_view part = rest.substr(0, i);
  rest.remove_prefix(std::min(rest.size(), i + 1));
  return trim(part);
}

// One element of a header: what it names, its version parameter, its quality.
struct Choice {
  std::string_view name;
  std::string_view version;
  double quality = 1;
};

Choice read_choice(std::string_view element) {
  Choice choice;
  choice.name = cut(element, ';');
  while (!element.empty()) {
    std::string_view value = cut(element, ';');
    const std::string_view key = cut(value, '=');
    value = trim(value);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    if (equal_ignoring_case(key, "version")) choice.version = value;
    if (equal_ignoring_case(key, "q")) {
      double quality = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), quality);
      const bool read = error == std::errc{} && end == value.data() + value.size() && quality >= 0 && quality <= 1;
      choice.quality = read ? quality : 0;  // unreadable: better not to rely on it
    }
  }
  return choice;
}

struct Candidate {
  Format format;
  std::string_view type;
  std::string_view group;
  std::string_view version;
  // The most exact range that names it, so far: 3 the type, 2 its group, 1 anything.
  int exactness = 0;
  double quality = 0;
  int place = 0;

  void consider(const Choice& choice, int at) {
    int exact = 0;
    if (equal_ignoring_case(choice.name, type) && (choice.version.empty() || choice.version == version)) {
      exact = 3;
    } else if (equal_ignoring_case(choice.name, group)) {
      exact = 2;
    } else if (choice.name == "*/*" || choice.name == "*") {
      exact = 1;
    }
    if (exact > exactness || (exact == exactness && exact > 0 && choice.quality > quality)) {
      exactness = exact;
      quality = choice.quality;
      place = at;
    }
  }
};

}  // namespace

Format choose_format(std::string_view accept) {
  Candidate text{Format::text, "text/plain", "text/*", "0.0.4"};
  Candidate open{Format::openmetrics, "application/openmetrics-text", "application/*", "1.0.0"};
  for (int place = 0; !accept.empty(); ++place) {
    const Choice choice = read_choice(cut(accept, ','));
    text.consider(choice, place);
    open.consider(choice, place);
  }
  if (open.quality != text.quality) return open.quality > text.quality ? Format::openmetrics : Format::text;
  if (open.quality == 0) return Format::text;
  if (open.exactness != text.exactness) return open.exactness > text.exactness ? Format::openmetrics : Format::text;
  return open.exactness == 3 && open.place < text.place ? Format::openmetrics : Format::text;
}

bool wants_gzip(std::string_view accept_encoding) {
  std::optional<double> gzip;
  std::optional<double> anything;
  double identity = 0;
  while (!accept_encoding.empty()) {
    const Choice choice = read_choice(cut(accept_encoding, ','));
    if (equal_ignoring_case(choice.name, "gzip") || equal_ignoring_case(choice.name, "x-gzip")) gzip = choice.quality;
    if (choice.name == "*") anything = choice.quality;
    if (equal_ignoring_case(choice.name, "identity")) identity = choice.quality;
  }
  const double quality = gzip.value_or(anything.value_or(0));
  return quality > 0 && quality >= identity;
}

}  // namespace sagewatch
