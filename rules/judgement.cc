// Two visitors: the words for yes, and the words for no. Neither decides: judge() asks accepts() first, so that an
// explanation can never contradict the verdict.
#include "rules/judgement.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "events/utf8.h"
#include "rules/display.h"
#include "rules/likeness.h"

namespace sagewatch {
namespace {

using Kind = Scalar::Kind;
constexpr std::size_t excerpt_bytes_max = 40;
constexpr std::size_t longest_character = 4;  // bytes of UTF-8

std::string excerpt(std::string_view text) {
  return quoted(text, excerpt_bytes_max);
}

// "a string", "the number 5", "null"
std::string type_of(const Scalar& value) {
  if (value.kind == Kind::string) return "a string";
  return (value.kind == Kind::number ? "the number " : "") + display(value).json;
}

std::string_view kind_of(const Scalar& value) {
  switch (value.kind) {
    case Kind::string:
      return "a string";
    case Kind::number:
      return "a number";
    case Kind::null_value:
      return "null";
    default:
      return "a boolean";
  }
}

bool continues_character(char c) {
  return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
}

// Where texts begin to differ, or at the separator before, so that the rest is a whole word; not so far before that the
// difference would not be seen in an excerpt of the rest.
std::size_t common_front(std::string_view a, std::string_view b) {
  constexpr std::size_t word_max = 24;
  const auto [left, right] =
      std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin());
  auto same = static_cast<std::size_t>(left - a.begin());
  while (same > 0 &&
         ((same < a.size() && continues_character(a[same])) || (same < b.size() && continues_character(b[same]))))
    --same;
  for (const std::string_view separators : {"/:. ", "-_"}) {
    for (std::size_t length = same; length > 0 && same - length <= word_max; --length) {
      if (separators.find(a[length - 1]) != std::string_view::npos) return length;
    }
  }
  return same;
}

// The end of what is the same, as much as tells where one is.
std::string end_of_front(std::string_view front) {
  constexpr std::size_t told = 24;
  std::size_t begin = front.size() - std::min(front.size(), told);
  while (begin < front.size() && continues_character(front[begin])) ++begin;
  return excerpt(front.substr(begin));
}

// Nothing if they have little in common.
std::optional<Judgement> differs_behind(std::string_view wanted, std::string_view found) {
  constexpr std::size_t worth_telling = 8;
  const std::size_t same = common_front(wanted, found);
  if (same < worth_telling || same == wanted.size()) return std::nullopt;
  const std::string up_to = end_of_front(found.substr(0, same));
  if (same == found.size())
    return Judgement{Distance::part,
                     fmt::format("ends behind {}, where {} should follow", up_to, excerpt(wanted.substr(same)))};
  return Judgement{Distance::part, fmt::format("is the same up to {}, then {} instead of {}", up_to,
                                               excerpt(found.substr(same)), excerpt(wanted.substr(same)))};
}

// To the alternative that judges. Where texts differ is told only if it counts: else what is accepted would be named.
enum class LetterCase : std::uint8_t { counts, ignored };

Judgement other_text(std::string_view wanted, std::string_view found, LetterCase letter_case) {
  if (wanted.find('*') != std::string_view::npos) {
    if (const auto wildcard = Wildcard::parse(wanted); wildcard && wildcard->matches(found)) {
      return {Distance::part,
              fmt::format(R"(fits only if * stands for anything, as in {{"wildcard": {}}})", quoted(wanted))};
    }
  }
  switch (likeness(wanted, found)) {
    case Likeness::letter_case:
      if (letter_case == LetterCase::ignored) {
        return {Distance::spelling, "differs only in case, but in a letter that equals-ignore-case takes one way only"};
      }
      if (IgnoreCase{wanted}.equals(found)) {
        return {Distance::spelling,
                fmt::format(R"(differs only in case; {{"equals-ignore-case": {}}} accepts both)", quoted(wanted))};
      }
      return {Distance::spelling, "differs only in case, in a letter that equals-ignore-case takes one way only"};
    case Likeness::blanks:
      return {Distance::spelling, "differs only in blanks at its ends"};
    case Likeness::separators:
      return {Distance::spelling, "is the same word, spelled with other separators or case"};
    case Likeness::typo:
      return {Distance::typo, "differs in a letter or two: is one of them misspelled?"};
    case Likeness::none:
      break;
  }
  if (!wanted.empty() && found.starts_with(wanted)) {
    return {Distance::part, fmt::format(R"(goes on behind it; {{"prefix": {}}} accepts it)", quoted(wanted))};
  }
  if (wanted.size() > 3 && found.ends_with(wanted)) {
    return {Distance::part, fmt::format(R"(has more before it; {{"suffix": {}}} accepts it)", quoted(wanted))};
  }
  if (found.empty()) return {Distance::far, "is empty"};
  if (letter_case == LetterCase::ignored) return {Distance::far, "is another text, whatever the case"};
  return differs_behind(wanted, found).value_or(Judgement{Distance::far, "is another text"});
}

Judgement not_a_string(const Scalar& value, std::string_view what) {
  return {Distance::far, fmt::format("is {}; {} only looks at strings", type_of(value), what)};
}

struct WhyNot {
  const Scalar& value;
  bool is_string() const { return value.kind == Kind::string; }

