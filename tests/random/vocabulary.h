#pragma once
// The words that random patterns and events are made of. Each vocabulary is a small choice out of what is odd about
// JSON and Unicode, so that patterns and events of one vocabulary meet; another seed makes another choice.
#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "rules/json_string.h"
#include "tests/random/choices.h"

namespace sagewatch {

class Vocabulary {
 public:
  explicit Vocabulary(Choices& choices) : choices_(choices) {
    names_ = {"a", "b", "c"};
    for (int i = 0; i < 3; ++i) names_.push_back(any_name());
    for (int i = 0; i < 10; ++i) texts_.push_back(any_text());
    for (int i = 0; i < 8; ++i) numbers_.push_back(any_number());
    for (int i = 0; i < 3; ++i) addresses_.emplace_back(choices_.pick(all_addresses));
  }

  Choices& choices() { return choices_; }
  // A key, unescaped; it may hold dots.
  std::string name() { return choices_.one_in(30) ? any_name() : choices_.pick(names_); }
  // A string value, unescaped (rules/json_string.h).
  std::string text() {
    if (choices_.one_in(12)) return address();
    return choices_.one_in(12) ? any_text() : choices_.pick(texts_);
  }
  std::string number() { return choices_.one_in(8) ? any_number() : choices_.pick(numbers_); }
  std::string address() {
    return choices_.one_in(4) ? std::string{choices_.pick(all_addresses)} : choices_.pick(addresses_);
  }
  std::string block() {
    static constexpr std::array bits = {0, 1, 7, 8, 24, 31, 33, 64, 127};
    return fmt::format("{}/{}", address(), bits[choices_.below(choices_.one_in(3) ? bits.size() : 6)]);
  }
  // A few pieces that texts are made of: for what stands around a prefix or between stars.
  std::string scrap() {
    std::string out;
    for (std::size_t i = choices_.below(3); i > 0; --i) out += choices_.pick(pieces);
    return out;
  }

  // The same letters in other cases, by rules of Unicode and by some that AWS does not have.
  std::string recased(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::string_view letter = first_letter(text);
      text.remove_prefix(letter.size());
      out += choices_.one_in(3) ? other_case(letter) : letter;
    }
    return out;
  }
  // The text but for one letter, of the same length if that can be.
  std::string nearly(std::string text) {
    if (text.empty()) return "x";
    char& letter = text[choices_.below(text.size())];
    if (static_cast<unsigned char>(letter) >= 0x80) return text + "x";
    letter = letter == 'a' ? 'b' : 'a';
    return text;
  }
  // Another spelling of the number, which may or may not have the same value.
  std::string respelled(const std::string& number) {
    for (const auto& family : number_families) {
      for (const std::string_view member : family) {
        if (member == number) return std::string{choices_.pick(family)};
      }
    }
    if (number.find_first_of(".eE") != std::string::npos) return number;
    static constexpr std::array endings = {"", ".0", "e0", "E+0", ".000", "0e-1", ".00000000000000000000000001"};
    return number + choices_.pick(endings);
  }

  // As a JSON string, in one of the many ways to write it.
  std::string quoted(std::string_view text) {
    const bool adorned = choices_.one_in(4);
    std::string out = "\"";
    while (!text.empty()) {
      const std::string_view letter = first_letter(text);
      text.remove_prefix(letter.size());
      append_letter(out, letter, adorned && choices_.one_in(3));
    }
    return out + "\"";
  }

 private:
  using Family = std::vector<std::string_view>;

  static std::string_view first_letter(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    return text.substr(0, lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4);
  }

  std::string_view other_case(std::string_view letter) {
    for (const Family& family : letter_families) {
      for (const std::string_view member : family) {
        if (member == letter) return choices_.pick(family);
      }
    }
    return letter;
  }

  void append_letter(std::string& out, std::string_view letter, bool escaped) {
    const char c = letter.front();
    const std::u16string units = utf16(letter);
    const bool lone = units.size() == 1 && units.front() >= 0xd800 && units.front() <= 0xdfff;
    if (!escaped && !lone && c != '"' && c != '\\' && static_cast<unsigned char>(c) >= 0x20) {
      out += letter;
      return;
    }
    static constexpr std::string_view named = "\"\\/\b\f\n\r\t";
    static constexpr std::string_view spelled = "\"\\/bfnrt";
    if (const std::size_t at = named.find(c); at != std::string_view::npos && !choices_.one_in(3)) {
      out += '\\';
      out += spelled[at];
      return;
    }
    for (const char16_t unit : units) {
      const auto code = static_cast<unsigned>(unit);
      out += choices_.one_in(2) ? fmt::format("\\u{:04x}", code) : fmt::format("\\u{:04X}", code);
    }
  }

