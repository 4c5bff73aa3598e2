#include "collector/config/error_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "collector/config/json_text.h"
#include "collector/config/redaction.h"

namespace sagewatch {
namespace {

constexpr std::size_t line_bytes_max = 160;   // of a shown line; more is clipped around the caret
constexpr std::size_t before_caret_max = 80;  // of them left of the caret

std::string_view file_name(const Place& place) {
  return place.file == nullptr ? std::string_view{} : std::string_view{*place.file};
}

void sort_by_place(ConfigErrors& errors) {
  std::sort(errors.begin(), errors.end(), [](const ConfigError& a, const ConfigError& b) {
    const auto key = [](const ConfigError& error) {
      return std::tuple{file_name(error.place), error.place.line, error.place.column, std::string_view{error.code},
                        std::string_view{error.what}};
    };
    return key(a) < key(b);
  });
}

bool continues_letter(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// One line of a file, and where the caret stands in it.
struct Line {
  std::string text;
  std::size_t caret = 0;  // byte offset in text
};

// Clips a long line around the caret, never through a letter, and hides what would move a terminal's cursor.
Line clipped(std::string_view line, std::size_t caret) {
  caret = std::min(caret, line.size());
  std::size_t begin = caret > before_caret_max && line.size() > line_bytes_max ? caret - before_caret_max : 0;
  while (begin > 0 && continues_letter(line[begin])) --begin;
  std::size_t end = std::min(line.size(), begin + line_bytes_max);
  while (end < line.size() && continues_letter(line[end])) ++end;
  Line shown_line;
  if (begin > 0) shown_line.text = "...";
  shown_line.caret = shown_line.text.size() + caret - begin;
  shown_line.text.append(line.substr(begin, end - begin));
  if (end < line.size()) shown_line.text += "...";
  for (char& c : shown_line.text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control) c = c == '\r' || c == '\t' ? ' ' : '?';
  }
  while (shown_line.text.size() > shown_line.caret && shown_line.text.back() == ' ') shown_line.text.pop_back();
  return shown_line;
}

std::size_t letters(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), continues_letter));
}

// Walks forward only, because the errors are sorted: a file is cut into lines once.
class Lines {
 public:
  explicit Lines(const SourceTexts& texts) : texts_(texts) {}
  std::optional<std::string_view> line(std::string_view file, int number) {
    if (file != file_) {
      const auto found = texts_.find(std::string{file});
      if (found == texts_.end() || number < 1) return std::nullopt;
      file_ = file;
      rest_ = found->second;
      at_ = 1;
    }
    for (; at_ < number; ++at_) {
      const auto end = rest_.find('\n');
      if (end == std::string_view::npos) return std::nullopt;
      rest_.remove_prefix(end + 1);
    }
    if (number < 1) return std::nullopt;
    return rest_.substr(0, rest_.find('\n'));
  }

 private:
  const SourceTexts& texts_;
  std::string_view file_;
  std::string_view rest_;
  int at_ = 1;
};

std::string headline(const ConfigError& error, Severity severity) {
  std::string text{file_name(error.place)};
  if (error.place.line > 0) text += fmt::format(":{}:{}", error.place.line, error.place.column);
  if (!text.empty()) text += ": ";
  return text + fmt::format("{}[{}]: {}\n", severity == Severity::error ? "error" : "warning", error.code, error.what);
}

std::string remark(const ConfigError& error) {
  return error.under + (error.under.empty() || error.help.empty() ? "" : "   ") + error.help;
}

void append_line(std::string& out, const ConfigError& error, std::string_view line) {
  const auto column = static_cast<std::size_t>(std::max(0, error.place.column - 1));
  const std::string safe = redacted(line, error.is_secret ? std::optional{column} : std::nullopt);
  const Line shown_line = clipped(safe, column);
  const std::string_view text = shown_line.text;
  const std::size_t caret = std::min(shown_line.caret, text.size());
  const std::size_t room = std::max<std::size_t>(1, letters(text.substr(caret)));
  const std::size_t width = std::min(static_cast<std::size_t>(std::max(1, error.width)), room);
  out += fmt::format("{:>5} | {}\n", error.place.line, text);
  out += fmt::format("{:>5} | {}{}", "", std::string(letters(text.substr(0, caret)), ' '), std::string(width, '^'));
  const std::string beside = remark(error);
  out += beside.empty() ? "\n" : " " + beside + "\n";
}

}  // namespace

std::string error_text(ConfigErrors errors, const SourceTexts& texts, Severity severity) {
  sort_by_place(errors);
  Lines lines(texts);
  std::string out;
  for (std::size_t i = 0; i < errors.size() && i < errors_shown_max; ++i) {
    const ConfigError& error = errors[i];
    out += headline(error, severity);
    const auto line = lines.line(file_name(error.place), error.place.line);
    if (line && line->find_first_not_of(" \t\r") != std::string_view::npos) {
      append_line(out, error, *line);
    } else if (const std::string beside = remark(error); !beside.empty()) {
      out += fmt::format("   {}\n", beside);
    }
    out += fmt::format("   help: sagewatch help {}\n", error.code);
  }
  if (errors.size() > errors_shown_max)
    out += fmt::format("and {}{} more\n", errors.size() >= config_errors_max ? "at least " : "",
                       errors.size() - errors_shown_max);
  return out;
}

std::string error_json(ConfigErrors errors, Severity severity) {
  sort_by_place(errors);
  std::string out = "[";
  for (const ConfigError& error : errors) {
    if (out.size() > 1) out += ',';
    out +=
        fmt::format("\n  {{\"severity\":\"{}\",\"code\":{},\"file\":{},\"line\":{},\"column\":{},\"message\":{}",
                    severity == Severity::error ? "error" : "warning", json_string(error.code),
                    json_string(file_name(error.place)), error.place.line, error.place.column, json_string(error.what));
    if (!error.under.empty()) out += ",\"hint\":" + json_string(error.under);
    if (!error.help.empty()) out += ",\"help\":" + json_string(error.help);
    out += '}';
  }
  return out + (errors.empty() ? "]\n" : "\n]\n");
}

}  // namespace sagewatch
