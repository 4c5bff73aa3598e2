// `bench`: how fast one thread matches, JSON text in, numbers of rules out, beside simdjson's DOM parse of the same
// bytes. Whole passes over the events alternate between the three, so that a machine that gets slower meanwhile
// slows all of them; what counts is the thread's CPU time, and of each the median pass.
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <sstream>

#include "collector/cli/commands.h"
#include "collector/clock.h"
#include "events/base/result.h"
#include "events/frame.h"
#include "rules/json_check.h"
#include "rules/matcher.h"

static_assert(sagewatch::frame_padding >= simdjson::SIMDJSON_PADDING, "simdjson reads on behind the last event");

namespace sagewatch {
namespace {

struct Lines {
  std::string text;  // followed by frame_padding readable bytes
  struct Line {
    std::size_t number;  // in the file, from 1
    std::string_view text;
  };
  std::vector<Line> lines;  // without the empty ones
};

Result<std::unique_ptr<Lines>> read_lines(const std::string& file, const char* what) {
  auto lines = std::make_unique<Lines>();  // lines are views: the text must not move
  std::ifstream in{file, std::ios::binary};
  std::stringstream bytes;
  if (!in || !(bytes << in.rdbuf()))
    return no(fmt::format("{}: cannot be read, or is empty; name a file with one {} a line", file, what));
  lines->text = std::move(bytes).str();
  lines->text.append(frame_padding, '\0');
  std::string_view rest{lines->text.data(), lines->text.size() - frame_padding};
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) lines->lines.push_back({number, line});
  }
  if (lines->lines.empty()) return no(fmt::format("{}: holds no {}; it must have one a line", file, what));
  return lines;
}

