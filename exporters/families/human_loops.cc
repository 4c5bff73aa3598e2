#include "events/sagemaker_kinds.h"
#include "exporters/families/areas.h"
#include "exporters/families/family_rows.h"

namespace sagewatch {
namespace {

// One loop for each request is possible, so they are counted by default and shown on request.
const Subject& loops() {
  static const Subject subject{{"flow_definition", "human_loop"},
                               {&kinds::human_loop},
                               [](const Resource& loop, SubjectNames& names) {
                                 names = {loop.label("flow_definition"), loop.name};
                                 return !names[0].empty() && !names[1].empty();
                               },
                               Shown::until_ended,
                               true};
  return subject;
}

}  // namespace

std::vector<ResourceFamily> human_loop_families() {
  std::vector<ResourceFamily> all;
  FamilyRows(loops())
      .add("sagemaker_human_loop_status",
           "The status that the human loop is in (humanLoopStatus), always 1; shown on request (metrics.human_loops).",
           current_value<0>, {"status"})
      .add("sagemaker_human_loop_created_timestamp_seconds",
           "When the human loop was created (creationTime); shown on request (metrics.human_loops).", created_time)
      .add("sagemaker_human_loop_last_transition_timestamp_seconds",
           "When the status of the human loop changed last (time of that event); shown on request "
           "(metrics.human_loops).",
           transition_time)
      .move_to(all);
  return all;
}

std::vector<TallyFamily> human_loop_tallies() {
  return {{&loops(),
           1,
           {"sagemaker_human_loops",
            FamilyType::gauge,
            "Human loops that run or ended lately, by flow definition (flowDefinitionArn) and status "
            "(humanLoopStatus).",
            {"account_id", "region", "flow_definition", "status"}}}};
}

}  // namespace sagewatch
