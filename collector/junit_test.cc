#include "collector/junit.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

JunitCase named(std::string name) {
  JunitCase made;
  made.name = std::move(name);
  made.file = "rules.test.yaml";
  made.line = 7;
  return made;
}

TEST(Junit, CountsTestsFailuresAndErrorsOfEachSuiteAndOfAll) {
  JunitCase failed = named("b");
  failed.failure = JunitProblem{"r matched", "\n  + r\n"};
  JunitCase broken = named("c");
  broken.error = JunitProblem{"no such file", "no such file"};
  const std::vector<JunitSuite> suites{{"one", {named("a"), failed}}, {"two", {broken}}};
  EXPECT_EQ(junit_xml(suites), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="sagewatch test" tests="3" failures="1" errors="1">
  <testsuite name="one" tests="2" failures="1" errors="0">
    <testcase name="a" classname="one" file="rules.test.yaml" line="7"/>
    <testcase name="b" classname="one" file="rules.test.yaml" line="7">
      <failure message="r matched">
  + r
</failure>
    </testcase>
  </testsuite>
  <testsuite name="two" tests="1" failures="0" errors="1">
    <testcase name="c" classname="two" file="rules.test.yaml" line="7">
      <error message="no such file">no such file</error>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(Junit, EscapesWhatXmlReservesAndReplacesWhatItCannotHold) {
  JunitCase failed = named("<a> & \"b\"\n'c'\t");
  failed.failure = JunitProblem{"", "]]> <&\n\x01\xff\xef\xbf\xbf ü\r"};
  const std::string xml = junit_xml(std::vector<JunitSuite>{{"s", {failed}}});
  EXPECT_THAT(xml, HasSubstr(R"(name="&lt;a&gt; &amp; &quot;b&quot;&#10;'c'&#9;")"));
  EXPECT_THAT(xml, HasSubstr(">]]&gt; &lt;&amp;\n\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd ü&#13;<"));
  EXPECT_THAT(xml, Not(HasSubstr("\x01")));
}

}  // namespace
}  // namespace sagewatch
