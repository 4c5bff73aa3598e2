#pragma once
// What a matcher does with the values of one layout (event_value.h). Made from the plans of paths (path_plans.h), kept
// beside the shape of events, and used for all events of that shape.
//
// Work is sorted by its kind, so that each kind is one loop in which there is nothing to foresee. Values that are
// always the same (where an event comes from, what it is called, the keys of its tags) are no work at all: what they
// come to is known. That they are what they were is made sure of with each event; one that was not once is work from
// then on.
#include <cstdint>
#include <span>
#include <vector>

#include "rules/candidate_blocks.h"
#include "rules/class_texts.h"
#include "rules/class_word.h"
#include "rules/differing.h"
#include "rules/event_value.h"
#include "rules/path_trie.h"

namespace sagewatch {

struct LayoutPlan {
  struct ByPath {
    std::uint32_t value = 0;  // its index
    PathId path = no_path;
  };
  struct ByTable {
    std::uint32_t value = 0;
    PathId path = no_path;
    ClassTexts::Table table;
  };
  struct ByHash {
    std::uint32_t value = 0;
    PathId path = no_path;
    std::uint64_t seed = 0;  // of its hash
  };
  struct ByLookup {
    std::uint32_t value = 0;
    std::uint32_t lookup = 0;  // in PathPlans::lookups
  };
  struct ByPrefix {
    std::uint32_t value = 0;
    std::uint32_t lookup = 0;  // there, and some of what stands there
    std::uint32_t size = 0;
    std::uint32_t filter = 0;
    std::uint32_t shift = 63;
  };
  struct ByBeginning {
    std::uint32_t value = 0;
    PathId path = no_path;
    BeginningClasses classes;
  };
  struct Work {
    std::vector<ByTable> short_texts;     // strings by how they find their class
    std::vector<ByTable> near_texts;      //
    std::vector<ByHash> far_texts;        //
    std::vector<ByBeginning> beginnings;  //
    std::vector<ByPath> bare;             // values that are no strings
    std::vector<ByPath> infixes;          // strings by what they are looked up by
    std::vector<ByPrefix> prefixes;       //
    std::vector<ByPath> others;           //

    // Keys that they come to, but for those of `infixes` and `others`.
    std::size_t keys_most() const { return bare.size() + prefixes.size(); }

    void clear() {
      short_texts.clear();
      near_texts.clear();
      far_texts.clear();
      beginnings.clear();
      bare.clear();
      infixes.clear();
      prefixes.clear();
      others.clear();
    }
  };
  struct KnownText {
    std::uint32_t value = 0;  // a steady one
    std::uint32_t text_id = no_text;
  };
  struct Start {
    PathId path = no_path;
    ClassWord classes = 0;
  };
  struct Steady {  // sixteen bytes of a steady string, or as many as it has
    char bytes[16] = {};
    std::uint32_t value = 0;
    std::uint32_t offset = 0;
    std::uint32_t unused = 0;
    std::uint32_t length = 0;  // of the whole string
  };

  std::vector<Start> starts;                    // of each path: the classes that its values have in any case
  std::vector<ClassWord> base;                  // the same for all paths, also those without values, if they are few
  std::vector<CandidateBlocks::Block> present;  // what hangs on there being values, and on steady ones
  std::vector<Steady> steady;
  std::vector<KnownText> known_texts;  // which of the steady are texts that rules spell out
  std::vector<bool> varies;            // by value: it was not steady
  Work work;
  bool is_made = false;
  bool is_for_one = false;  // event: nothing is steady

  // Without what was known of another shape.
  void forget() {
    varies.clear();
    is_made = false;
  }
  // Whether the plan is good for these values, which have its layout.
  bool is_good_for(const EventValue* values) const {
    if (!is_made) return false;
    Differing differing;
    std::uint32_t lengths = 0;
    for (const Steady& known : steady) {
      const EventValue& value = values[known.value];
      lengths |= value.length ^ known.length;
      differing.add(value.text + known.offset, known.bytes, known.unused);
    }
    return lengths == 0 && !differing.any();
  }
};

}  // namespace sagewatch
