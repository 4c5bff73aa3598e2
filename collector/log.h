#pragma once
// What the operator reads: one line an occurrence, logfmt on a terminal and JSON otherwise. Each line has a component
// and a stable code (docs/errors.md) by which it can be found, silenced or alerted on. More than ten lines of one code
// within ten seconds are counted instead, and the count is told with the next line that gets through.
//
// No event bodies, no secrets. Text that came from events is escaped, so that it cannot forge a line.
#include <fmt/format.h>

#include <string>
#include <string_view>

namespace sagewatch {

enum class LogLevel : std::uint8_t { debug, info, warn, error };
enum class LogFormat : std::uint8_t { automatic, logfmt, json };

// Once, at start and again after a reload. Lines go to stderr.
void start_logging(LogLevel level, LogFormat format);

// Any thread.
void log_line(LogLevel level, std::string_view component, std::string_view code, std::string_view message);

template <class... Args>
void log_info(std::string_view component, std::string_view code, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::info, component, code, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void log_warn(std::string_view component, std::string_view code, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::warn, component, code, fmt::format(text, std::forward<Args>(args)...));
}
template <class... Args>
void log_error(std::string_view component, std::string_view code, fmt::format_string<Args...> text, Args&&... args) {
  log_line(LogLevel::error, component, code, fmt::format(text, std::forward<Args>(args)...));
}

// One line, without its end, as start_logging's format prints it. Apart for tests.
std::string format_log_line(LogFormat format, std::string_view time, LogLevel level, std::string_view component,
                            std::string_view code, std::string_view message);

}  // namespace sagewatch