  Judgement operator()(const ExactText& exact) const {
    if (is_string()) return other_text(exact.text, value.text, LetterCase::counts);
    if (display(value).json == exact.text) {
      return {Distance::type, fmt::format("is {} here, but a string in the pattern", kind_of(value))};
    }
    return {Distance::far, fmt::format("is {}, not a string", type_of(value))};
  }
  Judgement operator()(const ExactAddress&) const {
    if (!is_string()) return not_a_string(value, "an IP address in a pattern");
    if (!IpAddress::parse(value.text)) return {Distance::far, "is no IP address"};
    return {Distance::far, "is another IP address"};
  }
  Judgement operator()(const ExactNumber& exact) const {
    if (is_string() && value.text == exact.spelling) {
      return {Distance::type, "is a string here, but a number in the pattern"};
    }
    if (value.kind != Kind::number) return {Distance::far, fmt::format("is {}, not a number", type_of(value))};
    if (!value.number) return {Distance::far, uncomparable("equals only its own spelling")};
    if (!exact.value) {
      return {Distance::far,
              "is another number; the pattern's says more than a double can hold, so it accepts only its own spelling"};
    }
    return {Distance::far, "is another number"};
  }
  Judgement operator()(const ExactWord& exact) const {
    const std::string wanted = display(Scalar{exact.word, {}, {}}).json;
    if (is_string() && value.text == wanted) {
      return {Distance::type, fmt::format("is a string here, but {} without quotes in the pattern", wanted)};
    }
    return {Distance::far, fmt::format("is {}, not {}", type_of(value), wanted)};
  }
  Judgement operator()(const Prefix& prefix) const {
    if (!is_string()) return not_a_string(value, "prefix");
    if (IgnoreCase{prefix.text}.begins(value.text)) {
      return {Distance::spelling,
              fmt::format(R"(begins so but for case; {{"prefix": {{"equals-ignore-case": {}}}}} accepts it)",
                          quoted(prefix.text))};
    }
    return begins_otherwise(prefix.text, LetterCase::counts);
  }
  Judgement operator()(const Suffix& suffix) const {
    if (!is_string()) return not_a_string(value, "suffix");
    if (IgnoreCase{suffix.text}.ends(value.text)) {
      return {Distance::spelling,
              fmt::format(R"(ends so but for case; {{"suffix": {{"equals-ignore-case": {}}}}} accepts it)",
                          quoted(suffix.text))};
    }
    return ends_otherwise(suffix.text);
  }
  Judgement operator()(const EqualsIgnoreCase& test) const {
    if (!is_string()) return not_a_string(value, "equals-ignore-case");
    if (value.text == test.text.text()) {
      return {
          Distance::spelling,
          "is the same text, but AWS's rule for case knows nothing of letters beyond U+FFFF and refuses title case; "
          "write it as a plain string"};
    }
    return other_text(test.text.text(), value.text, LetterCase::ignored);
  }
  Judgement operator()(const PrefixIgnoreCase& test) const {
    return is_string() ? begins_otherwise(test.text.text(), LetterCase::ignored) : not_a_string(value, "prefix");
  }
  Judgement operator()(const SuffixIgnoreCase& test) const {
    return is_string() ? ends_otherwise(test.text.text()) : not_a_string(value, "suffix");
  }
  Judgement operator()(const Wildcard& wildcard) const;
  Judgement operator()(const NumericRange& range) const;
  Judgement operator()(const CidrBlock& block) const {
    if (!is_string()) return not_a_string(value, "cidr");
    const auto address = IpAddress::parse(value.text);
    if (!address) return {Distance::far, "is no IP address"};
    const std::string text = fmt::format("{}/{}", display(block.address()), block.bits());
    if (address->bytes_used != block.address().bytes_used) {
      return {Distance::far, fmt::format("is IPv{}, {} is not", address->bytes_used == 4 ? 4 : 6, text)};
    }
    return {Distance::part, fmt::format("lies outside of {}", text)};
  }
  Judgement operator()(const Exists&) const { return {Distance::accepted, "is there"}; }
  Judgement operator()(const Absent&) const { return {Distance::far, "is there, and the pattern wants nothing there"}; }
  Judgement operator()(const AnythingBut& but) const {
    const auto member = std::find_if(but.excluded.begin(), but.excluded.end(),
                                     [&](const Alternative& excluded) { return accepts(excluded, value); });
    if (but.excluded.size() == 1) return {Distance::far, "is just what the pattern excludes"};
    return {Distance::far, fmt::format("is excluded by {}", display(*member))};
  }

