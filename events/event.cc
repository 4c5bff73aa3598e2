// Reading an event: one walk through its text along a trie of the paths that its kind's row mentions, which notes where
// the value of each mentioned path stands; then the notes are turned into an Observation. The trie is made once per
// kind, so a new row costs no code. Everything not mentioned is skipped unread.
//
// The detail is walked after the whole envelope was seen only where `detail-type` stands behind `detail`; AWS writes it
// in front. Of repeated keys below the envelope the last one counts (events/envelope.cc chooses the shard by the same
// rule). Keys are compared as written first, and unescaped where the text has any escape at all.
#include "events/event.h"

#include <array>
#include <charconv>
#include <string>
#include <vector>

#include "events/event_time.h"
#include "events/json_walk.h"
#include "events/member_trie.h"
#include "events/resource_key.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();

// Where each thing stands in the notes of one event. Labels, numbers and parents of the row follow.
enum Note : std::uint8_t {
  n_name,
  n_arn,
  n_status,
  n_secondary,
  n_reason,
  n_created,
  n_started,
  n_ended,
  n_modified,
  n_variants,
  n_first_fact,
  n_max = 48,
};
enum EnvelopeNote : std::uint8_t { e_id, e_source, e_type, e_account, e_time, e_region, e_resources, e_detail, e_max };
enum VariantNote : std::uint8_t {
  v_name,
  v_current_instances,
  v_desired_instances,
  v_current_weight,
  v_desired_weight,
  v_max
};

struct Value {
  char type = 0;  // as JsonWalk::type(); 0: absent
  std::string_view raw;
  JsonWalk::Place place = nullptr;
  bool is_known() const { return type != 0 && type != 'n'; }
  bool is_string() const { return type == '"'; }
  bool is_number() const { return type == '-' || (type >= '0' && type <= '9'); }
};

// A row of the table with its trie.
struct CompiledKind {
  const EventKind* kind;
  MemberTrie trie;
  std::uint8_t first_number, first_parent, notes;

  explicit CompiledKind(const EventKind& row) : kind(&row) {
    const auto add = [this](std::string_view path, std::size_t note) {
      if (!path.empty()) trie.add(path, static_cast<std::uint8_t>(note));
    };
    add(row.name_path, n_name);
    add(row.arn_path, n_arn);
    add(row.status_path, n_status);
    add(row.secondary_path, n_secondary);
    add(row.reason_path, n_reason);
    add(row.created_path, n_created);
    add(row.started_path, n_started);
    add(row.ended_path, n_ended);
    add(row.modified_path, n_modified);
    add(row.variants_path, n_variants);
    std::size_t next = n_first_fact;
    for (const Fact& label : row.labels) add(label.path, next++);
    first_number = static_cast<std::uint8_t>(next);
    for (const Fact& number : row.numbers) add(number.path, next++);
    first_parent = static_cast<std::uint8_t>(next);
    for (const Fact& parent : row.parents) add(parent.path, next++);
    SW_MUST(next <= n_max, "rows of the table are written with n_max in mind");
    notes = static_cast<std::uint8_t>(next);
  }
};

std::optional<double> read_number(std::string_view text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// The index of `text` among the statuses in either spelling, else other_status.
std::uint8_t find_status(std::span<const Status> statuses, std::string_view text) {
  for (std::size_t i = 0; i < statuses.size(); ++i)
    if (statuses[i].event == text || statuses[i].api == text) return static_cast<std::uint8_t>(i);
  return other_status;
}

const Status* known_status(std::span<const Status> statuses, std::uint8_t index) {
  return index < statuses.size() ? &statuses[index] : nullptr;
}

}  // namespace

struct EventReader::Parts {
  JsonWalk walk;
  MemberTrie envelope_trie, variant_trie;
  std::vector<CompiledKind> kinds;
  const CompiledKind* compiled = nullptr;  // of the event at hand

  Event event;
  Observation seen;
  std::array<Value, e_max> envelope;
  std::array<Value, n_max> notes;
  std::string key;
  std::vector<std::string_view> labels, resources, incomplete;
  std::vector<double> numbers;
  std::vector<VariantSeen> variants;

  Parts();
  void read_object(const MemberTrie& trie, std::uint8_t node, Value* into);
  void read_value(Value& value);
  const CompiledKind* find_kind(std::string_view detail_type) const;
  std::string_view text(const Value& value) {
    return value.is_string() ? walk.unescaped(value.raw) : std::string_view{};
  }
  std::optional<UnixNanos> time(const Value& value);

