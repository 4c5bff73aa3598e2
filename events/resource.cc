// The row of a resource:
//
//   u8 version(3)  string kind  string arn, name, account, region
//   axes × status, then previous: u8 tag (0 not seen, 1 known, 2 outside the enumeration) + string if tag > 0
//   string reason class  string reason_text
//   i64 created, started, ended, modified, status_since, last_transition, learned  u32 journal  u64 offset
//   u32 n × { string name  string value }                labels that are known
//   u32 n × { string name  u64 bits of the double }      numbers that are known
//   u32 n × { string name  u8 texts × string  u8 numbers × u64 }   parts
//   string parent  string tags
//   axes, then reason classes: u8 n × { u8 number  string name }   what the numbers in the history mean
//   u32 n × { i64 time  axes × u8 status  u8 reason class }        history
//   string calls  u8 is_gone
//
// A string is u8 length + bytes, or 255 and u32 length + bytes. Name, account and region are empty if they are the
// ARN's, and most are.
//
// Statuses, labels and numbers stand by name, not by index, so that a row outlives changes of the table of kinds: what
// the table no longer has is dropped, a status that it no longer has becomes one outside the enumeration, and one that
// it did not have yet becomes known. The history names each status once: a row is written at every change of its
// resource, and ten transitions with names of their own were more bytes than all else in it.
//
// Rows of version 2 are read, too: all their lengths have 32 bits, nothing is left out for the ARN's sake, and each
// transition has its names: i64 time, axes × status as above, string reason class.
#include "events/resource.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <bitset>
#include <cmath>

#include "events/base/bytes.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t row_version = 3, row_version_before = 2;
enum : std::uint8_t { tag_none = 0, tag_known = 1, tag_other = 2 };

constexpr std::uint8_t long_text = 255;
void put_text(std::string& out, std::string_view text) {
  if (text.size() < long_text) {
    put<std::uint8_t>(out, static_cast<std::uint8_t>(text.size()));
    out.append(text);
  } else {
    put<std::uint8_t>(out, long_text);
    put_string(out, text);
  }
}

class RowReader : public ByteReader {
 public:
  using ByteReader::ByteReader;
  std::uint8_t version = 0;
  std::string_view string() {
    if (version == row_version_before) return ByteReader::string();
    const auto length = number<std::uint8_t>();
    return length == long_text ? ByteReader::string() : bytes(length);
  }
};

void put_double(std::string& out, double value) {
  put<std::uint64_t>(out, std::bit_cast<std::uint64_t>(value));
}
double read_double(RowReader& reader) {
  return std::bit_cast<double>(reader.number<std::uint64_t>());
}

std::span<const Status> values_of(const ResourceKind& kind, std::size_t axis) {
  return axis < kind.axes.size() ? kind.axes[axis].values : std::span<const Status>{};
}

void put_status(std::string& out, std::span<const Status> values, std::uint8_t status, std::string_view verbatim) {
  if (status < values.size()) {
    put<std::uint8_t>(out, tag_known);
    put_text(out, values[status].api);
  } else if (status == other_status || StatusWords::is_code(status)) {
    put<std::uint8_t>(out, tag_other);
    put_text(out, verbatim);
  } else {
    put<std::uint8_t>(out, tag_none);
  }
}
// Of a status outside the enumeration the text is in `name`.
std::uint8_t read_status(RowReader& reader, std::span<const Status> values, std::string_view& name) {
  const auto tag = reader.number<std::uint8_t>();
  if (tag == tag_none) return no_status;
  name = reader.string();
  if (const Status* found = find_status(values, name)) return static_cast<std::uint8_t>(found - values.data());
  return other_status;
}

ReasonClass find_reason(std::string_view name) {
  for (int i = 0; i < reason_classes; ++i)
    if (reason_class_name(static_cast<ReasonClass>(i)) == name) return static_cast<ReasonClass>(i);
  return ReasonClass::other;
}

void put_facts(std::string& row, const Resource& resource) {
  std::uint32_t count = 0;
  for (const std::string& label : resource.labels) count += !label.empty();
  put<std::uint32_t>(row, count);
  for (std::size_t i = 0; i < resource.labels.size(); ++i) {
    if (resource.labels[i].empty()) continue;
    put_text(row, resource.kind->labels[i]);
    put_text(row, resource.labels[i]);
  }
  count = 0;
  for (const double number : resource.numbers) count += !std::isnan(number);
  put<std::uint32_t>(row, count);
  for (std::size_t i = 0; i < resource.numbers.size(); ++i) {
    if (std::isnan(resource.numbers[i])) continue;
    put_text(row, resource.kind->numbers[i]);
    put_double(row, resource.numbers[i]);
  }
  put<std::uint32_t>(row, static_cast<std::uint32_t>(resource.parts.size()));
  for (const Part& part : resource.parts) {
    put_text(row, part.name);
    put<std::uint8_t>(row, part_texts_max);
    for (const std::string& text : part.texts) put_text(row, text);
    put<std::uint8_t>(row, part_numbers_max);
    for (const double number : part.numbers) put_double(row, number);
  }
}

