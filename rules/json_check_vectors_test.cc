// The check takes texts apart by vectors; refusal() reads them byte by byte and is the law. Here each says the same as
// the other of every text, in every instruction set that this machine has, whatever stands behind the text.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>

#include "events/frame.h"
#include "rules/json_check.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

constexpr std::string_view alphabet = "{}[]:,\"\\ \t\n\r0123456789-+.eEtrufalsn/bxX\x7f\x01\x0c\x1a";

class BothSay : public testing::Test {
 protected:
  // True if all agree. A new buffer each time, so that reading too far is seen by AddressSanitizer.
  bool agree(std::string_view text) {
    const auto bytes = std::make_unique<char[]>(text.size() + frame_padding);
    std::copy(text.begin(), text.end(), bytes.get());
    for (std::size_t i = 0; i < frame_padding; ++i) {
      bytes[text.size() + i] = alphabet[random_() % alphabet.size()];
    }
    const std::string_view copy{bytes.get(), text.size()};
    const auto refusal = JsonCheck::refusal(copy);
    refused_ += refusal.has_value() ? 1 : 0;
    ++asked_;
    for (auto& [set, check] : checks_) {
      JsonTokens beside;
      const auto valid = check.check(copy, &beside);
      if (valid && !are_tokens_of(copy, set, beside)) {
        ADD_FAILURE() << name_of(set) << " finds other tokens while checking " << testing::PrintToString(copy);
        return false;
      }
      if (valid.has_value() == refusal.has_value() || (valid && valid->text().data() != copy.data())) {
        ADD_FAILURE() << name_of(set) << (valid ? " accepts " : " refuses ") << testing::PrintToString(copy) << "\n"
                      << (refusal ? refusal->reason : "which is valid");
        return false;
      }
    }
    return true;
  }

  void expect(std::string_view text, bool valid) {
    ASSERT_EQ(!JsonCheck::refusal(text).has_value(), valid) << text;
    agree(text);
  }
  // Also wherever a block may begin in it.
  void expect_everywhere(const std::string& text, bool valid) {
    for (std::size_t i = 0; i < 130; ++i) expect(std::string(i, ' ') + text, valid);
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }

  std::mt19937 random_{20'240'701};
  std::size_t asked_ = 0;
  std::size_t refused_ = 0;

 private:
  static bool are_tokens_of(std::string_view text, InstructionSet set, const JsonTokens& found) {
    JsonTokens alone;
    alone.find(text, set);
    return alone.count() == found.count() && alone.has_backslash() == found.has_backslash() &&
           std::equal(alone.places(), alone.places() + alone.count(), found.places()) &&
           // With what stops a walk behind the last.
           std::equal(alone.kinds(), alone.kinds() + alone.count() + 16, found.kinds());
  }
  static std::vector<std::pair<InstructionSet, JsonCheck>> all_checks() {
    std::vector<std::pair<InstructionSet, JsonCheck>> checks;
    for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
      if (set <= instruction_set()) checks.emplace_back(set, JsonCheck{set});
    }
    return checks;
  }
  std::vector<std::pair<InstructionSet, JsonCheck>> checks_ = all_checks();
};

