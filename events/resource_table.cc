// How events become state.
//
// Events come doubled, late and out of order, and what they say of time is not to be trusted blindly: the envelope's
// time has whole seconds and may be years away, LastModifiedTime is the resource's own and is taken where there is
// one, and a time more than a day ahead of our own clock counts as "now" (it would make everything after it late for
// ever). With that time an event either *counts* for its resource or is *late*:
//
//   one way    A job or an execution runs, then ends (Completed, Failed, Stopped), then is deleted. An event that is
//              further on that way counts whatever its time: the end must not be lost because its clock had whole
//              seconds and the last progress had milliseconds. An event that is less far is late.
//   others     Endpoints and clusters come to rest and go on: only time decides.
//   all        Otherwise an older event is late, a newer one counts. At equal times the later position counts, except
//              that what is at rest does not go back to moving: the two events of one moment came in reverse.
//
// An event that counts sets the statuses that it tells, each axis for itself; if one of them is another now, that is a
// transition, and goes into the history. Facts (times, labels, numbers, parts) that it tells replace those known; what
// it does not tell stays. A late event
// changes no status, but fills facts that are not known yet. An event without a status only brings facts.
//
// One name may have several lives (an endpoint deleted and made anew): an event whose creation time is more than a
// second after the known one, and which is not late, begins a new life and forgets the old; one of a former life is
// late and fills nothing. DELETED ends an endpoint, the call DeleteModel a model. What has gone is shown to nobody, but
// its ARN and the time of its end are kept for a day: what is older is late, whenever it comes, and only a creation, or
// an event, behind that time begins a new life. A resource first seen in Deleting is not taken in, because that is
// mostly the echo of one that has just gone.
//
// Records of CloudTrail come minutes later than the events that the call caused, and in no order. For a kind that has
// statuses a call is a fact and not a state: it moves no time of the resource, fills what is not known yet, and says
// who made it and who changed it last, by the calls' own times. A creating call tells the time of creation to a minute,
// so lives are told apart by that where nothing better is known; two creating calls are always two lives. For a kind
// without statuses calls are all there is: they begin it and end it. Of the others a call begins none: it comes late,
// perhaps behind the end, and their own events come first.
//
// Applying twice changes nothing: a row holds the position of the event that changed it last, and an event at or
// before it is *replayed*. An event that changed nothing leaves no position behind, and may: it would change nothing
// again. So the order of eviction (least recently changed first) is the same after a restart, too.
#include "events/resource_table.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "events/base/hash.h"
#include "events/calls.h"
#include "events/resource_facts.h"
#include "events/resource_key.h"
#include "events/resource_life.h"
#include "events/resource_slots.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

constexpr Nanos clock_ahead_max = std::chrono::hours{24};

UnixNanos time_of(const Observation& seen, UnixNanos received) {
  if (!seen.modified.known()) return received;
  return received.known() && seen.modified > received + clock_ahead_max ? received : seen.modified;
}

bool is_late(const ResourceSlot& slot, const Observation& seen, UnixNanos time) {
  const std::uint8_t was = slot.status[0], is = seen.status[0];
  if (slot.kind->course == Course::one_way && is != no_status && was != no_status) {
    const int now = progress(*slot.kind, was), then = progress(*slot.kind, is);
    if (now != then) return then < now;
  }
  if (time != slot.modified) return time < slot.modified;
  return is_terminal(*slot.kind, was) && is != no_status && !is_terminal(*slot.kind, is);
}

// Puts what is told in place of what is known, or only into gaps. All answer whether anything is another now.
bool merge(UnixNanos& known, UnixNanos told, bool only_gaps) {
  if (!told.known() || told == known || (only_gaps && known.known())) return false;
  known = told;
  return true;
}
bool merge(std::string_view& known, std::string_view told, bool only_gaps) {
  if (told.empty() || told == known || (only_gaps && !known.empty())) return false;
  known = told;
  return true;
}
bool merge(double& known, double told, bool only_gaps) {
  if (std::isnan(told) || told == known || (only_gaps && !std::isnan(known))) return false;
  known = told;
  return true;
}
bool merge_parts(std::vector<PartSeen>& known, const Observation& seen, bool only_gaps) {
  if (!seen.tells_parts || (only_gaps && !known.empty())) return false;
  known.assign(seen.parts.begin(), seen.parts.end());
  return true;  // not compared here: the whole is, before it is packed
}

}  // namespace

