#include "rules/rule_list.h"

#include <iterator>
#include <string>
#include <utility>

#include "rules/rule_json.h"

namespace sagewatch {
namespace {

constexpr std::size_t later_max = 1'024;  // owners that a list has to itself; copied with it

}  // namespace

SharedRule share_rule(Rule rule) {
  std::string json;
  json.reserve(512);
  append_rule_json(json, rule);
  const Hash128 hash = hash128(json);
  return std::make_shared<const HashedRule>(std::move(rule), hash);
}

bool is_before(const Rule& a, const Rule& b) {
  const int buses = a.bus.compare(b.bus);
  return buses != 0 ? buses < 0 : a.name < b.name;
}

RuleList::RuleList(std::vector<const HashedRule*> sorted, std::vector<SharedRule> fresh, const RuleList* former)
    : rules_(std::move(sorted)) {
  if (former != nullptr) {
    owners_ = former->owners_;
    later_ = former->later_;
  }
  later_.insert(later_.end(), std::make_move_iterator(fresh.begin()), std::make_move_iterator(fresh.end()));
  const std::size_t owned = (owners_ ? owners_->size() : 0) + later_.size();
  if (later_.size() > later_max || owned > 2 * rules_.size() + later_max) *this = owning(std::move(rules_));
}

RuleList RuleList::owning(std::vector<const HashedRule*> sorted) {
  std::vector<SharedRule> owners;
  owners.reserve(sorted.size());
  for (const HashedRule* rule : sorted) owners.push_back(rule->shared_from_this());
  RuleList list;
  list.rules_ = std::move(sorted);
  list.owners_ = std::make_shared<const std::vector<SharedRule>>(std::move(owners));
  return list;
}

}  // namespace sagewatch
