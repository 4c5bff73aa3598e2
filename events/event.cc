// Reading an event: one walk through its text along a trie of the paths that its kind's row mentions, which notes where
// the value of each mentioned path stands; then the notes are turned into an Observation. The trie is made once per
// row, so a new row costs no code. Everything not mentioned is skipped unread.
//
// The detail is walked after the whole envelope was seen only where `detail-type` stands behind `detail`; AWS writes it
// in front. Of repeated keys below the envelope the last one counts (events/envelope.cc chooses the shard by the same
// rule), of the elements of a list on the way the first that has the value. Keys are compared as written first, and
// unescaped where the text has any escape at all.
#include "events/event.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <string>
#include <unordered_map>

#include "events/base/hash.h"
#include "events/cloudtrail.h"
#include "events/event_time.h"
#include "events/json_walk.h"
#include "events/kind_paths.h"
#include "events/resource_key.h"
#include "events/sagemaker_kinds.h"
#include "events/tags.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

using N = KindPaths;
constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view sagemaker = "aws.sagemaker";

enum EnvelopeNote : std::uint8_t { e_id, e_source, e_type, e_account, e_time, e_region, e_resources, e_detail, e_max };

struct Value {
  char type = 0;  // as JsonWalk::type(); 0: absent
  std::string_view raw;
  JsonWalk::Place place = nullptr;
  bool is_known() const { return type != 0 && type != 'n'; }
  bool is_string() const { return type == '"'; }
  bool is_number() const { return type == '-' || (type >= '0' && type <= '9'); }
};

std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::uint8_t index_of(std::span<const Status> values, std::string_view text) {
  const Status* found = find_status(values, text);
  return found != nullptr ? static_cast<std::uint8_t>(found - values.data()) : other_status;
}

const Status* known_status(const ResourceKind& kind, std::size_t axis, std::uint8_t index) {
  return axis < kind.axes.size() && index < kind.axes[axis].values.size() ? &kind.axes[axis].values[index] : nullptr;
}

}  // namespace

struct EventReader::Parts {
  JsonWalk walk;
  CallReader calls;
  MemberTrie envelope_trie;
  std::vector<std::string> tag_keys;
  std::deque<KindPaths> kinds;
  std::unordered_map<std::string_view, const KindPaths*> by_detail_type;
  KindPaths other{other_event_kind()};
  const KindPaths* paths = nullptr;  // of the event at hand

  Event event;
  Observation seen;
  std::array<Value, e_max> envelope;
  std::array<Value, N::notes_max> notes;
  std::string key, arn, tags;
  std::deque<std::string> made;  // label texts that stand nowhere in the event
  std::size_t made_count = 0;
  std::vector<std::string_view> labels, counted, resources, incomplete;
  std::vector<double> numbers;
  std::vector<PartSeen> parts;

  explicit Parts(std::vector<std::string> wanted_tags);
  void read_object(const MemberTrie& trie, std::uint8_t node, Value* into, bool only_gaps = false);
  void read_value(Value& value, bool is_entered);
  void enter(const MemberTrie& trie, std::uint8_t node, Value* into, bool only_gaps);
  const KindPaths* find_kind(std::string_view detail_type) const;
  std::string_view text(const Value& value) {
    return value.is_string() ? walk.unescaped(value.raw) : std::string_view{};
  }
  std::optional<UnixNanos> time(const Value& value);

  void read_envelope();
  void read_detail();
  void list_resources();
  void observe();
  void observe_identity(const EventKind& row);
  void observe_name(const EventKind& row, const Arn& root);
  void observe_status(const EventKind& row);
  void observe_times(const EventKind& row);
  void observe_facts(const EventKind& row);
  void observe_parent(const EventKind& row);
  void observe_tags();
  bool observe_call();
  void observe_parts(const EventKind& row, const Value& list, bool is_more);
  void observe_part(const std::array<Value, N::part_notes>& values, bool is_more);
  std::string_view label_text(const Value& value, ReadAs read_as, std::string_view path);
  std::string& new_text();
  std::string_view field(std::string_view path, std::size_t note, bool is_required, std::size_t bytes_max);
};

