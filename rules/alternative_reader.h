#pragma once
// Reads the alternatives of one value list: the operators' grammar, and nothing of paths or `$or`. Errors are AWS's
// texts, found in the order of the document.
#include <optional>
#include <string>
#include <vector>

#include "rules/alternative.h"
#include "rules/pattern.h"

namespace sagewatch {

// AWS's engine has two compilers of patterns; see rules/pattern.cc. The older knows fewer forms of anything-but.
enum class Grammar : std::uint8_t { with_or, without_or };

class AlternativeReader {
 public:
  // Borrows both; they outlive it.
  AlternativeReader(JsonReader& json, Grammar grammar, const PatternLimits& limits)
      : json_(json), grammar_(grammar), limits_(limits) {}

  // The reader stands behind `[`; afterwards behind the `]`. False: see error().
  bool read(std::vector<Alternative>& values);
  const std::optional<PatternError>& error() const { return error_; }
  // The error is about a limit of ours, not about the language.
  bool over_limit() const { return over_limit_; }

 private:
  using Read = std::optional<Alternative>;  // nothing: error() is set
  Read read_operator();
  Read read_affix(bool prefix);
  Read read_numeric();
  Read read_range(const std::string& op);
  Read read_anything_but();
  Read read_anything_but_list(JsonToken first);
  Read read_anything_but_operator();
  Read read_cidr();
  Read read_exists();
  Read read_wildcard();
  bool read_member(const std::string& op, std::vector<Alternative>& excluded, JsonToken token, bool in_list);
  std::optional<std::string> read_string(const char* otherwise);
  bool close(const char* otherwise);
  std::optional<double> number(const std::string& spelling);
  bool check_complexity(const std::vector<Alternative>& values);

  JsonToken next() { return json_.next(); }
  std::string text() { return std::string{json_.text()}; }
  std::nullopt_t fail(std::string reason);          // with the place
  std::nullopt_t fail_in_list();                    // after fail(), inside a list of anything-but
  std::nullopt_t fail_nowhere(std::string reason);  // AWS gives none

  JsonReader& json_;
  Grammar grammar_;
  const PatternLimits& limits_;
  std::optional<PatternError> error_;
  bool over_limit_ = false;
};

}  // namespace sagewatch
