#pragma once
// Which `stuck` deadlines passed, or are over, among the resources of one shard.
#include <vector>

#include "collector/deadlines/book.h"
#include "collector/deadlines/round.h"
#include "collector/shard.h"

namespace sagewatch {

// Goes over all resources of the shard, and holds its lock for some at a time. `told`: of this shard.
void look_for_stuck(Round& round, const Shard& shard, const std::vector<DeadlineBook::Told>& told);

}  // namespace sagewatch
