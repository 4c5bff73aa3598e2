#include "rules/layout_planner.h"

#include <algorithm>
#include <cstring>

namespace sagewatch {
namespace {

constexpr std::uint32_t steady_max = 64;  // bytes: so many are readable behind each text

}  // namespace

void LayoutPlanner::make(LayoutPlan& plan, std::span<EventValue> values, const std::vector<PathValues>& paths,
                         const PathPlans& plans, const PathPlans::Tables& tables) {
  if (!plan.is_for_one) plan.varies.resize(values.size());
  if (plan.is_made) note_what_varies(plan, values);
  plan.starts.clear();
  plan.present.clear();
  plan.steady.clear();
  plan.known_texts.clear();
  plan.work.clear();
  steady_.clear();
  for (const PathValues& at : paths) {
    const PathPlan& path = plans.plans[at.path];
    plan.starts.push_back({at.path, at.stands});
    if (path.present != 0) plan.present.push_back(path.present);
    for (std::uint32_t i = at.first; i != no_value; i = values[i].next) {
      const EventValue& value = values[i];
      if (value.kind != Scalar::Kind::string) {
        plan.work.bare.push_back({i, at.path});
        continue;
      }
      if (path.texts == PathPlan::Texts::none) plan.starts.back().classes |= class_other_string;
      const bool is_steady = !plan.is_for_one && !plan.varies[i] && value.length <= steady_max;
      if (is_steady) add_steady(plan, i, value);
      add_work(is_steady ? steady_ : plan.work, i, at.path, plans);
    }
  }
  if (!plan.steady.empty()) settle(plan, values, plans, tables);
  plan.base.clear();
  if (plans.plans.size() < CandidateBlocks::classes_readable) {
    plan.base.resize(CandidateBlocks::classes_readable, class_absent);
    plan.base[plans.plans.size()] = class_anything;
    for (const LayoutPlan::Start& at : plan.starts) plan.base[at.path] = at.classes;
  }
  plan.is_made = true;
}

void LayoutPlanner::note_what_varies(LayoutPlan& plan, std::span<const EventValue> values) {
  for (const LayoutPlan::Steady& known : plan.steady) {
    const EventValue& value = values[known.value];
    Differing differing;
    differing.add(value.text + known.offset, known.bytes, known.unused);
    if (value.length != known.length || differing.any()) plan.varies[known.value] = true;
  }
}

void LayoutPlanner::add_steady(LayoutPlan& plan, std::uint32_t index, const EventValue& value) {
  std::uint32_t begin = 0;
  do {
    const std::uint32_t used = std::min<std::uint32_t>(16, value.length - begin);
    LayoutPlan::Steady piece{{}, index, begin, 16 - used, value.length};
    std::memcpy(piece.bytes, value.text + begin, used);
    plan.steady.push_back(piece);
    begin += 16;
  } while (begin < value.length);
}

void LayoutPlanner::add_work(LayoutPlan::Work& work, std::uint32_t index, PathId path, const PathPlans& plans) {
  const PathPlan& plan = plans.plans[path];
  if (plan.texts == PathPlan::Texts::near) {
    (plan.text_table.is_short ? work.short_texts : work.near_texts).push_back({index, path, plan.text_table});
  }
  if (plan.texts == PathPlan::Texts::far) work.far_texts.push_back({index, path, plan.text_seed});
  if (plan.beginnings.length != 0) work.beginnings.push_back({index, path, plan.beginnings});
  if (plan.infixes_begin != plan.infixes_end) work.infixes.push_back({index, path});
  for (std::uint32_t i = plan.prefixes_begin; i != plan.prefixes_end; ++i) {
    const PathLookup& lookup = plans.lookups[i];
    work.prefixes.push_back({index, i, lookup.size, lookup.filter, lookup.shift});
  }
  if (plan.lookups_begin != plan.lookups_end) work.others.push_back({index, path});
}

void LayoutPlanner::settle(LayoutPlan& plan, std::span<EventValue> values, const PathPlans& plans,
                           const PathPlans::Tables& tables) {
  classes_.assign(plans.plans.size(), 0);
  pending_.resize(std::max(pending_.size(), steady_.prefixes.size() + 1));
  keys_.begin(tables.index, tables.far_texts);
  keys_.reserve_blocks(plans.blocks_room(values.size()));
  plans.take(steady_, values.data(), tables.near_texts, classes_.data(), keys_, pending_.data());
  keys_.find();
  keys_.settle_texts(values.data(), classes_.data());
  plan.present.insert(plan.present.end(), keys_.blocks().begin(), keys_.blocks().end());
  for (LayoutPlan::Start& start : plan.starts) start.classes |= classes_[start.path];
  for (const LayoutPlan::Steady& known : plan.steady) {
    const std::uint32_t id = values[known.value].text_id;
    if (known.offset == 0 && id != no_text) plan.known_texts.push_back({known.value, id});
  }
}

}  // namespace sagewatch
