// Rules that spell out so many strings, beginnings and numbers at a path that they are told apart in other ways than a
// few are: each verdict is held against the reference's, with one working memory for all matchers.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>

#include "tests/random/choices.h"
#include "tests/random/placed_text.h"
#include "tests/random/rivals.h"

namespace sagewatch {
namespace {

// Names that share long beginnings, as those of resources do, and now and then the first 64 bytes.
std::string name(Choices& choices) {
  static const std::vector<std::string> stems{
      "arn:team-", "arn:aws:sagemaker:us-east-1:123456789012:",
      "arn:aws:sagemaker:eu-central-1:123456789012:training-job/a-beginning-of-more-than-64-bytes-"};
  return fmt::format("{}{}{}", choices.pick(stems), choices.below(200), choices.one_in(2) ? "-x" : "");
}
std::string part_of(const std::string& whole, Choices& choices) {
  return whole.substr(0, 1 + choices.below(whole.size()));
}

std::string alternative(Choices& choices) {
  const std::string text = name(choices);
  switch (choices.below(9)) {
    case 0:
      return fmt::format(R"({{"prefix":"{}"}})", part_of(text, choices));
    case 1:
      return fmt::format(R"({{"suffix":"{}"}})", text.substr(text.size() / 2));
    case 2:
      return fmt::format(R"({{"wildcard":"{}*{}"}})", part_of(text, choices), choices.one_in(2) ? "x" : "");
    case 3:
      return fmt::format(R"({{"anything-but":["{}","{}"]}})", text, name(choices));
    case 4:
      return fmt::format(R"({{"equals-ignore-case":"{}"}})", text);
    case 5:
      return fmt::format(R"("{}","{}")", text, name(choices));
    default:
      return '"' + text + '"';
  }
}

std::vector<Pattern> patterns_of(std::size_t count, Choices& choices) {
  std::vector<Pattern> patterns;
  while (patterns.size() < count) {
    std::string text = fmt::format(R"({{"a":[{}])", alternative(choices));
    if (choices.one_in(2)) text += fmt::format(R"(,"b":[{}])", alternative(choices));
    if (choices.one_in(4))
      text += fmt::format(R"(,"l":{{"k":[{}],"v":[{}]}})", alternative(choices), alternative(choices));
    if (choices.one_in(4)) {
      const double from = static_cast<double>(choices.below(2'000)) / 8 - 40;
      text += fmt::format(R"(,"n":[{{"numeric":[">",{},"<=",{}]}}])", from,
                          from + static_cast<double>(choices.below(9) + 1));
    }
    auto pattern = Pattern::parse(text + "}", PatternLimits::none());
    if (pattern) patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

std::string event(Choices& choices) {
  const auto value = [&] { return choices.one_in(12) ? std::string{"7"} : '"' + name(choices) + '"'; };
  std::string text =
      fmt::format(R"({{"a":{},"b":{},"n":{})", value(), value(), static_cast<double>(choices.below(2'000)) / 8 - 40);
  if (choices.one_in(3))
    text += fmt::format(R"(,"l":[{{"k":{},"v":{}}},{{"k":{},"v":{}}}])", value(), value(), value(), value());
  return text + "}";
}

TEST(ManyTexts, MayBeFewAndTooMuchAlike) {
  // Equal where a table of near texts looks first: in the eight bytes at the begin, in the middle and at the end.
  std::vector<std::string> texts;
  for (int i = 0; i < 40; ++i) {
    texts.push_back(std::string(60, 'x'));
    texts.back()[10] = static_cast<char>('0' + i);
  }
  std::vector<Pattern> patterns;
  patterns.reserve(texts.size());
  for (const std::string& text : texts) {
    patterns.push_back(*Pattern::parse(fmt::format(R"({{"a":["{}"],"b":[{{"anything-but":["{}"]}}]}})", text, text)));
  }
  Rivals rivals{std::move(patterns)};
  MatchScratch scratch;
  Choices choices{1};
  for (const std::string& a : texts) {
    for (const std::string& b : {a, texts[0], std::string{"other"}}) {
      const std::string text = fmt::format(R"({{"a":"{}","b":"{}"}})", a, b);
      EXPECT_EQ(rivals.fault(text, Placement::any(choices), scratch), "") << text;
    }
  }
}

TEST(ManyTexts, MatchAsTheReferenceSays) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Choices choices{seed};
  MatchScratch scratch;
  std::size_t matches = 0;
  // Strings of a path: with classes of their own, asked one by one for masks, near, far.
  for (const std::size_t rules : {20U, 100U, 300U, 1'500U}) {
    Rivals rivals{patterns_of(rules, choices)};
    for (int i = 0; i < 300; ++i) {
      const std::string text = event(choices);
      const std::string fault = rivals.fault(text, Placement::any(choices), scratch);
      ASSERT_TRUE(fault.empty()) << rules << " rules: " << fault << "\n" << text;
      matches +=
          static_cast<std::size_t>(std::count(rivals.findings().begin(), rivals.findings().end(), Finding::match));
    }
  }
  EXPECT_GT(matches, 1'000U);
}

}  // namespace
}  // namespace sagewatch
