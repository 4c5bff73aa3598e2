// How patterns become the matcher's structures, in four passes:
//
//   1. paths get numbers; every key and every number that alternatives spell out is counted;
//   2. each path gets its classes (class_word.h);
//   3. each conjunction is filed under the keys of its rarest test;
//   4. what hangs on one key is written down: its text, a block of candidates, each with the most telling masks of its
//      other tests, and the conjunctions.
#include "rules/compiled_rules.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <unordered_map>

#include "rules/key_table.h"

namespace sagewatch {
namespace {

struct Compiler {
  explicit Compiler(std::span<const Pattern> all) : patterns(all) {}

  struct Conjunction {
    std::uint32_t rule = 0;
    Conjunctions::Place place = 0;  // once it is written down
    std::uint32_t tests_begin = 0;  // in tests
    std::uint32_t tests_end = 0;
    Conjunctions::Filed filed;
  };
  using Test = Conjunctions::NewTest;
  struct Filed {
    KeyTable::Id key = 0;
    std::uint32_t conjunction = 0;
    std::uint16_t test = 0;  // of the conjunction
  };
  static constexpr KeyTable::Id present = UINT32_MAX;  // filed under there being a value
  static constexpr KeyTable::Id always = UINT32_MAX - 1;

  CompiledRules compile();
  void count();
  template <class Each>
  void each_alternative(Each each) const;  // each(path, alternative), once for each value list of a pattern's path
  void lay_out_classes();
  void take(std::uint32_t rule, const Pattern& pattern, const PathId* ids);
  Test test(PathId path, std::span<const Alternative> alternatives, ValueTests::List list);
  Conjunctions::Filed file(const Pattern& pattern, const std::vector<FieldTest>& conjunction, const PathId* ids);
  std::span<const Test> tests_of(const Conjunction& conjunction) const {
    return {tests.data() + conjunction.tests_begin, tests.data() + conjunction.tests_end};
  }
  void write(CompiledRules& out);
  CandidateBlocks::Block write_block(std::span<const Filed> hanging, CompiledRules& out);
  ClassTexts::Text text(KeyTable::Id id) const;
  void add_texts(CompiledRules& out);
  void plan_paths(CompiledRules& out);
  static std::uint32_t text_id(KeyTable::Id key) { return key + 1; }
  void add_lookup(PathPlans& plans, PathLookup lookup, const std::vector<KeyTable::Id>& of) const;

  std::span<const Pattern> patterns;
  PathTrie trie;
  std::vector<PathId> path_ids;             // of all patterns' paths, one pattern behind the other
  std::vector<std::size_t> path_ids_begin;  // of a pattern
  KeyTable keys;
  std::vector<ClassLayout> classes;
  ValueTests lists;
  std::unordered_map<std::uint64_t, Test> known_tests;  // by path and list
  std::vector<Test> tests;
  std::vector<Conjunction> conjunctions;
  std::vector<Filed> filed;
  std::vector<CandidateBlocks::Block> block_of;        // by key
  std::vector<FarTexts::Place> far_places;             // by key, of texts that are written down
  std::vector<CandidateBlocks::Block> present_blocks;  // by path
};

bool has_absent(std::span<const Alternative> alternatives) {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [](const Alternative& a) { return std::holds_alternative<Absent>(a.test); });
}

// ----- 1: paths and counts -----

template <class Each>
void Compiler::each_alternative(Each each) const {
  std::vector<FieldTest> uses;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    uses.clear();
    for (const auto& conjunction : patterns[i].conjunctions()) {
      uses.insert(uses.end(), conjunction.begin(), conjunction.end());
    }
    const auto key = [](const FieldTest& use) { return std::uint64_t{use.path} << 32 | use.value; };
    std::sort(uses.begin(), uses.end(), [&](const FieldTest& a, const FieldTest& b) { return key(a) < key(b); });
    const auto same = [&](const FieldTest& a, const FieldTest& b) { return key(a) == key(b); };
    uses.erase(std::unique(uses.begin(), uses.end(), same), uses.end());
    for (const FieldTest& use : uses) {
      for (const Alternative& alternative : patterns[i].alternatives(use.value)) {
        each(path_ids[path_ids_begin[i] + use.path], alternative);
      }
    }
  }
}

void Compiler::count() {
  for (const Pattern& pattern : patterns) {
    path_ids_begin.push_back(path_ids.size());
    for (const std::string& path : pattern.paths()) path_ids.push_back(trie.add(path));
  }
  each_alternative([&](PathId path, const Alternative& alternative) { keys.measure(path, alternative); });
  keys.settle();
  each_alternative([&](PathId path, const Alternative& alternative) { keys.count(path, alternative); });
}

// ----- 2: classes -----