struct ResourceTable::Parts {
  ResourceTableConfig config;
  mutable std::mutex mutex;
  // All below: guarded by mutex.
  ResourceSlots slots;
  std::vector<SlotNumber> changed;
  std::vector<std::string> gone;    // keys
  ResourceFacts known, merged;      // scratch
  std::string arn, history, calls;  //
  std::size_t gone_slots = 0;       // kept for late events alone
  StatusWords words;                // of all histories

  explicit Parts(ResourceTableConfig chosen) : config(chosen) {}

  void mark(SlotNumber number, Position position);
  void remove(SlotNumber number);
  std::uint32_t evict(SlotNumber except);

  Effect first_sight(const Observation& seen, std::uint64_t hash, UnixNanos time, UnixNanos received,
                     Position position);
  // Of what lives; its facts are in `known`.
  Effect one_more(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received, Position position);
  bool accept_status(ResourceSlot& slot, const Observation& seen, UnixNanos time, Effect& effect);
  void bury(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received, Position position);
  Effect one_gone(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received, Position position);
  bool is_left_behind(SlotNumber number, UnixNanos now) const;
  void remember(const ResourceSlot& slot, UnixNanos time);
  bool merge_call(ResourceSlot& slot, const Observation& seen, UnixNanos time);
  bool merge_facts(ResourceSlot& slot, const Observation& seen, bool only_gaps);
  void fill(const ResourceSlot& slot, Resource& resource, ResourceFacts& facts) const;
  void prefetch_changed(std::size_t at) const;
};

// --- bookkeeping ---

void ResourceTable::Parts::mark(SlotNumber number, Position position) {
  ResourceSlot& slot = slots[number];
  slot.position = position;
  slots.make_newest(number);
  if (slot.is_changed) return;
  slot.is_changed = true;
  changed.push_back(number);
}

void ResourceTable::Parts::remove(SlotNumber number) {
  std::string key;
  put_resource_key(slots.arn(number), key);
  gone_slots -= slots[number].is_gone ? 1 : 0;
  slots.remove(number, hash64(key));
  gone.push_back(std::move(key));
}

std::uint32_t ResourceTable::Parts::evict(SlotNumber except) {
  std::uint32_t evicted = 0;
  while (slots.used() > config.max && slots.oldest() != except) {
    remove(slots.oldest());
    ++evicted;
  }
  return evicted;
}

// --- what an event changes ---

// The statuses of an event that counts. Answers whether one of them, or the reason, is another now.
bool ResourceTable::Parts::accept_status(ResourceSlot& slot, const Observation& seen, UnixNanos time, Effect& effect) {
  effect.before = slot.status;
  const bool is_other_status = seen.status[0] != no_status && (seen.status[0] != slot.status[0] ||
                                                               seen.status_verbatim[0] != known.status_verbatim[0]);
  bool tells_any = false;
  for (std::size_t i = 0; i < axes_max; ++i) {
    // A job's secondary status belongs to the status it was told with: with another one, what is not told is unknown.
    const bool is_of_status = i == 1 && slot.kind->axes.size() > 1 && slot.kind->axes[1].name == "secondary_status";
    if (seen.status[i] == no_status && !(is_of_status && is_other_status)) continue;
    tells_any = true;
    if (seen.status[i] == slot.status[i] && seen.status_verbatim[i] == known.status_verbatim[i]) continue;
    effect.transition = true;
    if (i == 0) slot.status_since = time;
    if (i == 0) slot.previous = slot.status[0] != no_status ? slot.status[0] : seen.previous;
    slot.status[i] = seen.status[i];
    merged.status_verbatim[i] = seen.status_verbatim[i];
  }
  effect.after = slot.status;
  if (!tells_any) return false;
  if (is_other_status) merged.reason_text = seen.reason_text;
  // A repeat without its text knows less of the reason than what is known already.
  const bool knows_reason =
      seen.reason != ReasonClass::none && (seen.reason != ReasonClass::other || !seen.reason_text.empty());
  const ReasonClass reason = is_other_status || knows_reason ? seen.reason : slot.reason;
  const bool is_other_reason = reason != slot.reason;
  slot.reason = effect.reason = reason;
  effect.same_state = !effect.transition;
  if (effect.transition) {
    effect.since = slot.last_transition;
    slot.last_transition = time;
    remember(slot, time);
  }
  return effect.transition || is_other_reason;
}

