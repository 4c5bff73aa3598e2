// How patterns become the matcher's structures, in four passes:
//
//   1. paths get numbers; every key and every number that alternatives spell out is counted;
//   2. each path gets its classes (class_word.h);
//   3. each conjunction is written down as a program, and filed under the keys of its rarest test;
//   4. what hangs on one key becomes a block of candidates, each with the two most telling masks of its other tests.
#include "rules/compiled_rules.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "rules/key_table.h"

namespace sagewatch {
namespace {

struct Compiler {
  explicit Compiler(std::span<const Pattern> all) : patterns(all) {}

  struct Conjunction {
    std::uint32_t rule = 0;
    std::uint32_t program = 0;
    std::uint32_t tests_begin = 0;  // in tests
    std::uint32_t tests_end = 0;
  };
  struct Test {
    PathId path = no_path;
    ClassLayout::Mask mask;
    double share = 1;
  };
  struct Filed {
    KeyTable::Id key = 0;
    std::uint32_t conjunction = 0;
    std::uint16_t test = 0;  // of the conjunction
    bool decides = false;
  };
  static constexpr KeyTable::Id present = UINT32_MAX;  // filed under there being a value
  static constexpr KeyTable::Id always = UINT32_MAX - 1;

  CompiledRules compile();
  void count();
  void count_use(PathId path, std::span<const Alternative> alternatives);
  void lay_out_classes();
  void write(std::uint32_t rule, const Pattern& pattern, const PathId* ids);
  Test test(PathId path, std::span<const Alternative> alternatives, ValueTests::List list);
  void file(const Pattern& pattern, const std::vector<FieldTest>& conjunction, const PathId* ids);
  Candidate candidate(const Filed& filed) const;
  void build_blocks(CompiledRules& out);
  void plan_paths(CompiledRules& out);

