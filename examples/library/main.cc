// Which patterns match which events? Patterns come from a file, {"name": {pattern}, ...}; events from standard input,
// one a line. Each line is answered with the names of the patterns that match it.
//
//   which_patterns patterns.json < events.jsonl
#include <cstdint>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "events/frame.h"
#include "rules/json_check.h"
#include "rules/json_tree.h"
#include "rules/matcher.h"
#include "rules/pattern.h"

namespace {

struct NamedPatterns {
  std::vector<std::string> names;
  std::vector<sagewatch::Pattern> patterns;
};

// Stops at the first pattern that EventBridge would refuse, and says why in EventBridge's words.
bool read_patterns(std::string_view json, NamedPatterns& into) {
  const auto document = sagewatch::JsonNode::parse(json);
  if (!document || !document->is_object()) {
    std::cerr << (document ? "the patterns must be an object: {\"name\": {pattern}, ...}" : document.error()) << '\n';
    return false;
  }
  for (const auto& [name, place, value] : document->members) {
    auto pattern = sagewatch::Pattern::parse(value.source);
    if (!pattern) {
      std::cerr << "line " << place.line << ": " << name << ": " << pattern.error().text() << '\n';
      return false;
    }
    into.names.push_back(name);
    into.patterns.push_back(std::move(*pattern));
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::stringstream text;
  if (argc == 2) text << std::ifstream{argv[1]}.rdbuf();
  NamedPatterns named;
  if (!read_patterns(text.str(), named)) return 2;

  const auto matcher = sagewatch::Matcher::compile(named.patterns);  // immutable: any number of threads
  sagewatch::MatchScratch scratch;                                   // one for each thread
  std::vector<std::uint32_t> matched;

  std::string line;
  while (std::getline(std::cin, line)) {
    line.reserve(line.size() + sagewatch::frame_padding);  // the matcher reads a little beyond the end
    if (!matcher.check_and_match(line, scratch, matched)) {
      std::cout << "! " << sagewatch::JsonCheck::refusal(line)->reason << '\n';
      continue;
    }
    for (const std::uint32_t number : matched) std::cout << named.names[number] << ' ';
    std::cout << '\n';
  }
}