// The present state, as the newest of the history; the oldest gives way. What was the newest is told by words now, for
// the texts beside it give way, too.
void ResourceTable::Parts::remember(const ResourceSlot& slot, UnixNanos time) {
  const std::size_t keep = std::min(config.history, history_max);
  if (keep == 0) return;
  const std::size_t bytes = std::min(known.history.size(), (keep - 1) * past_bytes);
  history.assign(known.history.substr(known.history.size() - bytes));
  if (bytes > 0) {
    Transition last = past(history, bytes / past_bytes - 1);
    for (std::size_t i = 0; i < axes_max; ++i)
      if (last.status[i] == other_status) last.status[i] = words.code_of(known.status_verbatim[i]);
    history.resize(bytes - past_bytes);
    put_past(history, last);
  }
  put_past(history, {time, slot.status, slot.reason});
  merged.history = history;
}

// Who made the resource, and who changed it last: each by the times of the calls.
bool ResourceTable::Parts::merge_call(ResourceSlot& slot, const Observation& seen, UnixNanos time) {
  Calls told = Calls::unpack(merged.calls);
  bool is_other = false;
  if (seen.call == CallEffect::creates && time >= told.created) {
    told.created = time;
    told.created_by = seen.actor;
    is_other = merge(slot.created, time, true);
  }
  if (time >= told.last) {
    told.last = time;
    told.last_by = seen.actor;
    told.last_name = seen.call_name;
  }
  std::string packed;
  told.pack(packed);  // from views into what it replaces
  calls.swap(packed);
  merged.calls = calls;
  return is_other;
}

// Into `slot` and `merged`. Answers whether a time of the slot is another now.
bool ResourceTable::Parts::merge_facts(ResourceSlot& slot, const Observation& seen, bool only_gaps) {
  const bool is_by_call = slot.created.known() && slot.created == Calls::unpack(merged.calls).created;
  bool is_other = merge(slot.created, seen.created, only_gaps && !is_by_call);
  is_other |= merge(slot.started, seen.started, only_gaps);
  is_other |= merge(slot.ended, seen.ended, only_gaps);
  merge(merged.account, seen.account, true);
  merge(merged.region, seen.region, true);
  merge(merged.reason_text, seen.reason_text, only_gaps);
  // The name of a resource never changes; only the ARN's tail, which stood in for it, gives way.
  if (merged.name != seen.name) merge(merged.name, seen.name, merged.name != Arn::read(merged.arn).name);
  for (std::size_t i = 0; i < seen.labels.size(); ++i) merge(merged.labels[i], seen.labels[i], only_gaps);
  for (std::size_t i = 0; i < seen.numbers.size(); ++i) merge(merged.numbers[i], seen.numbers[i], only_gaps);
  merge_parts(merged.parts, seen, only_gaps);
  merge(merged.parent, seen.parent, only_gaps);
  merge(merged.tags, seen.tags, only_gaps);
  return is_other;
}

// The end of a resource: nothing is left but what late events are known by.
void ResourceTable::Parts::bury(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received,
                                Position position) {
  ResourceSlot& slot = slots[number];
  merged.clear();
  merged.arn = seen.arn;
  slots.set_facts(number, merged);
  slot.status = no_statuses;
  slot.previous = no_status;
  slot.reason = ReasonClass::none;
  slot.created = slot.started = slot.ended = slot.status_since = slot.last_transition = {};
  slot.modified = time;
  slot.learned = received;
  gone_slots += slot.is_gone ? 0 : 1;
  slot.is_gone = true;
  mark(number, position);
}

// One more event of what has gone.
Effect ResourceTable::Parts::one_gone(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received,
                                      Position position) {
  if (begins_anew(slots[number], seen, time)) {
    remove(number);
    return first_sight(seen, hash64(seen.key), time, received, position);
  }
  if (seen.gone && time > slots[number].modified) bury(number, seen, time, received, position);
  Effect effect;
  effect.late = true;
  return effect;
}

Effect ResourceTable::Parts::first_sight(const Observation& seen, std::uint64_t hash, UnixNanos time,
                                         UnixNanos received, Position position) {
  Effect effect;
  const SlotNumber number = slots.add(hash, seen.kind);
  ResourceSlot& slot = slots[number];
  known.clear();
  merged.clear();
  merged.arn = seen.arn;
  accept_status(slot, seen, time, effect);
  effect.same_state = false;
  effect.created = true;
  merge_facts(slot, seen, false);
  if (seen.call != CallEffect::none) merge_call(slot, seen, time);
  if (!is_mere_fact(seen)) slot.modified = time;
  slot.learned = received;
  slots.set_facts(number, merged);
  mark(number, position);
  effect.evicted = evict(number);
  return effect;
}

