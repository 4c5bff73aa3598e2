#include "rules/conjunctions.h"

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

namespace sagewatch {

std::vector<std::uint32_t> Conjunctions::most_telling(std::span<const NewTest> tests, Filed filed, std::size_t most) {
  std::vector<std::uint32_t> chosen;
  for (std::uint32_t i = 0; i < tests.size(); ++i) {
    const bool is_decided = i == filed.test && filed.decides;
    if (!is_decided && tests[i].share < 1 && tests[i].path < nowhere_max) chosen.push_back(i);
  }
  std::sort(chosen.begin(), chosen.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tuple{a == filed.test, tests[a].share, a} < std::tuple{b == filed.test, tests[b].share, b};
  });
  if (chosen.size() > most) chosen.resize(most);
  return chosen;
}

Conjunctions::Place Conjunctions::add(FarWords& words, std::uint32_t rule, std::span<const NewTest> tests, Filed filed,
                                      const ValueTests& lists) {
  Head head{rule, 0, {}, {}, static_cast<std::uint32_t>(tests.size())};
  std::fill(std::begin(head.paths), std::end(head.paths), static_cast<std::uint16_t>(nowhere_));
  std::fill(std::begin(head.masks), std::end(head.masks), ~ClassWord{0});
  const bool may_be_absent =
      std::any_of(tests.begin(), tests.end(), [](const NewTest& test) { return test.may_be_absent; });
  std::vector<bool> is_decided(tests.size());
  if (filed.decides) is_decided[filed.test] = true;
  const std::vector<std::uint32_t> chosen = most_telling(tests, filed, mask_count);
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const NewTest& test = tests[chosen[i]];
    head.paths[i] = static_cast<std::uint16_t>(test.path);
    head.masks[i] = test.mask;
    is_decided[chosen[i]] = test.is_exact;
  }
  if (!may_be_absent && tests.size() <= chosen.size() + 1) head.tests |= bound_by_masks;
  for (std::uint32_t i = 0; i < tests.size(); ++i) {
    if (!is_decided[i]) head.undecided |= 1U << std::min(i, 31U);
  }

  constexpr std::size_t test_words = sizeof(Test) / sizeof(std::uint32_t);
  const Place place = words.add(head_words + test_words * tests.size());
  std::memcpy(words.at(place), &head, sizeof head);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    constexpr std::size_t short_list = 64;  // words
    const std::span<const std::uint32_t> list = lists.words(tests[i].list);
    Test test{tests[i].path << 1 | static_cast<std::uint32_t>(tests[i].may_be_absent), 0};
    if (!is_decided[i] && list.size() <= short_list) {
      test.list = words.append(list);
    } else {
      const auto [known, is_new] = shared_.try_emplace(tests[i].list);
      if (is_new) known->second = words.append(list);
      test.list = known->second;
    }
    std::memcpy(words.at(place + static_cast<Place>(head_words + test_words * i)), &test, sizeof test);
  }
  return place;
}

void Conjunctions::freeze(const std::uint32_t* words, ValueTests lists) {
  words_ = words;
  others_ = std::move(lists).others();
  shared_ = {};
}

std::size_t Conjunctions::bytes() const {
  std::size_t sum = others_.capacity() * sizeof(Alternative);
  for (const Alternative& other : others_) sum += memory_of(other);
  return sum;
}

}  // namespace sagewatch
