// The search goes through the tests in order and backtracks. Three things keep it from exploding:
//
//   - Values of one element stand next to each other in the text. So where an array that a list of values runs through
//     has its element chosen, the values of its other elements are skipped with two binary searches, not one by one.
//   - A test that failed under some choice is not tried again under the same one, where only arrays count that this or
//     a later test has a value in.
//   - Of neighbours that stand in the same elements one is as good as all.
//
// Beyond that, only an event can be expensive that spells an array's path in several ways: steps are counted.
#include "rules/array_search.h"

#include <algorithm>

namespace sagewatch {

bool ArraySearch::matches(std::span<const Conjunctions::Test> tests, const Conjunctions& all,
                          const EventValues& event) {
  event_ = &event;
  steps_ = 0;
  if (!collect(tests, all)) return false;
  order_.clear();
  failed_.clear();
  failure_count_ = 0;
  constexpr std::size_t usual = 64;  // one hard event does not make all later ones clear a large table
  failure_table_.assign(usual, 0);
  return match(0) || steps_ > steps_max;
}

std::optional<bool> ArraySearch::two_match(const Conjunctions::Test& first, const Conjunctions::Test& second,
                                           const Conjunctions& all, const EventValues& event) {
  constexpr std::size_t few = 8;  // elements that the first is met in: each is held against all of the second
  std::uint32_t met_in[few];
  std::size_t met_count = 0;
  const EventValue* const values = event.values().data();
  const auto is_nested = [&](std::uint32_t element) { return event.element(element).parent != 0; };
  for (std::uint32_t i = event.first(first.path()); i != no_value; i = values[i].next) {
    if (!all.accepts(first, values[i])) continue;
    if (met_count == few || is_nested(values[i].element)) return std::nullopt;
    met_in[met_count++] = values[i].element;
  }
  for (std::uint32_t i = event.first(second.path()); i != no_value; i = values[i].next) {
    if (!all.accepts(second, values[i])) continue;
    const std::uint32_t element = values[i].element;
    if (is_nested(element)) return std::nullopt;
    for (std::size_t j = 0; j < met_count; ++j) {
      // Outside of elements all goes together, and so it does in those of different arrays.
      if (met_in[j] == element || met_in[j] == 0 || element == 0 ||
          event.element(met_in[j]).array != event.element(element).array) {
        return true;
      }
    }
  }
  return false;
}

// False if some test cannot be met whatever is chosen.
bool ArraySearch::collect(std::span<const Conjunctions::Test> tests, const Conjunctions& all) {
  tests_.clear();
  accepted_.clear();
  all_.clear();
  chosen_.assign(event_->array_count(), 0);
  last_test_.assign(event_->array_count(), 0);
  for (const Conjunctions::Test& test : tests) {
    Candidates candidates;
    candidates.may_be_absent = test.may_be_absent();
    candidates.begin = static_cast<std::uint32_t>(accepted_.size());
    candidates.all_begin = static_cast<std::uint32_t>(all_.size());
    std::uint32_t last_all = no_value;       // elements of the last one taken
    std::uint32_t last_accepted = no_value;  //
    for (std::uint32_t i = event_->first(test.path()); i != no_value; i = event_->values()[i].next) {
      const EventValue& value = event_->values()[i];
      if (value.element != last_all) {
        all_.push_back(i);
        last_all = value.element;
        for (std::uint32_t e = value.element; e != 0; e = event_->element(e).parent) {
          last_test_[event_->element(e).array] = static_cast<std::uint32_t>(tests_.size() + 1);
        }
      }
      if (value.element != last_accepted && all.accepts(test, value)) {
        accepted_.push_back(i);
        last_accepted = value.element;
      }
    }
    candidates.end = static_cast<std::uint32_t>(accepted_.size());
    candidates.all_end = static_cast<std::uint32_t>(all_.size());
    if (candidates.begin == candidates.end && !candidates.may_be_absent) return false;
    tests_.push_back(candidates);
  }
  return true;
}

bool ArraySearch::match(std::size_t index) {
  if (index == tests_.size()) return true;
  if (is_known_failure(index)) return false;
  const Candidates test = tests_[index];
  if (test.may_be_absent && next_consistent(all_, test.all_begin, test.all_end) == test.all_end && match(index + 1)) {
    return true;
  }
  for (std::uint32_t i = next_consistent(accepted_, test.begin, test.end); i != test.end;
       i = next_consistent(accepted_, i + 1, test.end)) {
    if (++steps_ > steps_max) return false;
    const std::size_t before = order_.size();
    choose(event_->values()[accepted_[i]].element);
    if (match(index + 1)) return true;
    unchoose(before);
  }
  remember_failure(index);
  return false;
}

std::uint32_t ArraySearch::next_consistent(const std::vector<std::uint32_t>& list, std::uint32_t from,
                                           std::uint32_t to) const {
  const auto behind = [&](std::uint32_t value) {
    return static_cast<std::uint32_t>(std::lower_bound(list.begin() + from, list.begin() + to, value) - list.begin());
  };
  while (from != to) {
    // The outermost disagreement skips most.
    std::uint32_t wrong = 0;
    for (std::uint32_t e = event_->values()[list[from]].element; e != 0; e = event_->element(e).parent) {
      const std::uint32_t chosen = chosen_[event_->element(e).array];
      if (chosen != 0 && chosen != e) wrong = e;
    }
    if (wrong == 0) return from;
    const ArrayElement& right = event_->element(chosen_[event_->element(wrong).array]);
    from = behind(list[from] < right.begin ? right.begin : event_->array(right.array).end);
  }
  return to;
}

void ArraySearch::choose(std::uint32_t element) {
  for (std::uint32_t e = element; e != 0; e = event_->element(e).parent) {
    const std::uint32_t array = event_->element(e).array;
    if (chosen_[array] != 0) continue;
    chosen_[array] = e;
    order_.push_back(array);
  }
}

void ArraySearch::unchoose(std::size_t before) {
  for (; order_.size() > before; order_.pop_back()) chosen_[order_.back()] = 0;
}

// ----- failures: an open hash table over an arena -----

namespace {

std::uint64_t hash_of(std::uint32_t test, const std::uint32_t* elements, std::size_t count) {
  std::uint64_t hash = mix(test + std::uint64_t{1}, 0x9e37'79b9'7f4a'7c15);
  for (std::size_t i = 0; i < count; ++i) hash = mix(hash ^ elements[i], 0xd6e8'feb8'6659'fd93);
  return hash;
}

}  // namespace

// The test and the elements that matter to it or later ones, sorted: a failure as it stands in failed_.
void ArraySearch::make_key(std::size_t test) {
  key_.assign({static_cast<std::uint32_t>(test), 0});
  for (const std::uint32_t array : order_) {
    if (last_test_[array] > test) key_.push_back(chosen_[array]);
  }
  key_[1] = static_cast<std::uint32_t>(key_.size() - 2);
  std::sort(key_.begin() + 2, key_.end());
}

bool ArraySearch::is_known_failure(std::size_t test) {
  if (failure_count_ == 0) return false;
  make_key(test);
  const std::size_t mask = failure_table_.size() - 1;
  for (std::size_t i = hash_of(key_[0], key_.data() + 2, key_[1]) & mask; failure_table_[i] != 0; i = (i + 1) & mask) {
    const std::uint32_t* known = &failed_[failure_table_[i] - 1];
    if (known[1] == key_[1] && std::equal(key_.begin(), key_.end(), known)) return true;
  }
  return false;
}

void ArraySearch::remember_failure(std::size_t test) {
  if (2 * (failure_count_ + 1) > failure_table_.size()) grow_failures();
  make_key(test);
  const std::size_t mask = failure_table_.size() - 1;
  std::size_t i = hash_of(key_[0], key_.data() + 2, key_[1]) & mask;
  while (failure_table_[i] != 0) i = (i + 1) & mask;
  failure_table_[i] = static_cast<std::uint32_t>(failed_.size() + 1);
  failed_.insert(failed_.end(), key_.begin(), key_.end());
  ++failure_count_;
}

void ArraySearch::grow_failures() {
  const std::size_t size = 2 * failure_table_.size();
  failure_table_.assign(size, 0);
  for (std::size_t at = 0; at < failed_.size(); at += 2 + failed_[at + 1]) {
    std::size_t i = hash_of(failed_[at], &failed_[at] + 2, failed_[at + 1]) & (size - 1);
    while (failure_table_[i] != 0) i = (i + 1) & (size - 1);
    failure_table_[i] = static_cast<std::uint32_t>(at + 1);
  }
}

}  // namespace sagewatch