  void read_envelope();
  void read_detail();
  void observe();
  void observe_identity(const EventKind& kind);
  void observe_status(const EventKind& kind);
  void observe_times(const EventKind& kind);
  void observe_facts(const EventKind& kind);
  void observe_parent(const EventKind& kind);
  void observe_variants(const EventKind& kind);
  std::string_view field(std::string_view path, Note note, bool is_required, std::size_t bytes_max);
};

EventReader::Parts::Parts() {
  constexpr std::string_view keys[e_max] = {"id",   "source", "detail-type", "account",
                                            "time", "region", "resources",   "detail"};
  for (std::uint8_t i = 0; i < e_max; ++i) envelope_trie.add(keys[i], i);
  constexpr std::string_view variant_keys[v_max] = {"VariantName", "CurrentInstanceCount", "DesiredInstanceCount",
                                                    "CurrentWeight", "DesiredWeight"};
  for (std::uint8_t i = 0; i < v_max; ++i) variant_trie.add(variant_keys[i], i);
  for (const EventKind& row : event_kinds()) kinds.emplace_back(row);
}

// Written field by field where it stays: a Value handed back would be copied while its parts are still being stored.
inline void EventReader::Parts::read_value(Value& value) {
  value.type = walk.type();
  value.place = walk.place();
  if (value.is_string())
    value.raw = walk.raw_string();
  else if (value.type == '{' || value.type == '[')
    walk.skip();
  else
    value.raw = walk.scalar();
}

void EventReader::Parts::read_object(const MemberTrie& trie, std::uint8_t node, Value* into) {
  walk.object([&](std::string_view raw_key) {
    const MemberTrie::Entry* entry = trie.find(node, walk.unescaped(raw_key));
    if (entry == nullptr) return walk.skip();
    if (entry->note != MemberTrie::no_note)
      read_value(into[entry->note]);
    else if (walk.type() == '{')
      read_object(trie, entry->child, into);
    else
      walk.skip();
  });
}

const CompiledKind* EventReader::Parts::find_kind(std::string_view detail_type) const {
  for (const CompiledKind& one : kinds)
    if (one.kind->detail_type == detail_type) return &one;
  return nullptr;
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
      compiled = find_kind(text(envelope[e_type]));
      if (compiled != nullptr) return read_detail();
    }
    read_value(envelope[entry->note]);
  });
  event.id = text(envelope[e_id]);
  event.source = text(envelope[e_source]);
  event.detail_type = text(envelope[e_type]);
  event.account = text(envelope[e_account]);
  event.region = text(envelope[e_region]);
  event.happened = time(envelope[e_time]).value_or(UnixNanos{});
}

void EventReader::Parts::read_detail() {
  for (std::size_t i = 0; i < compiled->notes; ++i) notes[i].type = 0;
  if (walk.type() == '{') read_object(compiled->trie, 0, notes.data());
}

// The text of a field: "" and a note among the incomplete ones if it is of another type, or missing though required.
std::string_view EventReader::Parts::field(std::string_view path, Note note, bool is_required, std::size_t bytes_max) {
  const Value& value = notes[note];
  const bool is_wrong = value.is_known() && !value.is_string();
  const std::string_view read = cut_utf8(text(value), bytes_max);
  if (is_wrong || (is_required && read.empty() && !path.empty())) incomplete.push_back(path);
  return read;
}

void EventReader::Parts::observe_identity(const EventKind& kind) {
  const std::string_view in_detail = text(notes[n_arn]);
  Arn arn = Arn::read(in_detail);
  if (arn.text.empty()) {
    incomplete.push_back(kind.arn_path);
    resources.clear();
    if (envelope[e_resources].type == '[') {
      walk.go_to(envelope[e_resources].place);
      walk.array([&] {
        Value value;
        read_value(value);
        if (value.is_string()) resources.push_back(text(value));
      });
    }
    arn = resource_arn(&kind, {}, resources);
  }
  seen.arn = arn.text;
  put_resource_key(arn.text, key);
  seen.key = key;
  seen.name = field(kind.name_path, n_name, true, texts_max.name);
  if (seen.name.empty()) seen.name = cut_utf8(arn.name, texts_max.name);
  seen.account = cut_utf8(arn.account.empty() ? event.account : arn.account, texts_max.account);
  seen.region = cut_utf8(arn.region.empty() ? event.region : arn.region, texts_max.account);
}

void EventReader::Parts::observe_status(const EventKind& kind) {
  const std::string_view status = field(kind.status_path, n_status, true, texts_max.status);
  const std::string_view secondary = field(kind.secondary_path, n_secondary, true, texts_max.status);
  seen.gone = !status.empty() && status == kind.gone;
  if (!status.empty()) seen.status = find_status(kind.statuses, status);
  if (!secondary.empty()) seen.secondary = find_status(kind.secondary, secondary);
  if (seen.status == other_status) seen.status_verbatim = status;
  if (seen.secondary == other_status) seen.secondary_verbatim = secondary;
  seen.reason_text = field(kind.reason_path, n_reason, false, texts_max.reason);
  seen.reason = reason_class(known_status(kind.statuses, seen.status), known_status(kind.secondary, seen.secondary),
                             seen.reason_text);
}

