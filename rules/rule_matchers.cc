#include "rules/rule_matchers.h"

#include <algorithm>

#include "events/base/result.h"

namespace sagewatch {
namespace {

constexpr std::uint32_t nowhere = UINT32_MAX;
// So few rules are compiled in some milliseconds.
constexpr std::size_t always_whole = 256;
// A delta is compiled anew for each set, at some 10 µs a rule.
constexpr std::size_t delta_due = 128;
// A masked rule costs what it cost before; an eighth of those that are found in vain is not felt.
constexpr std::size_t masked_due = 128;
constexpr std::size_t masked_share_due = 8;
// Beyond a quarter of the base, compiling beside it saves little and leaves much to match twice.
constexpr std::size_t share_too_much = 4;
// Each must be read whenever a set is made.
constexpr std::size_t other_objects_max = 128;

bool is_compiled_alike(const Rule& a, const Rule& b) {
  return a.enabled == b.enabled && a.pattern == b.pattern;
}

}  // namespace

RuleMatchers::ByBus RuleMatchers::compile_some(const RuleList& rules, const std::vector<std::uint32_t>& wanted,
                                               ParsedPatterns parsed) {
  struct ToCompile {
    std::vector<std::uint32_t> rules;
    std::vector<Pattern> patterns;
  };
  std::map<std::string, ToCompile, std::less<>> sorted;
  auto known = parsed.begin();
  for (const std::uint32_t index : wanted) {
    const Rule& rule = rules[index];
    ToCompile& of_bus = sorted[rule.bus];
    of_bus.rules.push_back(index);
    while (known != parsed.end() && known->first < index) ++known;
    if (known != parsed.end() && known->first == index) {
      of_bus.patterns.push_back(std::move(known->second));
      continue;
    }
    auto pattern = Pattern::parse(rule.pattern);
    SW_MUST(pattern, "it was parsed when the rule came into a set");
    of_bus.patterns.push_back(std::move(*pattern));
  }
  ByBus compiled;
  for (auto& [bus, of_bus] : sorted) {
    compiled.emplace(bus, OfBus{std::move(of_bus.rules), Matcher::compile(of_bus.patterns)});
  }
  return compiled;
}

RuleMatchers RuleMatchers::compile(const RuleList& rules, ParsedPatterns parsed) {
  std::vector<std::uint32_t> enabled;
  for (std::uint32_t i = 0; i < rules.size(); ++i) {
    if (rules[i].enabled) enabled.push_back(i);
  }
  RuleMatchers made;
  made.base_ = std::make_shared<const Base>(Base{compile_some(rules, enabled, std::move(parsed)), enabled.size()});
  made.base_rules_ = std::make_shared<const RuleList>(rules);
  return made;
}

RuleMatchers RuleMatchers::compile_beside(const RuleMatchers& previous, const RuleList& rules, ParsedPatterns parsed) {
  if (rules.size() <= always_whole) return compile(rules, std::move(parsed));
  const RuleList& base = *previous.base_rules_;
  RuleMatchers made;
  made.base_ = previous.base_;
  made.base_rules_ = previous.base_rules_;
  made.now_.assign(base.size(), nowhere);
  std::vector<std::uint32_t> added;
  std::size_t other_objects = 0;
  compare_lists(base, rules, [&](std::uint32_t before, std::uint32_t after) {
    if (before != none_of_list && after != none_of_list) {
      const bool is_shared = base.shared()[before] == rules.shared()[after];
      if (is_shared || is_compiled_alike(base[before], rules[after])) {
        made.now_[before] = after;
        other_objects += is_shared ? 0 : 1;
        return;
      }
    }
    if (before != none_of_list && base[before].enabled) ++made.masked_;
    if (after != none_of_list && rules[after].enabled) added.push_back(after);
  });
  if (added.size() + made.masked_ > std::max(delta_due, made.base_->patterns / share_too_much)) {
    return compile(rules, std::move(parsed));
  }
  if (other_objects > other_objects_max) {
    std::vector<const HashedRule*> met = base.shared();
    for (std::size_t i = 0; i < met.size(); ++i) {
      if (made.now_[i] != nowhere) met[i] = rules.shared()[made.now_[i]];
    }
    made.base_rules_ = std::make_shared<const RuleList>(RuleList::owning(std::move(met)));
  }
  made.added_ = added.size();
  made.delta_ = compile_some(rules, added, std::move(parsed));
  return made;
}

void RuleMatchers::match(std::string_view bus, ValidJson event, MatchScratch& scratch,
                         std::vector<std::uint32_t>& matched) const {
  matched.clear();
  if (const auto found = base_->by_bus.find(bus); found != base_->by_bus.end()) {
    const OfBus& of_bus = found->second;
    of_bus.matcher.match(event, scratch, matched);
    for (std::uint32_t& number : matched) number = now_.empty() ? of_bus.rules[number] : now_[of_bus.rules[number]];
    if (masked_ != 0) std::erase(matched, nowhere);
  }
  const auto found = delta_.find(bus);
  if (found == delta_.end()) return;
  std::vector<std::uint32_t>& more = scratch.beside();
  found->second.matcher.match(event, scratch, more);
  if (more.empty()) return;
  for (const std::uint32_t number : more) matched.push_back(found->second.rules[number]);
  std::sort(matched.begin(), matched.end());
}

bool RuleMatchers::is_due() const {
  return added_ > delta_due || masked_ > std::max(masked_due, base_->patterns / masked_share_due);
}

}  // namespace sagewatch
