#pragma once
// Makes plans of layouts (layout_plan.h). Keeps its working memory from plan to plan; belongs to one thread.
#include <cstdint>
#include <span>
#include <vector>

#include "rules/layout_plan.h"
#include "rules/path_plans.h"

namespace sagewatch {

class LayoutPlanner {
 public:
  // Of these values, which have the layout of `paths`. If the plan was made before, steady values that are no longer
  // what they were become work.
  void make(LayoutPlan& plan, std::span<EventValue> values, const std::vector<PathValues>& paths,
            const PathPlans& plans, const PathPlans::Tables& tables);

 private:
  static void note_what_varies(LayoutPlan& plan, std::span<const EventValue> values);
  static void add_steady(LayoutPlan& plan, std::uint32_t index, const EventValue& value);
  // A string.
  static void add_work(LayoutPlan::Work& work, std::uint32_t index, PathId path, const PathPlans& plans);
  // What steady values come to.
  void settle(LayoutPlan& plan, std::span<EventValue> values, const PathPlans& plans, const PathPlans::Tables& tables);

  LayoutPlan::Work steady_;  // what would be done with steady values
  std::vector<ClassWord> classes_;
  EventKeys keys_;
  std::vector<LayoutPlan::ByLookup> pending_;
};

}  // namespace sagewatch
