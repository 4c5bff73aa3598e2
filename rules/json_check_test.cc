// The check at the door against a table of what JSON is, and against the slow reader that explains refusals: on valid
// documents and on those that are a few bytes away from valid, they must say the same.
#include "rules/json_check.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/random/placed_text.h"
#include "tests/random/random_event.h"
#include "tests/random/shrinking.h"

namespace sagewatch {
namespace {

bool is_accepted(std::string_view text, Placement placement = {}) {
  const PlacedText placed{text, placement};
  return JsonCheck{}.check(placed.text()).has_value();
}
std::string shown(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 2000)) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
    out += plain ? std::string(1, c) : fmt::format("<{:02x}>", static_cast<unsigned char>(c));
  }
  return out;
}
void expect(std::string_view text, bool accepted) {
  EXPECT_EQ(is_accepted(text), accepted) << shown(text);
  const auto refusal = JsonCheck::refusal(text);
  EXPECT_EQ(!refusal.has_value(), accepted) << shown(text);
  if (refusal) {
    EXPECT_THAT(refusal->reason, testing::StartsWith("Parameter Event is not valid. Reason: "));
  }
}
void expect_value(std::string_view value, bool accepted) {
  expect(fmt::format(R"({{"a":{}}})", value), accepted);
  expect(fmt::format(R"({{"a":[{}]}})", value), accepted);
  expect(fmt::format(R"({{"a": [1, {} , 2]}})", value), accepted);
}

TEST(JsonCheck, KnowsWhatANumberIs) {
  for (const char* number : {"0", "-0", "1", "-1", "10", "0.5", "-0.0", "1.25", "1e5", "1E5", "1e+5", "1e-5", "0e0",
                             "1E400", "-1e-400", "123456789012345678901234567890",
                             "0.00000000000000000000000000000000000000000000000000000000000000000000001"}) {
    expect_value(number, true);
  }
  for (const char* number :
       {"01",   "-01", "00",   "1.",    ".5",       "-",     "-.5", "+1",   "1e",    "1e+",  "1e-",
        "1.e5", "--1", "1..2", "1.2.3", "1e5.5",    "1e5e5", "0x1", "1a",   "1_000", "1 2",  "1-1",
        "NaN",  "-a",  "nan",  "inf",   "Infinity", "1f",    "0-",  "1e++", "1\"\"", "1[2]", "1true"}) {
    expect_value(number, false);
  }
}

TEST(JsonCheck, KnowsTheThreeWords) {
  for (const char* word : {"true", "false", "null"}) expect_value(word, true);
  for (const char* word : {"tru",          "fals", "nul", "nulL", "True",      "FALSE",    "truee",      "true1",
                           "nulll",        "t",    "n",   "f",    "undefined", "tru\"e\"", "true false", "truefalse",
                           "null\xc3\xa9", "'x'",  "x",   "_",    "true\"\"",  "null{}"}) {
    expect_value(word, false);
  }
}

TEST(JsonCheck, KnowsWhatAStringMayHold) {
  for (const char* text : {"",
                           "x",
                           R"(\")",
                           R"(\\)",
                           R"(\/\b\f\n\r\t)",
                           R"(\u0000)",
                           R"(\u12aF)",
                           R"(\\\")",
                           R"(\\\\)",
                           "{",
                           "}]",
                           ",:",
                           "//",
                           "'",
                           "\x7f",
                           "\xc2\x80",
                           "\xed\x9f\xbf",
                           "\xee\x80\x80",
                           "\xef\xbf\xbf",
                           "\xf0\x90\x80\x80",
                           "\xf4\x8f\xbf\xbf"}) {
    expect_value(fmt::format("\"{}\"", text), true);
    expect(fmt::format("{{\"{}\":1}}", text), true);
  }
  // Half a pair, as an escape: the rules know what to do with it.
  for (const char* text :
       {R"(\ud83d)", R"(\ude00)", R"(\uD83Dx)", R"(\ud83d\ud83d)", R"(\ude00\ud83d)", R"(\ud83d\u0041)"}) {
    expect_value(fmt::format("\"{}\"", text), true);
  }
  for (const char* text :
       {R"(\x)", R"(\a)", R"(\0)", R"(\')", R"(\U0041)", R"(\u)", R"(\u1)", R"(\u12)", R"(\u123)", R"(\u12G4)",
        R"(\u 123)", R"(\u-123)", R"(\u123")", R"(\)", R"(\\\)", "\\\n", "\\ ", "\\\xc3\xa9"}) {
    expect_value(fmt::format("\"{}\"", text), false);
    expect(fmt::format("{{\"{}\":1}}", text), false);
  }
  for (char control = 0; control < 0x20; ++control) {
    const std::string text = fmt::format("\"ab{}c\"", std::string(1, control));
    expect_value(text, false);
    expect(fmt::format("{{{}:1}}", text), false);
  }
}