std::string training_job() {
  std::ifstream file{std::string{source_dir} + "/rules/testdata/training-job.json"};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Valid documents of every shape, white space included.
class Writer {
 public:
  explicit Writer(std::mt19937& random) : random_(random) {}

  std::string document() {
    text_.clear();
    spaces_ = below(3) == 0;
    budget_ = 1 + below(25);
    space();
    object(below(8));
    space();
    return text_;
  }

 private:
  std::size_t below(std::size_t limit) { return random_() % limit; }
  std::string_view one_of(std::initializer_list<std::string_view> these) { return these.begin()[below(these.size())]; }

  void space() {
    if (!spaces_) return;
    for (std::size_t i = below(4) == 0 ? below(70) : below(3); i > 0; --i) text_ += " \t\n\r"[below(4)];
  }
  void string() {
    text_ += '"';
    for (std::size_t i = below(6) == 0 ? below(90) : below(8); i > 0; --i) {
      text_ += below(4) > 0 ? one_of({"a", "Z", "0", ":", ",", "{", "}", "[", "]", " ", "/", "\x7f"})
                            : one_of({"\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u00e9", "\\uD83d",
                                      "\\udE00", "é", "€", "😀", "\xef\xbf\xbf"});
    }
    text_ += '"';
  }
  void value(std::size_t deeper) {
    space();
    const std::size_t kind = below(deeper > 0 && budget_ > 0 ? 8 : 6);
    if (kind < 3) {
      string();
    } else if (kind < 6) {
      text_ += one_of({"0", "-0", "12", "3.25", "-7e9", "1E+300", "0.0e-0", "true", "false", "null", "1583831889050",
                       "123456789012345678901234567890.123456789012345678901234567890"});
    } else {
      kind == 6 ? object(deeper - 1) : array(deeper - 1);
    }
    space();
  }
  void object(std::size_t deeper) {
    text_ += '{';
    const std::size_t begin = text_.size();
    space();
    for (std::size_t i = below(5); i > 0 && budget_ > 0; --i) {
      --budget_;
      if (text_.size() > begin && text_.find_first_not_of(" \t\n\r", begin) != std::string::npos) text_ += ',';
      space();
      string();
      space();
      text_ += ':';
      value(deeper);
    }
    text_ += '}';
  }
  void array(std::size_t deeper) {
    text_ += '[';
    space();
    bool first = true;
    for (std::size_t i = below(6); i > 0 && budget_ > 0; --i, first = false) {
      --budget_;
      if (!first) text_ += ',';
      value(deeper);
    }
    text_ += ']';
  }

  std::mt19937& random_;
  std::string text_;
  std::size_t budget_ = 0;
  bool spaces_ = false;
};

char any_byte(std::mt19937& random) {
  return random() % 8 == 0 ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
}

std::string mutated(std::string text, std::mt19937& random) {
  for (std::size_t i = 1 + (random() % 4 == 0 ? random() % 3 : 0); i > 0 && !text.empty(); --i) {
    const std::size_t at = random() % text.size();
    const std::size_t other = random() % text.size();
    const std::size_t length = random() % 12;
    switch (random() % 8) {
      case 0:
      case 1:
        text[at] = any_byte(random);
        break;
      case 2:
        text.insert(at, 1, any_byte(random));
        break;
      case 3:
        text.erase(at, 1);
        break;
      case 4:
        text.erase(at, length);
        break;
      case 5:
        text.insert(at, text.substr(other, length));
        break;
      case 6:
        std::swap(text[at], text[other]);
        break;
      default:  // one piece of punctuation for another
        if (const auto found = text.find_first_of("{}[]:,\"", at); found != std::string::npos) {
          text[found] = "{}[]:,\""[random() % 7];
        }
    }
  }
  return text;
}

TEST_F(BothSay, WhatIsTrueOfMutatedDocuments) {
  Writer writer{random_};
  for (int i = 0; i < 20'000; ++i) {
    const std::string document = writer.document();
    expect(document, true);
    for (int j = 0; j < 10; ++j) ASSERT_TRUE(agree(mutated(document, random_)));
  }
  EXPECT_GE(asked_, 220'000U);
  EXPECT_GT(refused_, asked_ / 3);  // that not all mutations are harmless, nor all deadly
  EXPECT_LT(refused_, asked_ / 10 * 9);
}

TEST_F(BothSay, WhatIsTrueOfRandomPunctuation) {
  for (int i = 0; i < 60'000; ++i) {
    std::string text = "{";
    for (std::size_t left = below(i % 2 == 0 ? 12 : 150); left > 0; --left) {
      constexpr std::string_view pieces[] = {"{",     "}", "[",    "]", ":",      ",",
                                             "\"a\"", "1", "true", " ", "\"k\":", ",\"k\":"};
      text += pieces[below(std::size(pieces))];
    }
    ASSERT_TRUE(agree(text + "}"));
  }
}

TEST_F(BothSay, WhatIsTrueOfAnEventThatLosesOrChangesAByte) {
  const std::string event = training_job();
  for (std::size_t i = 0; i < event.size(); ++i) {
    ASSERT_TRUE(agree(std::string_view{event}.substr(0, i)));
    ASSERT_TRUE(agree(event.substr(0, i) + event.substr(i + 1)));
    std::string changed = event;
    changed[i] = alphabet[below(alphabet.size())];
    ASSERT_TRUE(agree(changed));
  }
  expect(event, true);
}

TEST_F(BothSay, WhatIsTrueOfEveryByteEverywhere) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    for (const char* around :
         {"{\"a\":1}",         "{\"a~b\":1}",          "{~\"a\":1}",    "{\"a\"~:1}",     "{\"a\":~1}",
          "{\"a\":1~}",        "~{\"a\":1}",           "{\"a\":1}~",    "{\"a\":[1~,2]}", "{\"a\":~}",
          "{\"a\":\"\\~\"}",   "{\"a\":\"\\u00~0\"}",  "{\"a\":true~}", "{\"a\":\"\"~}",  "{\"a\":-~}",
          "{\"a\":0~}",        "{\"a\":1.~}",          "{\"a\":1e~}",   "{\"a\":[~]}",    "{\"a\":[]~}",
          "{\"a\":\"\xc3~\"}", "{\"a\":\"\xed~\x80\"}"}) {
      std::string text = around;
      if (const auto at = text.find('~'); at != std::string::npos) text.replace(at, 1, one);
      ASSERT_TRUE(agree(text));
    }
  }
}

