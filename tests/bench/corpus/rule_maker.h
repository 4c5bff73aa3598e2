#pragma once
// Makes one rule after the other for a world, each of a class and about as often matching as asked.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/corpus/rule_draft.h"
#include "tests/bench/corpus/world.h"

namespace sagewatch::corpus {

enum class RuleClass : std::uint8_t {
  exact,
  prefix,
  suffix,
  ignore_case,
  anything_but,        // a list of strings
  anything_but_forms,  // prefix, suffix, ignore-case, wildcard
  numeric,             // between two bounds
  numeric_half,        // one bound
  wildcard,            // a star for the end, or for regions and accounts
  wildcard_middle,
  exists,
  either,  // $or
};

class RuleMaker {
 public:
  RuleMaker(const World& world, Set set, std::uint64_t seed);
  // A rule that a share of about `target` of all events match; it may miss where values do not come so rare.
  RuleDraft make(RuleClass rule_class, Share target);
  bool dotted() { return set_ == set_unseen && random_.per_mille(250); }
  SeededRandom& random() { return random_; }

 private:
  // The values of a facet, and in what part of them a text occurs.
  struct Values {
    std::vector<std::string> sorted;
    std::uint64_t equal(const std::string& text) const;
    std::uint64_t beginning(const std::string& head) const;
    std::uint64_t around(const std::string& head, const std::string& tail) const;  // longer than both together
  };
  const Values& values(const Facet& facet);
  std::string value(const Facet& facet) { return facet.text(random_.below(world_.groups[facet.group])); }

  RuleDraft begin(Share target, unsigned asks);
  std::uint32_t kinds_for(Share target, unsigned asks);
  bool has(std::uint32_t kinds, unsigned asks) const;
  bool usable(const RuleDraft& draft, const Facet& facet, unsigned asks) const;
  std::vector<const Facet*> choices(const RuleDraft& draft, unsigned asks, Share target);
  void add(RuleDraft& draft, const Facet& facet, std::string alternatives, std::uint64_t part);
  bool add_exact(RuleDraft& draft, const Facet& facet, Share target);
  void fill(RuleDraft& draft, Share target, std::size_t fields_max = 5);
  bool settles_kind(const RuleDraft& draft) const;
  void decorate(RuleDraft& draft);

  bool add_cut(RuleDraft& draft, Share target, unsigned ask);  // prefix or suffix
  bool add_ignore_case(RuleDraft& draft, Share target);
  bool add_anything_but(RuleDraft& draft);
  bool add_anything_but_form(RuleDraft& draft);
  bool add_numeric(RuleDraft& draft, Share target, bool one_bound);
  bool add_wildcard(RuleDraft& draft, Share target, bool middle);
  bool add_exists(RuleDraft& draft);
  void add_branches(RuleDraft& draft, Share target);

  const World& world_;
  Set set_;
  SeededRandom random_;
  std::vector<std::optional<Values>> values_;  // by facet
  std::vector<std::string> elsewhere_;         // paths of the other branches of a $or
};

}  // namespace sagewatch::corpus