 private:
  std::string uncomparable(std::string_view so) const {
    return fmt::format("cannot be compared: it says more than a double can hold, so it {}", so);
  }
  bool fits_but_for_case(const Wildcard& wildcard) const {
    const auto lower = [](std::string text) {
      for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      return text;
    };
    const auto lowered = Wildcard::parse(lower(wildcard.text()));
    return lowered && lowered->matches(lower(std::string{value.text}));
  }
  Judgement begins_otherwise(std::string_view wanted, LetterCase letter_case) const {
    if (value.text.empty()) return {Distance::far, "is empty"};
    if (trimmed_front(wanted)) return {Distance::spelling, "begins so but for blanks in front"};
    if (letter_case == LetterCase::counts) {
      if (auto judgement = differs_behind(wanted, value.text)) return *std::move(judgement);
    }
    return {Distance::far,
            fmt::format("begins {}", excerpt(cut_utf8(value.text, std::max(wanted.size(), longest_character))))};
  }
  bool trimmed_front(std::string_view wanted) const {
    const std::size_t begin = value.text.find_first_not_of(" \t\r\n");
    return begin != std::string_view::npos && begin > 0 && value.text.substr(begin).starts_with(wanted);
  }
  Judgement ends_otherwise(std::string_view wanted) const {
    if (value.text.empty()) return {Distance::far, "is empty"};
    const std::size_t end = value.text.find_last_not_of(" \t\r\n");
    if (end != std::string_view::npos && value.text.substr(0, end + 1).ends_with(wanted)) {
      return {Distance::spelling, "ends so but for blanks behind"};
    }
    std::size_t begin = value.text.size() - std::min(wanted.size(), value.text.size());
    while (begin > 0 && (static_cast<unsigned char>(value.text[begin]) & 0xc0) == 0x80) --begin;
    return {Distance::far, fmt::format("ends {}", excerpt(value.text.substr(begin)))};
  }
};

Judgement WhyNot::operator()(const Wildcard& wildcard) const {
  if (!is_string()) return not_a_string(value, "wildcard");
  const std::vector<std::string>& pieces = wildcard.pieces();
  if (pieces.size() == 1) {
    return other_text(pieces.front(), value.text, LetterCase::counts);
  }
  if (fits_but_for_case(wildcard)) {
    return {Distance::spelling, "fits but for case, which wildcard does not ignore"};
  }
  std::string_view rest = value.text;
  if (!rest.starts_with(pieces.front())) {
    Judgement begins = begins_otherwise(pieces.front(), LetterCase::counts);
    if (begins.distance == Distance::far) begins.why += fmt::format(", not {}", quoted(pieces.front()));
    return begins;
  }
  rest.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i + 1 < pieces.size(); ++i) {
    const std::size_t found = rest.find(pieces[i]);
    if (found == std::string_view::npos) {
      return {Distance::part, i == 1 && pieces.front().empty()
                                  ? fmt::format("has no {}", quoted(pieces[i]))
                                  : fmt::format("has no {} behind {}", quoted(pieces[i]),
                                                excerpt(value.text.substr(0, value.text.size() - rest.size())))};
    }
    rest.remove_prefix(found + pieces[i].size());
  }
  if (value.text.ends_with(pieces.back())) {
    return {Distance::part, fmt::format("ends {}, but that end is taken by an earlier piece", quoted(pieces.back()))};
  }
  return {Distance::part, fmt::format("does not end {}", quoted(pieces.back()))};
}

