// Two fields in elements of arrays are judged without a search where that is simple (ArraySearch::two_match); where it
// is not, by the search. Either must say what the reference says.
#include "rules/array_search.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include <random>

#include "tests/random/rivals.h"

namespace sagewatch {
namespace {

class ArraySearchTest : public testing::Test {
 protected:
  void expect(const std::string& pattern, const std::string& event, bool wanted) {
    auto parsed = Pattern::parse(pattern);
    ASSERT_TRUE(parsed) << pattern;
    Rivals rivals{{*parsed}};
    EXPECT_EQ(rivals.fault(event, {}, scratch_), "") << pattern << "\n" << event;
    EXPECT_EQ(rivals.findings()[0] == Finding::match, wanted) << pattern << "\n" << event;
  }

  MatchScratch scratch_;
};

const std::string both = R"({"t":{"k":["a"],"v":["b"]}})";

TEST_F(ArraySearchTest, WantsBothInOneElement) {
  expect(both, R"({"t":[{"k":"a","v":"b"}]})", true);
  expect(both, R"({"t":[{"k":"a","v":"c"},{"k":"c","v":"b"}]})", false);
  expect(both, R"({"t":[{"k":"a","v":"c"},{"k":"a","v":"b"}]})", true);
  expect(both, R"({"t":[{"k":["x","a"],"v":["y","b"]},{"k":"x","v":"y"}]})", true);
  expect(both, R"({"t":[{"k":"a"},{"v":"b"}]})", false);
}

TEST_F(ArraySearchTest, LetsGoTogetherWhatStandsInNoElementOrInOthersArrays) {
  const std::string apart = R"({"t":{"k":["a"]},"u":{"v":["b"]}})";
  expect(apart, R"({"t":[{"k":"x"},{"k":"a"}],"u":[{"v":"b"},{"v":"y"}]})", true);
  expect(apart, R"({"t":[{"k":"x"},{"k":"a"}],"u":{"v":"b"}})", true);
  expect(both, R"({"t":[{"k":"a"},{"k":"x"}],"t":{"v":"b"}})", true);
  expect(both, R"({"t":{"k":"a"},"t":[{"v":"x"},{"v":"b"}]})", true);
  expect(both, R"({"t":[{"k":"a","v":"x"}],"t":[{"k":"x","v":"b"}]})", true);
}

TEST_F(ArraySearchTest, SeesElementsWithinElements) {
  expect(both, R"({"t":[[{"k":"a"},{"v":"b"}]]})", false);
  expect(both, R"({"t":[[{"k":"a","v":"x"},{"k":"x"}],{"v":"b"}]})", false);
  expect(both, R"({"t":[[{"k":"x"},{"k":"a","v":"b"}]]})", true);
  const std::string deeper = R"({"t":{"k":["a"],"u":{"v":["b"]}}})";
  expect(deeper, R"({"t":[{"k":"a","u":[{"v":"x"},{"v":"b"}]},{"k":"x","u":[]}]})", true);
  expect(deeper, R"({"t":[{"k":"a","u":[{"v":"x"}]},{"k":"x","u":[{"v":"b"}]}]})", false);
}

TEST_F(ArraySearchTest, FindsTheOneOfManyElements) {
  for (const std::size_t right : {0U, 1U, 7U, 8U, 9U, 30U, 31U}) {
    std::vector<std::string> elements;
    elements.reserve(32);
    for (std::size_t i = 0; i < 32; ++i) {
      elements.push_back(fmt::format(R"({{"k":"a","v":"{}"}})", i == right ? "b" : "c"));
    }
    expect(both, fmt::format(R"({{"t":[{}]}})", fmt::join(elements, ",")), true);
    elements[right] = R"({"v":"b"})";
    expect(both, fmt::format(R"({{"t":[{}]}})", fmt::join(elements, ",")), false);
  }
}

TEST_F(ArraySearchTest, AgreesOnRandomArrays) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Choices choices{seed};
  std::vector<Pattern> patterns;
  for (const char* text :
       {R"({"t":{"k":["a"],"v":["b"]}})", R"({"t":{"v":["a"],"k":[{"anything-but":"b"}]},"x":["a"]})",
        R"({"t":{"k":["a"],"v":["b"],"x":["a"]}})", R"({"t":{"k":["a"],"v":[{"exists":false}]}})",
        R"({"t":{"k":["a","b"]},"x":[{"exists":true}]})", R"({"t":{"k":["a"],"t":{"v":["b"]}}})"}) {
    patterns.push_back(*Pattern::parse(text));
  }
  Rivals rivals{std::move(patterns)};
  const auto value = [&](auto& self, int depth) -> std::string {
    const std::size_t what = choices.below(depth > 0 ? 4 : 1);
    if (what == 0) return choices.one_in(2) ? R"("a")" : R"("b")";
    std::string text;
    for (std::size_t left = choices.below(what == 3 ? 12 : 3) + 1; left > 0; --left) {
      static constexpr const char* keys[] = {"t", "k", "v", "x"};
      if (what == 1) text += fmt::format("\"{}\":", choices.pick(keys));
      text += self(self, depth - 1) + (left > 1 ? "," : "");
    }
    return what == 1 ? "{" + text + "}" : "[" + text + "]";
  };
  std::size_t matched = 0;
  for (int i = 0; i < 20'000 && !HasFailure(); ++i) {
    const std::string event = fmt::format(R"({{"t":{},"x":"a"}})", value(value, 3));
    ASSERT_EQ(rivals.fault(event, {}, scratch_), "") << event;
    for (const Finding finding : rivals.findings()) matched += finding == Finding::match ? 1 : 0;
  }
  EXPECT_GT(matched, 1'000U);
}

}  // namespace
}  // namespace sagewatch
