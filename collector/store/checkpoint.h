#pragma once
// The payload of a checkpoint frame: what was resolved when the store was synced last. It is read only when the store
// was lost or fell behind: then a replay derives deliveries that were made long ago, and this tells which.
//
// It lists what is *unresolved*: that is what the store has rows of, and it is short as long as targets keep up. A
// target that is far behind has its list cut; then everything of that target behind the cut counts as unresolved, which
// costs duplicates and never a loss.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "collector/store/store.h"
#include "events/base/result.h"
#include "exporters/owed.h"

namespace sagewatch {

inline constexpr std::size_t checkpoint_deliveries_max = 10'000;  // 160 KB in a frame every 10 s at most

// Takes what is unresolved, then syncs the store; the answer is the payload to append to the journal. A frame of it
// must not be appended without this order: it would claim what a power cut can undo.
Result<std::string> take_checkpoint(Store& store);

//   u8 version(1)  u64 applied  u32 targets × { string name  u64 complete_below  u32 count × { u64 offset  u64 identity
//   } }
std::string encode_checkpoint(const Store::Unresolved& unresolved);
Result<Store::Unresolved> decode_checkpoint(std::string_view payload);

// What the dead letters know of a delivery. A redriven one is owed again, whatever a checkpoint says of its first life.
enum class LetterState : std::uint8_t { none, kept, redriven };

// "Was this delivery resolved before the store was lost?" Built from the newest checkpoint of the journal (if there is
// one) and the dead letters. Asked for every delivery that a replay derives, and for the rows that a snapshot brought.
class ResolvedBefore {
 public:
  // `letter` answers by delivery id (exporters/target.h).
  ResolvedBefore(const std::optional<Store::Unresolved>& checkpoint,
                 std::function<LetterState(std::string_view delivery_id)> letter);
  bool contains(const Owed& delivery) const;
  // A replay that starts below this position derives what was derived before.
  std::uint64_t applied() const { return applied_; }

 private:
  struct Target {
    std::uint64_t complete_below = 0;
    std::unordered_set<std::uint64_t> unresolved;  // identities; equal ones of two deliveries cost a duplicate
  };
  std::uint64_t applied_ = 0;
  std::unordered_map<std::string, Target> targets_;
  std::function<LetterState(std::string_view)> letter_;
};

}  // namespace sagewatch