Judgement WhyNot::operator()(const NumericRange& range) const {
  if (is_string()) {
    const bool digits =
        !value.text.empty() && value.text.find_first_not_of("0123456789.-+eE") == std::string_view::npos;
    return {
        digits ? Distance::type : Distance::far,
        fmt::format("is {}; numeric only looks at numbers", digits ? "the string " + quoted(value.text) : "a string")};
  }
  if (value.kind != Kind::number) {
    return {Distance::far, fmt::format("is {}; numeric only looks at numbers", type_of(value))};
  }
  if (!value.number) return {Distance::far, uncomparable("lies in no range")};
  const double number = *value.number;
  const auto& bottom = range.bottom;
  if (bottom && (bottom->open ? number <= bottom->value : number < bottom->value)) {
    return {Distance::part, fmt::format("is not {} {}", bottom->open ? "above" : "at least", bottom->value)};
  }
  return {Distance::part, fmt::format("is not {} {}", range.top->open ? "below" : "at most", range.top->value)};
}

struct Why {
  const Scalar& value;

  std::string operator()(const ExactText&) const { return "is equal"; }
  std::string operator()(const ExactAddress& exact) const {
    return value.text == display(exact.address) ? "is equal" : "is the same IP address";
  }
  std::string operator()(const ExactNumber& exact) const {
    return value.text == exact.spelling ? "is equal" : "is the same number";
  }
  std::string operator()(const ExactWord&) const { return "is equal"; }
  std::string operator()(const Prefix&) const { return "begins so"; }
  std::string operator()(const Suffix&) const { return "ends so"; }
  std::string operator()(const EqualsIgnoreCase&) const { return "is equal, whatever the case"; }
  std::string operator()(const PrefixIgnoreCase&) const { return "begins so, whatever the case"; }
  std::string operator()(const SuffixIgnoreCase&) const { return "ends so, whatever the case"; }
  std::string operator()(const Wildcard&) const { return "fits"; }
  std::string operator()(const NumericRange&) const { return "lies in the range"; }
  std::string operator()(const CidrBlock&) const { return "lies inside"; }
  std::string operator()(const Exists&) const { return "is there"; }
  std::string operator()(const Absent&) const { return "is not there"; }
  std::string operator()(const AnythingBut&) const { return "is not excluded"; }
};

}  // namespace

Judgement judge(const Alternative& alternative, const Scalar& value) {
  if (accepts(alternative, value)) return {Distance::accepted, std::visit(Why{value}, alternative.test)};
  return std::visit(WhyNot{value}, alternative.test);
}

}  // namespace sagewatch
