#pragma once
// An EventBridge pattern, checked once and then frozen: `$or` multiplied out, repeated keys settled, paths sorted. It
// knows only what was asked for; whether an event matches is rules/reference.h (one pattern, plainly) or
// rules/rule_set.h (all of them, fast). Immutable: any thread.
//
// The language is that of AWS's service. Deliberately not reproduced are the engine's accidents: quotes that count as
// bytes, CIDR blocks across families or on numbers.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "rules/alternative.h"
#include "rules/json_reader.h"

namespace sagewatch {

struct PatternLimits {
  std::size_t characters = 4'096;        // AWS: 2,048, on request 4,096
  std::size_t conjunctions = 1'000;      // AWS: combinations that $or makes
  std::size_t fields = 256;              // of one conjunction
  std::size_t wildcard_complexity = 10;  // of one value list; AWS accepts 8 and refuses 11

  // For tests. Without them a hostile pattern can make building and matching slow.
  static constexpr PatternLimits none() {
    constexpr std::size_t most = std::numeric_limits<std::size_t>::max();
    return {most, most, most, most};
  }
};

// Why a pattern was refused, in AWS's words where AWS has any.
struct PatternError {
  std::string reason;              // `Unrecognized match type EXISTS`
  std::optional<TextPlace> place;  // in the pattern; CIDR blocks and limits have none
  std::string path;                // the field being read, dotted: `detail.state`; empty at the top
  std::optional<TextPlace> place_again = std::nullopt;  // which AWS adds for what is wrong in a list of anything-but
  // The byte of the pattern at which the wrong part begins, also where AWS gives no place or one behind it; nothing for
  // a limit that the pattern as a whole breaks.
  std::optional<std::size_t> at = std::nullopt;
  std::optional<TextPlace> opened = std::nullopt;  // a bracket that the reason tells as `line 1, column 6`
  // What a limit was compared with, if AWS's reason does not tell it.
  struct Excess {
    std::size_t figure = 0;
    bool is_exact = true;  // no: that or more
    std::size_t limit = 0;
  };
  std::optional<Excess> excess = std::nullopt;

  // As AWS answers: `Event pattern is not valid. Reason: Empty arrays are not allowed\n at [Source: (String)"...";
  // line: 1, column: 8]`.
  std::string aws_text(std::string_view pattern) const;
  // For people: `Event pattern is not valid. Reason: Empty arrays are not allowed (line 1, column 8, in detail.state)`.
  std::string text() const;
  // The same for whoever names the place in a file: `Event pattern is not valid. Reason: Empty arrays are not allowed
  // (in detail.state)`.
  std::string text_without_place() const;
};

// One field of one conjunction: some of the alternatives must accept a value at the path.
struct FieldTest {
  std::uint32_t path = 0;   // index into paths()
  std::uint32_t value = 0;  // index for alternatives(); equal ones share it
};

class Pattern {
 public:
  static tl::expected<Pattern, PatternError> parse(std::string_view json, const PatternLimits& limits = {});

  // All paths mentioned, dotted, sorted by UTF-16 code units, each once.
  std::span<const std::string> paths() const { return paths_; }
  // The pattern matches if any of these does; each is sorted by path.
  std::span<const std::vector<FieldTest>> conjunctions() const { return conjunctions_; }
  std::span<const Alternative> alternatives(std::uint32_t value) const { return values_[value]; }
  std::size_t value_count() const { return values_.size(); }

  // One conjunction alone, and in it one test whose value list holds one alternative alone; all three by their places.
  // It has the same paths.
  Pattern narrowed(std::size_t conjunction, std::size_t test, std::size_t alternative) const;

 private:
  std::vector<std::string> paths_;
  std::vector<std::vector<FieldTest>> conjunctions_;
  std::vector<std::vector<Alternative>> values_;
};

}  // namespace sagewatch