EventReader::Parts::Parts(std::vector<std::string> wanted_tags) : tag_keys(std::move(wanted_tags)) {
  constexpr std::string_view keys[e_max] = {"id",   "source", "detail-type", "account",
                                            "time", "region", "resources",   "detail"};
  for (std::uint8_t i = 0; i < e_max; ++i) envelope_trie.add(keys[i], i);
  if (tag_keys.size() > tags_max) tag_keys.resize(tags_max);
  for (const EventKind& row : event_kinds()) by_detail_type.emplace(row.detail_type, &kinds.emplace_back(row));
}

// Written field by field where it stays: a Value handed back would be copied while its parts are still being stored.
inline void EventReader::Parts::read_value(Value& value, bool is_entered) {
  value.type = walk.type();
  value.place = walk.place();
  if (value.is_string())
    value.raw = walk.raw_string();
  else if (value.type != '{' && value.type != '[')
    value.raw = walk.scalar();
  else if (!is_entered)
    walk.skip();
}

// The object or list here, on the way to a wanted value.
void EventReader::Parts::enter(const MemberTrie& trie, std::uint8_t node, Value* into, bool only_gaps) {
  if (walk.type() == '{') return read_object(trie, node, into, only_gaps);
  walk.array([&] {
    if (walk.type() == '{')
      read_object(trie, node, into, true);
    else
      walk.skip();
  });
}

void EventReader::Parts::read_object(const MemberTrie& trie, std::uint8_t node, Value* into, bool only_gaps) {
  walk.object([&](std::string_view raw_key) {
    const MemberTrie::Entry* entry = trie.find(node, walk.unescaped(raw_key));
    if (entry == nullptr) return walk.skip();
    const bool is_on_the_way = entry->child != 0 && (walk.type() == '{' || walk.type() == '[');
    const bool is_wanted = entry->note != MemberTrie::no_note && !(only_gaps && into[entry->note].is_known());
    if (is_wanted) read_value(into[entry->note], is_on_the_way);
    if (is_on_the_way)
      enter(trie, entry->child, into, only_gaps);
    else if (!is_wanted)
      walk.skip();
  });
}

const KindPaths* EventReader::Parts::find_kind(std::string_view detail_type) const {
  const auto found = by_detail_type.find(detail_type);
  return found != by_detail_type.end() ? found->second : nullptr;
}

std::optional<UnixNanos> EventReader::Parts::time(const Value& value) {
  if (value.is_string()) return event_time(text(value));
  return value.is_number() ? event_time(value.raw) : std::nullopt;
}

// With the detail's notes on the way if the kind is known by then, as it is in AWS's order of keys.
void EventReader::Parts::read_envelope() {
  walk.object([&](std::string_view raw_key) {
    const MemberTrie::Entry* entry = envelope_trie.find(0, walk.unescaped(raw_key));
    if (entry == nullptr) return walk.skip();
    if (entry->note == e_detail && envelope[e_type].is_string() && walk.type() == '{') {
      paths = find_kind(text(envelope[e_type]));
      if (paths != nullptr) return read_detail();
    }
    read_value(envelope[entry->note], false);
  });
  event.id = text(envelope[e_id]);
  event.source = text(envelope[e_source]);
  event.detail_type = text(envelope[e_type]);
  event.account = text(envelope[e_account]);
  event.region = text(envelope[e_region]);
  event.happened = time(envelope[e_time]).value_or(UnixNanos{});
}

void EventReader::Parts::read_detail() {
  for (std::size_t i = 0; i < paths->notes; ++i) notes[i].type = 0;
  if (walk.type() == '{') read_object(paths->trie, 0, notes.data());
}

std::string& EventReader::Parts::new_text() {
  if (made_count == made.size()) made.emplace_back();
  std::string& text = made[made_count++];
  text.clear();
  return text;
}

// The text of a field: "" and a note among the incomplete ones if it is of another type, or missing though required.
std::string_view EventReader::Parts::field(std::string_view path, std::size_t note, bool is_required,
                                           std::size_t bytes_max) {
  const Value& value = notes[note];
  const bool is_wrong = value.is_known() && !value.is_string();
  const std::string_view read = cut_utf8(text(value), bytes_max);
  if (is_wrong || (is_required && read.empty() && !path.empty())) incomplete.push_back(path);
  return read;
}

void EventReader::Parts::list_resources() {
  resources.clear();
  if (envelope[e_resources].type != '[') return;
  walk.go_to(envelope[e_resources].place);
  walk.array([&] {
    Value value;
    read_value(value, false);
    if (value.is_string()) resources.push_back(text(value));
  });
}

