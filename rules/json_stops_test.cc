#include "rules/json_stops.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <random>
#include <string>
#include <vector>

#include "tests/random/choices.h"
#include "tests/random/placed_text.h"

namespace sagewatch {
namespace {

struct Told {
  std::vector<std::uint32_t> places;
  bool has_backslash = false;
  bool is_ascii = true;
  bool operator==(const Told&) const = default;
};

// By their definition, byte after byte.
Told defined(std::string_view text) {
  Told told;
  bool escaped = false;
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    told.has_backslash |= c == '\\';
    told.is_ascii &= static_cast<unsigned char>(c) < 0x80;
    if ((c == '"' && !escaped) || static_cast<unsigned char>(c) < 0x20) told.places.push_back(i);
    escaped = c == '\\' && !escaped;
  }
  return told;
}

void expect_as_defined(JsonStops& stops, std::string_view text, const Placement& placement) {
  const PlacedText placed{text, placement};
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > instruction_set()) continue;
    stops.find(placed.text(), set);
    const Told told{{stops.places(), stops.places() + stops.count()}, stops.has_backslash(), stops.is_ascii()};
    EXPECT_EQ(told, defined(text)) << name_of(set) << " " << text;
  }
}

TEST(JsonStops, AreQuotesThatNothingEscapesAndControlBytes) {
  JsonStops stops;
  for (const std::string_view text : {R"({"a":"b"})", R"({"a\"b":"\\","c":"\\\""})", "{\n\t\"a\": 1\r\n}",
                                      "{\"\xc3\xa9\":\"\x7f\"}", "", "\"", "\\"}) {
    expect_as_defined(stops, text, {});
  }
}

TEST(JsonStops, AreTheSameWhereverABlockBegins) {
  JsonStops stops;
  for (std::size_t before = 0; before < 130; ++before) {
    const std::string begin(before, 'x');
    for (const char* text : {"\"", "\\\"", "\\\\\"", "\n", "\xff", "\\"}) expect_as_defined(stops, begin + text, {});
    expect_as_defined(stops, begin + std::string(before, '"'), {});
  }
}

TEST(JsonStops, OfRandomBytesAreAsDefined) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(fmt::format("seed {}", seed));
  Choices choices{seed};
  static constexpr char bytes[] = {'"', '"', '\\', 'a', '{', ' ', '\n', '\x1f', '\x20', '\x7f', '\xff', ','};
  JsonStops stops;
  for (int i = 0; i < 5'000 && !testing::Test::HasFailure(); ++i) {
    const std::size_t kinds = choices.one_in(2) ? std::size(bytes) : 2;  // quotes alone, more than fit a vector
    std::string text;
    for (std::size_t left = choices.below(300); left > 0; --left) text += bytes[choices.below(kinds)];
    expect_as_defined(stops, text, Placement::any(choices));
  }
}

}  // namespace
}  // namespace sagewatch