Result<std::vector<Pattern>> parse_patterns(const std::string& file, const Lines& lines) {
  std::vector<Pattern> patterns;
  patterns.reserve(lines.lines.size());
  for (const auto& [number, text] : lines.lines) {
    auto pattern = Pattern::parse(text, PatternLimits::none());
    if (!pattern) return no(fmt::format("{}:{}: {}", file, number, pattern.error().text()));
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

Result<std::vector<ValidJson>> check_events(const std::string& file, const Lines& lines) {
  std::vector<ValidJson> events;
  events.reserve(lines.lines.size());
  for (const auto& [number, text] : lines.lines) {
    if (const auto error = JsonCheck::refusal(text)) {
      const std::size_t column = error->place ? error->place->column : 1;
      return no(fmt::format("{}:{}:{}: {}", file, number, column, error->reason));
    }
    events.push_back(ValidJson::checked_when_accepted(text));
  }
  return events;
}

// A way to go through all events, and the CPU seconds of each pass so far.
struct Course {
  std::function<void()> pass;
  std::vector<double> seconds;
  double sum = 0;  // of all that ran

  // So many passes together, of few events, because looking at the clock takes time, too.
  void run(std::size_t passes) {
    const Nanos begin = thread_cpu_time();
    for (std::size_t i = 0; i < passes; ++i) pass();
    const double took = std::chrono::duration<double>(thread_cpu_time() - begin).count();
    seconds.push_back(took / static_cast<double>(passes));
    sum += took;
  }
  double median() const {
    std::vector<double> sorted = seconds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[(sorted.size() - 1) / 2];
  }
};

struct BenchFigures {
  std::size_t rules = 0;
  std::size_t events = 0;
  std::uint64_t matches = 0;  // (event, rule) pairs of one pass
  double build_s = 0;
  double bytes_per_rule = 0;
  double events_per_s = 0;
  double validating_events_per_s = 0;
  double parse_events_per_s = 0;
  double ratio() const { return events_per_s / parse_events_per_s; }
};

void measure(const Matcher& matcher, const std::vector<ValidJson>& events, double seconds, BenchFigures& figures) {
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  std::uint64_t matches = 0;
  simdjson::dom::parser parser;
  Course known{[&] {
                 matches = 0;
                 for (const ValidJson event : events) {
                   matcher.match(event, scratch, matched);
                   matches += matched.size();
                 }
               },
               {}};
  Course validating{[&] {
                      for (const ValidJson event : events) matcher.check_and_match(event.text(), scratch, matched);
                    },
                    {}};
  Course parse{[&] {
                 for (const ValidJson event : events) {
                   // What simdjson refuses and the check does not, lone surrogates, costs it the time until there.
                   static_cast<void>(parser.parse(event.text().data(), event.text().size(), false));
                 }
               },
               {}};
  constexpr double worth_timing = 1e-3;  // seconds
  constexpr std::size_t passes_max = 100'000;
  std::size_t passes = 1;
  for (Course trial{known.pass, {}}; passes < passes_max; passes *= 2) {
    trial.run(passes);
    if (trial.seconds.back() * static_cast<double>(passes) >= worth_timing) break;
  }
  double spent = 0;
  do {
    for (Course* course : {&known, &validating, &parse}) course->run(passes);
    spent = known.sum + validating.sum + parse.sum;
    // Not another round that would end far behind the time.
  } while (spent + spent / static_cast<double>(known.seconds.size()) / 2 < seconds);
  const auto speed = [&](const Course& course) { return static_cast<double>(events.size()) / course.median(); };
  figures.matches = matches;
  figures.events_per_s = speed(known);
  figures.validating_events_per_s = speed(validating);
  figures.parse_events_per_s = speed(parse);
}

Result<BenchFigures> run_all(const BenchOptions& options) {
  BenchFigures figures;
  const auto rule_lines = read_lines(options.rules_file, "pattern");
  if (!rule_lines) return no(rule_lines.error());
  const auto event_lines = read_lines(options.events_file, "event");
  if (!event_lines) return no(event_lines.error());

  const Nanos begin = thread_cpu_time();
  std::optional<Matcher> matcher;
  {
    const auto patterns = parse_patterns(options.rules_file, **rule_lines);
    if (!patterns) return no(patterns.error());
    matcher = Matcher::compile(*patterns);
    figures.build_s = std::chrono::duration<double>(thread_cpu_time() - begin).count();
  }
  figures.rules = matcher->pattern_count();
  figures.bytes_per_rule = static_cast<double>(matcher->bytes()) / static_cast<double>(figures.rules);

  const auto events = check_events(options.events_file, **event_lines);
  if (!events) return no(events.error());
  figures.events = events->size();
  measure(*matcher, *events, options.seconds, figures);
  return figures;
}

void print_json(const BenchFigures& figures) {
  fmt::print(
      R"({{"rules": {}, "build_s": {:.6f}, "bytes_per_rule": {:.1f}, "events_per_s": {:.1f}, "validating_events_per_s": {:.1f}, )"
      R"("parse_events_per_s": {:.1f}, "ratio": {:.5f}, "events": {}, "matches": {}}})"
      "\n",
      figures.rules, figures.build_s, figures.bytes_per_rule, figures.events_per_s, figures.validating_events_per_s,
      figures.parse_events_per_s, figures.ratio(), figures.events, figures.matches);
}

void print_text(const BenchFigures& figures) {
  const auto row = [](const char* name, const std::string& value, const char* what) {
    fmt::print("{:<24} {:>12}  {}\n", name, value, what);
  };
  row("rules", fmt::format("{}", figures.rules), "");
  row("build_s", fmt::format("{:.3f}", figures.build_s), "parsing the patterns and compiling them");
  row("bytes_per_rule", fmt::format("{:.0f}", figures.bytes_per_rule), "that the compiled rules hold");
  row("events_per_s", fmt::format("{:.0f}", figures.events_per_s), "text known to be valid");
  row("validating_events_per_s", fmt::format("{:.0f}", figures.validating_events_per_s), "checking it first");
  row("parse_events_per_s", fmt::format("{:.0f}", figures.parse_events_per_s), "simdjson's DOM parse alone");
  row("ratio", fmt::format("{:.3f}", figures.ratio()), "of events_per_s to parse_events_per_s");
  row("events", fmt::format("{}", figures.events), "in the file");
  row("matches", fmt::format("{}", figures.matches), "pairs of event and rule in one pass");
}

}  // namespace

int run_bench(const BenchOptions& options) {
  const auto figures = run_all(options);
  if (!figures) {
    fmt::print(stderr, "{}\n", figures.error().what);
    return exit_usage;
  }
  if (options.json) {
    print_json(*figures);
  } else {
    print_text(*figures);
  }
  return exit_ok;
}

}  // namespace sagewatch
