// A rule set is a list of rules sorted by (bus, name), the sum of their hashes, and what was compiled of their
// patterns.
#include "rules/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "rules/rule_matchers.h"

namespace sagewatch {
namespace {

// A sum does not depend on the order, and one rule less is a subtraction.
struct HashSum {
  Hash128 sum;

  void add(const Hash128& hash) {
    sum.low += hash.low;
    sum.high += hash.high + (sum.low < hash.low ? 1 : 0);
  }
  void subtract(const Hash128& hash) {
    sum.high -= hash.high + (sum.low < hash.low ? 1 : 0);
    sum.low -= hash.low;
  }
  std::string identity(std::size_t rules) const {
    return hash_hex(fmt::format("{} rules {:016x}{:016x}", rules, sum.high, sum.low));
  }
};

std::string label(const Rule& rule) {
  return fmt::format("{}: rule \"{}\"", rule.origin.empty() ? "rules" : rule.origin, rule.name);
}

// By (bus, name); of two that claim one name the first stays first.
void sort_by_name(std::vector<Rule>& rules) {
  if (std::is_sorted(rules.begin(), rules.end(), is_before)) return;
  std::vector<std::size_t> order(rules.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return is_before(rules[a], rules[b]) || (!is_before(rules[b], rules[a]) && a < b);
  });
  std::vector<Rule> result;
  result.reserve(rules.size());
  for (const std::size_t index : order) result.push_back(std::move(rules[index]));
  rules = std::move(result);
}

void check_links(const Rule& rule, std::vector<Error>& errors) {
  for (std::size_t i = 0; i < rule.targets.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (rule.targets[i].id != rule.targets[j].id) continue;
      errors.push_back(
          {fmt::format("{}: two targets have the Id \"{}\"; give each its own", label(rule), rule.targets[i].id)});
      return;
    }
  }
}

void check_names(const std::vector<Rule>& rules, std::vector<Error>& errors) {
  for (std::size_t i = 1; i < rules.size(); ++i) {
    const Rule& first = rules[i - 1];
    const Rule& second = rules[i];
    if (first.bus != second.bus || first.name != second.name) continue;
    errors.push_back({fmt::format("{} is defined twice on event bus \"{}\": the other one is at {}; rename one of them",
                                  label(second), second.bus, first.origin.empty() ? "rules" : first.origin)});
  }
}

// Rules that come into a set, one after the other in the order of the names.
struct Arrivals {
  std::vector<const HashedRule*> rules;
  std::vector<SharedRule> fresh;  // those among them that no set had before
  ParsedPatterns parsed;
  HashSum sum;
  std::vector<Error> errors;

  void keep(const HashedRule* rule) {
    rules.push_back(rule);
    sum.add(rule->hash);
  }
  void add(Rule rule) {
    check_links(rule, errors);
    auto pattern = Pattern::parse(rule.pattern);
    if (!pattern) {
      errors.push_back({fmt::format("{}: {}", label(rule), pattern.error().text())});
      return;
    }
    parsed.emplace_back(static_cast<std::uint32_t>(rules.size()), std::move(*pattern));
    fresh.push_back(share_rule(std::move(rule)));
    keep(fresh.back().get());
  }
};

}  // namespace

struct RuleSet::Parts {
  RuleList rules;
  HashSum sum;
  std::string hash;
  RuleMatchers matchers;

  static std::unique_ptr<Parts> of(RuleList list, HashSum sum, ParsedPatterns parsed, const RuleMatchers* previous) {
    std::string hash = sum.identity(list.size());
    RuleMatchers matchers = previous ? RuleMatchers::compile_beside(*previous, list, std::move(parsed))
                                     : RuleMatchers::compile(list, std::move(parsed));
    return std::make_unique<Parts>(Parts{std::move(list), sum, std::move(hash), std::move(matchers)});
  }
  static Built of(Arrivals arrivals, const RuleSet* former) {
    if (!arrivals.errors.empty()) return tl::unexpected{std::move(arrivals.errors)};
    RuleList list{std::move(arrivals.rules), std::move(arrivals.fresh), former ? &former->rules() : nullptr};
    return std::shared_ptr<const RuleSet>{new RuleSet{
        of(std::move(list), arrivals.sum, std::move(arrivals.parsed), former ? &former->parts_->matchers : nullptr)}};
  }
};