void EventReader::Parts::observe_identity(const EventKind& row) {
  Arn root = Arn::read(text(notes[N::arn]));
  if (root.text.empty()) {
    if (!row.arn_path.empty()) incomplete.push_back(row.arn_path);
    list_resources();
    root = resource_arn(&row, {}, resources);
  }
  seen.account = cut_utf8(root.account.empty() ? event.account : root.account, texts_max.account);
  seen.region = cut_utf8(root.region.empty() ? event.region : root.region, texts_max.account);
  observe_name(row, root);
  put_resource_key(seen.arn, key);
  seen.key = key;
}

void EventReader::Parts::observe_name(const EventKind& row, const Arn& root) {
  if (row.kind->part.empty()) {
    seen.arn = root.text;
    seen.name = field(row.name_path, N::name, true, texts_max.name);
    if (seen.name.empty()) seen.name = cut_utf8(root.name, texts_max.name);
    return;
  }
  seen.name = field(row.part_path, N::part, row.axes_required > 0, texts_max.name);
  if (seen.name.empty() || root.text.empty()) return;
  arn.assign(root.text).append(1, '#').append(row.kind->part).append(1, '/').append(seen.name);
  seen.arn = arn;
}

void EventReader::Parts::observe_status(const EventKind& row) {
  const ResourceKind& kind = *row.kind;
  for (std::size_t i = 0; i < kind.axes.size(); ++i) {
    const std::string_view told = i == 0 && !row.status.empty()
                                      ? row.status
                                      : field(row.axis_paths[i], N::axis + i, i < row.axes_required, texts_max.status);
    if (told.empty()) continue;
    seen.gone |= i == 0 && told == kind.gone;
    seen.status[i] = index_of(kind.axes[i].values, told);
    if (seen.status[i] == other_status) seen.status_verbatim[i] = told;
  }
  if (const std::string_view before = text(notes[N::previous]); !before.empty() && !kind.axes.empty())
    seen.previous = index_of(kind.axes[0].values, before);
  seen.reason_text = field(row.reason_path, N::reason, false, texts_max.reason);
  seen.reason =
      reason_class(known_status(kind, 0, seen.status[0]), known_status(kind, 1, seen.status[1]), seen.reason_text);
}

void EventReader::Parts::observe_times(const EventKind& row) {
  struct Time {
    std::string_view path;
    std::size_t note;
    UnixNanos* into;
  };
  for (const auto& [path, note, into] :
       {Time{row.created_path, N::created, &seen.created}, Time{row.started_path, N::started, &seen.started},
        Time{row.ended_path, N::ended, &seen.ended}, Time{row.modified_path, N::modified, &seen.modified}}) {
    const auto read = time(notes[note]);
    if (read)
      *into = *read;
    else if (notes[note].is_known() || (note == N::created && row.created_required))
      incomplete.push_back(path);
  }
  if (!seen.modified.known()) seen.modified = event.happened;
}

// "" where the value is not what the reading asks for; that is noted, but for a null.
std::string_view EventReader::Parts::label_text(const Value& value, ReadAs read_as, std::string_view path) {
  if (!value.is_known()) return {};
  const bool is_object = value.type == '{';
  if (read_as == ReadAs::presence && is_object) return "true";
  if (read_as == ReadAs::first_key && is_object) {
    std::string& first = new_text();
    walk.go_to(value.place);
    walk.object([&](std::string_view raw_key) {
      if (first.empty()) put_resource_key(cut_utf8(walk.unescaped(raw_key), texts_max.label), first);
      walk.skip();
    });
    return first;
  }
  if (read_as == ReadAs::arn_tail && value.is_string()) {
    const Arn told = Arn::read(text(value));
    if (!told.text.empty()) return cut_utf8(told.name, texts_max.label);
  }
  if (read_as == ReadAs::as_it_is) {
    if (value.is_string()) return cut_utf8(text(value), texts_max.label);
    if (value.type == 't' || value.type == 'f') return value.raw;
    if (const auto number = value.is_number() ? read_number(value.raw) : std::nullopt) {
      constexpr double exact_max = 9007199254740992;  // a double holds whole numbers up to here
      if (std::abs(*number) > exact_max || *number != std::trunc(*number)) return cut_utf8(value.raw, texts_max.label);
      return new_text() = std::to_string(static_cast<std::int64_t>(*number));
    }
  }
  incomplete.push_back(path);
  return {};
}

