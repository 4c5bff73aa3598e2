// Counts what is allocated while matching. The allocator is replaced for the whole test program, which sanitizers do
// for themselves, so this holds only where there are none. Not promised: searching for one element of an array of
// objects that several fields fit, and numbers of more digits than a double has.
#include <gmock/gmock.h>

#include <fmt/format.h>
#include <cstdlib>
#include <new>

#include "rules/matcher.h"
#include "rules/rule_set.h"
#include "tests/random/placed_text.h"

#if defined(__clang__)
#define SAGEWATCH_COUNTS_ALLOCATIONS 0
#else
#define SAGEWATCH_COUNTS_ALLOCATIONS 1
#endif

#if SAGEWATCH_COUNTS_ALLOCATIONS
namespace {

thread_local std::size_t allocations = 0;
thread_local std::size_t allocated_bytes = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  const std::size_t whole = (size + alignment - 1) / alignment * alignment;
  allocated_bytes += whole;
  if (void* bytes = std::aligned_alloc(alignment, whole == 0 ? alignment : whole)) return bytes;
  throw std::bad_alloc{};
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size, alignof(std::max_align_t));
}
void* operator new[](std::size_t size) {
  return counted(size, alignof(std::max_align_t));
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* bytes) noexcept {
  std::free(bytes);
}
void operator delete[](void* bytes) noexcept {
  std::free(bytes);
}
void operator delete(void* bytes, std::size_t) noexcept {
  std::free(bytes);
}
void operator delete[](void* bytes, std::size_t) noexcept {
  std::free(bytes);
}
void operator delete(void* bytes, std::align_val_t) noexcept {
  std::free(bytes);
}
void operator delete[](void* bytes, std::align_val_t) noexcept {
  std::free(bytes);
}
void operator delete(void* bytes, std::size_t, std::align_val_t) noexcept {
  std::free(bytes);
}
void operator delete[](void* bytes, std::size_t, std::align_val_t) noexcept {
  std::free(bytes);
}

namespace sagewatch {
namespace {

TEST(Matcher, DoesNotAllocateWhileMatchingOnceItHasGrown) {
  std::vector<Pattern> patterns;
  for (const char* text :
       {R"({"a":["x"]})", R"({"a":["10.0.0.1",{"exactly":"y"}]})", R"({"n":[1,2.5,1e400]})", R"({"t":[true,null]})",
        R"({"a":[{"prefix":"x"},{"suffix":"z"}]})",
        R"({"a":[{"equals-ignore-case":"STRASSE"},{"prefix":{"equals-ignore-case":"Q"}}]})",
        R"({"a":[{"wildcard":"x*y*z"}]})", R"({"n":[{"numeric":[">",0,"<=",5]}]})", R"({"a":[{"cidr":"10.0.0.0/8"}]})",
        R"({"b":[{"exists":false}],"a":[{"exists":true}]})", R"({"a":[{"anything-but":["x","y"]}]})",
        R"({"a":[{"anything-but":{"wildcard":"*z"}}]})", R"({"$or":[{"a":["x"]},{"n":[1]},{"l":{"c":["y"]}}]})",
        R"({"l":{"b":["x"],"c":["y"]}})", R"({"detail":{"deep":{"er":["é\n"]}}})"}) {
    auto pattern = Pattern::parse(text);
    ASSERT_TRUE(pattern) << text << pattern.error().text();
    patterns.push_back(std::move(*pattern));
  }
  const Matcher matcher = Matcher::compile(patterns);
  std::vector<PlacedText> events;
  const std::string long_value(500, 'v');
  for (const std::string& text : std::initializer_list<std::string>{
           R"({"a":"x","n":1,"t":true})", R"({"a":"10.0.0.1","n":2.50,"t":[null]})",
           R"({"a":"\u0073trasse","n":1e400})", R"({"l":[{"b":"x"},{"b":["q","x"]}],"a":["xyz",["x"]]})",
           R"({"detail":{"deep":{"er":"\u00e9\n"}},"b":"\\"})", "{}",
           R"({"a":")" + long_value + R"(\t","n":1234567890123.5,"detail":{"other":[[[1,2],{}]]}})"}) {
    events.emplace_back(text, Placement{});
  }
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  const auto match_all = [&] {
    std::size_t matches = 0;
    for (const PlacedText& event : events) {
      matcher.match(ValidJson::checked_when_accepted(event.text()), scratch, matched);
      matches += matched.size();
    }
    return matches;
  };
  for (int i = 0; i < 3; ++i) EXPECT_GT(match_all(), 15U);  // shapes are learnt when events come again
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) match_all();
  EXPECT_EQ(allocations - before, 0U);
  const auto grown = std::make_unique<int>(1);
  EXPECT_EQ(allocations - before, 1U);  // the counter counts
}

// Not with what rules might look up, at this path or another, times its values.
TEST(Matcher, GrowsWithWhatAnEventHas) {
  std::vector<Pattern> patterns;
  for (std::size_t size = 1; size <= 200; ++size) {
    const std::string of_that_length(size, 'x');
    for (const char* path : {"a", "b"}) {
      patterns.push_back(
          *Pattern::parse(fmt::format(R"({{"{}":[{{"equals-ignore-case":"{}"}}]}})", path, of_that_length)));
    }
  }
  const Matcher matcher = Matcher::compile(patterns);
  constexpr std::size_t values = 10'000;
  for (const std::string value : {"1", "\"y\""}) {
    std::string text = R"({"a":[)";
    for (std::size_t i = 0; i < values; ++i) text += value + ",";
    const PlacedText event{text + value + "]}", Placement{}};
    MatchScratch scratch;
    std::vector<std::uint32_t> matched;
    const std::size_t before = allocated_bytes;
    matcher.match(ValidJson::checked_when_accepted(event.text()), scratch, matched);
    EXPECT_TRUE(matched.empty());
    EXPECT_LT(allocated_bytes - before, 1'000 * values);
  }
}

TEST(RuleSet, DoesNotAllocateWhileMatchingBesideItsBase) {
  std::vector<Rule> rules;
  for (int i = 0; i < 1'000; ++i) {
    Rule rule;
    rule.name = fmt::format("rule-{:04}", i);
    rule.pattern = fmt::format(R"({{"a":["{}","all"]}})", i);
    rules.push_back(std::move(rule));
  }
  const auto base = *RuleSet::build(rules);
  rules[7].pattern = R"({"a":["all"],"b":[{"exists":false}]})";
  const auto set = *base->with({{{"default", "rule-0009"}}, {rules[7]}});
  const PlacedText event{R"({"a":"all"})", Placement{}};
  MatchScratch scratch;
  std::vector<std::uint32_t> matched;
  const auto match = [&] { set->match("default", ValidJson::checked_when_accepted(event.text()), scratch, matched); };
  for (int i = 0; i < 3; ++i) match();  // shapes are learnt when events come again
  ASSERT_EQ(matched.size(), 999U);
  const std::size_t before = allocations;
  for (int i = 0; i < 100; ++i) match();
  EXPECT_EQ(allocations - before, 0U);
}

}  // namespace
}  // namespace sagewatch
#endif
