#pragma once
// What a matcher reads while it matches, made from patterns once. The parts are described where they are declared; how
// they work together, in matcher.cc.
#include <cstddef>
#include <span>

#include "rules/access_index.h"
#include "rules/candidate_blocks.h"
#include "rules/class_texts.h"
#include "rules/conjunctions.h"
#include "rules/event_paths.h"
#include "rules/far_texts.h"
#include "rules/far_words.h"
#include "rules/path_plans.h"
#include "rules/pattern.h"

namespace sagewatch {

struct CompiledRules {
  EventPaths paths;
  PathPlans plans;
  ClassTexts near_texts;
  FarTexts far_texts;
  AccessIndex index;
  CandidateBlocks blocks;
  Conjunctions conjunctions;
  FarWords words;                     // what far texts, blocks and conjunctions are written in
  CandidateBlocks::Block always = 0;  // conjunctions that ask only for what is absent
  std::size_t pattern_count = 0;
  bool is_far = true;  // too large for near caches: what will be looked at is asked for beforehand

  // Patterns are numbered in the order given.
  static CompiledRules from(std::span<const Pattern> patterns);
  std::size_t bytes() const;
};

}  // namespace sagewatch