void EventReader::Parts::observe_facts(const EventKind& row) {
  labels.assign(row.kind->labels.size(), {});
  for (std::size_t i = 0; i < row.labels.size(); ++i)
    labels[paths->labels[i].place] =
        label_text(notes[paths->labels[i].note], row.labels[i].read_as, row.labels[i].path);
  counted.assign(row.counted.size(), {});
  for (std::size_t i = 0; i < row.counted.size(); ++i)
    counted[i] = label_text(notes[paths->counted[i].note], row.counted[i].read_as, row.counted[i].path);
  numbers.assign(row.kind->numbers.size(), unknown_number);
  for (std::size_t i = 0; i < row.numbers.size(); ++i) {
    const Value& value = notes[paths->numbers[i].note];
    std::optional<double> number;
    if (row.numbers[i].read_as == ReadAs::seconds) {
      if (const auto read = time(value)) number = read->seconds();
    } else if (value.is_number()) {
      number = read_number(value.raw);
    }
    if (!number && value.is_known()) incomplete.push_back(row.numbers[i].path);
    numbers[paths->numbers[i].place] = number.value_or(unknown_number);
  }
  observe_parent(row);
  if (row.kind == &kinds::other) labels[0] = cut_utf8(event.detail_type, texts_max.label);
  seen.labels = labels;
  seen.numbers = numbers;
  seen.counted = counted;
}

// Jobs have it as labels, too: parent_type and parent_name.
void EventReader::Parts::observe_parent(const EventKind& row) {
  for (std::size_t i = 0; i < row.parents.size(); ++i) {
    const Arn told = Arn::read(text(notes[paths->parents[i].note]));
    if (told.text.empty()) continue;
    seen.parent = told.text;
    for (std::size_t label = 0; label < labels.size(); ++label) {
      if (row.kind->labels[label] == "parent_type") labels[label] = row.parents[i].name;
      if (row.kind->labels[label] == "parent_name") labels[label] = cut_utf8(told.name, texts_max.label);
    }
    return;
  }
  // A part belongs to what its key begins with.
  if (!row.kind->part.empty() && !seen.arn.empty()) seen.parent = seen.arn.substr(0, seen.arn.find('#'));
}

// A map in real events and {} in most samples; a list of {Key, Value} in the schemas of the registry. Of a key that is
// told again the first counts, so that there are no more tags than keys asked for.
void EventReader::Parts::observe_tags() {
  tags.clear();
  const Value& told = notes[N::tags];
  if (tag_keys.empty() || !told.is_known()) return;
  const auto keep = [this](std::string_view name, std::string_view value) {
    bool is_wanted = std::find(tag_keys.begin(), tag_keys.end(), name) != tag_keys.end();
    each_tag(tags,
             [&](std::string_view known, std::string_view) { is_wanted &= known != cut_utf8(name, tag_key_max); });
    if (is_wanted) put_tag(tags, name, value);
  };
  walk.go_to(told.place);
  if (told.type == '{') {
    walk.object([&](std::string_view raw_key) {
      Value value;
      read_value(value, false);
      if (value.is_string()) keep(walk.unescaped(raw_key), text(value));
    });
  } else if (told.type == '[') {
    walk.array([&] {
      if (walk.type() != '{') return walk.skip();
      std::string_view name, value;
      walk.object([&](std::string_view raw_key) {
        Value one;
        read_value(one, false);
        if (raw_key == "Key") name = text(one);
        if (raw_key == "Value") value = text(one);
      });
      keep(name, value);
    });
  } else {
    incomplete.push_back(paths->row->tags_path);
  }
  seen.tags = tags;
}

