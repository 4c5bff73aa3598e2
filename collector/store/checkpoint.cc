#include "collector/store/checkpoint.h"

#include "events/base/bytes.h"
#include "events/base/hash.h"
#include "exporters/target.h"

namespace sagewatch {

static constexpr std::uint8_t version = 1;

Result<std::string> take_checkpoint(Store& store) {
  const auto unresolved = store.unresolved(checkpoint_deliveries_max);
  if (!unresolved) return no(unresolved.error());
  if (auto done = store.sync(); !done) return no(std::move(done.error()));
  return encode_checkpoint(*unresolved);
}

std::string encode_checkpoint(const Store::Unresolved& unresolved) {
  std::string payload;
  put(payload, version);
  put(payload, unresolved.applied);
  put(payload, static_cast<std::uint32_t>(unresolved.targets.size()));
  for (const auto& target : unresolved.targets) {
    put_string(payload, target.name);
    put(payload, target.complete_below);
    put(payload, static_cast<std::uint32_t>(target.owed.size()));
    for (const auto& delivery : target.owed) {
      put(payload, delivery.offset);
      put(payload, delivery.identity);
    }
  }
  return payload;
}

Result<Store::Unresolved> decode_checkpoint(std::string_view payload) {
  Store::Unresolved unresolved;
  ByteReader reader(payload);
  const auto written_by = reader.number<std::uint8_t>();
  unresolved.applied = reader.number<std::uint64_t>();
  const auto targets = reader.number<std::uint32_t>();
  for (std::uint32_t t = 0; t < targets && reader.ok(); ++t) {
    Store::Unresolved::Target target;
    target.name = reader.string();
    target.complete_below = reader.number<std::uint64_t>();
    const auto count = reader.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
      const auto offset = reader.number<std::uint64_t>();
      target.owed.push_back({offset, reader.number<std::uint64_t>()});
    }
    unresolved.targets.push_back(std::move(target));
  }
  if (written_by != version || !reader.ok() || !reader.at_end()) {
    return no(
        "the journal's newest checkpoint does not parse; without it a rebuilt store delivers again what was "
        "delivered since its snapshot");
  }
  return unresolved;
}

ResolvedBefore::ResolvedBefore(const std::optional<Store::Unresolved>& checkpoint,
                               std::function<LetterState(std::string_view)> letter)
    : letter_(std::move(letter)) {
  if (!checkpoint) return;
  applied_ = checkpoint->applied;
  for (const auto& listed : checkpoint->targets) {
    auto& target = targets_[listed.name];
    target.complete_below = listed.complete_below;
    for (const auto& delivery : listed.owed) target.unresolved.insert(delivery.identity);
  }
}

bool ResolvedBefore::contains(const Owed& delivery) const {
  const auto letter = letter_(delivery_id(delivery.position, delivery.bus, delivery.rule, delivery.target_id));
  if (letter != LetterState::none) return letter == LetterState::kept;
  // A redrive is not in the journal: no checkpoint of an earlier time speaks of it.
  if (delivery.redriven != 0 || delivery.position.offset >= applied_) return false;
  const auto target = targets_.find(delivery.target);
  if (target == targets_.end()) return true;
  return delivery.position.offset < target->second.complete_below &&
         !target->second.unresolved.contains(hash64(delivery.order()));
}

}  // namespace sagewatch
