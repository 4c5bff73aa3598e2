// A series is known by its labels packed into one string, which is also the middle of its row's name:
//
//   name  = "fleet1" u32 shard, u8 family, string account, region, three labels
//   value = u64 × counter_values
//
// Each series has the counts of this shard and, apart from them, what rows of other shard numbers brought (written when
// the program ran with another number of shards). Only the first change and are written again, so that a row has one
// writer and nothing is lost or doubled when the number of shards changes.
//
// An occurrence leaves no state by which a repeat could be recognised, so the last few thousand are remembered, each in
// a row of its own: "occurred1" u32 shard, u32 place = u64; the place behind the last one has that of the next.
#include "events/fleet_counters.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <mutex>
#include <unordered_set>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::string_view row_prefix = "fleet1", occurrence_prefix = "occurred1";
constexpr std::size_t occurrences_max = 4096;  // repeats come within minutes: EventBridge redelivers for a day at most
constexpr std::size_t results_max = 1'000;     // of a family beyond series_max, for results that nobody knew beforehand

struct Count {
  std::vector<std::uint64_t> own, brought;
  bool is_changed = false;
};

// In place of what `packed` holds, which keeps its memory for the next one: this runs at every transition.
void pack(std::string& packed, const CounterRow& row, std::string_view account, std::string_view region,
          const CounterLabels& labels, std::size_t used) {
  packed.clear();
  put<std::uint8_t>(packed, row.id);
  put_string(packed, account);
  put_string(packed, region);
  for (std::size_t i = 0; i < counter_labels_max; ++i) put_string(packed, i < used ? labels[i] : std::string_view{});
}

bool unpack(std::string_view packed, FleetCounters::Series& series) {
  ByteReader reader{packed};
  series.row = find_counter_row(reader.number<std::uint8_t>());
  series.account = reader.string();
  series.region = reader.string();
  for (std::string_view& label : series.labels) label = reader.string();
  return series.row != nullptr && reader.ok() && reader.at_end();
}

void observe(CountType type, std::vector<std::uint64_t>& values, double told) {
  if (type == CountType::counter) {
    ++values[0];
  } else if (type == CountType::newest) {
    values[0] = std::max(values[0], static_cast<std::uint64_t>(std::max(0.0, told * 1e3)));
  } else {
    const auto bucket = std::lower_bound(fleet_buckets.begin(), fleet_buckets.end(), told) - fleet_buckets.begin();
    ++values[static_cast<std::size_t>(bucket)];
    values.back() += static_cast<std::uint64_t>(std::llround(told * 1e3));
  }
}

std::vector<const CounterRow*> rows_for(const EventKind& row) {
  std::vector<const CounterRow*> rows;
  for (const CounterRow& each : counter_rows())
    if (each.is_for(row)) rows.push_back(&each);
  return rows;
}

}  // namespace

void add_counts(CountType type, std::vector<std::uint64_t>& into, std::span<const std::uint64_t> values) {
  into.resize(std::max(into.size(), values.size()));
  for (std::size_t i = 0; i < values.size(); ++i)
    into[i] = type == CountType::newest ? std::max(into[i], values[i]) : into[i] + values[i];
}

struct FleetCounters::Parts {
  std::uint32_t shard;
  std::size_t series_max;
  std::shared_ptr<CounterRoom> room;
  std::vector<std::vector<const CounterRow*>> rows;  // parallel to event_kinds()
  mutable std::mutex mutex;
  // All below: guarded by mutex. A map: a scrape shows the series of a family side by side.
  std::map<std::string, Count, std::less<>> counts;
  std::array<std::size_t, 256> series{};  // how many of these a family has, by its row's id
  std::vector<std::string> changed;
  std::unordered_set<std::string> subjects;  // whose series exist
  std::string who, which;                    // scratch,
  std::vector<std::string> born;             // likewise
  std::array<std::uint64_t, occurrences_max> occurred{};
  std::unordered_set<std::uint64_t> occurred_lately;
  std::size_t next_occurrence = 0;
  std::vector<std::size_t> changed_occurrences;

