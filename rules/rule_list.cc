#include "rules/rule_list.h"

#include <string>
#include <utility>

#include "rules/rule_json.h"

namespace sagewatch {

SharedRule share_rule(Rule rule) {
  std::string json;
  json.reserve(512);
  append_rule_json(json, rule);
  const Hash128 hash = hash128(json);
  return std::make_shared<const HashedRule>(HashedRule{std::move(rule), hash});
}

bool is_before(const Rule& a, const Rule& b) {
  const int buses = a.bus.compare(b.bus);
  return buses != 0 ? buses < 0 : a.name < b.name;
}

}  // namespace sagewatch
