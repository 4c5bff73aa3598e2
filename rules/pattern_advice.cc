#include "rules/pattern_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "events/base/config_node.h"

namespace sagewatch {
namespace {

struct Advice {
  std::string_view part;  // of AWS's reason
  std::string_view text;
};

// The first whose part stands in the reason.
constexpr std::array advices{
    Advice{"characters long; at most",
           "shorten lists of values with prefix or wildcard, or split them over several rules"},
    Advice{"combinations, at most",
           "put alternatives of one field into its own list of values, or write several rules instead of $or"},
    Advice{"fields, at most", "test fewer fields in one pattern"},
    Advice{"nesting depth", "nest less deeply; a dotted name stands for nested ones"},
    Advice{"Unexpected text after the end", "a pattern is one object; remove what stands behind it"},
    Advice{"Unexpected end-of-input", "a quote or bracket is still open; close it"},
    Advice{"in numeric value", "numbers are written 12, -0.5 or 1e3"},
    Advice{"Non-standard token", "numbers are written 12, -0.5 or 1e3, and texts stand in double quotes"},
    Advice{"Unexpected close marker", "what is opened last is closed first, { with } and [ with ]"},
    Advice{"Illegal character", "remove it; between names and values only spaces, tabs and line ends may stand"},
    Advice{"Invalid numeric value", "numbers are written 12, -0.5 or 1e3"},
    Advice{"hex-digit", R"(\u takes four hexadecimal digits: \u00e4)"},
    Advice{"Unexpected character",
           "a pattern is standard JSON: double quotes, a comma between any two, none behind the last, no comments"},
    Advice{"Unrecognized token", "names and texts stand in double quotes"},
    Advice{"Illegal unquoted character", R"(inside a text a line end is written \n, a tab \t)"},
    Advice{"Unrecognized character escape", R"(a backslash itself is written \\)"},
    Advice{"not valid UTF-8", "save the text as UTF-8"},
    Advice{"Filter is not an object", R"(a pattern is an object of fields: {"source": ["aws.sagemaker"]})"},
    Advice{"must be an object or an array", R"(the values of a field stand in a list, also a single one: ["Failed"])"},
    Advice{"Empty arrays are not allowed",
           R"(list at least one value, or leave the field out; {"exists": true} accepts any)"},
    Advice{"Empty objects are not allowed", "name at least one field"},
    Advice{"Match value must be String", "a list of values holds no lists; put them side by side"},
    Advice{"expression name not found", R"(an operator has a name and an operand: {"prefix": "arn:aws:"})"},
    Advice{"Only one key allowed", "give each operator an object of its own in the list; any of them may accept"},
    Advice{"Too many elements in numeric",
           R"(one comparison, or a lower and an upper bound: {"numeric": [">", 0, "<=", 5]})"},
    Advice{"Too many terms in numeric",
           R"(one comparison, or a lower and an upper bound: {"numeric": [">", 0, "<=", 5]})"},
    Advice{"exists match pattern", R"(write {"exists": true} or {"exists": false}, without quotes around the word)"},
    Advice{"prefix match pattern must be a string", R"(give one string; several prefixes are several operators)"},
    Advice{"suffix match pattern must be a string", R"(give one string; several suffixes are several operators)"},
    Advice{"match pattern must be a string", "give one string; several are several operators in the list"},
    Advice{"Value of numeric must be an array", R"(write {"numeric": ["=", 5]})"},
    Advice{"must be numeric", "a bound is a number without quotes"},
    Advice{"Bottom must be less than top",
           R"(the lower bound stands first and is smaller; for one number {"numeric": ["=", 5]})"},
    Advice{"umeric", R"(write {"numeric": [">", 0, "<=", 5]}: the lower bound first)"},
    Advice{"Cannot compare number", "use a number that a double holds exactly, of 15 digits or fewer"},
    Advice{"mixed type is not supported",
           "one list of anything-but holds strings or numbers, not both and not nothing"},
    Advice{"Inside anything", "anything-but takes strings or numbers; for null or true use a list of what is accepted"},
    Advice{"Value of anything-but",
           "anything-but takes strings or numbers; for null or true use a list of what is accepted"},
    Advice{"Null prefix/suffix", "an empty text begins and ends every value; give at least one character"},
    Advice{"Unsupported", "only plain strings can stand here"},
    Advice{"Consecutive wildcard", R"(one * already stands for any number of characters; a star itself is \\*)"},
    Advice{"Invalid escape", R"(in a wildcard, a backslash may only stand before * and \: write \\\\ in JSON for one)"},
    Advice{"too complex", "use fewer stars, or split the values over several rules"},
    Advice{"mask bits must be <", "for a single address use the address itself, as a plain string"},
    Advice{"CIDR", R"(write {"cidr": "10.0.0.0/8"})"},
    Advice{"IP address", R"(write {"cidr": "10.0.0.0/8"}, with an address that exists)"},
    Advice{"It must be an Array followed", R"($or takes a list of at least two objects: {"$or": [{...}, {...}]})"},
    Advice{"array of $or", R"($or takes a list of at least two objects: {"$or": [{...}, {...}]})"},
    Advice{"at least 2 Objects", R"($or takes a list of at least two objects; one alone needs no $or)"},
    Advice{"Ruler reserved",
           "inside of $or an operator stands in a field's list of values, not in the place of a field"},
};

std::string unknown_operator(std::string_view name) {
  static const std::vector<std::string> known{
      "prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "cidr", "exists", "exactly"};
  std::string lower{name};
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const bool only_case = std::find(known.begin(), known.end(), lower) != known.end();
  const std::string guess = only_case ? lower : nearest(lower, known);
  const std::string question = guess.empty() ? "" : fmt::format("did you mean \"{}\"? ", guess);
  return question + "operators are " + listed(known);
}

}  // namespace

std::string advice(const PatternError& error) {
  constexpr std::string_view unrecognized = "Unrecognized match type ";
  const std::string_view reason = error.reason;
  if (reason.starts_with(unrecognized)) return unknown_operator(reason.substr(unrecognized.size()));
  const auto found = std::find_if(advices.begin(), advices.end(), [&](const Advice& advice) {
    return reason.find(advice.part) != std::string_view::npos;
  });
  std::string told{found == advices.end() ? std::string_view{} : found->text};
  if (const auto& excess = error.excess) {
    told +=
        fmt::format("; {}{} half-matched wildcards can fit one value, at most {} may", excess->is_exact ? "" : "over ",
                    excess->is_exact ? excess->figure : excess->figure - 1, excess->limit);
  }
  return told;
}

}  // namespace sagewatch
