#pragma once
// The search behind an explanation: which conjunction of a pattern to explain, which of its tests are met, by which
// fields, and which cannot be met together. All of it is asked of the reference evaluator, on the whole pattern or on
// parts of it; no verdict is found here. What it asks beyond the verdict is bounded: see work_max in the .cc.
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "rules/reference.h"

namespace sagewatch {

enum class TestVerdict : std::uint8_t {
  met,
  unmet,     // no field is accepted, and absence is not asked for
  unwanted,  // absence is asked for, and there are fields
  clashing,  // met for itself, but not together with the others that are clashing
};

struct Branch {
  std::size_t conjunction = 0;
  std::vector<TestVerdict> tests;
  std::vector<std::uint32_t> met_by;  // a field for each test, or none
  std::size_t failing() const;        // all that clash count as one
};

// An array that keeps clashing tests apart.
struct ClashingArray {
  struct Side {
    std::size_t test = 0;
    bool wants_absence = false;           // then `elements` are those with a field
    std::vector<std::uint32_t> elements;  // sorted
  };
  std::vector<Side> sides;
  std::uint32_t field = 0;  // one that stands in the array,
  std::size_t step = 0;     // and which of its membership's steps is the array
};

class BranchSearch {
 public:
  // `pattern` and the event's text outlive this.
  BranchSearch(const Pattern& pattern, ValidJson event);

  Finding finding() const { return finding_; }
  const FlatEvent& event() const { return event_; }
  const PathTrie& trie() const { return trie_; }
  PathId path(const FieldTest& test) const { return paths_[test.path]; }
  std::uint32_t first(const FieldTest& test) const { return event_.first(path(test)); }

  // Of a `match`.
  const Branch& matched() const { return matched_; }
  // Tests of a conjunction that cannot be met, whatever the others are.
  std::vector<std::size_t> hopeless(std::size_t conjunction);
  Branch look_at(std::size_t conjunction);
  std::vector<ClashingArray> clashing_arrays(const Branch& branch);

  // Whether fields of both stand in elements of one array, so that one's choice binds the other.
  bool share_array(const FieldTest& a, const FieldTest& b) const;
  bool is_accepted(const FieldTest& test, std::uint32_t field) const;

 private:
  struct Facts {  // of a test for itself
    bool accepts_some = false;
    bool may_be_absent = false;
    std::size_t work = 0;  // to look at all its fields
  };
  const Facts& facts(const FieldTest& test);
  Finding evaluate(std::span<const FieldTest> tests);
  std::vector<std::size_t> binding(std::span<const FieldTest> tests, std::span<const std::size_t> open,
                                   std::size_t unwanted);
  std::vector<std::size_t> core(std::span<const FieldTest> tests, std::vector<std::size_t> of);

  const Pattern& pattern_;
  PathTrie trie_;
  std::vector<PathId> paths_;
  FlatEvent event_;
  Reference reference_;
  Finding finding_ = Finding::no_match;
  Branch matched_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, Facts> facts_;
  std::size_t work_ = 0;
};

}  // namespace sagewatch
