#pragma once
// Random patterns with every operator in every form, `$or` at every level, repeated keys and dotted names. Some are
// refused (a range without inside, too many stars): ask again.
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/random/vocabulary.h"

namespace sagewatch {

// The forms that an alternative can have, as tests count them.
enum class Form : std::uint8_t {
  exact_text,
  exact_address,
  exact_number,
  word,
  exactly,
  prefix,
  suffix,
  prefix_ignore_case,
  suffix_ignore_case,
  equals_ignore_case,
  wildcard,
  numeric,
  cidr,
  exists,
  absent,
  but_text,
  but_number,
  but_prefix,
  but_suffix,
  but_ignore_case,
  but_wildcard,
};
inline constexpr std::array form_names = {"exact text",
                                          "exact address",
                                          "exact number",
                                          "true, false, null",
                                          "exactly",
                                          "prefix",
                                          "suffix",
                                          "prefix ignore-case",
                                          "suffix ignore-case",
                                          "equals-ignore-case",
                                          "wildcard",
                                          "numeric",
                                          "cidr",
                                          "exists true",
                                          "exists false",
                                          "anything-but text",
                                          "anything-but number",
                                          "anything-but prefix",
                                          "anything-but suffix",
                                          "anything-but ignore-case",
                                          "anything-but wildcard"};

struct RandomPattern {
  std::string text;
  std::optional<Form> alone;  // the pattern is this one alternative at one path, so it decides
};

class PatternWriter {
 public:
  explicit PatternWriter(Vocabulary& words) : words_(words), choices_(words.choices()) {}

  RandomPattern pattern() {
    if (choices_.below(5) < 2) {
      const Form form = any_form();
      return {fmt::format("{{{}:[{}]}}", words_.quoted(words_.name()), alternative(form)), form};
    }
    return {object(0), std::nullopt};
  }

 private:
  Form any_form() { return static_cast<Form>(choices_.below(form_names.size())); }

  std::string object(int depth) {
    std::string text = "{";
    for (std::size_t i = 1 + choices_.below(3); i > 0; --i) {
      if (text.size() > 1) text += choices_.one_in(8) ? " ,\n" : ",";
      text += member(depth);
    }
    return text + "}";
  }