  std::span<const Pattern> patterns;
  PathTrie trie;
  std::vector<PathId> path_ids;             // of all patterns' paths, one pattern behind the other
  std::vector<std::size_t> path_ids_begin;  // of a pattern
  KeyTable keys;
  struct OfPath {
    std::vector<double> numbers;
    bool spells_numbers = false;  // without a value
  };
  std::vector<OfPath> of_path;
  std::vector<ClassLayout> classes;
  ValueTests lists;
  CheckPrograms programs;
  std::unordered_map<std::uint64_t, Test> known_tests;  // by path and list
  std::vector<Test> tests;
  std::vector<Conjunction> conjunctions;
  std::vector<Filed> filed;
  std::vector<std::pair<std::uint32_t, CandidateBlocks::Block>> key_blocks;  // (key, block), ascending
  std::vector<CandidateBlocks::Block> present_blocks;                        // by path
};

bool has_absent(std::span<const Alternative> alternatives) {
  return std::any_of(alternatives.begin(), alternatives.end(),
                     [](const Alternative& a) { return std::holds_alternative<Absent>(a.test); });
}

// ----- 1: paths and counts -----

void Compiler::count() {
  std::vector<FieldTest> uses;
  for (const Pattern& pattern : patterns) {
    path_ids_begin.push_back(path_ids.size());
    for (const std::string& path : pattern.paths()) path_ids.push_back(trie.add(path));
    uses.clear();
    for (const auto& conjunction : pattern.conjunctions())
      uses.insert(uses.end(), conjunction.begin(), conjunction.end());
    const auto key = [](const FieldTest& use) { return std::uint64_t{use.path} << 32 | use.value; };
    std::sort(uses.begin(), uses.end(), [&](const FieldTest& a, const FieldTest& b) { return key(a) < key(b); });
    uses.erase(
        std::unique(uses.begin(), uses.end(), [&](const FieldTest& a, const FieldTest& b) { return key(a) == key(b); }),
        uses.end());
    of_path.resize(trie.path_count());
    for (const FieldTest& use : uses) {
      count_use(path_ids[path_ids_begin.back() + use.path], pattern.alternatives(use.value));
    }
  }
}

void Compiler::count_use(PathId path, std::span<const Alternative> alternatives) {
  OfPath& own = of_path[path];
  const auto add_number = [&](const ExactNumber& exact) {
    if (exact.value) own.numbers.push_back(*exact.value);
    own.spells_numbers = own.spells_numbers || !exact.value;
  };
  for (const Alternative& alternative : alternatives) {
    keys.count(path, alternative);
    if (const auto* exact = std::get_if<ExactNumber>(&alternative.test)) add_number(*exact);
    if (const auto* range = std::get_if<NumericRange>(&alternative.test)) {
      if (range->bottom) own.numbers.push_back(range->bottom->value);
      if (range->top) own.numbers.push_back(range->top->value);
    }
    if (const auto* but = std::get_if<AnythingBut>(&alternative.test)) {
      for (const Alternative& member : but->excluded) {
        if (const auto* exact = std::get_if<ExactNumber>(&member.test)) add_number(*exact);
      }
    }
  }
}

// ----- 2: classes -----

void Compiler::lay_out_classes() {
  for (PathId path = 0; path < trie.path_count(); ++path) {
    std::vector<double>& numbers = of_path[path].numbers;
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    classes.emplace_back(keys.texts(path), numbers);
  }
}

// ----- 3: programs, and where they are filed -----

void Compiler::write(std::uint32_t rule, const Pattern& pattern, const PathId* ids) {
  std::vector<CheckPrograms::Test> program;
  std::vector<std::optional<ValueTests::List>> written(pattern.value_count());
  for (const auto& conjunction : pattern.conjunctions()) {
    Conjunction result{rule, 0, static_cast<std::uint32_t>(tests.size()), 0};
    program.clear();
    for (const FieldTest& field : conjunction) {
      const auto alternatives = pattern.alternatives(field.value);
      if (!written[field.value]) written[field.value] = lists.add(alternatives);
      program.push_back({ids[field.path], has_absent(alternatives), *written[field.value]});
      tests.push_back(test(ids[field.path], alternatives, *written[field.value]));
    }
    result.tests_end = static_cast<std::uint32_t>(tests.size());
    result.program = programs.add(rule, program);
    file(pattern, conjunction, ids);
    conjunctions.push_back(result);
  }
}

Compiler::Test Compiler::test(PathId path, std::span<const Alternative> alternatives, ValueTests::List list) {
  const auto [known, is_new] = known_tests.try_emplace(std::uint64_t{path} << 32 | list);
  if (is_new) {
    Test& made = known->second;
    made.path = path;
    made.mask = classes[path].mask(alternatives,
                                   [&](std::string_view text) { return keys.keys()[keys.text(path, text)].ordinal; });
    made.share = classes[path].share(made.mask.bits);
  }
  return known->second;
}

void Compiler::file(const Pattern& pattern, const std::vector<FieldTest>& conjunction, const PathId* ids) {
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
    filed.push_back({always, number, 0, false});
  } else if (best_is_present) {
    filed.push_back({present, number, static_cast<std::uint16_t>(best_test), false});
  } else {
    for (const KeyTable::Choice& choice : best) {
      filed.push_back({choice.key, number, static_cast<std::uint16_t>(best_test), choice.decides});
    }
  }
}

// ----- 4: blocks -----

Candidate Compiler::candidate(const Filed& from) const {
  const Conjunction& conjunction = conjunctions[from.conjunction];
  Candidate result;
  result.rule = conjunction.rule;
  result.program = conjunction.program;
  const std::uint32_t count = conjunction.tests_end - conjunction.tests_begin;
  const Test* all = tests.data() + conjunction.tests_begin;
  std::uint32_t chosen[2] = {count, count};
  for (std::uint32_t i = 0; i < count; ++i) {
    if (from.decides && i == from.test) continue;
    if (chosen[0] == count || all[i].share < all[chosen[0]].share) {
      chosen[1] = chosen[0];
      chosen[0] = i;
    } else if (chosen[1] == count || all[i].share < all[chosen[1]].share) {
      chosen[1] = i;
    }
  }
  for (int i = 0; i < 2; ++i) {
    if (chosen[i] == count) continue;
    result.paths[i] = all[chosen[i]].path;
    result.masks[i] = all[chosen[i]].mask.bits;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool by_key = from.decides && i == from.test;
    const bool by_mask = (i == chosen[0] || i == chosen[1]) && all[i].mask.is_exact;
    if (!by_key && !by_mask) result.undecided |= 1U << std::min(i, 31U);
  }
  return result;
}

void Compiler::build_blocks(CompiledRules& out) {
  const auto where = [&](const Filed& f) {
    const Conjunction& conjunction = conjunctions[f.conjunction];
    const PathId path = f.key == present ? tests[conjunction.tests_begin + f.test].path : 0;
    return std::uint64_t{f.key} << 32 | path;
  };
  std::sort(filed.begin(), filed.end(), [&](const Filed& a, const Filed& b) { return where(a) < where(b); });
  present_blocks.resize(trie.path_count());
  std::vector<Candidate> candidates;
  for (std::size_t begin = 0; begin < filed.size();) {
    const std::uint64_t here = where(filed[begin]);
    candidates.clear();
    std::size_t end = begin;
    for (; end < filed.size() && where(filed[end]) == here; ++end) candidates.push_back(candidate(filed[end]));
    const CandidateBlocks::Block block = out.blocks.add(candidates);
    if (filed[begin].key == always) {
      out.always = block;
    } else if (filed[begin].key == present) {
      present_blocks[static_cast<PathId>(here)] = block;
    } else {
      key_blocks.emplace_back(filed[begin].key, block);
    }
    begin = end;
  }
}

// The index entries, and for each path what is looked up.
void Compiler::plan_paths(CompiledRules& out) {
  std::vector<CandidateBlocks::Block> block_of(keys.keys().size());
  for (const auto& [key, block] : key_blocks) block_of[key] = block;
  std::map<std::tuple<PathId, KeyKind, std::uint32_t>, std::vector<std::uint64_t>> looked_up;  // infix: filter
  out.plans.plans.resize(trie.path_count());
  for (KeyTable::Id id = 0; id < keys.keys().size(); ++id) {
    const KeyTable::Key& key = keys.keys()[id];
    PathPlan& plan = out.plans.plans[key.path];
    if (key.kind != KeyKind::text && block_of[id] == 0) continue;
    AccessIndex::Entry entry;
    entry.hash = key.hash;
    entry.path = key.path;
    entry.kind = key.kind;
    entry.block = block_of[id];
    if (key.kind == KeyKind::text) {
      entry.class_bit = static_cast<std::uint8_t>(std::countr_zero(classes[key.path].of_text(key.ordinal)));
      plan.has_texts = true;
    } else if (key.kind == KeyKind::number) {
      plan.has_number_keys = true;
    } else {
      const bool is_block = key.kind == KeyKind::block;
      const auto size =
          is_block ? static_cast<std::uint8_t>(key.bytes[0]) : static_cast<std::uint32_t>(key.bytes.size());
      auto& filter = looked_up[{key.path, key.kind, size}];
      if (key.kind == KeyKind::infix) {
        filter.resize(PathPlans::filter_words);
        std::string padded{key.bytes};
        padded.append(8, '\0');
        const std::uint32_t bit = PathPlans::filter_bit(head_word(padded.data(), key.bytes.size()));
        filter[bit / 64] |= std::uint64_t{1} << (bit % 64);
      }
    }
    out.index.add(entry, key.bytes);
  }
  auto lookup = looked_up.begin();
  for (PathId path = 0; path < trie.path_count(); ++path) {
    PathPlan& plan = out.plans.plans[path];
    plan.text_seed = key_seed(path, KeyKind::text);
    plan.number_seed = key_seed(path, KeyKind::number);
    plan.number_classes = classes[path].numbers();
    plan.reads_numbers = !of_path[path].numbers.empty() || of_path[path].spells_numbers;
    plan.numbers_begin = static_cast<std::uint32_t>(out.plans.numbers.size());
    out.plans.numbers.insert(out.plans.numbers.end(), of_path[path].numbers.begin(), of_path[path].numbers.end());
    plan.numbers_end = static_cast<std::uint32_t>(out.plans.numbers.size());
    plan.present = present_blocks[path];
    plan.lookups_begin = static_cast<std::uint32_t>(out.plans.lookups.size());
    for (; lookup != looked_up.end() && std::get<0>(lookup->first) == path; ++lookup) {
      const KeyKind kind = std::get<KeyKind>(lookup->first);
      out.plans.lookups.push_back({key_seed(path, kind), kind, std::get<2>(lookup->first),
                                   static_cast<std::uint32_t>(out.plans.filters.size())});
      out.plans.filters.insert(out.plans.filters.end(), lookup->second.begin(), lookup->second.end());
    }
    plan.lookups_end = static_cast<std::uint32_t>(out.plans.lookups.size());
  }
  out.plans.numbers.push_back(0);  // keys are read by whole words
}

CompiledRules Compiler::compile() {
  count();
  lay_out_classes();
  for (std::uint32_t i = 0; i < patterns.size(); ++i) write(i, patterns[i], path_ids.data() + path_ids_begin[i]);
  known_tests = {};
  std::size_t entries = 0;
  for (const KeyTable::Key& key : keys.keys()) entries += key.kind == KeyKind::text ? 1 : 0;
  CompiledRules out{.paths = EventPaths{trie},
                    .plans = {},
                    .index = AccessIndex{entries + filed.size()},
                    .blocks = CandidateBlocks{trie.path_count()},
                    .programs = {},
                    .lists = {},
                    .pattern_count = patterns.size()};
  build_blocks(out);
  plan_paths(out);
  out.programs = std::move(programs);
  out.lists = std::move(lists);
  out.index.freeze();
  out.blocks.freeze();
  out.programs.freeze();
  out.lists.freeze();
  return out;
}

}  // namespace

CompiledRules CompiledRules::from(std::span<const Pattern> patterns) {
  return Compiler{patterns}.compile();
}

std::size_t CompiledRules::bytes() const {
  return paths.bytes() + plans.bytes() + index.bytes() + blocks.bytes() + programs.bytes() + lists.bytes();
}

}  // namespace sagewatch