Effect ResourceTable::Parts::one_more(SlotNumber number, const Observation& seen, UnixNanos time, UnixNanos received,
                                      Position position) {
  Effect effect;
  ResourceSlot& slot = slots[number];
  merged = known;
  const bool is_fact = is_mere_fact(seen);
  effect.late = !is_fact && is_late(slot, seen, time);
  bool is_other = !effect.late && accept_status(slot, seen, time, effect);
  is_other |= merge_facts(slot, seen, effect.late || is_fact);
  if (seen.call != CallEffect::none) is_other |= merge_call(slot, seen, time);
  if (effect.transition) slot.learned = received;
  if (!effect.late && !is_fact && time > slot.modified) {
    slot.modified = time;
    is_other = true;
  }
  if (merged != known) {
    slots.set_facts(number, merged);
    is_other = true;
  }
  if (is_other) mark(number, position);
  return effect;
}

Effect ResourceTable::apply(const Lock& held, const Observation& seen, Position position, UnixNanos received) {
  Parts& parts = *parts_;
  SW_MUST(held.owns_lock() && held.mutex() == &parts.mutex,
          "the shard holds its table's lock while it applies a batch");
  parts.slots.order();
  Effect effect;
  if (seen.key.empty() || !seen.kind->is_kept) {
    effect.no_resource = true;
    return effect;
  }
  const std::uint64_t hash = hash64(seen.key);
  const UnixNanos time = time_of(seen, received);
  SlotNumber number = parts.slots.find(hash, seen.key);
  if (number != no_slot) {
    const ResourceSlot& slot = parts.slots[number];
    // Of what an unknown detail-type told of, a known one knows better.
    const bool is_known_now = slot.kind == &kinds::other && seen.kind != &kinds::other;
    effect.no_resource = slot.kind != seen.kind && !is_known_now;
    effect.replayed =
        !effect.no_resource && slot.position.journal == position.journal && position.offset <= slot.position.offset;
    if (effect.no_resource || effect.replayed) return effect;
    if (slot.is_gone) return parts.one_gone(number, seen, time, received, position);
    parts.slots.unpack(slot, parts.arn, parts.known);
    const Calls calls = Calls::unpack(parts.known.calls);
    Life life = is_known_now ? Life::next : life_of(slot, calls, seen, time);
    if (life == Life::next && is_mere_fact(seen)) life = Life::this_one;  // its own events will begin it
    effect.late = life == Life::former || (seen.gone && is_former_end(slot, calls, time));
    if (effect.late) return effect;
    if (seen.gone) {
      parts.bury(number, seen, time, received, position);
      effect.removed = true;
      return effect;
    }
    if (life == Life::this_one) return parts.one_more(number, seen, time, received, position);
    parts.remove(number);
  }
  effect.late = seen.gone || is_mere_fact(seen) || is_leaving(*seen.kind, seen.status[0]);
  if (seen.gone) {
    number = parts.slots.add(hash, seen.kind);
    parts.bury(number, seen, time, received, position);
    effect.evicted = parts.evict(number);
  }
  if (effect.late) return effect;
  return parts.first_sight(seen, hash, time, received, position);
}

void ResourceTable::expect(const Lock& held, std::optional<std::uint64_t> key) {
  SW_MUST(held.owns_lock() && held.mutex() == &parts_->mutex, "the shard holds its table's lock");
  parts_->slots.expect(key);
}

// Nothing tells that a part of what comes and goes (a node of a cluster) was replaced. So it goes when its whole does,
// or when nothing was told of it for so long.
bool ResourceTable::Parts::is_left_behind(SlotNumber number, UnixNanos now) const {
  const ResourceSlot& slot = slots[number];
  if (slot.kind->part.empty() || slot.kind->course != Course::comes_and_goes) return false;
  if (std::max(slot.learned, slot.modified) + config.keep_terminal < now) return true;
  const std::string part = slots.arn(number);
  std::string whole_key;
  put_resource_key(std::string_view{part}.substr(0, part.find('#')), whole_key);
  const SlotNumber whole = slots.find(hash64(whole_key), whole_key);
  return whole != no_slot && is_leaving(*slots[whole].kind, slots[whole].status[0]);
}