  std::string any_name() {
    static const std::vector<std::string> names = {
        "a.b", "b.c", "a.b.c", "c.a", "A", "d", "detail", "detail-type", "resources", "", ".", "a.", ".b", "a..b",
        "\xc3\xa9", "e\xcc\x81", "\xef\xbd\x9e", "\xf0\x9f\x98\x80", "\xed\xa0\xbd", std::string(1, '\0'), "a\"b",
        "a\\b", "a/b", "{", "$OR",
        // Alike at both ends and in length; longer than a block of 64 bytes.
        "prefix00_A_suffix00", "prefix00_B_suffix00", "prefix00_A_suffix0", std::string(70, 'k') + "1",
        std::string(70, 'k') + "2", std::string(30, 'k') + "1" + std::string(40, 'k'), "12345678", "1234567",
        "123456789", "TrainingJobName", "TrainingJobArn", "\xcf\x83", "\xcf\x82"};
    return choices_.pick(names);
  }

  std::string any_text() {
    switch (choices_.below(8)) {
      case 0:
      case 1:
        return std::string{choices_.pick(plain_texts)};
      case 2:
        return std::string{choices_.pick(all_addresses)};
      case 3:
        return long_text();
      case 4:
        return std::string(choices_.below(70), '\\') + (choices_.one_in(2) ? "\"" : "x");
      default:
        break;
    }
    std::string out;
    for (std::size_t i = 1 + choices_.below(5); i > 0; --i) out += choices_.pick(pieces);
    return out;
  }

  // Longer than any block or entry, and alike but for one piece somewhere.
  std::string long_text() {
    static constexpr std::array lengths = {7,  8,  9,  15, 16, 17, 31,  32,  33,  39,
                                           40, 41, 62, 63, 64, 65, 100, 127, 128, 200};
    std::string out(static_cast<std::size_t>(choices_.pick(lengths)), choices_.one_in(2) ? 'a' : '/');
    out.insert(choices_.below(out.size() + 1), choices_.pick(pieces));
    return out;
  }

  std::string any_number() {
    switch (choices_.below(4)) {
      case 0:
        return std::to_string(choices_.below(60));
      case 1:
        return fmt::format("{}{}.{}", choices_.one_in(2) ? "-" : "", choices_.below(4), choices_.below(10));
      default:
        return std::string{choices_.pick(choices_.pick(number_families))};
    }
  }