TEST(JsonCheck, RefusesWhatIsNotUtf8) {
  const std::vector<std::string> broken = {"\x80",
                                           "\xbf",
                                           "\xc3",
                                           "\xe2\x82",
                                           "\xf0\x9f\x98",
                                           "\xf0\x9f",
                                           "\xc3(",
                                           "\xe2(\xa1",
                                           "\xf0\x28\x8c\xbc",  // torn
                                           "\xc0\x80",
                                           "\xc1\xbf",
                                           "\xe0\x80\x80",
                                           "\xe0\x9f\xbf",
                                           "\xf0\x80\x80\x80",
                                           "\xf0\x8f\xbf\xbf",  // too long
                                           "\xed\xa0\x80",
                                           "\xed\xbf\xbf",  // surrogates
                                           "\xf4\x90\x80\x80",
                                           "\xf5\x80\x80\x80",
                                           "\xf8\x88\x80\x80\x80",
                                           "\xfe",
                                           "\xff",  // too big
                                           "\xc3\xa9\xa9",
                                           "\xf0\x9f\x98\x80\x80"};
  for (const std::string& bytes : broken) {
    for (const std::size_t before : {0U, 1U, 15U, 31U, 53U, 54U, 55U, 56U, 57U, 58U, 63U, 119U}) {
      expect(fmt::format("{{\"a\":\"{}{}\"}}", std::string(before, 'x'), bytes), false);
      expect(fmt::format("{{\"{}{}\":1}}", std::string(before, 'x'), bytes), false);
    }
    expect("{\"a\":1}" + bytes, false);
    expect(bytes + "{\"a\":1}", false);
    expect("{\"a\":" + bytes + "}", false);
  }
}

TEST(JsonCheck, KnowsHowDocumentsAreBuilt) {
  for (const char* text : {"{}", " {} ", "\t\r\n{\t\r\n}\t\r\n", R"({"a":{}})", R"({"a":[]})", R"({"a":[[],{}]})",
                           R"({"a":1,"a":2})", R"({"":""})", "{ \"a\" : [ 1 , { \"b\" : null } ] , \"c\" : { } }",
                           R"({"a":[{"b":[{"c":1}]},[]],"d":[[[]]]})"}) {
    expect(text, true);
  }
  for (const char* text : {"",
                           " ",
                           "\n",
                           "{",
                           "}",
                           "[",
                           "]",
                           "{]",
                           "[}",
                           "{}}",
                           "{}]",
                           "{}{}",
                           "{},",
                           "{} x",
                           "{}1",
                           "{}null",
                           "{}\"\"",
                           ",",
                           ":",
                           "\"",
                           "{\"",
                           "{\"a",
                           R"({"a")",
                           R"({"a":)",
                           R"({"a":1)",
                           R"({"a":1,)",
                           R"({"a":1,})",
                           R"({,"a":1})",
                           R"({"a":1,,"b":2})",
                           R"({"a" 1})",
                           R"({"a"::1})",
                           R"({"a":1:2})",
                           R"({"a":1 "b":2})",
                           R"({"a","b"})",
                           R"({"a":})",
                           R"({:1})",
                           R"({a:1})",
                           R"({1:1})",
                           R"({null:1})",
                           R"({[]:1})",
                           R"({{}:1})",
                           R"({'a':1})",
                           R"({"a":[1,]})",
                           R"({"a":[,1]})",
                           R"({"a":[,]})",
                           R"({"a":[1 2]})",
                           R"({"a":[1:2]})",
                           R"({"a":["b":2]})",
                           R"({"a":[1})",
                           R"({"a":[1}])",
                           R"({"a":{"b":1]})",
                           R"({"a":{]})",
                           R"({"a":[}})",
                           R"({"a":[1,,2]})",
                           R"({"a":"b)",
                           R"({"a":"b\"})",
                           R"({"a":"b"c"})",
                           R"({"a" "b":1})",
                           "{1}",
                           "{[]}",
                           "{{}}",
                           "{\"a\"}",
                           "{true}",
                           "{}/**/",
                           "{}//",
                           "\xef\xbb\xbf{}",
                           "{}\xef\xbb\xbf",
                           "{\v}",
                           "{\f}",
                           "{\xc2\xa0}",
                           "{\"a\":1}\v",
                           "\f{}",
                           "{\b}"}) {
    expect(text, false);
  }
}

