// The row of a resource:
//
//   u8 version(1)  string kind  string arn, name, account, region
//   status, previous, secondary: u8 tag (0 not seen, 1 known, 2 outside the enumeration) + string if tag > 0
//   string reason class  string reason_text
//   i64 created, started, ended, modified, last_transition, learned  u32 journal  u64 offset
//   u32 n × { string name  string value }                labels that are known
//   u32 n × { string name  u64 bits of the double }      numbers that are known
//   u32 n × { string name  4 × u64 }                     variants
//
// Statuses, labels and numbers stand by name, not by index, so that a row outlives changes of the table of kinds: what
// the table no longer has is dropped, a status that it no longer has becomes one outside the enumeration.
#include "events/resource.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t row_version = 1;
enum : std::uint8_t { tag_none = 0, tag_known = 1, tag_other = 2 };

void put_double(std::string& out, double value) {
  put<std::uint64_t>(out, std::bit_cast<std::uint64_t>(value));
}
double read_double(ByteReader& reader) {
  return std::bit_cast<double>(reader.number<std::uint64_t>());
}

void put_status(std::string& out, std::span<const Status> statuses, std::uint8_t status, std::string_view verbatim) {
  if (status < statuses.size()) {
    put<std::uint8_t>(out, tag_known);
    put_string(out, statuses[status].api);
  } else if (status == other_status) {
    put<std::uint8_t>(out, tag_other);
    put_string(out, verbatim);
  } else {
    put<std::uint8_t>(out, tag_none);
  }
}
// `verbatim` may be nullptr: the text is not kept.
std::uint8_t read_status(ByteReader& reader, std::span<const Status> statuses, std::string* verbatim) {
  const auto tag = reader.number<std::uint8_t>();
  if (tag == tag_none) return no_status;
  const std::string_view name = reader.string();
  if (tag == tag_known) {
    for (std::size_t i = 0; i < statuses.size(); ++i)
      if (statuses[i].api == name) return static_cast<std::uint8_t>(i);
  }
  if (verbatim != nullptr) *verbatim = name;
  return other_status;
}

const EventKind* find_kind(std::string_view name) {
  for (const EventKind& kind : event_kinds())
    if (kind.kind == name) return &kind;
  return nullptr;
}

std::string_view name_of(std::span<const Status> statuses, std::uint8_t status, std::string_view verbatim) {
  if (status < statuses.size()) return statuses[status].api;
  return status == other_status ? verbatim : std::string_view{};
}

void read_facts(ByteReader& reader, Resource& resource) {
  const auto& labels = resource.kind->labels;
  const auto& numbers = resource.kind->numbers;
  resource.labels.resize(labels.size());
  resource.numbers.resize(numbers.size(), std::numeric_limits<double>::quiet_NaN());
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    const std::string_view name = reader.string(), value = reader.string();
    for (std::size_t i = 0; i < labels.size(); ++i)
      if (labels[i].name == name) resource.labels[i] = value;
  }
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    const std::string_view name = reader.string();
    const double value = read_double(reader);
    for (std::size_t i = 0; i < numbers.size(); ++i)
      if (numbers[i].name == name) resource.numbers[i] = value;
  }
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count) {
    Variant variant;
    variant.name = reader.string();
    for (double* number :
         {&variant.current_instances, &variant.desired_instances, &variant.current_weight, &variant.desired_weight})
      *number = read_double(reader);
    resource.variants.push_back(std::move(variant));
  }
}

}  // namespace

std::string_view Resource::status_name() const {
  return name_of(kind->statuses, status, status_verbatim);
}
std::string_view Resource::secondary_name() const {
  return name_of(kind->secondary, secondary, secondary_verbatim);
}
bool Resource::is_terminal() const {
  return status < kind->statuses.size() && kind->statuses[status].terminal;
}
bool Resource::is_failure() const {
  return status < kind->statuses.size() && kind->statuses[status].failure;
}

std::string Resource::encode() const {
  std::string row;
  row.reserve(512);
  put<std::uint8_t>(row, row_version);
  for (const std::string_view text :
       {kind->kind, std::string_view{arn}, std::string_view{name}, std::string_view{account}, std::string_view{region}})
    put_string(row, text);
  put_status(row, kind->statuses, status, status_verbatim);
  put_status(row, kind->statuses, previous, {});
  put_status(row, kind->secondary, secondary, secondary_verbatim);
  put_string(row, reason_class_name(reason));
  put_string(row, reason_text);
  for (const UnixNanos time : {created, started, ended, modified, last_transition, learned}) put(row, time.count);
  put<std::uint32_t>(row, position.journal);
  put<std::uint64_t>(row, position.offset);

  std::uint32_t count = 0;
  for (const std::string& label : labels) count += !label.empty();
  put<std::uint32_t>(row, count);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].empty()) continue;
    put_string(row, kind->labels[i].name);
    put_string(row, labels[i]);
  }
  count = 0;
  for (const double number : numbers) count += !std::isnan(number);
  put<std::uint32_t>(row, count);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (std::isnan(numbers[i])) continue;
    put_string(row, kind->numbers[i].name);
    put_double(row, numbers[i]);
  }
  put<std::uint32_t>(row, static_cast<std::uint32_t>(variants.size()));
  for (const Variant& variant : variants) {
    put_string(row, variant.name);
    for (const double number :
         {variant.current_instances, variant.desired_instances, variant.current_weight, variant.desired_weight})
      put_double(row, number);
  }
  return row;
}

Result<Resource> Resource::decode(std::string_view bytes) {
  ByteReader reader{bytes};
  if (const auto version = reader.number<std::uint8_t>(); version != row_version) {
    return no(
        fmt::format("resource row: version {} is not one that this program reads (it reads {}); if a newer "
                    "sagewatch wrote it, run that one",
                    version, row_version));
  }
  Resource resource;
  const std::string_view kind = reader.string();
  resource.kind = find_kind(kind);
  if (resource.kind == nullptr)
    return no(fmt::format("resource row: kind \"{}\" is not one that this program knows", kind.substr(0, 64)));
  for (std::string* text : {&resource.arn, &resource.name, &resource.account, &resource.region})
    *text = reader.string();
  resource.status = read_status(reader, resource.kind->statuses, &resource.status_verbatim);
  resource.previous = read_status(reader, resource.kind->statuses, nullptr);
  resource.secondary = read_status(reader, resource.kind->secondary, &resource.secondary_verbatim);
  const std::string_view reason = reader.string();
  resource.reason = ReasonClass::other;
  for (int i = 0; i < reason_classes; ++i)
    if (reason_class_name(static_cast<ReasonClass>(i)) == reason) resource.reason = static_cast<ReasonClass>(i);
  resource.reason_text = reader.string();
  for (UnixNanos* time : {&resource.created, &resource.started, &resource.ended, &resource.modified,
                          &resource.last_transition, &resource.learned})
    time->count = reader.number<std::int64_t>();
  resource.position.journal = reader.number<std::uint32_t>();
  resource.position.offset = reader.number<std::uint64_t>();
  read_facts(reader, resource);
  if (!reader.ok() || !reader.at_end())
    return no(fmt::format("resource row: damaged: its {} bytes are not what its lengths say", bytes.size()));
  return resource;
}

}  // namespace sagewatch
