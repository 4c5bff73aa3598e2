#include "collector/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

namespace sagewatch {
namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

std::string contents(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

double number(std::string_view text) {
  double value = unknown;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The fields of /proc/self/stat from the third on. The second is the program's name in parentheses, which may itself
// hold blanks and parentheses.
std::vector<double> stat_fields(const std::string& stat) {
  std::vector<double> fields;
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) return fields;
  std::istringstream in(stat.substr(name_end + 1));
  for (std::string field; in >> field;) fields.push_back(number(field));
  return fields;
}

// Unix time at which the machine booted; the process's own start is counted from there.
double boot_seconds(const std::string& stat) {
  constexpr std::string_view key = "\nbtime ";
  const auto at = stat.find(key);
  return at == std::string::npos ? unknown : number(std::string_view(stat).substr(at + key.size()));
}

double open_fds(const std::string& directory) {
  std::error_code error;
  double count = 0;
  for (auto entry = std::filesystem::directory_iterator(directory, error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    ++count;
  }
  return error ? unknown : count - 1;  // less the one that lists them
}

double max_fds() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return unknown;
  return limit.rlim_cur == RLIM_INFINITY ? unknown : static_cast<double>(limit.rlim_cur);
}

}  // namespace

ProcessFacts ProcessMetrics::read() const {
  const std::vector<double> fields = stat_fields(contents(proc_ + "/self/stat"));
  // proc(5) counts from 1, and `fields` begins with the third.
  const auto field = [&](std::size_t n) { return n - 3 < fields.size() ? fields[n - 3] : unknown; };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  ProcessFacts facts;
  facts.cpu_seconds = (field(14) + field(15)) / ticks;
  facts.threads = field(20);
  facts.start_seconds = boot_seconds(contents(proc_ + "/stat")) + field(22) / ticks;
  facts.virtual_bytes = field(23);
  facts.resident_bytes = field(24) * static_cast<double>(sysconf(_SC_PAGESIZE));
  facts.open_fds = open_fds(proc_ + "/self/fd");
  facts.max_fds = max_fds();
  return facts;
}

}  // namespace sagewatch
