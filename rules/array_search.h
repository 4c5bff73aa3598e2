#pragma once
// The exact verdict on a conjunction when its fields stand in elements of arrays: whether one can choose an element of
// each array so that every test is met by a field consistent with the choice (rules/reference.h has the definition).
// Needed rarely: a conjunction with at most one field in arrays, and no {"exists": false}, is decided without it.
//
// Keeps its working memory from call to call; belongs to one thread.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "rules/conjunctions.h"
#include "rules/event_values.h"

namespace sagewatch {

class ArraySearch {
 public:
  // Some 10 ms; only an event that spells one array's path in several ways can need more, and then it counts as a
  // match: better a delivery too many than one that nobody hears of.
  static constexpr std::size_t steps_max = 1'000'000;

  bool matches(std::span<const Conjunctions::Test> tests, const Conjunctions& all, const EventValues& event);

  // The same if no other test has values in elements, and none may be absent, which is what nearly every conjunction is
  // that needs a search. Nothing: it is not as simple as that.
  static std::optional<bool> two_match(const Conjunctions::Test& first, const Conjunctions::Test& second,
                                       const Conjunctions& all, const EventValues& event);

 private:
  struct Candidates {
    std::uint32_t begin = 0;  // values that some alternative accepts, in accepted_, in the order of the text
    std::uint32_t end = 0;
    std::uint32_t all_begin = 0;  // all values at the path, in all_
    std::uint32_t all_end = 0;
    bool may_be_absent = false;
  };

  bool collect(std::span<const Conjunctions::Test> tests, const Conjunctions& all);
  bool match(std::size_t test);
  // The next of list[from, to) that is consistent with what is chosen, or `to`.
  std::uint32_t next_consistent(const std::vector<std::uint32_t>& list, std::uint32_t from, std::uint32_t to) const;
  void choose(std::uint32_t element);
  void unchoose(std::size_t before);
  bool is_known_failure(std::size_t test);
  void remember_failure(std::size_t test);
  void make_key(std::size_t test);
  void grow_failures();

  const EventValues* event_ = nullptr;
  std::vector<Candidates> tests_;
  std::vector<std::uint32_t> accepted_;
  std::vector<std::uint32_t> all_;
  std::vector<std::uint32_t> chosen_;         // array -> its element, or 0
  std::vector<std::uint32_t> order_;          // arrays that are chosen, as they were
  std::vector<std::uint32_t> last_test_;      // array -> 1 + the last test with a value inside
  std::vector<std::uint32_t> failed_;         // arena of failures: test, how many, elements
  std::vector<std::uint32_t> failure_table_;  // open addressing: 1 + place in failed_
  std::size_t failure_count_ = 0;
  std::vector<std::uint32_t> key_;
  std::size_t steps_ = 0;
};

}  // namespace sagewatch
