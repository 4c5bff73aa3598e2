#include "collector/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "collector/clock.h"
#include "events/utf8.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

constexpr std::string_view level_names[] = {"debug", "info", "warn", "error"};
constexpr int lines_per_window = 10;
constexpr Seconds window{10};
constexpr std::size_t codes_max = 1024;  // codes are ours, but a bound costs nothing

std::atomic<LogFormat> chosen_format = LogFormat::logfmt;
std::atomic<LogLevel> chosen_level = LogLevel::info;

// JSON's escapes; logfmt readers take the same. Bytes that are not UTF-8 become U+FFFD: no reader of JSON takes them.
void append_logged(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const auto byte = static_cast<unsigned char>(text.front());
    const std::size_t length = utf8_length(text);
    if (byte == '"' || byte == '\\' || byte < 0x20 || byte == 0x7f)
      append_json_escape(out, byte);
    else if (length == 0)
      out += "\xEF\xBF\xBD";
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  out.push_back('"');
}

// How often a code spoke in the present window.
class Throttle {
 public:
  // How many lines were held back since the last that passed; nothing: hold this one back too.
  std::optional<std::uint64_t> pass(std::string key, Instant now) {
    const std::lock_guard lock(mutex_);
    if (codes_.size() >= codes_max) codes_.clear();
    Code& code = codes_[std::move(key)];
    if (now - code.since > window) code = {.since = now, .lines = 0, .suppressed = code.suppressed};
    if (++code.lines > lines_per_window) {
      ++code.suppressed;
      return std::nullopt;
    }
    return std::exchange(code.suppressed, 0);
  }

 private:
  struct Code {
    Instant since;
    int lines = 0;
    std::uint64_t suppressed = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Code> codes_;  // guarded by mutex_
};

spdlog::logger& logger() {
  // Lines come ready made; spdlog's part is that whole lines reach stderr from any thread.
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("sagewatch", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
    return made;
  }();
  return *instance;
}

}  // namespace

std::string format_log_line(LogFormat format, std::string_view time, LogLevel level, std::string_view component,
                            std::string_view code, std::string_view message) {
  const std::string_view level_name = level_names[static_cast<std::size_t>(level)];
  std::string line;
  if (format == LogFormat::json) {
    line = fmt::format(R"({{"time":"{}","level":"{}","component":"{}","code":"{}","msg":)", time, level_name, component,
                       code);
    append_logged(line, message);
    line.push_back('}');
    return line;
  }
  line = fmt::format("time={} level={} component={} code={} msg=", time, level_name, component, code);
  append_logged(line, message);
  return line;
}

void start_logging(LogLevel level, LogFormat format) {
  if (format == LogFormat::automatic) format = isatty(STDERR_FILENO) != 0 ? LogFormat::logfmt : LogFormat::json;
  chosen_format = format;
  chosen_level = level;
}

void log_line(LogLevel level, std::string_view component, std::string_view code, std::string_view message) {
  static Throttle throttle;
  static const SystemClock clock;
  if (level < chosen_level.load()) return;
  const auto suppressed = throttle.pass(fmt::format("{}/{}", component, code), clock.instant());
  if (!suppressed) return;
  std::string text{message};
  if (*suppressed > 0) text += fmt::format(" ({} more like this were held back)", *suppressed);
  logger().info(format_log_line(chosen_format, rfc3339(clock.now()), level, component, code, text));
}

}  // namespace sagewatch
