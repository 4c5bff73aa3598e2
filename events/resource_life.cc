#include "events/resource_life.h"

#include <algorithm>

namespace sagewatch {
namespace {

constexpr Nanos same_creation = std::chrono::seconds{1};      // forms of one time differ in their fractions
constexpr Nanos creation_by_call = std::chrono::seconds{60};  // the call and the creation that it asked for

// Of the first axis.
const Status* known_status(const ResourceKind& kind, std::uint8_t status) {
  return !kind.axes.empty() && status < kind.axes[0].values.size() ? &kind.axes[0].values[status] : nullptr;
}

// Seconds, because the times of calls have no fractions.
std::int64_t in_seconds(UnixNanos time) {
  return time.count / 1'000'000'000;
}

}  // namespace

bool is_terminal(const ResourceKind& kind, std::uint8_t status) {
  const Status* known = known_status(kind, status);
  return known != nullptr && known->terminal;
}
bool is_leaving(const ResourceKind& kind, std::uint8_t status) {
  const Status* known = known_status(kind, status);
  return known != nullptr && known->api == "Deleting";
}

int progress(const ResourceKind& kind, std::uint8_t status) {
  const Status* known = known_status(kind, status);
  if (known == nullptr) return 0;
  return known->api == "DeleteFailed" ? 3 : known->api == "Deleting" ? 2 : known->terminal ? 1 : 0;
}

Life life_of(const ResourceSlot& slot, const Calls& calls, const Observation& seen, UnixNanos time) {
  const bool is_creation = seen.call == CallEffect::creates;
  const UnixNanos told = is_creation ? time : seen.created;
  if (!slot.created.known() || !told.known()) return Life::this_one;
  const bool are_calls = is_creation && calls.created.known();
  const bool is_about = is_creation || slot.created == calls.created;
  const Nanos same = are_calls ? Nanos{} : is_about ? creation_by_call : same_creation;
  const UnixNanos known = are_calls ? calls.created : slot.created;
  if (told + same < known) return Life::former;
  return told > known + same && time >= slot.modified ? Life::next : Life::this_one;
}

bool begins_anew(const ResourceSlot& gone, const Observation& seen, UnixNanos time) {
  if (seen.gone || is_mere_fact(seen) || is_leaving(*seen.kind, seen.status[0])) return false;
  if (seen.call == CallEffect::creates) return in_seconds(time) >= in_seconds(gone.modified);
  return in_seconds(seen.created.known() ? seen.created : time) > in_seconds(gone.modified);
}

bool is_former_end(const ResourceSlot& slot, const Calls& calls, UnixNanos time) {
  if (slot.kind->axes.empty()) return in_seconds(time) < in_seconds(std::max(slot.created, calls.created));
  return time < std::max(slot.modified, calls.created);
}

bool is_mere_fact(const Observation& seen) {
  return seen.call != CallEffect::none && !seen.kind->axes.empty();
}

}  // namespace sagewatch
