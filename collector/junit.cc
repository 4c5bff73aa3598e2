#include "collector/junit.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "events/utf8.h"

namespace sagewatch {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

// XML 1.0 has no way to write these, not even escaped: most control characters, U+FFFE and U+FFFF.
bool is_forbidden(std::string_view character) {
  if (character.size() == 1) {
    const auto c = static_cast<unsigned char>(character[0]);
    return c < 0x20 && c != '\t' && c != '\n' && c != '\r';
  }
  return character == "\xef\xbf\xbe" || character == "\xef\xbf\xbf";
}

std::string_view escaped(std::string_view character) {
  switch (character[0]) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '"':
      return "&quot;";
    // As characters, readers may make blanks or line feeds of them.
    case '\t':
      return "&#9;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    default:
      return character;
  }
}

enum class Where : bool { attribute, content };

std::string xml(std::string_view text, Where where) {
  std::string out;
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(1, length));
    text.remove_prefix(character.size());
    if (length == 0 || is_forbidden(character)) {
      out += replacement;
    } else if (where == Where::content && (character[0] == '\n' || character[0] == '\t')) {
      out += character;
    } else {
      out += escaped(character);
    }
  }
  return out;
}

std::string attribute(std::string_view text) {
  return xml(text, Where::attribute);
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
};
Counts count(const JunitSuite& suite) {
  Counts counts{suite.cases.size(), 0, 0};
  for (const JunitCase& one : suite.cases) {
    counts.failures += one.failure ? 1 : 0;
    counts.errors += one.error ? 1 : 0;
  }
  return counts;
}

std::string counted(const Counts& counts) {
  return fmt::format(R"(tests="{}" failures="{}" errors="{}")", counts.tests, counts.failures, counts.errors);
}

void append_problem(std::string& out, std::string_view element, const std::optional<JunitProblem>& problem) {
  if (!problem) return;
  out += fmt::format("      <{} message=\"{}\">{}</{}>\n", element, attribute(problem->message),
                     xml(problem->text, Where::content), element);
}

void append_case(std::string& out, const JunitSuite& suite, const JunitCase& one) {
  out += fmt::format(R"(    <testcase name="{}" classname="{}" file="{}" line="{}")", attribute(one.name),
                     attribute(suite.name), attribute(one.file), one.line);
  if (!one.failure && !one.error) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  append_problem(out, "failure", one.failure);
  append_problem(out, "error", one.error);
  out += "    </testcase>\n";
}

}  // namespace

std::string junit_xml(std::span<const JunitSuite> suites) {
  Counts all;
  std::string body;
  for (const JunitSuite& suite : suites) {
    const Counts counts = count(suite);
    all.tests += counts.tests;
    all.failures += counts.failures;
    all.errors += counts.errors;
    body += fmt::format("  <testsuite name=\"{}\" {}>\n", attribute(suite.name), counted(counts));
    for (const JunitCase& one : suite.cases) append_case(body, suite, one);
    body += "  </testsuite>\n";
  }
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"sagewatch test\" {}>\n{}</testsuites>\n",
      counted(all), body);
}

}  // namespace sagewatch
