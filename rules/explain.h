#pragma once
// Why a pattern matches an event or does not: field by field, with the values found, what each alternative says of
// them, and what would have to change. The verdict is the reference evaluator's; all that is told follows from it.
//
// An Explanation borrows nothing. Its size is bounded whatever the event holds: see ExplanationLimits. Two renderings:
// text for the person on call, JSON for programs.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "events/valid_json.h"
#include "rules/judgement.h"
#include "rules/pattern.h"

namespace sagewatch {

struct ExplanationLimits {
  std::size_t values = 20;         // shown of a field
  std::size_t alternatives = 20;   // told of a value
  std::size_t judgements = 1'000;  // told in all
  std::size_t branches = 10;       // of $or: told of beside the one that is explained
};

// What one alternative of the pattern says of a value.
struct ToldAlternative {
  std::size_t index = 0;    // in the field's value list
  std::string alternative;  // as JSON, shortened
  Judgement judgement;
};

// One value at a field's path.
struct FoundValue {
  std::string place;                          // "resources[2]"
  std::string json;                           // shortened
  std::size_t cut_from = 0;                   // bytes of the whole, if it was shortened
  bool accepted = false;                      // by some alternative
  bool chosen = false;                        // what a match rests on, or as much of it as there is
  std::vector<ToldAlternative> alternatives;  // the nearest first
};

enum class FieldVerdict : std::uint8_t {
  accepted,
  absent,    // as {"exists": false} wants it
  refused,   // there are values, and no alternative accepts one
  unwanted,  // there are values, and {"exists": false} is all that could have been met
  missing,   // there is no value
  clashing,  // accepted, but not in the same elements of arrays as other fields
};

struct ExplainedField {
  std::string path;
  FieldVerdict verdict = FieldVerdict::accepted;
  std::string why;  // missing and absent: what stands there instead, and the nearest name
  std::vector<FoundValue> values;
  std::size_t values_found = 0;
  std::vector<std::string> alternatives;  // all that could accept, as JSON, shortened; for fields without values
  std::size_t alternatives_found = 0;
  bool failed() const { return verdict != FieldVerdict::accepted && verdict != FieldVerdict::absent; }
};

// Fields that are accepted each for itself, but in different elements of one array.
struct Clash {
  struct Side {
    std::string path;
    bool wants_absence = false;           // then `elements` are those where a value stands
    std::vector<std::uint32_t> elements;  // the first of them
    std::size_t elements_found = 0;
  };
  std::string array;  // its place; empty: fields in no single array (all together cannot be met)
  std::vector<Side> sides;
  std::string why;  // the whole sentence
};

struct Explanation {
  bool matches = false;
  bool unsettled = false;  // the search was given up, which counts as a match: rules/reference.h

  // $or makes several conjunctions, "branches". Explained is the one that matched, else the nearest to it.
  std::size_t branch = 0;
  std::size_t branches = 1;
  std::vector<ExplainedField> fields;  // sorted by path
  std::vector<Clash> clashes;
  std::size_t failing = 0;  // fields; those that clash count as one

  // If nothing matches: what to look at first.
  std::string nearest_path;
  std::string nearest;  // `detail.TrainingJobStatus is "failed", which differs only in case ...`
  Distance nearest_distance = Distance::far;

  struct OtherBranch {
    std::size_t branch = 0;
    std::vector<std::string> failing;  // paths
  };
  std::vector<OtherBranch> others;  // none if it matches
};

Explanation explain(const Pattern& pattern, ValidJson event, const ExplanationLimits& limits = {});

struct ExplanationLayout {
  bool only_failing = false;  // what is wrong, and nothing of what is fine; for many explanations in a row
  std::size_t indent = 0;
};
std::string text_of(const Explanation& explanation, ExplanationLayout layout = {});
// One JSON object, in one line, without a line end.
std::string json_of(const Explanation& explanation);

}  // namespace sagewatch