// A name is one part, and has one series of each family: of a list that tells it twice the first counts.
void EventReader::Parts::observe_part(const std::array<Value, N::part_notes>& values, bool is_more) {
  const std::string_view name = cut_utf8(text(values[N::part_name]), texts_max.name);
  auto part = std::find_if(parts.begin(), parts.end(), [&](const PartSeen& known) { return known.name == name; });
  const bool is_new = part == parts.end();
  if (is_new && parts.size() >= parts_max) {
    ++seen.parts_dropped;
    return;
  }
  if (!is_new && !is_more) return;
  if (is_new) {
    part = parts.insert(part, PartSeen{});
    part->name = name;
  }
  for (std::size_t i = 0; i < part_texts_max; ++i) {
    if (const std::string_view told = text(values[N::part_text + i]); !told.empty())
      part->texts[i] = cut_utf8(told, texts_max.status);
  }
  for (std::size_t i = 0; is_new && i < part_numbers_max; ++i) {
    const Value& value = values[N::part_number + i];
    if (value.is_number()) part->numbers[i] = read_number(value.raw).value_or(unknown_number);
  }
}

void EventReader::Parts::observe_parts(const EventKind& row, const Value& list, bool is_more) {
  if (list.is_known() && list.type != '[') incomplete.push_back(is_more ? row.parts.more : row.parts.list);
  if (list.type != '[') return;
  seen.tells_parts = true;
  walk.go_to(list.place);
  walk.array([&] {
    if (walk.type() != '{') return walk.skip();
    std::array<Value, N::part_notes> values;
    read_object(paths->part_trie, 0, values.data());
    observe_part(values, is_more);
  });
  seen.parts = parts;
}

// False: the call was of another service.
bool EventReader::Parts::observe_call() {
  const CallSeen& call = calls.read(event.json);
  if (!call.is_sagemaker || call.arn.empty()) return call.is_sagemaker;
  const Arn root = Arn::read(call.arn);
  seen.arn = call.arn;
  seen.name = call.name;
  seen.account = cut_utf8(root.account, texts_max.account);
  seen.region = cut_utf8(root.region, texts_max.account);
  put_resource_key(seen.arn, key);
  seen.key = key;
  if (call.call.effect == CallEffect::none || call.is_failed) return true;
  seen.kind = call.call.noun->kind;
  seen.call = call.call.effect;
  seen.call_name = cut_utf8(call.event_name, texts_max.status);
  seen.actor = call.actor;
  if (call.time.known()) seen.modified = call.time;
  seen.gone = seen.call == CallEffect::deletes && seen.kind->axes.empty();
  labels.assign(seen.kind->labels.size(), {});
  if (seen.kind == &kinds::other) labels[0] = cut_utf8(event.detail_type, texts_max.label);
  numbers.assign(seen.kind->numbers.size(), unknown_number);
  seen.labels = labels;
  seen.numbers = numbers;
  return true;
}

void EventReader::Parts::observe() {
  const EventKind& row = *paths->row;
  incomplete.clear();
  made_count = 0;
  seen = Observation{};
  seen.event_kind = &row;
  seen.kind = row.kind;
  observe_identity(row);
  observe_status(row);
  observe_times(row);
  observe_facts(row);
  observe_tags();
  parts.clear();
  if (!row.parts.list.empty()) {
    observe_parts(row, notes[N::parts], false);
    observe_parts(row, notes[N::more_parts], true);
  }
  if (row.is_occurrence) {
    const std::string_view own = text(notes[N::occurrence]);
    seen.occurrence = own.empty() ? hash64(event.json.text()) : resource_key_of_id(event.detail_type, own);
  }
  seen.incomplete = incomplete;
  if (row.is_call && !observe_call()) return;
  event.resource = &seen;
}

EventReader::EventReader(std::vector<std::string> tags) : parts_(std::make_unique<Parts>(std::move(tags))) {}
EventReader::~EventReader() = default;

const Event& EventReader::read(ValidJson json, UnixNanos received) {
  Parts& parts = *parts_;
  parts.event = Event{};
  parts.event.json = json;
  parts.event.received = received;
  for (Value& value : parts.envelope) value.type = 0;
  parts.paths = nullptr;
  if (!parts.walk.begin(json) || parts.walk.type() != '{') return parts.event;
  parts.read_envelope();
  if (parts.paths == nullptr) {
    // `detail` stood in front of its type; if it is no object, there is nothing to note.
    parts.paths = parts.find_kind(parts.event.detail_type);
    if (parts.paths == nullptr && parts.event.source == sagemaker) parts.paths = &parts.other;
    if (parts.paths == nullptr) return parts.event;
    if (parts.envelope[e_detail].type != 0) parts.walk.go_to(parts.envelope[e_detail].place);
    parts.read_detail();
  }
  parts.observe();
  return parts.event;
}

}  // namespace sagewatch
