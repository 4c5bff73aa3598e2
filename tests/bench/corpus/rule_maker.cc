#include "tests/bench/corpus/rule_maker.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace sagewatch::corpus {
namespace {

// Where people cut a name: behind a separator, and anywhere in a short one.
std::vector<std::size_t> cuts(std::string_view text) {
  std::vector<std::size_t> found;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool separator = std::string_view{"-/:T._ "}.find(text[i - 1]) != std::string_view::npos;
    if (separator || text.size() <= 8) found.push_back(i);
  }
  return found;
}

std::string swapped_case(std::string text) {
  for (char& c : text) {
    const auto letter = static_cast<unsigned char>(c);
    c = static_cast<char>(std::isupper(letter) != 0 ? std::tolower(letter) : std::toupper(letter));
  }
  return text;
}

Share at_least(Share target) {
  return target * 6 / 10;
}

}  // namespace

RuleMaker::RuleMaker(const World& world, Set set, std::uint64_t seed)
    : world_(world), set_(set), random_(seed), values_(world.facets.size()) {}

std::uint64_t RuleMaker::Values::equal(const std::string& text) const {
  const auto [begin, end] = std::equal_range(sorted.begin(), sorted.end(), text);
  return static_cast<std::uint64_t>(end - begin);
}

std::uint64_t RuleMaker::Values::beginning(const std::string& head) const {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), head);
  const auto end =
      std::partition_point(begin, sorted.end(), [&](const std::string& text) { return text.starts_with(head); });
  return static_cast<std::uint64_t>(end - begin);
}

std::uint64_t RuleMaker::Values::around(const std::string& head, const std::string& tail) const {
  const auto begin = std::lower_bound(sorted.begin(), sorted.end(), head);
  const auto end =
      std::partition_point(begin, sorted.end(), [&](const std::string& text) { return text.starts_with(head); });
  return static_cast<std::uint64_t>(std::count_if(begin, end, [&](const std::string& text) {
    return text.size() >= head.size() + tail.size() && text.ends_with(tail);
  }));
}

const RuleMaker::Values& RuleMaker::values(const Facet& facet) {
  auto& known = values_[static_cast<std::size_t>(&facet - world_.facets.data())];
  if (!known) {
    known.emplace();
    for (std::uint32_t i = 0; i < world_.groups[facet.group]; ++i) known->sorted.push_back(facet.text(i));
    std::sort(known->sorted.begin(), known->sorted.end());
  }
  return *known;
}

bool RuleMaker::has(std::uint32_t kinds, unsigned asks) const {
  RuleDraft draft;
  draft.kinds = kinds;
  return std::any_of(world_.facets.begin(), world_.facets.end(),
                     [&](const Facet& facet) { return usable(draft, facet, asks); });
}

std::uint32_t RuleMaker::kinds_for(Share target, unsigned asks) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> options;  // weight, kinds
  if (target >= whole / 50 && has(world_.all_kinds(), asks)) options.emplace_back(500, world_.all_kinds());
  std::uint32_t most = 0;
  std::uint32_t largest = world_.all_kinds();
  for (std::size_t kind = 0; kind < world_.shares.size(); ++kind) {
    const std::uint32_t share = world_.shares[kind];
    if (!has(1U << kind, asks)) continue;
    if (whole / 1'000 * share >= at_least(target)) options.emplace_back(share, 1U << kind);
    if (share > most) most = share, largest = 1U << kind;
  }
  std::uint32_t sum = 0;
  for (const auto& [weight, kinds] : options) sum += weight;
  if (sum == 0) return largest;
  std::uint32_t left = random_.below(sum);
  std::size_t chosen = 0;
  while (left >= options[chosen].first) left -= options[chosen++].first;
  return options[chosen].second;
}