  bool is_new(std::uint64_t occurrence);
  void put_occurrence(std::size_t place, std::uint64_t occurrence);
  Count& at(const CounterRow& row, const std::string& packed);
  void mark(const std::string& packed, Count& count);
  bool fits(const CounterRow& row);
  bool bear(const CounterRow& row, std::string_view account, std::string_view region, const CounterLabels& subject);
  void count(const CounterRow& row, const Observation& seen, const Effect& effect);
};

void FleetCounters::Parts::put_occurrence(std::size_t place, std::uint64_t occurrence) {
  occurred_lately.erase(occurred[place]);
  occurred[place] = occurrence;
  occurred_lately.insert(occurrence);
}

bool FleetCounters::Parts::is_new(std::uint64_t occurrence) {
  if (occurred_lately.contains(occurrence)) return false;
  put_occurrence(next_occurrence, occurrence);
  changed_occurrences.push_back(next_occurrence);
  next_occurrence = (next_occurrence + 1) % occurrences_max;
  return true;
}

Count& FleetCounters::Parts::at(const CounterRow& row, const std::string& packed) {
  const auto [place, is_new] = counts.try_emplace(packed);
  if (is_new) {
    ++series[row.id];
    if (room) room->take_anyway(row, packed);
    place->second.own.resize(counter_values(row));
    mark(packed, place->second);
  }
  return place->second;
}

void FleetCounters::Parts::mark(const std::string& packed, Count& count) {
  if (count.is_changed) return;
  count.is_changed = true;
  changed.push_back(packed);
}

// Makes the series of a subject that is seen for the first time. False: there is no room, use `overflow`.
bool FleetCounters::Parts::bear(const CounterRow& row, std::string_view account, std::string_view region,
                                const CounterLabels& subject) {
  pack(who, row, account, region, subject, row.subjects);
  if (subjects.contains(who)) return true;
  if (series[row.id] >= series_max && account != overflow) return false;
  born.clear();
  CounterLabels labels = subject;
  if (row.born != nullptr) {
    row.born(labels, [&] {
      pack(which, row, account, region, labels, row.labels);
      born.push_back(which);
    });
  }
  // Where nobody knows what will come, the subject's labels are all that the series has.
  const std::span<const std::string> wanted =
      row.born != nullptr ? std::span<const std::string>{born} : std::span{&who, 1};
  if (room && account != overflow && !room->take(row, wanted)) return false;
  subjects.insert(who);
  for (const std::string& packed : born) at(row, packed);
  return true;
}

// Whether `which`, of which nobody knew that it would come, may be a series of its own.
bool FleetCounters::Parts::fits(const CounterRow& row) {
  return series[row.id] < series_max + results_max && (!room || room->take(row, {&which, 1}));
}

void FleetCounters::Parts::count(const CounterRow& row, const Observation& seen, const Effect& effect) {
  CounterLabels labels;
  if (!row.subject(seen, labels)) return;
  std::string_view account = seen.account, region = seen.region;
  if (!bear(row, account, region, labels)) {
    account = region = overflow;
    if (row.is_folded) std::fill_n(labels.begin(), row.subjects, overflow);
    bear(row, account, region, labels);
  }
  const CounterLabels subject = labels;
  const auto told = row.count(seen, effect, labels);
  if (!told) return;
  if (account == overflow) std::copy_n(subject.begin(), row.subjects, labels.begin());
  pack(which, row, account, region, labels, row.labels);
  if (!counts.contains(which) && !fits(row)) {
    labels.fill(overflow);
    pack(which, row, overflow, overflow, labels, row.labels);
  }
  Count& count = at(row, which);
  observe(row.type, count.own, *told);
  mark(which, count);
}

FleetCounters::FleetCounters(std::uint32_t shard, std::size_t series_max, std::shared_ptr<CounterRoom> room)
    : parts_(std::make_unique<Parts>()) {
  parts_->shard = shard;
  parts_->series_max = series_max;
  parts_->room = std::move(room);
  for (const EventKind& row : event_kinds()) parts_->rows.push_back(rows_for(row));
}
FleetCounters::~FleetCounters() = default;