TEST_F(BothSay, WhatIsTrueOfCornerCases) {
  const std::pair<std::string, bool> cases[] = {
      {"{}", true},
      {R"({"":""})", true},
      {R"({"a":{},"a":[]})", true},
      {R"({"a":[[],{},[{}],"",0,{"b":null}],"c":true})", true},
      {R"({"a":"\ud83d","b":"\\","c":"\\\"","d":"\\\\\\"})", true},
      {"{\"a\":\"\x7f\xc3\xa9\xf0\x9f\x98\x80\"}", true},
      {R"({"a":-0.0e-00,"b":0E+1,"c":10})", true},
      {"", false},
      {"{", false},
      {"}", false},
      {"[]", false},
      {"[{}]", false},
      {"\"}\"", false},
      {"1", false},
      {"{}{}", false},
      {"{},{}", false},
      {"{}}", false},
      {"{}]", false},
      {"{},", false},
      {"{]", false},
      {R"({"a":[1}})", false},
      {R"({"a":[1]])", false},
      {R"({"a"})", false},
      {R"({"a":})", false},
      {R"({"a":1,})", false},
      {R"({,"a":1})", false},
      {R"({"a":1,,"b":1})", false},
      {R"({"a":1 "b":1})", false},
      {R"({"a":1,2})", false},
      {R"({"a":1,"b"})", false},
      {R"({"a":1,"b","c":1})", false},
      {R"({"a"::1})", false},
      {R"({"a":"b":1})", false},
      {R"({1:1})", false},
      {R"({"a":[1,]})", false},
      {R"({"a":[,1]})", false},
      {R"({"a":["b":1]})", false},
      {R"({"a":[1,"b":1]})", false},
      {R"({"a":[{"x":1},"b":1]})", false},
      {R"({"a":[{"x":1}],2})", false},
      {R"({"a":[[1],2,3,"b":1,4]})", false},
      {R"({"a":{"b":1],"c":[1}})", false},
      {R"({"a":01})", false},
      {R"({"a":-})", false},
      {R"({"a":+1})", false},
      {R"({"a":.5})", false},
      {R"({"a":5.})", false},
      {R"({"a":5e})", false},
      {R"({"a":0x1})", false},
      {R"({"a":1-})", false},
      {R"({"a":1"b":2})", false},
      {R"({"a":truefalse})", false},
      {R"({"a":True})", false},
      {R"({"a":nul})", false},
      {R"({"a":NaN})", false},
      {R"({"a":'b'})", false},
      {R"({"a":"b})", false},
      {R"({"a":"b\"})", false},
      {R"({"a":"\x41"})", false},
      {R"({"a":"\U0041"})", false},
      {R"({"a":"\u004"})", false},
      {R"({"a":"\u00 4"})", false},
      {R"({"a":\"b"})", false},
      {R"({\"a":1})", false},
      {R"({"a":1}\)", false},
      {R"({"a":1}// }})", false},
      {"{\"a\":\"\n\"}", false},
      {"{\"a\":\"\t\"}", false},
      {"{\"a\":1\x0c}", false},
      {"{\"a\"\x1a\"b\"}", false},
      {"{\"a\":\x1a}", false},
      {"{\"a\":1\x0c\"b\":1}", false},
      {std::string{"{\"a\":\0}", 7}, false},
      {std::string{"{\"a\":\"\0\"}", 9}, false},
      {std::string{"{}\0", 3}, false},
      {"\xef\xbb\xbf{}", false},
      {"{\"a\":\"\xed\xa0\x80\"}", false},  // a surrogate in UTF-8
      {"{\"a\":\"\xc0\xaf\"}", false},      // longer than needed
      {"{\"a\":\"\xf4\x90\x80\x80\"}", false},
      {"{\"a\":\"\xc3\"}", false},
      {"{\"a\":\xc3\xa9}", false},
      {"{\"\xff\":1}", false},
  };
  for (const auto& [text, valid] : cases) expect_everywhere(text, valid);
}