void Compiler::lay_out_classes() {
  for (PathId path = 0; path < trie.path_count(); ++path) {
    classes.emplace_back(keys.texts(path), keys.numbers(path), keys.beginnings(path));
  }
}

// ----- 3: where conjunctions are filed -----

void Compiler::take(std::uint32_t rule, const Pattern& pattern, const PathId* ids) {
  std::map<std::pair<PathId, std::uint32_t>, ValueTests::List> written;
  for (const auto& conjunction : pattern.conjunctions()) {
    Conjunction result{rule, 0, static_cast<std::uint32_t>(tests.size()), 0, file(pattern, conjunction, ids)};
    for (const FieldTest& field : conjunction) {
      const auto alternatives = pattern.alternatives(field.value);
      const PathId path = ids[field.path];
      const auto [known, is_new] = written.try_emplace({path, field.value});
      if (is_new) {
        known->second = lists.add(alternatives, [&](std::string_view text) { return text_id(keys.text(path, text)); });
      }
      tests.push_back(test(path, alternatives, known->second));
    }
    result.tests_end = static_cast<std::uint32_t>(tests.size());
    conjunctions.push_back(result);
  }
}

Compiler::Test Compiler::test(PathId path, std::span<const Alternative> alternatives, ValueTests::List list) {
  const auto [known, is_new] = known_tests.try_emplace(std::uint64_t{path} << 32 | list);
  if (is_new) {
    Test& made = known->second;
    made.path = path;
    made.may_be_absent = has_absent(alternatives);
    made.list = list;
    const ClassLayout::Mask mask = classes[path].mask(
        alternatives, [&](std::string_view text) { return keys.keys()[keys.text(path, text)].ordinal; });
    made.mask = mask.bits;
    made.is_exact = mask.is_exact;
    made.share = classes[path].share(mask.bits);
  }
  return known->second;
}

Conjunctions::Filed Compiler::file(const Pattern& pattern, const std::vector<FieldTest>& conjunction,
                                   const PathId* ids) {
  const auto number = static_cast<std::uint32_t>(conjunctions.size());
  std::vector<KeyTable::Choice> best;
  std::size_t best_test = conjunction.size();
  double best_share = 2;
  bool best_is_present = false;
  for (std::size_t i = 0; i < conjunction.size(); ++i) {
    const auto alternatives = pattern.alternatives(conjunction[i].value);
    if (has_absent(alternatives)) continue;
    std::vector<KeyTable::Choice> choices;
    double share = 0;
    for (const Alternative& alternative : alternatives) {
      const auto choice = keys.choose(ids[conjunction[i].path], alternative);
      if (choice) choices.push_back(*choice);
      share += choice ? choice->share : 1;
    }
    const bool is_present = choices.size() != alternatives.size() || share > 1;
    if (is_present) share = 1;
    if (share >= best_share) continue;
    best = std::move(choices);
    best_test = i;
    best_share = share;
    best_is_present = is_present;
  }
  if (best_test == conjunction.size()) {
    filed.push_back({always, number, 0});
    return {};
  }
  if (best_is_present) {
    filed.push_back({present, number, static_cast<std::uint16_t>(best_test)});
    return {};
  }
  bool decides = true;
  for (const KeyTable::Choice& choice : best) {
    const KeyTable::Key& key = keys.keys()[choice.key];
    decides = decides && key.kind == KeyKind::text;
    filed.push_back({choice.key, number, static_cast<std::uint16_t>(best_test)});
    for (const KeyTable::Id key_too : choice.more) {
      filed.push_back({key_too, number, static_cast<std::uint16_t>(best_test)});
    }
  }
  return {static_cast<std::uint32_t>(best_test), decides};
}

// ----- 4: what hangs on a key -----

void Compiler::write(CompiledRules& out) {
  const auto where = [&](const Filed& f) {
    const Conjunction& conjunction = conjunctions[f.conjunction];
    const PathId path = f.key == present ? tests[conjunction.tests_begin + f.test].path : 0;
    return std::uint64_t{f.key} << 32 | path;
  };
  std::sort(filed.begin(), filed.end(), [&](const Filed& a, const Filed& b) { return where(a) < where(b); });
  std::vector<std::size_t> texts(trie.path_count());
  for (const KeyTable::Key& key : keys.keys()) texts[key.path] += key.kind == KeyKind::text ? 1 : 0;
  present_blocks.resize(trie.path_count());
  block_of.resize(keys.keys().size());
  far_places.resize(keys.keys().size());
  for (auto begin = filed.begin(); begin != filed.end();) {
    const std::uint64_t here = where(*begin);
    const auto end = std::find_if(begin, filed.end(), [&](const Filed& f) { return where(f) != here; });
    if (begin->key == always) {
      out.always = write_block({begin, end}, out);
    } else if (begin->key == present) {
      present_blocks[static_cast<PathId>(here)] = write_block({begin, end}, out);
    } else {
      const KeyTable::Id id = begin->key;
      const KeyTable::Key& key = keys.keys()[id];
      // A path of fewer texts keeps them near, if they are not too much alike; those are written later.
      const bool is_written = key.kind == KeyKind::text && texts[key.path] > ClassTexts::strings_max;
      if (is_written) far_places[id] = FarTexts::write(out.words, key.path, text(id));
      block_of[id] = write_block({begin, end}, out);
      if (is_written) FarTexts::set_block(out.words, far_places[id], block_of[id]);
    }
    begin = end;
  }
}

