// Any bytes as a pattern: reading it neither crashes nor hangs, says the same twice, has words for every refusal, keeps
// its own limits; and what was read is in the shape that matchers rely on.
#include <cstdint>
#include <string_view>

#include "events/base/result.h"
#include "events/utf8.h"
#include "rules/json_string.h"
#include "rules/matcher.h"
#include "rules/rule_set.h"
#include "rules/rule_set_json.h"

namespace {

using namespace sagewatch;

void must_be_well_formed(const Pattern& pattern) {
  const PatternLimits limits;
  SW_MUST(!pattern.conjunctions().empty(), "a pattern asks for something");
  SW_MUST(pattern.conjunctions().size() <= limits.conjunctions, "AWS's limit of combinations");
  for (std::size_t i = 1; i < pattern.paths().size(); ++i) {
    SW_MUST(utf16(pattern.paths()[i - 1]) < utf16(pattern.paths()[i]), "paths are sorted by code units, each once");
  }
  for (const auto& tests : pattern.conjunctions()) {
    SW_MUST(!tests.empty() && tests.size() <= limits.fields, "the limit of fields");
    for (std::size_t i = 0; i < tests.size(); ++i) {
      SW_MUST(i == 0 || tests[i - 1].path < tests[i].path, "tests are sorted by path, a path stands once");
      SW_MUST(tests[i].path < pattern.paths().size(), "a test's path is there");
      SW_MUST(tests[i].value < pattern.value_count(), "a test's values are there");
      SW_MUST(!pattern.alternatives(tests[i].value).empty(), "no list of values is empty");
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const auto pattern = Pattern::parse(text);
  const auto again = Pattern::parse(text);
  SW_MUST(pattern.has_value() == again.has_value(), "reading a pattern depends on nothing else");
  if (!pattern) {
    SW_MUST(!pattern.error().reason.empty() && pattern.error().reason == again.error().reason, "as above");
    SW_MUST(pattern.error().text() == again.error().text(), "as above");
    SW_MUST(pattern.error().aws_text(text).starts_with("Event pattern is not valid. Reason: "), "AWS's words");
    SW_MUST(pattern.error().at.value_or(0) <= text.size(), "the wrong part begins in the pattern or at its end");
    return 0;
  }
  SW_MUST(utf8_count(text) <= PatternLimits{}.characters, "AWS's limit of characters");
  SW_MUST(pattern->conjunctions().size() == again->conjunctions().size(), "as above");
  must_be_well_formed(*pattern);
  SW_MUST(Matcher::compile({&*pattern, 1}).pattern_count() == 1, "whatever was read can be compiled");

  Rule rule;
  rule.name = "x";
  rule.pattern = text;
  const auto set = RuleSet::build({rule});
  SW_MUST(set && rule_set_from_json(rule_set_json(**set)), "a rule set outlives being written down");
  return 0;
}
