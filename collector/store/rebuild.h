#pragma once
// What a start does about a store that is damaged, lost, or older than the journal's newest checkpoint. The caller
// (collector/daemon) goes through these steps, each of which may be repeated after a crash in it:
//
//   1. Store::open fails as damaged: set_aside, then open again, which makes a fresh one.
//   2. The store is fresh (applied() is empty): Store::read_snapshot of the newest snapshot that verifies, if any.
//   3. Dead letters: their log rebuilds its index (collector/dead_letter_journal.h).
//   4. The store is not ahead of the newest checkpoint (applied_below(applied()) <= ResolvedBefore::applied()):
//      forget_resolved, because rows of a snapshot may have been delivered since. (Not "<": a snapshot may be older
//      than the checkpoint with no event between them.)
//   5. Replay from applied_below(applied()). A delivery that ResolvedBefore contains is not owed again; states and
//      counters are applied as always.
#include <cstdint>
#include <string>

#include "collector/disk.h"
#include "collector/store/checkpoint.h"
#include "collector/store/store.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

// Renames `directory` to `<directory>.damaged-<time>` and answers that name. Nothing is deleted: whoever has read the
// log decides about it.
Result<std::string> set_aside(Disk& disk, const std::string& directory, UnixNanos now);

// Removes the deliveries that were resolved before; answers how many.
Result<std::uint64_t> forget_resolved(Store& store, const ResolvedBefore& resolved);

}  // namespace sagewatch