RuleSet::RuleSet(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
RuleSet::~RuleSet() = default;

RuleSet::Built RuleSet::build(std::vector<Rule> rules, const RuleSet* previous) {
  sort_by_name(rules);
  Arrivals arrivals;
  check_names(rules, arrivals.errors);
  arrivals.rules.reserve(rules.size());
  const std::vector<const HashedRule*> none;
  const std::vector<const HashedRule*>& known = previous ? previous->rules().shared() : none;
  auto at = known.begin();
  for (Rule& rule : rules) {
    while (at != known.end() && is_before((*at)->rule, rule)) ++at;
    if (at != known.end() && (*at)->rule == rule) {
      arrivals.keep(*at);
    } else {
      arrivals.add(std::move(rule));
    }
  }
  return Parts::of(std::move(arrivals), previous);
}

RuleSet::Built RuleSet::with(RuleChanges changes) const {
  sort_by_name(changes.put);
  std::vector<Rule> gone(changes.removed.size());
  std::transform(changes.removed.begin(), changes.removed.end(), gone.begin(), [](RuleName& name) {
    Rule rule;
    rule.bus = std::move(name.bus);
    rule.name = std::move(name.name);
    return rule;
  });
  sort_by_name(gone);
  Arrivals arrivals;
  check_names(changes.put, arrivals.errors);

  const std::vector<const HashedRule*>& all = rules().shared();
  arrivals.rules.reserve(all.size() + changes.put.size());
  arrivals.sum = parts_->sum;
  const auto position = [&](auto from, const Rule& rule) {
    return std::lower_bound(from, all.end(), rule,
                            [](const HashedRule* a, const Rule& b) { return is_before(a->rule, b); });
  };
  auto at = all.begin();
  // Keeps what stands before the rule of this name, which is passed over; null: there is none.
  const auto pass = [&](const Rule& rule) -> const HashedRule* {
    const auto next = position(at, rule);
    arrivals.rules.insert(arrivals.rules.end(), at, next);
    at = next;
    if (at == all.end() || is_before(rule, (*at)->rule)) return nullptr;
    arrivals.sum.subtract((*at)->hash);
    return *at++;
  };
  auto put = changes.put.begin();
  for (auto remove = gone.begin(); put != changes.put.end() || remove != gone.end();) {
    if (put == changes.put.end() || (remove != gone.end() && is_before(*remove, *put))) {
      (void)pass(*remove++);
      continue;
    }
    const HashedRule* former = pass(*put);
    if (former != nullptr && former->rule == *put) {
      arrivals.keep(former);
      ++put;
    } else {
      arrivals.add(std::move(*put++));
    }
  }
  arrivals.rules.insert(arrivals.rules.end(), at, all.end());
  return Parts::of(std::move(arrivals), this);
}

std::shared_ptr<const RuleSet> RuleSet::merged() const {
  return std::shared_ptr<const RuleSet>{
      new RuleSet{Parts::of(RuleList::owning(rules().shared()), parts_->sum, {}, nullptr)}};
}

std::shared_ptr<const RuleSet> RuleSet::beside(const RuleSet& other) const {
  return std::shared_ptr<const RuleSet>{new RuleSet{Parts::of(rules(), parts_->sum, {}, &other.parts_->matchers)}};
}

bool RuleSet::is_beside(const RuleSet& other) const {
  return parts_->matchers.has_base_of(other.parts_->matchers);
}

const std::string& RuleSet::hash() const {
  return parts_->hash;
}
const RuleList& RuleSet::rules() const {
  return parts_->rules;
}
bool RuleSet::wants_merge() const {
  return parts_->matchers.is_due();
}

std::optional<RuleChanges> RuleSet::changes_since(const RuleSet& base, std::size_t most) const {
  RuleChanges changes;
  bool too_many = false;
  compare_lists(base.rules(), rules(), [&](std::uint32_t before, std::uint32_t after) {
    const bool is_same = before != none_of_list && after != none_of_list &&
                         is_same_rule(*base.rules().shared()[before], *rules().shared()[after]);
    if (is_same || too_many) return;
    too_many = changes.size() == most;
    if (too_many) return;
    if (after == none_of_list) {
      changes.removed.push_back({base.rules()[before].bus, base.rules()[before].name});
    } else {
      changes.put.push_back(rules()[after]);
    }
  });
  if (too_many) return std::nullopt;
  return changes;
}

void RuleSet::match(std::string_view bus, ValidJson event, MatchScratch& scratch,
                    std::vector<std::uint32_t>& matched) const {
  parts_->matchers.match(bus, event, scratch, matched);
}

}  // namespace sagewatch
