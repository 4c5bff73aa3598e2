#pragma once
// A conjunction as the matcher keeps it: its rule, and its tests in the order in which they are judged. Read only for
// the few candidates that masks have left over.
//
// Filled by the compiler, then immutable; any thread.
#include <cstdint>
#include <span>
#include <vector>

#include "rules/path_trie.h"
#include "rules/value_tests.h"

namespace sagewatch {

class CheckPrograms {
 public:
  struct Test {
    PathId path = no_path;
    bool may_be_absent = false;  // {"exists": false} is among the alternatives
    ValueTests::List list = 0;
  };

  // Tests sorted by path as the language wants it (pattern.h).
  std::uint32_t add(std::uint32_t rule, std::span<const Test> tests) {
    const auto program = static_cast<std::uint32_t>(tests_.size());
    tests_.push_back({rule, false, static_cast<ValueTests::List>(tests.size())});
    tests_.insert(tests_.end(), tests.begin(), tests.end());
    return program;
  }
  void freeze() { tests_.shrink_to_fit(); }

  std::span<const Test> tests(std::uint32_t program) const { return {&tests_[program + 1], tests_[program].list}; }
  void prefetch(std::uint32_t program) const { __builtin_prefetch(&tests_[program]); }
  std::size_t bytes() const { return tests_.capacity() * sizeof(Test); }

 private:
  std::vector<Test> tests_;  // a program: its rule and how many tests (as path and list of a first one), then the tests
};

}  // namespace sagewatch
