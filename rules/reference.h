#pragma once
// The reference evaluator: whether one pattern matches one event, following the definition. It is what faster matchers
// are held against, and what explains a verdict.
#include <cstdint>
#include <set>
#include <span>
#include <string_view>
#include <vector>

#include "rules/flat_event.h"
#include "rules/pattern.h"

namespace sagewatch {

enum class Finding : std::uint8_t {
  no_match,
  match,
  unsettled,  // the search was given up: see Reference
};

// Keeps its working memory from call to call; belongs to one thread.
//
// Work is bounded. A conjunction whose fields stand in no array of objects costs one look at each value. Otherwise the
// search remembers which choices have failed, so it is polynomial for every event whose arrays nest; only an event
// that spells one array's path in several ways (`a.b` and `a` → `b`, repeated keys) can branch without end. After
// steps_max steps the answer is `unsettled`.
class Reference {
 public:
  static constexpr std::size_t steps_max = 1'000'000;  // some 10 ms

  // `paths[i]` is the number of pattern.paths()[i] in the trie that the event was flattened with.
  Finding evaluate(const Pattern& pattern, std::span<const PathId> paths, const FlatEvent& event);
  // Only these tests of a pattern, sorted by path: one of its conjunctions, or a part of one.
  Finding evaluate(const Pattern& pattern, std::span<const FieldTest> tests, std::span<const PathId> paths,
                   const FlatEvent& event);

  // After a `match`: the conjunction that matched (of a whole pattern), and for each of its tests the field that met
  // it, none for {"exists": false}.
  std::size_t matched() const { return matched_; }
  std::span<const std::uint32_t> met_by() const { return met_by_; }
  std::size_t steps() const { return steps_; }  // of the last evaluation

 private:
  struct Candidates {            // of one test
    std::uint32_t begin = 0;     // the fields that some alternative accepts, in accepted_
    std::uint32_t end = 0;       //
    std::uint32_t first = 0;     // all fields at the path: FlatEvent::first()
    bool may_be_absent = false;  // {"exists": false} is among the alternatives
  };
  struct Failure {  // match() was false for this test with these elements chosen
    std::size_t test = 0;
    std::vector<std::uint64_t> chosen;  // of arrays that tests from here on care for; sorted
    auto operator<=>(const Failure&) const = default;
  };

  Finding evaluate_conjunction(const Pattern& pattern, std::span<const FieldTest> tests, std::span<const PathId> paths);
  bool collect(const Pattern& pattern, std::span<const FieldTest> tests, std::span<const PathId> paths);
  void add_candidate(const Candidates& candidates, std::uint32_t index);
  bool match(std::size_t test);
  bool is_consistent(const Field& field) const;
  bool no_consistent_field(std::uint32_t first) const;
  Failure failure(std::size_t test) const;

  const FlatEvent* event_ = nullptr;
  std::size_t matched_ = 0;
  std::vector<std::uint32_t> met_by_;
  std::vector<Candidates> tests_;
  std::vector<std::uint32_t> accepted_;
  std::vector<ArrayStep> chosen_;
  std::vector<std::size_t> last_test_;  // array -> the last test with a field inside it
  std::set<Failure> failures_;
  std::size_t steps_ = 0;
};

// What TestEventPattern answers, for any JSON object as the event. The error is the pattern's, or the event's:
// `Parameter Event is not valid.` with the reason.
tl::expected<bool, PatternError> matches_event(std::string_view pattern, std::string_view event);

}  // namespace sagewatch
