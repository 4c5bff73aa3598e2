#include "collector/cli/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace sagewatch {
namespace {

std::string printable(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  return text;
}

// Characters, taking each for one column.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string table(const std::vector<std::vector<std::string>>& rows, std::string_view none) {
  if (rows.size() == 1) return std::string{none} + "\n";
  std::vector<std::size_t> widths(rows[0].size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += printable(row[i]);
      if (i + 1 < row.size()) text.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

int print_table(const std::vector<std::vector<std::string>>& rows, std::string_view none) {
  fmt::print("{}", table(rows, none));
  return 0;
}

std::string age(UnixNanos since, UnixNanos now) {
  if (!since.known()) return "-";
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<Seconds>(now - since).count());
  struct Unit {
    std::int64_t seconds;
    char name;
  };
  constexpr Unit units[] = {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}};
  for (std::size_t i = 0; i + 1 < std::size(units); ++i) {
    if (seconds < units[i].seconds) continue;
    const std::int64_t rest = seconds % units[i].seconds / units[i + 1].seconds;
    return rest == 0 ? fmt::format("{}{}", seconds / units[i].seconds, units[i].name)
                     : fmt::format("{}{}{}{}", seconds / units[i].seconds, units[i].name, rest, units[i + 1].name);
  }
  return fmt::format("{}s", seconds);
}

}  // namespace sagewatch