  static inline const std::vector<std::string> pieces = {"x",
                                                         "y",
                                                         "X",
                                                         "ab",
                                                         "B",
                                                         "a",
                                                         "k",
                                                         "K",
                                                         "\xe2\x84\xaa" /* Kelvin */,
                                                         "\xc3\x9f" /* sharp s */,
                                                         "SS",
                                                         "s",
                                                         "\xc5\xbf" /* long s */,
                                                         "\xe1\xba\x9e" /* capital sharp s */,
                                                         "i",
                                                         "I",
                                                         "\xc4\xb0" /* dotted I */,
                                                         "\xc4\xb1" /* dotless i */,
                                                         "i\xcc\x87",
                                                         "\xcf\x83",
                                                         "\xcf\x82",
                                                         "\xce\xa3" /* sigmas */,
                                                         "\xc7\x85",
                                                         "\xc7\x86",
                                                         "\xc7\x84" /* digraphs */,
                                                         "\xef\xac\x81" /* ligature fi */,
                                                         "FI",
                                                         "\xc2\xb5",
                                                         "\xce\xbc",
                                                         "\xce\x9c" /* mu */,
                                                         "\xf0\x9f\x98\x80",
                                                         "\xf0\x90\x90\x80" /* Deseret, a letter with cases */,
                                                         "?",
                                                         "??",
                                                         "\xed\xa0\xbd",
                                                         "\xed\xb8\x80",
                                                         "\"",
                                                         "\\",
                                                         "/",
                                                         "*",
                                                         "\n",
                                                         "\t",
                                                         std::string(1, '\0'),
                                                         "{",
                                                         "}",
                                                         "[",
                                                         "]",
                                                         ",",
                                                         ":",
                                                         ".",
                                                         " ",
                                                         "\x7f",
                                                         "\xc3\xa9",
                                                         "e\xcc\x81",
                                                         "\xc3\x89",
                                                         "\xe2\x80\xa8",
                                                         "\xef\xbf\xbf",
                                                         "\xc5\x89" /* upper case is two letters */,
                                                         "\xef\xbd\x9e"};
  static inline const std::vector<std::string_view> plain_texts = {"",
                                                                   "x",
                                                                   "xy",
                                                                   "xyx",
                                                                   "X",
                                                                   "XY",
                                                                   "abc",
                                                                   "ABC",
                                                                   "aab",
                                                                   "true",
                                                                   "null",
                                                                   "1",
                                                                   "1.0",
                                                                   "Completed",
                                                                   "InProgress",
                                                                   "Failed",
                                                                   "arn:aws:sagemaker:us-east-1:1:training-job/a",
                                                                   "arn:aws:sagemaker:us-east-1:1:training-job/ab",
                                                                   "a/b/c",
                                                                   "s3://b/k.png",
                                                                   R"({"a":"x"})",
                                                                   R"("a":["x"])",
                                                                   R"(\"a\":)",
                                                                   "]}",
                                                                   "0.0.0.0/0",
                                                                   "STRASSE",
                                                                   "stra\xc3\x9f"
                                                                   "e",
                                                                   "prefix00_A_suffix00",
                                                                   "prefix00_B_suffix00"};
  static inline const std::vector<std::string_view> all_addresses = {"10.0.0.1",
                                                                     "10.0.0.01",
                                                                     "10.0.0.2",
                                                                     "10.0.1.1",
                                                                     "010.0.0.1",
                                                                     "10.0.0.256",
                                                                     "10.0.0",
                                                                     "0.0.0.0",
                                                                     "255.255.255.255",
                                                                     "128.0.0.0",
                                                                     "::",
                                                                     "::1",
                                                                     "0:0:0:0:0:0:0:1",
                                                                     "2001:db8::1",
                                                                     "2001:DB8::1",
                                                                     "2001:db8:0::0:1",
                                                                     "::ffff:a00:1",
                                                                     "::ffff:10.0.0.1",
                                                                     "12:30",
                                                                     "a:b",
                                                                     "1::2::3",
                                                                     "fe80::1%1",
                                                                     " 10.0.0.1",
                                                                     "8000::",
                                                                     "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"};
  static inline const std::vector<Family> number_families = {
      {"0", "-0", "0.0", "-0.0", "-0.00000000000000000", "0e5", "0E-9", "0e99999999999"},
      {"1", "1.0", "1e0", "10E-1", "0.1e1", "1.000000000000000000000", "100e-2", "1.00000000000000000001"},
      {"-1", "-1.0", "-10e-1", "-1E+0"},
      {"2", "2.0", "20e-1"},
      {"5", "5.0", "0.5e1"},
      {"0.1", "1E-1", "1e-1", "0.10", "0.1000000000000000055511151231257827", "0.10000000000000000555"},
      {"0.3", "0.30000000000000004", "3e-1"},
      {"300", "300.0", "3.0e2", "30000e-2", "0.3e+3"},
      {"9007199254740993", "9007199254740992", "9007199254740992.0", "9.007199254740992e15", "9007199254740994"},
      {"1e400", "10e399", "1E400", "-1e400"},
      {"1e-400", "1E-400", "0.0"},
      {"1.7976931348623157e308", "1.7976931348623158e308", "-1.7976931348623157e308"},
      {"5e-324", "4.9E-324", "2.2250738585072014e-308", "-5e-324"},
      {"1e23", "100000000000000000000000", "9.999999999999999e22"},
      {"18446744073709551616", "18446744073709551615", "1.8446744073709552e19"},
      {"123456789.123", "1.23456789123e8", "123456789123e-3"},
      {"10000000000000000000000000000000000000000000000000000000000000000e-64", "1", "1.0"}};
  static inline const std::vector<Family> letter_families = {{"a", "A"},
                                                             {"b", "B"},
                                                             {"x", "X"},
                                                             {"y", "Y"},
                                                             {"r", "R"},
                                                             {"e", "E"},
                                                             {"t", "T"},
                                                             {"k", "K", "\xe2\x84\xaa"},
                                                             {"s", "S", "\xc5\xbf"},
                                                             {"\xc3\x9f", "SS", "ss", "\xe1\xba\x9e"},
                                                             {"\xe1\xba\x9e", "\xc3\x9f"},
                                                             {"\xe2\x84\xaa", "k"},
                                                             {"\xc5\xbf", "S", "s"},
                                                             {"i", "I", "\xc4\xb0", "\xc4\xb1"},
                                                             {"\xc4\xb0", "i\xcc\x87", "i"},
                                                             {"\xc4\xb1", "I", "i"},
                                                             {"I", "i", "\xc4\xb1"},
                                                             {"\xcf\x83", "\xcf\x82", "\xce\xa3"},
                                                             {"\xce\xa3", "\xcf\x83", "\xcf\x82"},
                                                             {"\xcf\x82", "\xce\xa3", "\xcf\x83"},
                                                             {"\xc7\x86", "\xc7\x85", "\xc7\x84"},
                                                             {"\xc7\x85", "\xc7\x86", "\xc7\x84"},
                                                             {"\xef\xac\x81", "FI", "fi"},
                                                             {"\xc2\xb5", "\xce\xbc", "\xce\x9c"},
                                                             {"\xf0\x9f\x98\x80", "??", "?"},
                                                             {"\xed\xa0\xbd", "?"},
                                                             {"\xed\xb8\x80", "?"},
                                                             {"\xf0\x90\x90\x80", "??", "\xf0\x90\x90\xa8"},
                                                             {"\xc3\xa9", "\xc3\x89", "e\xcc\x81"},
                                                             {"\xc5\x89", "\xca\xbcN", "\xca\xbcn"}};

  Choices& choices_;
  std::vector<std::string> names_;
  std::vector<std::string> texts_;
  std::vector<std::string> numbers_;
  std::vector<std::string> addresses_;
};

}  // namespace sagewatch
