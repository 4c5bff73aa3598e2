#include "tests/bench/corpus/rule_corpus.h"

#include <algorithm>
#include <unordered_set>

#include "tests/bench/corpus/rule_maker.h"

namespace sagewatch::corpus {
namespace {

struct Proportion {
  RuleClass rule_class;
  std::size_t per_mille;
};
constexpr Proportion mixed_proportions[] = {{RuleClass::exact, 600},        {RuleClass::prefix, 100},
                                            {RuleClass::anything_but, 100}, {RuleClass::numeric, 100},
                                            {RuleClass::wildcard, 50},      {RuleClass::either, 50}};
constexpr Proportion unseen_proportions[] = {{RuleClass::exact, 250},          {RuleClass::prefix, 60},
                                             {RuleClass::suffix, 120},         {RuleClass::ignore_case, 120},
                                             {RuleClass::anything_but, 60},    {RuleClass::anything_but_forms, 70},
                                             {RuleClass::numeric_half, 120},   {RuleClass::exists, 80},
                                             {RuleClass::wildcard_middle, 60}, {RuleClass::either, 60}};

std::vector<RuleClass> classes(Set set, std::size_t count, SeededRandom& random) {
  std::vector<RuleClass> list;
  std::size_t done = 0;
  const auto fill = [&](const auto& proportions) {
    for (const Proportion& each : proportions) {
      done += each.per_mille;
      while (list.size() < (count * done + 500) / 1'000) list.push_back(each.rule_class);
    }
  };
  if (set == set_mixed) {
    fill(mixed_proportions);
  } else {
    fill(unseen_proportions);
  }
  random.shuffle(list);
  return list;
}

}  // namespace

std::vector<std::string> make_rules(const World& world, Set set, std::size_t count, std::uint32_t matches,
                                    std::uint64_t seed) {
  RuleMaker maker{world, set, seed};
  std::vector<std::string> rules;
  std::unordered_set<std::string> known;
  Share left = whole / 1'000 * matches;
  for (const RuleClass rule_class : classes(set, count, maker.random())) {
    const Share fair = left / (count - rules.size());
    // A rule that cannot be made rare enough, or that is there already, is made anew; with patience, not for ever.
    for (int attempt = 0;; ++attempt) {
      const Share target = std::clamp<Share>(fair * (250 + maker.random().below(1'500)) / 1'000, 1, whole * 9 / 10);
      const RuleDraft draft = maker.make(rule_class, target);
      std::string text = draft.text(maker.dotted());
      if (text == "{}" || (draft.share > target * 6 && attempt < 200) || !known.insert(text).second) continue;
      left -= std::min(left, draft.share);
      rules.push_back(std::move(text));
      break;
    }
  }
  return rules;
}

}  // namespace sagewatch::corpus