CandidateBlocks::Block Compiler::write_block(std::span<const Filed> hanging, CompiledRules& out) {
  const FarWords::Place room = CandidateBlocks::add_room(out.words, hanging.size());
  std::vector<Candidate> candidates;
  candidates.reserve(hanging.size());
  for (const Filed& f : hanging) {
    Conjunction& conjunction = conjunctions[f.conjunction];
    const std::span<const Test> of = tests_of(conjunction);
    // One that is filed under several keys stands behind the first.
    if (conjunction.place == 0) {
      conjunction.place = out.conjunctions.add(out.words, conjunction.rule, of, conjunction.filed, lists);
    }
    candidates.push_back({conjunction.place, of, conjunction.filed});
  }
  return out.blocks.fill(out.words, room, candidates);
}

ClassTexts::Text Compiler::text(KeyTable::Id id) const {
  const KeyTable::Key& key = keys.keys()[id];
  return {key.bytes, classes[key.path].of_text(key.ordinal), block_of[id], text_id(id)};
}

// Kinds whose keys are looked up by size.
bool is_sized(KeyKind kind) {
  return kind != KeyKind::spelling && kind != KeyKind::word && kind != KeyKind::address && kind != KeyKind::number;
}

void Compiler::add_lookup(PathPlans& plans, PathLookup lookup, const std::vector<KeyTable::Id>& of) const {
  constexpr std::size_t bits_a_key = 8;
  constexpr std::size_t most = 1 << 20;  // bits: more would no longer fit a near cache
  const std::size_t bits = std::clamp<std::size_t>(std::bit_ceil(bits_a_key * of.size()), 64, most);
  lookup.shift = static_cast<std::uint8_t>(64 - std::countr_zero(bits));
  lookup.filter = static_cast<std::uint32_t>(plans.filters.size());
  plans.filters.resize(plans.filters.size() + bits / 64, 0);
  plans.lookups.push_back(lookup);
  for (const KeyTable::Id id : of) {
    std::string padded{keys.keys()[id].bytes};
    const std::size_t size = padded.size();
    padded.append(8, '\0');
    const std::uint64_t head = lookup.kind == KeyKind::prefix ? 0 : head_word(padded.data(), size);
    const std::uint64_t bit = PathPlans::filter_bit(head, tail_word(padded.data(), size), lookup.shift);
    plans.filters[lookup.filter + bit / 64] |= std::uint64_t{1} << (bit % 64);
  }
}

// All texts, and an index with room for the other keys.
void Compiler::add_texts(CompiledRules& out) {
  std::vector<std::vector<KeyTable::Id>> of_path(trie.path_count());
  std::size_t others = 0;
  for (KeyTable::Id id = 0; id < keys.keys().size(); ++id) {
    const KeyTable::Key& key = keys.keys()[id];
    if (key.kind == KeyKind::text) of_path[key.path].push_back(id);
    others += key.kind != KeyKind::text && key.kind != KeyKind::range && block_of[id] != 0 ? 1 : 0;
  }
  out.index = AccessIndex{others};
  std::vector<std::pair<KeyTable::Id, ClassTexts::Text>> far;
  std::vector<ClassTexts::Text> texts;
  for (PathId path = 0; path < trie.path_count(); ++path) {
    PathPlan& plan = out.plans.plans[path];
    if (of_path[path].empty()) continue;
    texts.clear();
    for (const KeyTable::Id id : of_path[path]) {
      texts.push_back(text(id));
    }
    if (const auto table = out.near_texts.add(texts)) {
      plan.texts = PathPlan::Texts::near;
      plan.text_table = *table;
      continue;
    }
    plan.texts = PathPlan::Texts::far;
    plan.text_seed = key_seed(path, KeyKind::text);
    for (std::size_t i = 0; i < texts.size(); ++i) far.emplace_back(of_path[path][i], texts[i]);
  }
  out.far_texts = FarTexts{far.size()};
  for (const auto& [id, text] : far) {
    if (far_places[id] == 0) far_places[id] = FarTexts::write(out.words, keys.keys()[id].path, text);
    out.far_texts.add(keys.keys()[id].hash, far_places[id]);
  }
}

