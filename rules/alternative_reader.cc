#include "rules/alternative_reader.h"

#include <fmt/format.h>

#include "rules/comparable_number.h"
#include "rules/wildcard_complexity.h"

namespace sagewatch {
namespace {

constexpr const char* one_key = "Only one key allowed in match expression";
constexpr const char* too_many = "Too many elements in numeric expression";

Alternative exact_text(std::string text) {
  return {ExactText{std::move(text)}};
}

// A bare string: an address if it is one.
Alternative literal(std::string text) {
  if (const auto address = IpAddress::parse(text)) return {ExactAddress{*address}};
  return exact_text(std::move(text));
}

}  // namespace

std::nullopt_t AlternativeReader::fail(std::string reason) {
  // A document that is broken just here is refused for that.
  if (!error_)
    error_ = PatternError{.reason = json_.error().value_or(std::move(reason)),
                          .place = json_.place(),
                          .path = {},
                          .at = json_.at(),
                          .opened = json_.opened()};
  return std::nullopt;
}

std::nullopt_t AlternativeReader::fail_nowhere(std::string reason) {
  if (json_.error()) return fail(std::move(reason));
  if (!error_) error_ = PatternError{.reason = std::move(reason), .place = std::nullopt, .path = {}, .at = json_.at()};
  return std::nullopt;
}

std::nullopt_t AlternativeReader::fail_in_list() {
  error_->place_again = json_.error() ? json_.reached() : *error_->place;
  return std::nullopt;
}

bool AlternativeReader::read(std::vector<Alternative>& values) {
  const std::size_t list = json_.at();
  while (true) {
    Read value;
    switch (next()) {
      case JsonToken::end_array:
        if (values.empty()) fail("Empty arrays are not allowed");
        if (!error_ && check_complexity(values)) return true;
        error_->at = list;
        return false;
      case JsonToken::begin_object:
        value = read_operator();
        break;
      case JsonToken::string:
        value = literal(text());
        break;
      case JsonToken::number:
        value = Alternative{ExactNumber{text(), comparable_number(text())}};
        break;
      case JsonToken::true_value:
        value = Alternative{ExactWord{Scalar::Kind::true_value}};
        break;
      case JsonToken::false_value:
        value = Alternative{ExactWord{Scalar::Kind::false_value}};
        break;
      case JsonToken::null_value:
        value = Alternative{ExactWord{Scalar::Kind::null_value}};
        break;
      default:
        fail("Match value must be String, number, true, false, or null");
        return false;
    }
    if (!value) return false;
    values.push_back(std::move(*value));
  }
}

AlternativeReader::Read AlternativeReader::read_operator() {
  if (next() != JsonToken::key) return fail("Match expression name not found");
  const std::string op = text();
  if (op == "exactly") {
    auto operand = read_string("exact match pattern must be a string");
    if (!operand || !close(one_key)) return std::nullopt;
    return exact_text(std::move(*operand));
  }
  if (op == "prefix" || op == "suffix") return read_affix(op == "prefix");
  if (op == "equals-ignore-case") {
    const auto operand = read_string("equals-ignore-case match pattern must be a string");
    if (!operand || !close(one_key)) return std::nullopt;
    return Alternative{EqualsIgnoreCase{IgnoreCase{*operand}}};
  }
  if (op == "wildcard") return read_wildcard();
  if (op == "numeric") return read_numeric();
  if (op == "anything-but") return read_anything_but();
  if (op == "exists") return read_exists();
  if (op == "cidr") return read_cidr();
  return fail("Unrecognized match type " + op);
}

AlternativeReader::Read AlternativeReader::read_affix(bool prefix) {
  const char* name = prefix ? "prefix" : "suffix";
  const JsonToken token = next();
  if (token == JsonToken::string) {
    std::string operand = text();
    if (!close(one_key)) return std::nullopt;
    if (prefix) return Alternative{Prefix{std::move(operand)}};
    return Alternative{Suffix{std::move(operand)}};
  }
  if (token != JsonToken::begin_object) return fail(fmt::format("{} match pattern must be a string", name));
  if (next() != JsonToken::key) return fail(fmt::format("{} expression name not found", prefix ? "Prefix" : "Suffix"));
  if (const std::string op = text(); op != "equals-ignore-case") {
    return fail(fmt::format("Unsupported {} pattern: {}", name, op));
  }
  const auto operand = read_string("equals-ignore-case match pattern must be a string");
  if (!operand || !close(one_key) || !close(one_key)) return std::nullopt;
  if (prefix) return Alternative{PrefixIgnoreCase{IgnoreCase{*operand}}};
  return Alternative{SuffixIgnoreCase{IgnoreCase{*operand}}};
}

AlternativeReader::Read AlternativeReader::read_wildcard() {
  const auto operand = read_string("wildcard match pattern must be a string");
  if (!operand) return std::nullopt;
  auto wildcard = Wildcard::parse(*operand);
  if (!wildcard) return fail(wildcard.error());
  if (!close(one_key)) return std::nullopt;
  return Alternative{std::move(*wildcard)};
}

AlternativeReader::Read AlternativeReader::read_cidr() {
  const auto operand = read_string("prefix match pattern must be a string");  // AWS's words, prefix and all
  if (!operand) return std::nullopt;
  const auto block = CidrBlock::parse(*operand);
  if (!block) return fail_nowhere(block.error());
  if (!close(one_key)) return std::nullopt;
  return Alternative{*block};
}

AlternativeReader::Read AlternativeReader::read_exists() {
  const JsonToken token = next();
  if (token != JsonToken::true_value && token != JsonToken::false_value) {
    return fail("exists match pattern must be either true or false.");
  }
  if (!close(one_key)) return std::nullopt;
  if (token == JsonToken::true_value) return Alternative{Exists{}};
  return Alternative{Absent{}};
}

AlternativeReader::Read AlternativeReader::read_numeric() {
  if (next() != JsonToken::begin_array) return fail("Value of numeric must be an array.");
  if (next() != JsonToken::string) return fail("Invalid member in numeric match: " + text());
  const std::string op = text();
  if (op != "=" && op != "<" && op != "<=" && op != ">" && op != ">=") {
    const std::size_t at = json_.at();
    next();  // AWS's engine has read it by then
    fail("Unrecognized numeric range operator: " + op);
    if (!json_.error()) error_->at = at;
    return std::nullopt;
  }
  Read range = read_range(op);
  if (!range || !close(too_many)) return std::nullopt;
  return range;
}

AlternativeReader::Read AlternativeReader::read_range(const std::string& op) {
  if (next() != JsonToken::number) return fail(fmt::format("Value of {} must be numeric", op == "=" ? "equals" : op));
  const std::string first = text();
  const JsonToken token = next();
  if (token == JsonToken::end_array) {
    const auto value = number(first);
    if (!value) return std::nullopt;
    if (op == "=") return Alternative{ExactNumber{first, value}};
    const NumericRange::Bound bound{*value, op.size() == 1};
    if (op.front() == '>') return Alternative{NumericRange{bound, std::nullopt}};
    return Alternative{NumericRange{std::nullopt, bound}};
  }
  if (op.front() != '>') return fail(too_many);
  if (token != JsonToken::string) return fail("Bad value in numeric range: " + text());
  const std::string second_op = text();
  if (second_op != "<" && second_op != "<=") return fail("Bad numeric range operator: " + second_op);
  if (next() != JsonToken::number) return fail(fmt::format("Value of {} must be numeric", second_op));
  const std::string second = text();
  if (next() != JsonToken::end_array) return fail("Too many terms in numeric range expression");
  const auto bottom = number(first);
  const auto top = bottom ? number(second) : std::nullopt;
  if (!top) return std::nullopt;
  if (*bottom >= *top) return fail("Bottom must be less than top");
  return Alternative{
      NumericRange{NumericRange::Bound{*bottom, op.size() == 1}, NumericRange::Bound{*top, second_op.size() == 1}}};
}

AlternativeReader::Read AlternativeReader::read_anything_but() {
  const JsonToken token = next();
  Read result;
  switch (token) {
    case JsonToken::begin_object:
      result = read_anything_but_operator();
      break;
    case JsonToken::begin_array:
    case JsonToken::string:
    case JsonToken::number:
      result = read_anything_but_list(token);
      break;
    default:
      return fail("Value of anything-but must be an array or single string/number value.");
  }
  if (!result || !close(too_many)) return std::nullopt;
  return result;
}

AlternativeReader::Read AlternativeReader::read_anything_but_list(JsonToken first) {
  AnythingBut but;
  bool numbers = false;
  bool strings = false;
  const bool is_list = first == JsonToken::begin_array;
  for (JsonToken token = is_list ? next() : first; token != JsonToken::end_array; token = next()) {
    if (token == JsonToken::string) {
      but.excluded.push_back(exact_text(text()));
      strings = true;
    } else if (token == JsonToken::number) {
      const std::string spelling = text();
      const auto value = comparable_number(spelling);
      if (!value) {  // said without a place of one alone
        const std::string reason = "Cannot compare number : " + spelling;
        return is_list ? fail(reason) : fail_nowhere(reason);
      }
      but.excluded.push_back({ExactNumber{spelling, value}});
      numbers = true;
    } else {
      fail("Inside anything but list, start|null|boolean is not supported.");
      return fail_in_list();
    }
    if (!is_list) break;
  }
  if (numbers == strings) {
    return fail("Inside anything but list, either all values are number or string, mixed type is not supported");
  }
  return Alternative{std::move(but)};
}

AlternativeReader::Read AlternativeReader::read_anything_but_operator() {
  if (next() != JsonToken::key) return fail("Anything-But expression name not found");
  const std::string op = text();
  const bool old = grammar_ == Grammar::without_or;
  if (op != "prefix" && op != "suffix" && op != "equals-ignore-case" && (op != "wildcard" || old)) {
    return fail("Unsupported anything-but pattern: " + op);
  }
  AnythingBut but;
  JsonToken token = next();
  const bool is_list = token == JsonToken::begin_array && !(old && op != "equals-ignore-case");
  if (!is_list) {
    if (!read_member(op, but.excluded, token, false)) return std::nullopt;
  } else {
    while ((token = next()) != JsonToken::end_array) {
      if (!read_member(op, but.excluded, token, true)) return fail_in_list();
    }
    if (but.excluded.empty()) return fail("Empty arrays are not allowed");
  }
  if (!close(too_many)) return std::nullopt;
  return Alternative{std::move(but)};
}

bool AlternativeReader::read_member(const std::string& op, std::vector<Alternative>& excluded, JsonToken token,
                                    bool in_list) {
  if (!in_list && token != JsonToken::string && token != JsonToken::number) {
    fail("Value of anything-but must be an array or single string/number value.");
    return false;
  }
  if (op == "equals-ignore-case") {
    if (token != JsonToken::string) {
      fail("Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.");
      return false;
    }
    excluded.push_back({EqualsIgnoreCase{IgnoreCase{text()}}});
    return true;
  }
  const bool is_wildcard = op == "wildcard";
  if (token != JsonToken::string) {
    fail(is_wildcard ? "wildcard match pattern must be a string" : "prefix/suffix match pattern must be a string");
    return false;
  }
  std::string operand = text();
  if (is_wildcard) {
    auto wildcard = Wildcard::parse(operand);
    if (!wildcard) fail(wildcard.error());
    if (wildcard) excluded.push_back({std::move(*wildcard)});
    return !error_;
  }
  if (operand.empty()) {
    fail("Null prefix/suffix not allowed");
    return false;
  }
  if (op == "prefix") {
    excluded.push_back({Prefix{std::move(operand)}});
  } else {
    excluded.push_back({Suffix{std::move(operand)}});
  }
  return true;
}

std::optional<std::string> AlternativeReader::read_string(const char* otherwise) {
  if (next() != JsonToken::string) return fail(otherwise);
  return text();
}

bool AlternativeReader::close(const char* otherwise) {
  if (next() == JsonToken::end_object) return true;
  fail(otherwise);
  return false;
}

std::optional<double> AlternativeReader::number(const std::string& spelling) {
  const auto value = comparable_number(spelling);
  if (!value) return fail("Cannot compare number : " + spelling);
  return value;
}

bool AlternativeReader::check_complexity(const std::vector<Alternative>& values) {
  std::vector<WildcardGroup> groups;
  for (const Alternative& value : values) {
    if (const auto* wildcard = std::get_if<Wildcard>(&value.test)) groups.push_back({{wildcard}, false});
    const auto* but = std::get_if<AnythingBut>(&value.test);
    if (!but || but->excluded.empty() || !std::holds_alternative<Wildcard>(but->excluded.front().test)) continue;
    WildcardGroup group{{}, true};
    for (const Alternative& member : but->excluded) group.members.push_back(std::get_if<Wildcard>(&member.test));
    groups.push_back(std::move(group));
  }
  const std::size_t limit = limits_.wildcard_complexity;
  if (groups.empty() || limit == PatternLimits::none().wildcard_complexity ||
      !exceeds_wildcard_complexity(groups, limit)) {
    return true;
  }
  fail_nowhere(
      "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a "
      "wildcard character");
  if (error_) {
    const WildcardComplexity own = wildcard_complexity(groups, PatternLimits::none().wildcard_complexity);
    error_->excess = PatternError::Excess{own.figure, own.is_exact, limit};
  }
  over_limit_ = true;
  return false;
}

}  // namespace sagewatch