void read_parts(RowReader& reader, Resource& resource) {
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    Part& part = resource.parts.emplace_back();
    part.name = reader.string();
    const auto texts = reader.number<std::uint8_t>();
    for (std::size_t i = 0; i < texts; ++i) {
      const std::string_view text = reader.string();
      if (i < part.texts.size()) part.texts[i] = text;
    }
    const auto numbers = reader.number<std::uint8_t>();
    for (std::size_t i = 0; i < numbers; ++i) {
      const double number = read_double(reader);
      if (i < part.numbers.size()) part.numbers[i] = number;
    }
  }
}

void read_facts(RowReader& reader, Resource& resource) {
  const auto& labels = resource.kind->labels;
  const auto& numbers = resource.kind->numbers;
  resource.labels.resize(labels.size());
  resource.numbers.resize(numbers.size(), std::numeric_limits<double>::quiet_NaN());
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    const std::string_view name = reader.string(), value = reader.string();
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i] == name) resource.labels[i] = value;
  }
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    const std::string_view name = reader.string();
    const double value = read_double(reader);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i] == name) resource.numbers[i] = value;
  }
  read_parts(reader, resource);
}

// What the numbers in a history mean, each once: number_of(transition), and name_of(number), which is "" of one that
// means nothing.
template <class NumberOf, class NameOf>
void put_meanings(std::string& row, const std::vector<Transition>& history, NumberOf&& number_of, NameOf&& name_of) {
  const std::size_t count_at = row.size();
  put<std::uint8_t>(row, 0);
  std::bitset<256> known;
  for (const Transition& past : history) {
    const std::uint8_t number = number_of(past);
    if (known[number]) continue;
    known.set(number);
    const std::string_view name = name_of(number);
    if (name.empty()) continue;
    ++row[count_at];
    put<std::uint8_t>(row, number);
    put_text(row, name);
  }
}

void put_history(std::string& row, const Resource& resource) {
  for (std::size_t i = 0; i < axes_max; ++i) {
    const auto values = values_of(*resource.kind, i);
    put_meanings(
        row, resource.history, [&](const Transition& past) { return past.status[i]; },
        [&](std::uint8_t number) {
          return number < values.size() ? std::string_view{values[number].api} : resource.words.word(number);
        });
  }
  put_meanings(
      row, resource.history, [](const Transition& past) { return static_cast<std::uint8_t>(past.reason); },
      [](std::uint8_t number) {
        return number < reason_classes ? reason_class_name(static_cast<ReasonClass>(number)) : std::string_view{};
      });
  put<std::uint32_t>(row, static_cast<std::uint32_t>(resource.history.size()));
  for (const Transition& past : resource.history) put_past(row, past);
}

// Calls set(number, name) for each.
template <class Set>
void read_meanings(RowReader& reader, Set&& set) {
  for (auto count = reader.number<std::uint8_t>(); count > 0 && reader.ok(); --count) {
    const auto number = reader.number<std::uint8_t>();
    set(number, reader.string());
  }
}

void read_history(RowReader& reader, Resource& resource) {
  std::array<std::array<std::uint8_t, 256>, axes_max> statuses;  // what each number is now
  std::array<ReasonClass, 256> reasons;
  for (std::size_t i = 0; i < axes_max; ++i) {
    statuses[i].fill(other_status);
    statuses[i][no_status] = no_status;
    const auto values = values_of(*resource.kind, i);
    read_meanings(reader, [&](std::uint8_t number, std::string_view name) {
      const Status* found = find_status(values, name);
      statuses[i][number] =
          found != nullptr ? static_cast<std::uint8_t>(found - values.data()) : resource.words.code_of(name);
    });
  }
  reasons.fill(ReasonClass::other);
  read_meanings(reader, [&](std::uint8_t number, std::string_view name) { reasons[number] = find_reason(name); });
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    const std::string_view bytes = reader.bytes(past_bytes);
    if (!reader.ok()) return;
    Transition& told = resource.history.emplace_back(past(bytes, 0));
    for (std::size_t i = 0; i < axes_max; ++i) told.status[i] = statuses[i][told.status[i]];
    told.reason = reasons[static_cast<std::size_t>(told.reason)];
  }
}

void read_named_history(RowReader& reader, Resource& resource) {
  std::string_view word;
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    Transition& past = resource.history.emplace_back();
    past.time.count = reader.number<std::int64_t>();
    for (std::size_t i = 0; i < axes_max; ++i) {
      past.status[i] = read_status(reader, values_of(*resource.kind, i), word);
      if (past.status[i] == other_status) past.status[i] = resource.words.code_of(word);
    }
    past.reason = find_reason(reader.string());
  }
}

}  // namespace