TEST(JsonCheck, TakesOnlyAnObjectForAnEvent) {
  for (const char* text : {"[]", "[{}]", "1", "\"x\"", "true", "null", R"("{}")", " [1] "}) expect(text, false);
}

TEST(JsonCheck, RefusesNulBytes) {
  const std::string nul(1, '\0');
  for (const std::string& text : {nul, "{}" + nul, nul + "{}", "{" + nul + "}", "{\"a\":1" + nul + "}",
                                  "{\"a\":" + nul + "1}", "{\"a\":1," + nul + "\"b\":2}", "{\"a" + nul + "\":1}"}) {
    expect(text, false);
  }
}

TEST(JsonCheck, CountsLevelsToAThousand) {
  const auto arrays = [](std::size_t depth, const std::string& inside) {
    return R"({"a":)" + std::string(depth - 1, '[') + inside + std::string(depth - 1, ']') + "}";
  };
  const auto objects = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 1; i < depth; ++i) text += R"({"a":)";
    return text + "{}" + std::string(depth - 1, '}');
  };
  expect(arrays(1000, "1"), true);
  expect(arrays(1001, "1"), false);
  expect(arrays(1001, ""), false);
  expect(arrays(999, "{}"), true);
  expect(arrays(1000, "{}"), false);
  expect(objects(1000), true);
  expect(objects(1001), false);
  expect(objects(100'000), false);
  expect(std::string(100'000, '['), false);
  expect(R"({"a":)" + std::string(998, '[') + "],1]", false);
  // Many of them one behind the other are not deep.
  std::string wide = R"({"a":[)";
  for (int i = 0; i < 3'000; ++i) wide += i == 0 ? "[{}]" : ",[{}]";
  expect(wide + "]}", true);
}

// Scanners look at 64 bytes at a time, so everything is tried at every place in a block.
TEST(JsonCheck, DoesNotMindWhereBlocksEnd) {
  for (std::size_t space = 0; space < 130; ++space) {
    const std::string front = "{" + std::string(space, ' ') + R"("a":)";
    for (const char* good :
         {R"("x\\")", R"("\\\"")", R"("\u0041")", "true", "-1.5e+10", "{}", "[]", "\"\xf0\x9f\x98\x80\"", "\"\""}) {
      expect(front + good + "}", true);
    }
    for (const char* bad :
         {R"("x\")", R"("\\\")", R"("\u004")", "tru", "-1.5e+", "{", "]", "\"\xf0\x9f\x98\"", "\"\n\"", "1 1"}) {
      expect(front + bad + "}", false);
    }
    expect(front + "\"" + std::string(space, 'x'), false);
    expect(front + "\"" + std::string(space, '\\') + "\"}", space % 2 == 0);
    expect(front + "\"" + std::string(space, '\\') + "\"\"}", space % 2 == 1);
    expect(front + "1}" + std::string(space, ' ') + "x", false);
    expect(front + "1}" + std::string(space, '\n'), true);
  }
}

TEST(JsonCheck, TakesNothingFromTheBytesAroundTheText) {
  for (const std::string_view text :
       {"{", R"({"a":1)", R"({"a":"x)", R"({"a":"x\)", R"({"a":tru)", R"({"a":[)", R"({"a":-)", ""}) {
    for (const char around : {'}', '"', ']', 'e', '1', '\\', ' '}) {
      for (std::size_t alignment = 0; alignment < Placement::alignments; alignment += 7) {
        EXPECT_FALSE(is_accepted(text, {alignment, around})) << text << " before " << around;
      }
    }
  }
  for (const std::string_view text : {"{}", R"({"a":1})", R"({"a":"x"})", R"({"a":"\\"} )"}) {
    for (const char around : {'}', '"', '\\', '\xff', '\0', 'x', ','}) {
      for (std::size_t alignment = 0; alignment < Placement::alignments; alignment += 7) {
        EXPECT_TRUE(is_accepted(text, {alignment, around})) << text << " before " << around;
      }
    }
  }
}

// A document with a few bytes changed, put in, taken out or doubled, or with its end cut off.
std::string mutated(std::string text, Choices& choices) {
  using namespace std::string_view_literals;
  static constexpr std::string_view bytes =
      "\"\"\\\\{}[]{}[],,::0159-+.eEtrufalsn/bu \n\t\0\x1f\x7f\x80\xbf\xc0\xc3\xe2\xed\xf0\xf4\xff"sv;
  for (std::size_t i = 1 + choices.below(3); i > 0 && !text.empty(); --i) {
    const std::size_t at = choices.below(text.size());
    const char byte = bytes[choices.below(bytes.size())];
    switch (choices.below(6)) {
      case 0:
        text.insert(at, 1, byte);
        break;
      case 1:
        text.erase(at, 1 + choices.below(choices.one_in(4) ? 70 : 2));
        break;
      case 2:
        text.insert(at, text.substr(at, 1 + choices.below(8)));
        break;
      case 3:
        if (choices.one_in(4)) text.resize(at);
        break;
      default:
        text[at] = byte;
    }
  }
  return text;
}

bool differs(const std::string& text) {
  return is_accepted(text) == JsonCheck::refusal(text).has_value();
}

// SAGEWATCH_SEED=n begins with document n.
TEST(JsonCheck, AgreesWithTheReaderOnAlmostValidDocuments) {
  const char* given = std::getenv("SAGEWATCH_SEED");
  const std::uint64_t first = given ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t documents = std::getenv("SAGEWATCH_LONG") ? 20'000 : 6'000;
  JsonCheck check;  // one for all
  std::size_t valid = 0;
  std::size_t mutants = 0;
  for (std::uint64_t seed = first; seed < first + documents; ++seed) {
    Choices choices{seed};
    Vocabulary words{choices};
    const std::string whole = EventWriter{words}.event();
    for (int i = 0; i < 20; ++i) {
      const std::string text = i == 0 ? whole : mutated(whole, choices);
      const PlacedText placed{text, Placement::any(choices)};
      const auto accepted = check.check(placed.text());
      const auto refusal = JsonCheck::refusal(text);
      if (accepted.has_value() == refusal.has_value()) {
        const std::string least = differs(text) ? JsonShrinker{differs}.shrink(text) : text;
        const auto reason = JsonCheck::refusal(least);
        FAIL() << "SAGEWATCH_SEED=" << seed << "\n" << (reason ? reason->text() : "is JSON") << "\n" << shown(least);
      }
      if (accepted) {
        EXPECT_EQ(accepted->text().data(), placed.text().data());
      }
      if (i == 0) {
        ASSERT_FALSE(refusal) << refusal->text() << "\n" << shown(text);
        continue;
      }
      ++mutants;
      valid += accepted ? 1U : 0U;
    }
  }
  EXPECT_GT(mutants, 100'000U);
  EXPECT_GT(valid, mutants / 10);  // both answers are given often
  EXPECT_LT(valid, mutants - mutants / 5);
}

}  // namespace
}  // namespace sagewatch