  std::string member(int depth) {
    const std::size_t kind = depth > 2 ? 9 : choices_.below(10);
    if (kind == 0) {
      if (choices_.one_in(8)) return fmt::format("\"$or\":{}", list());  // an ordinary field of that name
      std::string text = "\"$or\":[" + object(depth + 1);
      for (std::size_t i = 1 + choices_.below(3); i > 0; --i) text += "," + object(depth + 1);
      return text + "]";
    }
    const std::string key = words_.quoted(words_.name());
    if (kind < 4) return key + ":" + object(depth + 1);
    if (kind == 4 && choices_.one_in(10)) return key + ":" + deep(3 + choices_.below(40));
    return key + ":" + list();
  }
  std::string deep(std::size_t levels) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) text += R"({"a":)";
    return text + list() + std::string(levels, '}');
  }

  std::string list() {
    if (choices_.one_in(25)) return many_values();
    std::string text = "[" + alternative(any_form());
    for (std::size_t i = choices_.below(3); i > 0; --i) text += "," + alternative(any_form());
    return text + "]";
  }
  std::string many_values() {
    std::string text = "[";
    for (std::size_t i = 0; i < 20; ++i) text += fmt::format("{}{}", i == 0 ? "" : ",", 3 * i);
    return text + "]";
  }

  std::string alternative(Form form) {
    switch (form) {
      case Form::exact_text:
        return words_.quoted(choices_.one_in(8) ? words_.nearly(words_.text()) : words_.text());
      case Form::exact_address:
        return words_.quoted(words_.address());
      case Form::exact_number:
        return words_.number();
      case Form::word:
        return choices_.pick(std::array{"true", "false", "null"});
      case Form::exactly:
        return with("exactly", words_.quoted(words_.text()));
      case Form::prefix:
        return with("prefix", words_.quoted(front()));
      case Form::suffix:
        return with("suffix", words_.quoted(back()));
      case Form::prefix_ignore_case:
        return with("prefix", with("equals-ignore-case", words_.quoted(words_.recased(front()))));
      case Form::suffix_ignore_case:
        return with("suffix", with("equals-ignore-case", words_.quoted(words_.recased(back()))));
      case Form::equals_ignore_case:
        return with("equals-ignore-case", words_.quoted(words_.recased(words_.text())));
      case Form::wildcard:
        return with("wildcard", words_.quoted(stars()));
      case Form::numeric:
        return with("numeric", range());
      case Form::cidr:
        return with("cidr", words_.quoted(words_.block()));
      case Form::exists:
        return with("exists", "true");
      case Form::absent:
        return with("exists", "false");
      default:
        return with("anything-but", excluded(form));
    }
  }
  std::string excluded(Form form) {
    switch (form) {
      case Form::but_number:
        return one_or_more([&] { return words_.number(); });
      case Form::but_prefix:
        return with("prefix", one_or_more([&] { return words_.quoted(not_empty(front())); }));
      case Form::but_suffix:
        return with("suffix", one_or_more([&] { return words_.quoted(not_empty(back())); }));
      case Form::but_ignore_case:
        return with("equals-ignore-case", one_or_more([&] { return words_.quoted(words_.recased(words_.text())); }));
      case Form::but_wildcard:
        return with("wildcard", one_or_more([&] { return words_.quoted(stars()); }));
      default:
        return one_or_more([&] { return words_.quoted(words_.text()); });
    }
  }
  template <class Make>
  std::string one_or_more(Make make) {
    if (choices_.one_in(2)) return make();
    std::string text = "[" + make();
    for (std::size_t i = choices_.below(3); i > 0; --i) text += "," + make();
    return text + "]";
  }
  static std::string with(std::string_view name, std::string_view operand) {
    return fmt::format("{{\"{}\":{}}}", name, operand);
  }

  static std::string not_empty(const std::string& text) { return text.empty() ? "x" : text; }

  // Parts of texts end where letters do: anything else could not be written as JSON.
  std::string front() {
    const std::string text = words_.text();
    return text.substr(0, letter_border(text));
  }
  std::string back() {
    const std::string text = words_.text();
    return text.substr(letter_border(text));
  }
  std::size_t letter_border(std::string_view text) {
    std::size_t at = choices_.below(text.size() + 1);
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) ++at;
    return at;
  }

  // A text with stars put in, between letters or in place of one; its own stars and backslashes escaped.
  std::string stars() {
    const std::string text = words_.text();
    const std::size_t spacing = 5 + text.size() / 3;  // many stars in a long text would be too complex
    std::string out;
    bool after_star = false;
    for (std::size_t i = 0; i < text.size();) {
      std::size_t end = i + 1;
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
      const bool star = !after_star && choices_.one_in(spacing);
      if (star) out += '*';
      if (!star || !choices_.one_in(3)) {
        if (text[i] == '*' || text[i] == '\\') out += '\\';
        out += text.substr(i, end - i);
        after_star = false;
      } else {
        after_star = true;
      }
      i = end;
    }
    return !after_star && choices_.one_in(3) ? out + "*" : out;
  }

  std::string range() {
    static constexpr std::array lower = {">", ">="};
    static constexpr std::array upper = {"<", "<="};
    static constexpr std::array single = {"=", "<", "<=", ">", ">="};
    if (choices_.one_in(2)) return fmt::format("[\"{}\",{}]", choices_.pick(single), words_.number());
    std::string bottom = words_.number();
    std::string top = words_.number();
    if (std::strtod(bottom.c_str(), nullptr) > std::strtod(top.c_str(), nullptr)) std::swap(bottom, top);
    return fmt::format("[\"{}\",{},\"{}\",{}]", choices_.pick(lower), bottom, choices_.pick(upper), top);
  }

  Vocabulary& words_;
  Choices& choices_;
};

}  // namespace sagewatch