void EventReader::Parts::observe_times(const EventKind& kind) {
  struct Time {
    std::string_view path;
    Note note;
    UnixNanos* into;
  };
  for (const auto& [path, note, into] :
       {Time{kind.created_path, n_created, &seen.created}, Time{kind.started_path, n_started, &seen.started},
        Time{kind.ended_path, n_ended, &seen.ended}, Time{kind.modified_path, n_modified, &seen.modified}}) {
    const auto read = time(notes[note]);
    if (read)
      *into = *read;
    else if (notes[note].is_known() || (note == n_created && !path.empty()))
      incomplete.push_back(path);
  }
  if (!seen.modified.known()) seen.modified = event.happened;
}

void EventReader::Parts::observe_facts(const EventKind& kind) {
  labels.resize(kind.labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i)
    labels[i] = field(kind.labels[i].path, static_cast<Note>(n_first_fact + i), false, texts_max.label);
  numbers.resize(kind.numbers.size());
  for (std::size_t i = 0; i < kind.numbers.size(); ++i) {
    const Value& value = notes[compiled->first_number + i];
    const auto number = value.is_number() ? read_number(value.raw) : std::nullopt;
    if (!number && value.is_known()) incomplete.push_back(kind.numbers[i].path);
    numbers[i] = number.value_or(unknown_number);
  }
  observe_parent(kind);
  seen.labels = labels;
  seen.numbers = numbers;
}

void EventReader::Parts::observe_parent(const EventKind& kind) {
  for (std::size_t i = 0; i < kind.parents.size(); ++i) {
    const Arn arn = Arn::read(text(notes[compiled->first_parent + i]));
    if (arn.text.empty()) continue;
    for (std::size_t label = 0; label < kind.labels.size(); ++label) {
      if (kind.labels[label].name == "parent_type") labels[label] = kind.parents[i].name;
      if (kind.labels[label].name == "parent_name") labels[label] = cut_utf8(arn.name, texts_max.label);
    }
    return;
  }
}

void EventReader::Parts::observe_variants(const EventKind& kind) {
  variants.clear();
  const Value& list = notes[n_variants];
  if (list.is_known() && list.type != '[') incomplete.push_back(kind.variants_path);
  seen.tells_variants = list.type == '[';
  if (seen.tells_variants) {
    walk.go_to(list.place);
    walk.array([&] {
      if (walk.type() != '{' || variants.size() >= variants_max) return walk.skip();
      std::array<Value, v_max> values;
      read_object(variant_trie, 0, values.data());
      const auto number = [&](VariantNote note) {
        const Value& value = values[note];
        return value.is_number() ? read_number(value.raw).value_or(unknown_number) : unknown_number;
      };
      variants.push_back({cut_utf8(text(values[v_name]), texts_max.name), number(v_current_instances),
                          number(v_desired_instances), number(v_current_weight), number(v_desired_weight)});
    });
  }
  seen.variants = variants;
}

void EventReader::Parts::observe() {
  const EventKind& kind = *compiled->kind;
  incomplete.clear();
  seen = Observation{};
  seen.kind = &kind;
  observe_identity(kind);
  observe_status(kind);
  observe_times(kind);
  observe_facts(kind);
  if (!kind.variants_path.empty()) observe_variants(kind);
  seen.incomplete = incomplete;
  event.resource = &seen;
}

EventReader::EventReader() : parts_(std::make_unique<Parts>()) {}
EventReader::~EventReader() = default;

const Event& EventReader::read(ValidJson json, UnixNanos received) {
  Parts& parts = *parts_;
  parts.event = Event{};
  parts.event.json = json;
  parts.event.received = received;
  for (Value& value : parts.envelope) value.type = 0;
  parts.compiled = nullptr;
  if (!parts.walk.begin(json) || parts.walk.type() != '{') return parts.event;
  parts.read_envelope();
  if (parts.compiled == nullptr && (parts.compiled = parts.find_kind(parts.event.detail_type)) != nullptr) {
    // `detail` stood in front of its type; if it is no object, there is nothing to note.
    if (parts.envelope[e_detail].type != 0) parts.walk.go_to(parts.envelope[e_detail].place);
    parts.read_detail();
  }
  if (parts.compiled != nullptr) parts.observe();
  return parts.event;
}

}  // namespace sagewatch