void FleetCounters::count(const Observation& seen, const Effect& effect) {
  const bool is_change = effect.created || effect.transition;
  if (!is_change && seen.occurrence == 0) return;  // most events: they cost nothing here
  Parts& parts = *parts_;
  const std::lock_guard held{parts.mutex};
  const bool is_new_occurrence = seen.occurrence != 0 && parts.is_new(seen.occurrence);
  if (seen.event_kind == &other_event_kind()) return;
  const auto kind = static_cast<std::size_t>(seen.event_kind - event_kinds().data());
  for (const CounterRow* row : parts.rows[kind])
    if (row->of_occurrences ? is_new_occurrence : is_change) parts.count(*row, seen, effect);
}

void FleetCounters::take_changes(std::vector<std::pair<std::string, std::string>>& puts) {
  Parts& parts = *parts_;
  const std::lock_guard held{parts.mutex};
  for (const std::string& packed : parts.changed) {
    Count& count = parts.counts.find(packed)->second;
    count.is_changed = false;
    std::string name{row_prefix}, value;
    put<std::uint32_t>(name, parts.shard);
    for (const std::uint64_t number : count.own) put<std::uint64_t>(value, number);
    puts.emplace_back(name.append(packed), std::move(value));
  }
  parts.changed.clear();
  const auto put_place = [&](std::size_t place, std::uint64_t number) {
    std::string name{occurrence_prefix}, value;
    put<std::uint32_t>(name, parts.shard);
    put<std::uint32_t>(name, static_cast<std::uint32_t>(place));
    put<std::uint64_t>(value, number);
    puts.emplace_back(std::move(name), std::move(value));
  };
  for (const std::size_t place : parts.changed_occurrences) put_place(place, parts.occurred[place]);
  if (!parts.changed_occurrences.empty()) put_place(occurrences_max, parts.next_occurrence);
  parts.changed_occurrences.clear();
}

std::uint32_t FleetCounters::row_shard(std::string_view name) {
  for (const std::string_view prefix : {row_prefix, occurrence_prefix})
    if (name.starts_with(prefix)) return ByteReader{name.substr(prefix.size())}.number<std::uint32_t>();
  return 0;
}

bool FleetCounters::load(std::string_view name, std::string_view value) {
  Parts& parts = *parts_;
  ByteReader reader{value};
  if (name.starts_with(occurrence_prefix)) {
    ByteReader place{name.substr(occurrence_prefix.size())};
    const bool is_own = place.number<std::uint32_t>() == parts.shard;
    const auto number = place.number<std::uint32_t>();
    const auto told = reader.number<std::uint64_t>();
    if (!place.ok() || number > occurrences_max || !reader.ok() || !reader.at_end()) return false;
    const std::lock_guard held{parts.mutex};
    if (number < occurrences_max)
      parts.put_occurrence(number, told);
    else if (is_own)
      parts.next_occurrence = static_cast<std::size_t>(told % occurrences_max);
    return true;
  }
  if (!name.starts_with(row_prefix) || name.size() < row_prefix.size() + sizeof(std::uint32_t)) return false;
  const std::string_view packed = name.substr(row_prefix.size() + sizeof(std::uint32_t));
  Series series{};
  if (!unpack(packed, series) || value.size() != counter_values(*series.row) * sizeof(std::uint64_t)) return false;
  std::vector<std::uint64_t> values(counter_values(*series.row));
  for (std::uint64_t& number : values) number = reader.number<std::uint64_t>();

  const std::lock_guard held{parts.mutex};
  const auto [place, is_new] = parts.counts.try_emplace(std::string{packed});
  Count& count = place->second;
  parts.series[series.row->id] += is_new ? 1 : 0;
  if (parts.room) parts.room->take_anyway(*series.row, packed);
  count.own.resize(values.size());
  if (row_shard(name) == parts.shard)
    count.own = std::move(values);
  else
    add_counts(series.row->type, count.brought, values);
  pack(parts.who, *series.row, series.account, series.region, series.labels, series.row->subjects);
  parts.subjects.insert(parts.who);
  return true;
}

void FleetCounters::visit(const std::function<void(const Series&)>& each) const {
  const std::lock_guard held{parts_->mutex};
  Series series{};
  std::vector<std::uint64_t> values;
  for (const auto& [packed, count] : parts_->counts) {
    unpack(packed, series);
    values = count.own;
    add_counts(series.row->type, values, count.brought);
    series.values = values;
    each(series);
  }
}

}  // namespace sagewatch