// The index entries, and for each path what is looked up.
void Compiler::plan_paths(CompiledRules& out) {
  std::map<std::tuple<PathId, KeyKind, char, std::uint32_t>, std::vector<KeyTable::Id>> looked_up;
  std::vector<std::vector<NumberPlaces::Node>> ranges(trie.path_count());
  for (KeyTable::Id id = 0; id < keys.keys().size(); ++id) {
    const KeyTable::Key& key = keys.keys()[id];
    if (key.kind == KeyKind::text || block_of[id] == 0) continue;
    if (key.kind == KeyKind::range) {
      ranges[key.path].push_back({range_level(key.bytes), range_node(key.bytes), block_of[id]});
      continue;
    }
    out.index.add(key.hash, block_of[id]);
    auto size = static_cast<std::uint32_t>(key.bytes.size());
    if (key.kind == KeyKind::block) size = static_cast<std::uint8_t>(key.bytes[0]);  // bits
    const char anchor = key.kind == KeyKind::infix && is_separator(key.bytes.front()) ? key.bytes.front() : '\0';
    looked_up[{key.path, key.kind, anchor, is_sized(key.kind) ? size : 0}].push_back(id);
  }
  auto lookup = looked_up.begin();
  for (PathId path = 0; path < trie.path_count(); ++path) {
    PathPlan& plan = out.plans.plans[path];
    plan.beginnings = classes[path].beginnings();
    plan.first_number_class = classes[path].numbers().of(0);
    plan.reads_numbers = !keys.numbers(path).empty() || keys.spells_numbers(path);
    plan.numbers =
        out.plans.numbers.add(classes[path].number_bounds(), plan.first_number_class, keys.cells(path), ranges[path]);
    plan.present = present_blocks[path];
    const auto next = [&] { return static_cast<std::uint32_t>(out.plans.lookups.size()); };
    const auto add_those = [&](auto are_wanted) {
      const std::uint32_t begin = next();
      for (; lookup != looked_up.end() && std::get<0>(lookup->first) == path; ++lookup) {
        const auto& [of, kind, anchor, size] = lookup->first;
        if (!are_wanted(kind)) break;
        add_lookup(out.plans, {key_seed(path, kind), size, 0, 0, kind, anchor}, lookup->second);
      }
      return begin;
    };
    const auto add_one = [&](KeyKind wanted, std::uint32_t& lookup_of) {
      const std::uint32_t only = add_those([&](KeyKind kind) { return kind == wanted; });
      if (only != next()) lookup_of = only;
    };
    add_one(KeyKind::number, plan.number_lookup);
    add_one(KeyKind::spelling, plan.spelling_lookup);
    add_one(KeyKind::word, plan.word_lookup);
    plan.infixes_begin = add_those([](KeyKind kind) { return kind == KeyKind::infix; });
    plan.infixes_end = next();
    plan.prefixes_begin = add_those([](KeyKind kind) { return kind == KeyKind::prefix; });
    plan.prefixes_end = next();
    plan.lookups_begin = add_those([](KeyKind) { return true; });
    plan.lookups_end = next();
    out.plans.blocks_most = std::max(out.plans.blocks_most, 1 + NumberPlaces::level_count(plan.numbers));
  }
}

CompiledRules Compiler::compile() {
  count();
  lay_out_classes();
  const PathId nowhere = std::min(trie.path_count(), Conjunctions::nowhere_max);
  CompiledRules out{.paths = EventPaths{trie},
                    .plans = {},
                    .near_texts = {},
                    .far_texts = FarTexts{0},
                    .index = AccessIndex{0},
                    .blocks = CandidateBlocks{nowhere},
                    .conjunctions = Conjunctions{nowhere},
                    .words = {},
                    .pattern_count = patterns.size()};
  for (std::uint32_t i = 0; i < patterns.size(); ++i) {
    take(i, patterns[i], path_ids.data() + path_ids_begin[i]);
  }
  known_tests = {};
  write(out);
  out.plans.plans.resize(trie.path_count());
  add_texts(out);
  plan_paths(out);
  out.index.freeze();
  out.near_texts.freeze();
  const std::uint32_t* const words = out.words.freeze();
  out.far_texts.freeze(words);
  out.blocks.freeze(words);
  out.conjunctions.freeze(words, std::move(lists));
  constexpr std::size_t near = 512 << 10;  // half of a second-level cache
  out.is_far = out.index.bytes() + out.far_texts.bytes() + out.words.bytes() + out.conjunctions.bytes() > near;
  return out;
}

}  // namespace

CompiledRules CompiledRules::from(std::span<const Pattern> patterns) {
  return Compiler{patterns}.compile();
}

std::size_t CompiledRules::bytes() const {
  return paths.bytes() + plans.bytes() + near_texts.bytes() + far_texts.bytes() + index.bytes() + words.bytes() +
         conjunctions.bytes();
}

}  // namespace sagewatch
