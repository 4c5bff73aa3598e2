// `match --cases`: pattern and event a line, verdict a line; for tables of cases, and for holding one engine against
// another. Patterns have AWS's limits, the engine is that of the daemon or the reference that defines it.
#include <fmt/format.h>

#include <cstdio>
#include <fstream>
#include <iostream>

#include "collector/cli/commands.h"
#include "events/frame.h"
#include "rules/json_check.h"
#include "rules/json_string.h"
#include "rules/json_tree.h"
#include "rules/matcher.h"
#include "rules/reference.h"

namespace sagewatch {
namespace {

// A case's text as JSON text: where the case itself held a lone surrogate (three bytes that UTF-8 forbids), it is
// written as the escape that means the same inside a string.
std::string json_text(std::string_view text) {
  std::string out;
  out.reserve(text.size() + frame_padding);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    if (byte(i) == 0xed && i + 2 < text.size() && byte(i + 1) >= 0xa0) {
      const unsigned unit = 0xd000U | (byte(i + 1) & 0x3fU) << 6 | (byte(i + 2) & 0x3fU);
      out += fmt::format("\\u{:04x}", unit);
      i += 2;
    } else {
      out.push_back(text[i]);
    }
  }
  return out;
}

std::string event_refusal(const PatternError& error) {
  if (!error.place) return error.reason;
  return fmt::format("{} (line {}, column {})", error.reason, error.place->line, error.place->column);
}

// One engine, which remembers the pattern of the line before: tables ask one pattern of many events.
class Judge {
 public:
  explicit Judge(bool reference) : reference_(reference) {}

  tl::expected<bool, std::string> verdict(const std::string& pattern, const std::string& event) {
    if (!known_ || pattern != pattern_text_) learn(pattern);
    if (!pattern_) return tl::unexpected{pattern_.error().aws_text(pattern_text_)};
    if (const auto error = JsonCheck::refusal(event)) return tl::unexpected{event_refusal(*error)};
    const ValidJson valid = ValidJson::checked_when_accepted(event);
    if (!reference_) {
      matcher_->match(valid, scratch_, matched_);
      return !matched_.empty();
    }
    flat_.flatten(valid, trie_);
    // As everywhere, a search given up counts as a match.
    return evaluator_.evaluate(*pattern_, paths_, flat_) != Finding::no_match;
  }

 private:
  void learn(const std::string& text) {
    known_ = true;
    pattern_text_ = text;
    pattern_ = Pattern::parse(text);
    if (!pattern_) return;
    if (!reference_) {
      matcher_ = Matcher::compile(std::span{&*pattern_, 1});
      return;
    }
    trie_ = {};
    paths_.clear();
    for (const std::string& path : pattern_->paths()) paths_.push_back(trie_.add(path));
  }

  bool reference_;
  bool known_ = false;
  std::string pattern_text_;
  tl::expected<Pattern, PatternError> pattern_ = tl::unexpected{PatternError{}};
  std::optional<Matcher> matcher_;
  MatchScratch scratch_;
  std::vector<std::uint32_t> matched_;
  PathTrie trie_;
  std::vector<PathId> paths_;
  FlatEvent flat_;
  Reference evaluator_;
};

tl::expected<bool, std::string> judge_line(Judge& judge, std::string_view line) {
  const auto tree = JsonNode::parse(line);
  if (!tree) return tl::unexpected{"no case: " + tree.error()};
  const JsonNode* pattern = tree->is_object() ? tree->find("pattern") : nullptr;
  const JsonNode* event = tree->is_object() ? tree->find("event") : nullptr;
  if (pattern == nullptr || event == nullptr || !pattern->is_string() || !event->is_string()) {
    return tl::unexpected<std::string>{
        R"(no case: a line is {"pattern": TEXT, "event": TEXT}, both strings that hold JSON)"};
  }
  std::string event_text = json_text(event->text);
  event_text.reserve(event_text.size() + frame_padding);
  return judge.verdict(json_text(pattern->text), event_text);
}

void judge_all(Judge& judge, std::istream& in) {
  std::string line;
  std::string out;
  while (std::getline(in, line)) {
    if (const auto verdict = judge_line(judge, line)) {
      out += *verdict ? "{\"match\": true}\n" : "{\"match\": false}\n";
    } else {
      out += "{\"error\": ";
      append_quoted(out, verdict.error());
      out += "}\n";
    }
    // Whoever feeds us case by case gets each answer at once; a file's are gathered.
    if (out.size() > 65'536 || in.rdbuf()->in_avail() <= 0) {
      std::fwrite(out.data(), 1, out.size(), stdout);
      std::fflush(stdout);
      out.clear();
    }
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

int run_match_cases(const CasesOptions& options) {
  Judge judge{options.reference};
  if (options.file == "-") {
    std::ios::sync_with_stdio(false);  // else every line is read byte by byte
    judge_all(judge, std::cin);
    return exit_ok;
  }
  std::ifstream in{options.file, std::ios::binary};
  if (!in || in.peek() == std::ifstream::traits_type::eof()) {
    // An empty file has no cases and is fine; a directory opens and cannot be read.
    if (!in.is_open() || in.bad()) {
      fmt::print(stderr, "{}: cannot be read; name a file with one case a line, or - for standard input\n",
                 options.file);
      return exit_usage;
    }
    return exit_ok;
  }
  judge_all(judge, in);
  if (in.bad()) {
    fmt::print(stderr, "{}: reading broke off\n", options.file);
    return exit_disk;
  }
  return exit_ok;
}

}  // namespace sagewatch