RuleDraft RuleMaker::begin(Share target, unsigned asks) {
  RuleDraft draft;
  draft.kinds = kinds_for(target, asks);
  if (draft.kinds == world_.all_kinds()) return draft;
  for (std::size_t kind = 0; kind < world_.shares.size(); ++kind) {
    if (draft.kinds == 1U << kind) draft.narrow(world_.shares[kind], 1'000);
  }
  draft.groups = 1;  // the kind is settled
  return draft;
}

bool RuleMaker::usable(const RuleDraft& draft, const Facet& facet, unsigned asks) const {
  const auto is_elsewhere = [&](const std::string& path) {
    return std::find(elsewhere_.begin(), elsewhere_.end(), path) != elsewhere_.end();
  };
  return (facet.sets & set_) != 0 && (facet.asks & asks) != 0 && (facet.kinds & draft.kinds) == draft.kinds &&
         (draft.groups >> facet.group & 1) == 0 && !draft.asks(facet.path) && !is_elsewhere(facet.path) &&
         (facet.pair_path.empty() || (!draft.asks(facet.pair_path) && !is_elsewhere(facet.pair_path)));
}

// In random order; names first if only they are rare enough.
std::vector<const Facet*> RuleMaker::choices(const RuleDraft& draft, unsigned asks, Share target) {
  std::vector<const Facet*> found;
  for (const Facet& facet : world_.facets) {
    // Two fields bound to one element of an array are rarer in rules than fields are in events.
    if (!facet.pair_path.empty() && set_ == set_mixed && !random_.per_mille(40)) continue;
    if (usable(draft, facet, asks)) found.push_back(&facet);
  }
  random_.shuffle(found);
  if (target >= draft.share / 100 || !random_.per_mille(900)) return found;
  std::vector<const Facet*> names;
  std::copy_if(found.begin(), found.end(), std::back_inserter(names),
               [&](const Facet* facet) { return facet->group == world_.identity; });
  std::erase_if(found, [&](const Facet* facet) { return facet->group == world_.identity; });
  found.insert(found.begin(), names.begin(), names.end());
  return found;
}

void RuleMaker::add(RuleDraft& draft, const Facet& facet, std::string alternatives, std::uint64_t part) {
  if (!facet.pair_path.empty()) draft.fields.push_back({facet.pair_path, "[" + quoted(facet.pair_text) + "]"});
  draft.fields.push_back({facet.path, std::move(alternatives)});
  draft.groups |= std::uint64_t{1} << facet.group;
  draft.narrow(std::min<std::uint64_t>(part, world_.groups[facet.group]), world_.groups[facet.group]);
}

bool RuleMaker::add_exact(RuleDraft& draft, const Facet& facet, Share target) {
  const Values& known = values(facet);
  const std::uint64_t of = world_.groups[facet.group];
  const std::uint32_t drawn = random_.below(of);
  std::vector<std::string> list{facet.text(drawn)};
  std::uint64_t part = known.equal(list[0]) * facet.shown;
  while (draft.share * part / of < at_least(target) && list.size() < 5) {
    std::string more = value(facet);
    if (std::find(list.begin(), list.end(), more) != list.end()) continue;
    part += known.equal(more) * facet.shown;
    list.push_back(std::move(more));
    if (part >= of) return false;
  }
  if (part >= of || draft.share * part / of < at_least(target)) return false;
  std::string alternatives;
  for (const std::string& text : list) alternatives += (alternatives.empty() ? "[" : ",") + quoted(text);
  if (facet.group == world_.identity && list.size() == 1 && known.equal(list[0]) == 1)
    draft.named = true, draft.identity = drawn;
  add(draft, facet, alternatives + "]", part);
  return true;
}

void RuleMaker::fill(RuleDraft& draft, Share target, std::size_t fields_max) {
  for (const Facet* facet : choices(draft, ask_exact, target)) {
    if (draft.share <= target * 16 / 10 || draft.fields.size() >= fields_max) return;
    if (usable(draft, *facet, ask_exact)) add_exact(draft, *facet, target);
  }
}

// Whether some field is one that only events of the draft's kinds have.
bool RuleMaker::settles_kind(const RuleDraft& draft) const {
  if (draft.kinds == world_.all_kinds()) return true;
  return std::any_of(draft.fields.begin(), draft.fields.end(), [&](const RuleField& field) {
    const auto here = [&](const Facet& facet) { return facet.path == field.path; };
    const auto elsewhere = [&](const Facet& facet) { return here(facet) && facet.kinds != draft.kinds; };
    return std::any_of(world_.facets.begin(), world_.facets.end(), here) &&
           std::none_of(world_.facets.begin(), world_.facets.end(), elsewhere);
  });
}

// What narrows nothing, as people write it to be safe or clear.
void RuleMaker::decorate(RuleDraft& draft) {
  const bool plain = set_ == set_mixed;
  const bool settled = settles_kind(draft);
  for (const Decoration& decoration : world_.decorations) {
    if ((decoration.kinds & draft.kinds) != draft.kinds || draft.asks(decoration.path)) continue;
    const bool needed = !settled && decoration.kinds == draft.kinds;
    if (random_.per_mille(plain ? 500 : 300) || needed)
      draft.fields.push_back({decoration.path, "[" + quoted(decoration.text) + "]"});
  }
  if (!draft.named) return;
  RuleDraft free = draft;
  free.groups = 1;
  for (const Facet* facet : choices(free, ask_exact, whole)) {
    if (facet->group == world_.identity && facet->pair_path.empty() && !draft.asks(facet->path) &&
        random_.per_mille(plain ? 120 : 400))
      draft.fields.push_back({facet->path, "[" + quoted(facet->text(draft.identity)) + "]"});
  }
}

bool RuleMaker::add_cut(RuleDraft& draft, Share target, unsigned ask) {
  for (const Facet* facet : choices(draft, ask, target)) {
    const std::string text = value(*facet);
    std::vector<std::pair<std::string, std::uint64_t>> fitting;
    for (const std::size_t cut : cuts(text)) {
      const std::string piece = ask == ask_prefix ? text.substr(0, cut) : text.substr(cut);
      const std::uint64_t part = ask == ask_prefix ? values(*facet).beginning(piece) : values(*facet).around("", piece);
      const std::uint64_t of = world_.groups[facet->group];
      if (part < of && draft.share * part / of >= at_least(target)) fitting.emplace_back(piece, part);
    }
    if (fitting.empty()) continue;
    const auto& [piece, part] = random_.pick(fitting);
    add(draft, *facet, std::string{"[{\""} + (ask == ask_prefix ? "prefix" : "suffix") + "\":" + quoted(piece) + "}]",
        part);
    return true;
  }
  return false;
}

bool RuleMaker::add_ignore_case(RuleDraft& draft, Share target) {
  for (const Facet* facet : choices(draft, ask_exact, target)) {
    const std::string text = value(*facet);
    const std::uint64_t part = values(*facet).equal(text);
    const std::uint64_t of = world_.groups[facet->group];
    if (facet->shown > 1 || part == of || draft.share * part / of < at_least(target)) continue;
    add(draft, *facet, "[{\"equals-ignore-case\":" + quoted(swapped_case(text)) + "}]", part);
    return true;
  }
  return false;
}

bool RuleMaker::add_anything_but(RuleDraft& draft) {
  for (const Facet* facet : choices(draft, ask_exact, whole)) {
    std::vector<std::string> list;
    std::uint64_t excluded = 0;
    for (std::size_t wanted = 1 + random_.below(3); wanted > 0; --wanted) {
      std::string text = value(*facet);
      if (std::find(list.begin(), list.end(), text) != list.end()) continue;
      excluded += values(*facet).equal(text);
      list.push_back(std::move(text));
    }
    const std::uint64_t of = world_.groups[facet->group];
    if (facet->shown > 1 || excluded * 2 > of) continue;
    std::string alternatives;
    for (const std::string& text : list) alternatives += (alternatives.empty() ? "" : ",") + quoted(text);
    if (list.size() > 1) {
      alternatives.insert(alternatives.begin(), '[');
      alternatives.push_back(']');
    }
    add(draft, *facet, "[{\"anything-but\":" + alternatives + "}]", of - excluded);
    return true;
  }
  return false;
}

bool RuleMaker::add_anything_but_form(RuleDraft& draft) {
  for (const Facet* facet : choices(draft, ask_prefix | ask_suffix, whole)) {
    const std::string text = value(*facet);
    const std::vector<std::size_t> at = cuts(text);
    if (at.empty() || facet->shown > 1) continue;
    const std::size_t cut = at[random_.below(at.size())];
    std::string form;
    std::uint64_t excluded = 0;
    switch (random_.below(4)) {
      case 0:
        form = "\"prefix\":" + quoted(text.substr(0, cut));
        excluded = values(*facet).beginning(text.substr(0, cut));
        break;
      case 1:
        form = "\"suffix\":" + quoted(text.substr(cut));
        excluded = values(*facet).around("", text.substr(cut));
        break;
      case 2:
        form = "\"equals-ignore-case\":[" + quoted(swapped_case(text)) + "]";
        excluded = values(*facet).equal(text);
        break;
      default:
        form = "\"wildcard\":" + quoted(text.substr(0, cut) + "*" + text.substr(text.size() - 1));
        excluded = values(*facet).around(text.substr(0, cut), text.substr(text.size() - 1));
    }
    const std::uint64_t of = world_.groups[facet->group];
    if (excluded * 2 > of) continue;
    add(draft, *facet, "[{\"anything-but\":{" + form + "}}]", of - excluded);
    return true;
  }
  return false;
}

bool RuleMaker::add_numeric(RuleDraft& draft, Share target, bool one_bound) {
  const auto found = choices(draft, ask_number, whole);
  if (found.empty()) return false;
  const Facet& facet = *found[0];
  const std::uint64_t of = world_.groups[facet.group];
  const std::uint64_t groups = draft.groups;
  draft.groups |= std::uint64_t{1} << facet.group;  // not a second time by fill()
  fill(draft, std::min(whole, target * (one_bound ? 2 : 2 + random_.below(200))), 4);
  draft.groups = groups | (draft.groups & ~(std::uint64_t{1} << facet.group));
  std::uint64_t width = std::clamp<std::uint64_t>(of * target / std::max<Share>(draft.share, 1), 1, of - 2);
  if (width >= facet.shown) width = std::max<std::uint64_t>(1, width - facet.shown + 1);
  const std::uint32_t low = random_.below(of - 1 - width);
  const auto bound = [&](std::uint64_t at) { return facet.text(static_cast<std::uint32_t>(at)); };
  // Never across zero: negative numbers are bounded above, others below.
  if (one_bound || width > of / 2) {
    const bool negative = bound(0)[0] == '-';
    add(draft, facet,
        negative ? "[{\"numeric\":[\"<=\"," + bound(width) + "]}]"
                 : "[{\"numeric\":[\">=\"," + bound(of - 1 - width) + "]}]",
        width + facet.shown);
    return true;
  }
  add(draft, facet, "[{\"numeric\":[\">=\"," + bound(low) + ",\"<\"," + bound(low + width) + "]}]",
      width + facet.shown - 1);
  return true;
}

bool RuleMaker::add_wildcard(RuleDraft& draft, Share target, bool middle) {
  for (const Facet* facet : choices(draft, ask_wildcard, target)) {
    const std::uint64_t of = world_.groups[facet->group];
    const bool has_head = !facet->wildcard_head.empty();
    const std::string text = has_head ? facet->name(random_.below(of)) : value(*facet);
    // The same group's names, by which an ARN's part is counted.
    const auto names = std::find_if(world_.facets.begin(), world_.facets.end(), [&](const Facet& other) {
      return other.group == facet->group && other.wildcard_head.empty() && (other.asks & ask_wildcard) != 0;
    });
    const Values& counted = values(has_head ? *names : *facet);
    std::vector<std::pair<std::string, std::uint64_t>> fitting;
    const std::vector<std::size_t> at = cuts(text);
    for (std::size_t i = 0; i < at.size(); ++i) {
      const std::string head = text.substr(0, at[i]);
      const std::size_t end = at.back() == at[i] ? text.size() - 1 : at[i + random_.below(at.size() - i - 1) + 1];
      const std::string tail = middle ? text.substr(end) : "";
      const std::uint64_t part = counted.around(head, tail);
      if (part < of && draft.share * part / of >= at_least(target))
        fitting.emplace_back(std::string{facet->wildcard_head}.append(head).append("*").append(tail), part);
    }
    if (fitting.empty()) continue;
    const auto& [pattern, part] = random_.pick(fitting);
    add(draft, *facet, "[{\"wildcard\":" + quoted(pattern) + "}]", part);
    return true;
  }
  return false;
}

bool RuleMaker::add_exists(RuleDraft& draft) {
  if (random_.per_mille(400)) {
    draft.fields.push_back({random_.pick(world_.absent), "[{\"exists\":false}]"});
    return true;
  }
  const auto found = choices(draft, ~0U, whole);
  if (found.empty()) return false;
  draft.fields.push_back({found[0]->path, "[{\"exists\":true}]"});
  return true;
}

// Two branches that share no path.
void RuleMaker::add_branches(RuleDraft& draft, Share target) {
  Share sum = 0;
  for (int i = 0; i < 2; ++i) {
    RuleDraft branch;
    branch.kinds = draft.kinds;
    branch.share = draft.share;
    branch.groups = draft.groups;
    fill(branch, std::max<Share>(1, target / 2), 3);
    for (const RuleField& field : branch.fields) elsewhere_.push_back(field.path);
    sum += branch.share;
    draft.branches.push_back(std::move(branch));
  }
  draft.share = std::min(sum, draft.share);
}

RuleDraft RuleMaker::make(RuleClass rule_class, Share target) {
  constexpr unsigned needed[] = {ask_exact,  ask_prefix, ask_suffix,   ask_exact,    ask_exact, ask_prefix | ask_suffix,
                                 ask_number, ask_number, ask_wildcard, ask_wildcard, ask_exact, ask_exact};
  elsewhere_.clear();
  RuleDraft draft = begin(target, needed[static_cast<std::size_t>(rule_class)]);
  switch (rule_class) {
    case RuleClass::exact:
      break;
    case RuleClass::prefix:
      add_cut(draft, target, ask_prefix);
      break;
    case RuleClass::suffix:
      add_cut(draft, target, ask_suffix);
      break;
    case RuleClass::ignore_case:
      add_ignore_case(draft, target);
      break;
    case RuleClass::anything_but:
      add_anything_but(draft);
      break;
    case RuleClass::anything_but_forms:
      add_anything_but_form(draft);
      break;
    case RuleClass::numeric:
      add_numeric(draft, target, false);
      break;
    case RuleClass::numeric_half:
      add_numeric(draft, target, true);
      break;
    case RuleClass::wildcard:
      add_wildcard(draft, target, false);
      break;
    case RuleClass::wildcard_middle:
      add_wildcard(draft, target, true);
      break;
    case RuleClass::exists:
      add_exists(draft);
      break;
    case RuleClass::either:
      add_branches(draft, target);
      break;
  }
  if (rule_class != RuleClass::either) fill(draft, target, set_ == set_mixed ? 5 : 8);
  decorate(draft);
  return draft;
}

}  // namespace sagewatch::corpus