TEST_F(BothSay, WhatIsTrueOfLongRuns) {
  for (std::size_t length = 50; length < 150; ++length) {
    expect("{\"a\":\"" + std::string(2 * length, '\\') + "\"}", true);
    expect("{\"a\":\"" + std::string(2 * length + 1, '\\') + "\"}", false);
    expect("{\"a\":\"" + std::string(2 * length + 1, '\\') + "\"\"}", true);
    expect("{\"a\":" + std::string(length, '7') + "}", true);
    expect("{\"a\":" + std::string(length, '7') + "x}", false);
    expect("{\"a\":" + std::string(length, '7'), false);
    expect("{\"a\":0." + std::string(length, '0') + "e" + std::string(length, '9') + "}", true);
    expect("{\"a\":\"" + std::string(length, 'x') + "\\u12aF\"}", true);
    expect("{\"a\":\"" + std::string(length, 'x') + "\\u12g4\"}", false);
    expect("{\"a\":\"" + std::string(length, 'x') + "\\u12", false);
    expect("{\"a\":\"" + std::string(length, 'x') + "\\", false);
    expect(std::string(length, ' ') + "{\"a\"" + std::string(length, '\n') + ":\r\t1" + std::string(length, ' ') + "}" +
               std::string(length, '\r'),
           true);
  }
}

TEST_F(BothSay, HowDeepADocumentMayBe) {
  const auto nested = [](std::size_t arrays) {
    return "{\"a\":" + std::string(arrays, '[') + std::string(arrays, ']') + "}";
  };
  const auto objects = [](std::size_t depth) {
    std::string text;
    for (std::size_t i = 0; i < depth; ++i) text += "{\"a\":";
    return text + "1" + std::string(depth, '}');
  };
  expect(nested(JsonReader::depth_max - 1), true);
  expect(nested(JsonReader::depth_max), false);
  expect(nested(20'000), false);
  expect(objects(JsonReader::depth_max), true);
  expect(objects(JsonReader::depth_max + 1), false);
  expect("{" + std::string(20'000, '}'), false);
}

// Commas say what container they are in; far from its bracket, and behind others that were closed, they must agree.
TEST_F(BothSay, WhichCommasAContainerMayHave) {
  for (std::size_t count = 0; count < 140; ++count) {
    std::string members;
    std::string items;
    for (std::size_t i = 0; i < count; ++i) {
      members += i % 7 == 3 ? "\"k\":[1,2]," : "\"k\":1,";
      items += i % 7 == 3 ? "{\"k\":1,\"l\":2}," : "1,";
    }
    expect(fmt::format(R"({{{}"z":[{}1]}})", members, items), true);
    expect(fmt::format(R"({{{}1}})", members), false);
    expect(fmt::format(R"({{{}"z":[{}"k":1]}})", members, items), false);
    expect(fmt::format(R"({{{}"z":[{}1}}])", members, items), false);
    expect(fmt::format(R"({{"z":[{0}"k":1,{0}1]}})", items), false);
    expect(fmt::format(R"({{{0}1,{0}"z":1}})", members), false);
  }
}

}  // namespace
}  // namespace sagewatch
