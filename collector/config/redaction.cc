#include "collector/config/redaction.h"

#include <algorithm>

namespace sagewatch {
namespace {

constexpr std::string_view value_ends = " \t\"'";

void mask(std::string& line, std::size_t begin, std::size_t end) {
  std::fill(line.begin() + static_cast<std::ptrdiff_t>(begin), line.begin() + static_cast<std::ptrdiff_t>(end), '*');
}

// User and password, and the query.
void mask_urls(std::string& line) {
  for (std::size_t at = line.find("//"); at != std::string::npos; at = line.find("//", at)) {
    at += 2;
    const std::size_t end = std::min(line.find_first_of(value_ends, at), line.size());
    const std::size_t user_end = line.rfind('@', end);
    if (user_end != std::string::npos && user_end >= at) mask(line, at, user_end);
    const std::size_t query = line.find('?', at);
    if (query < end) mask(line, query + 1, end);
  }
}

// Of what was meant to be a URL and is none, too.
void mask_users(std::string& line) {
  for (std::size_t at = line.find('@'); at != std::string::npos; at = line.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && line[begin - 1] != '/' && value_ends.find(line[begin - 1]) == std::string_view::npos) --begin;
    mask(line, begin, at);
  }
}

// Where the first value of a key or a scheme of credentials begins; the line's size if there is none.
std::size_t first_credential(const std::string& line) {
  static constexpr std::string_view names[] = {"authorization", "token", "secret", "password", "api-key", "cookie"};
  std::string lower = line;
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::size_t first = line.size();
  for (const std::string_view name : names) {
    for (std::size_t at = lower.find(name); at < first; at = lower.find(name, at + 1)) {
      const std::size_t key_end = lower.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_\"'", at);
      if (key_end < first && lower[key_end] == ':') first = key_end;
    }
  }
  for (const std::string_view scheme : {"bearer ", "basic "}) {
    if (const std::size_t found = lower.find(scheme); found != std::string::npos)
      first = std::min(first, found + scheme.size());
  }
  while (first < line.size() && (line[first] == ':' || line[first] == ' ')) ++first;
  return first;
}

}  // namespace

std::string redacted(std::string_view quoted, std::optional<std::size_t> from) {
  std::string line{quoted};
  if (from && *from < line.size()) mask(line, *from, line.size());
  mask_urls(line);
  mask_users(line);
  // Where what is taken from elsewhere is wrong, its place must be seen.
  const std::size_t first = first_credential(line);
  if (line.find("${", first) == std::string::npos) mask(line, first, line.size());
  return line;
}

}  // namespace sagewatch