std::size_t ResourceTable::forget_finished(const Lock& held, UnixNanos now) {
  Parts& parts = *parts_;
  SW_MUST(held.owns_lock() && held.mutex() == &parts.mutex, "the shard holds its table's lock");
  std::size_t forgotten = 0;
  for (SlotNumber number = 0; number < parts.slots.size(); ++number) {
    const ResourceSlot& slot = parts.slots[number];
    if (slot.kind == nullptr) continue;
    const Nanos keep = slot.is_gone ? parts.config.keep_gone : parts.config.keep_terminal;
    const bool has_ended = slot.kind->course == Course::one_way && is_terminal(*slot.kind, slot.status[0]);
    const bool is_over = slot.is_gone || has_ended || is_leaving(*slot.kind, slot.status[0]);
    if (!(is_over && slot.learned + keep < now) && !parts.is_left_behind(number, now)) continue;
    parts.remove(number);
    ++forgotten;
  }
  return forgotten;
}

// --- rows ---

void ResourceTable::Parts::fill(const ResourceSlot& slot, Resource& resource, ResourceFacts& facts) const {
  slots.unpack(slot, resource.arn, facts);
  resource.kind = slot.kind;
  resource.name = facts.name;
  resource.account = facts.account;
  resource.region = facts.region;
  resource.status = slot.status;
  resource.previous = slot.previous;
  resource.reason = slot.reason;
  for (std::size_t i = 0; i < axes_max; ++i) resource.status_verbatim[i] = facts.status_verbatim[i];
  resource.reason_text = facts.reason_text;
  resource.parent = facts.parent;
  resource.tags = facts.tags;
  resource.calls = facts.calls;
  resource.is_gone = slot.is_gone;
  resource.history.clear();
  resource.words.clear();
  for (std::size_t i = 0; i < facts.history.size() / past_bytes; ++i)
    resource.history.push_back(in_words_of(words, resource.words, past(facts.history, i)));
  resource.created = slot.created;
  resource.started = slot.started;
  resource.ended = slot.ended;
  resource.modified = slot.modified;
  resource.status_since = slot.status_since;
  resource.last_transition = slot.last_transition;
  resource.learned = slot.learned;
  resource.position = slot.position;
  resource.labels.resize(slot.kind->labels.size());
  for (std::size_t i = 0; i < resource.labels.size(); ++i) resource.labels[i] = facts.labels[i];
  resource.numbers.assign(facts.numbers.begin(),
                          facts.numbers.begin() + static_cast<std::ptrdiff_t>(slot.kind->numbers.size()));
  resource.parts.resize(facts.parts.size());
  for (std::size_t i = 0; i < facts.parts.size(); ++i) {
    const PartSeen& seen = facts.parts[i];
    Part& part = resource.parts[i];
    part.name = seen.name;
    for (std::size_t text = 0; text < part_texts_max; ++text) part.texts[text] = seen.texts[text];
    part.numbers = seen.numbers;
  }
}

// A batch touches more than a cache holds: what comes a little later in `changed` is fetched while rows are made.
void ResourceTable::Parts::prefetch_changed(std::size_t at) const {
  constexpr std::size_t slot_ahead = 4, block_ahead = 2;
  if (at + slot_ahead < changed.size()) slots[changed[at + slot_ahead]].prefetch();
  if (at + block_ahead < changed.size()) slots[changed[at + block_ahead]].facts.prefetch();
}

void ResourceTable::take_changes(const Lock& held, std::vector<std::pair<std::string, std::string>>& puts,
                                 std::vector<std::string>& gone) {
  Parts& parts = *parts_;
  SW_MUST(held.owns_lock() && held.mutex() == &parts.mutex, "the shard holds its table's lock");
  Resource resource;
  ResourceFacts facts;
  const std::size_t first = puts.size();
  for (std::size_t i = 0; i < parts.changed.size(); ++i) {
    parts.prefetch_changed(i);
    const SlotNumber number = parts.changed[i];
    ResourceSlot& slot = parts.slots[number];
    if (!slot.is_changed) continue;  // went, or stands here twice because its slot was used again
    slot.is_changed = false;
    parts.fill(slot, resource, facts);
    std::string key;
    put_resource_key(resource.arn, key);
    puts.emplace_back(std::move(key), resource.encode());
  }
  std::unordered_set<std::string_view> put;
  for (std::size_t i = first; i < puts.size() && !parts.gone.empty(); ++i) put.insert(puts[i].first);
  for (std::string& key : parts.gone)
    if (!put.contains(key)) gone.push_back(std::move(key));  // else it came back: the put alone
  parts.changed.clear();
  parts.gone.clear();
}