std::string_view Resource::status_name(std::size_t axis, std::uint8_t of) const {
  const auto values = values_of(*kind, axis);
  if (of < values.size()) return values[of].api;
  if (const std::string_view word = words.word(of); !word.empty()) return word;
  return of == other_status ? "Unknown" : std::string_view{};
}
std::string_view Resource::status_name(std::size_t axis) const {
  return status[axis] == other_status ? status_verbatim[axis] : status_name(axis, status[axis]);
}
std::string_view Resource::label(std::string_view wanted) const {
  const auto found = std::find(kind->labels.begin(), kind->labels.end(), wanted);
  const auto place = static_cast<std::size_t>(found - kind->labels.begin());
  return place < labels.size() ? labels[place] : std::string_view{};
}
double Resource::number(std::string_view wanted) const {
  const auto found = std::find(kind->numbers.begin(), kind->numbers.end(), wanted);
  const auto place = static_cast<std::size_t>(found - kind->numbers.begin());
  return place < numbers.size() ? numbers[place] : std::numeric_limits<double>::quiet_NaN();
}
bool Resource::is_terminal() const {
  const auto values = values_of(*kind, 0);
  return status[0] < values.size() && values[status[0]].terminal;
}
bool Resource::is_failure() const {
  const auto values = values_of(*kind, 0);
  return status[0] < values.size() && values[status[0]].failure;
}

std::string Resource::encode() const {
  std::string row;
  row.reserve(512);
  put<std::uint8_t>(row, row_version);
  put_text(row, kind->kind);
  put_text(row, arn);
  const Arn told = Arn::read(arn);
  put_text(row, name == told.name ? std::string_view{} : name);
  put_text(row, account == told.account ? std::string_view{} : account);
  put_text(row, region == told.region ? std::string_view{} : region);
  for (std::size_t i = 0; i < axes_max; ++i) put_status(row, values_of(*kind, i), status[i], status_verbatim[i]);
  put_status(row, values_of(*kind, 0), previous, {});
  put_text(row, reason_class_name(reason));
  put_text(row, reason_text);
  for (const UnixNanos time : {created, started, ended, modified, status_since, last_transition, learned})
    put(row, time.count);
  put<std::uint32_t>(row, position.journal);
  put<std::uint64_t>(row, position.offset);
  put_facts(row, *this);
  put_text(row, parent);
  put_text(row, tags);
  put_history(row, *this);
  put_text(row, calls);
  put<std::uint8_t>(row, is_gone);
  return row;
}

Result<Resource> Resource::decode(std::string_view bytes) {
  RowReader reader{bytes};
  const auto version = reader.version = reader.number<std::uint8_t>();
  if (version != row_version && version != row_version_before) {
    return no(
        fmt::format("resource row: version {} is not one that this program reads (it reads {} and {}); if a newer "
                    "sagewatch wrote it, run that one",
                    version, row_version_before, row_version));
  }
  Resource resource;
  const std::string_view kind = reader.string();
  resource.kind = find_resource_kind(kind);
  if (resource.kind == nullptr)
    return no(fmt::format("resource row: kind \"{}\" is not one that this program knows", kind.substr(0, 64)));
  for (std::string* text : {&resource.arn, &resource.name, &resource.account, &resource.region})
    *text = reader.string();
  const Arn told = Arn::read(resource.arn);
  if (resource.name.empty()) resource.name = told.name;
  if (resource.account.empty()) resource.account = told.account;
  if (resource.region.empty()) resource.region = told.region;
  std::string_view word;
  for (std::size_t i = 0; i < axes_max; ++i) {
    resource.status[i] = read_status(reader, values_of(*resource.kind, i), word);
    if (resource.status[i] == other_status) resource.status_verbatim[i] = word;
  }
  resource.previous = read_status(reader, values_of(*resource.kind, 0), word);
  resource.reason = find_reason(reader.string());
  resource.reason_text = reader.string();
  for (UnixNanos* time : {&resource.created, &resource.started, &resource.ended, &resource.modified,
                          &resource.status_since, &resource.last_transition, &resource.learned})
    time->count = reader.number<std::int64_t>();
  resource.position.journal = reader.number<std::uint32_t>();
  resource.position.offset = reader.number<std::uint64_t>();
  read_facts(reader, resource);
  resource.parent = reader.string();
  resource.tags = reader.string();
  if (version == row_version)
    read_history(reader, resource);
  else
    read_named_history(reader, resource);
  resource.calls = reader.string();
  resource.is_gone = reader.number<std::uint8_t>() != 0;
  if (!reader.ok() || !reader.at_end())
    return no(fmt::format("resource row: damaged: its {} bytes are not what its lengths say", bytes.size()));
  return resource;
}

}  // namespace sagewatch