Done ResourceTable::load(const Lock& held, std::string_view key, std::string_view row) {
  Parts& parts = *parts_;
  SW_MUST(held.owns_lock() && held.mutex() == &parts.mutex, "the shard holds its table's lock");
  auto resource = Resource::decode(row);
  if (!resource) return no(std::move(resource.error()));
  std::string own_key;
  put_resource_key(resource->arn, own_key);
  if (key != own_key) return no("resource row: it is another resource's than its key says");
  if (Arn::read(resource->arn).text.empty()) return no("resource row: its ARN is none");
  const std::uint64_t hash = hash64(key);
  if (parts.slots.find(hash, key) != no_slot) return no("resource row: the resource was loaded already");

  ResourceFacts facts;
  facts.arn = resource->arn;
  facts.name = resource->name;
  facts.account = resource->account;
  facts.region = resource->region;
  for (std::size_t i = 0; i < axes_max; ++i) facts.status_verbatim[i] = resource->status_verbatim[i];
  facts.reason_text = resource->reason_text;
  facts.parent = resource->parent;
  facts.tags = resource->tags;
  facts.calls = resource->calls;
  std::string history;
  for (const Transition& past : resource->history) put_past(history, in_words_of(resource->words, parts.words, past));
  facts.history = history;
  for (std::size_t i = 0; i < resource->labels.size(); ++i) facts.labels[i] = resource->labels[i];
  for (std::size_t i = 0; i < resource->numbers.size(); ++i) facts.numbers[i] = resource->numbers[i];
  for (const Part& part : resource->parts) {
    PartSeen& seen = facts.parts.emplace_back();
    seen.name = part.name;
    for (std::size_t text = 0; text < part_texts_max; ++text) seen.texts[text] = part.texts[text];
    seen.numbers = part.numbers;
  }
  const SlotNumber number = parts.slots.add(hash, resource->kind);
  parts.slots.set_facts(number, facts);
  ResourceSlot& slot = parts.slots[number];
  slot.status = resource->status;
  slot.previous = resource->previous;
  slot.reason = resource->reason;
  slot.created = resource->created;
  slot.started = resource->started;
  slot.ended = resource->ended;
  slot.modified = resource->modified;
  slot.status_since = resource->status_since;
  slot.last_transition = resource->last_transition;
  slot.learned = resource->learned;
  slot.position = resource->position;
  slot.is_gone = resource->is_gone;
  parts.gone_slots += slot.is_gone ? 1 : 0;
  parts.slots.disorder();
  return {};
}

// --- readers ---

ResourceTable::ResourceTable(ResourceTableConfig config) : parts_(std::make_unique<Parts>(config)) {}
ResourceTable::~ResourceTable() = default;

ResourceTable::Lock ResourceTable::lock() const {
  return Lock{parts_->mutex};
}

std::size_t ResourceTable::visit(std::size_t from, std::size_t count,
                                 const std::function<void(const Resource&)>& each) const {
  const Lock held = lock();
  const Parts& parts = *parts_;
  Resource resource;
  ResourceFacts facts;
  const std::size_t end = std::min(from + count, parts.slots.size());
  for (std::size_t place = from; place < end; ++place) {
    if (parts.slots[place].kind == nullptr || parts.slots[place].is_gone) continue;
    parts.fill(parts.slots[place], resource, facts);
    each(resource);
  }
  return end < parts.slots.size() ? end : 0;
}

std::optional<Resource> ResourceTable::find(std::string_view arn) const {
  return find(lock(), arn);
}

std::optional<Resource> ResourceTable::find(const Lock& held, std::string_view arn) const {
  SW_MUST(held.owns_lock() && held.mutex() == &parts_->mutex, "the reader holds the table's lock");
  std::string key;
  put_resource_key(arn, key);
  const SlotNumber number = parts_->slots.find(hash64(key), key);
  if (number == no_slot || parts_->slots[number].is_gone) return std::nullopt;
  Resource resource;
  ResourceFacts facts;
  parts_->fill(parts_->slots[number], resource, facts);
  return resource;
}

std::size_t ResourceTable::size() const {
  const Lock held = lock();
  return parts_->slots.used() - parts_->gone_slots;
}

std::size_t ResourceTable::bytes() const {
  const Lock held = lock();
  return parts_->slots.bytes();
}

}  // namespace sagewatch
