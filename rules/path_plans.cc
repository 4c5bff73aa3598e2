#include "rules/path_plans.h"

#include <algorithm>

#include "rules/comparable_number.h"
#include "rules/ip_address.h"

namespace sagewatch {
namespace {

constexpr const char* word_bytes = "tfn\0\0\0\0\0\0\0";  // by Scalar::Kind, from true_value on

bool may_be_address(const EventValue& value) {
  if (value.length < 2) return false;
  const char first = value.text[0];
  return first == ':' || (first >= '0' && first <= '9') || ((first | 0x20) >= 'a' && (first | 0x20) <= 'f');
}

// How many of these bounds, ascending, a number reaches: without a branch, because nobody can foresee it, and with
// three looks at a time, which do not wait for each other.
std::uint32_t reached(NumberOrder number, const NumberOrder* begin, const NumberOrder* end) {
  const NumberOrder* at = begin;
  auto left = static_cast<std::size_t>(end - begin);
  const auto is_reached = [&](std::size_t i) { return static_cast<std::size_t>(at[i] <= number); };
  while (left >= 4) {
    const std::size_t quarter = left / 4;
    at += quarter * (is_reached(quarter - 1) + is_reached(2 * quarter - 1) + is_reached(3 * quarter - 1));
    left -= 3 * quarter;  // what is looked at beyond the quarter chosen is not reached
  }
  std::size_t more = 0;
  for (std::size_t i = 0; i < left; ++i) more += is_reached(i);
  return static_cast<std::uint32_t>(static_cast<std::size_t>(at - begin) + more);
}

}  // namespace

ClassWord PathPlans::take_other(EventValue& value, const PathPlan& plan, Keys& keys) const {
  if (value.kind == Scalar::Kind::number) return take_number(value, plan, keys);
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    if (lookups.data()[i].kind != KeyKind::word) continue;
    const char* word = word_bytes + (static_cast<int>(value.kind) - static_cast<int>(Scalar::Kind::true_value));
    keys.add(hash_bytes(lookups.data()[i].seed, word, 1));
  }
  return class_of_word(value.kind);
}

ClassWord PathPlans::take_number(EventValue& value, const PathPlan& plan, Keys& keys) const {
  if (!plan.reads_numbers) return class_odd_number | plan.first_number_class;
  const auto [spelling, number] = read_number(value.text);
  value.comparable = number.has_value();
  if (number) value.number = *number;
  const KeyKind kind = number ? KeyKind::number : KeyKind::spelling;
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    if (lookups.data()[i].kind != kind) continue;
    const char* bytes = number ? reinterpret_cast<const char*>(&value.number) : spelling.data();
    const auto size = static_cast<std::uint32_t>(number ? sizeof value.number : spelling.size());
    if (!may_be_key(lookups.data()[i], head_word(bytes, size), tail_word(bytes, size))) break;
    keys.add(hash_bytes(lookups.data()[i].seed, bytes, size));
  }
  if (!number) return class_odd_number;
  const NumberOrder order = order_of(*number);
  if (plan.cells_begin != plan.cells_end) look_up_ranges(order, plan, keys);
  return plan.first_number_class << reached(order, bounds.data() + plan.bounds_begin, bounds.data() + plan.bounds_end);
}

void PathPlans::look_up_ranges(NumberOrder number, const PathPlan& plan, Keys& keys) const {
  const std::uint32_t cell = reached(number, bounds.data() + plan.cells_begin, bounds.data() + plan.cells_end);
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    const PathLookup& lookup = lookups.data()[i];
    if (lookup.kind != KeyKind::range) continue;
    const std::uint64_t words[] = {range_key(lookup.size, cell >> lookup.size), 0};
    if (!may_be_key(lookup, words[0], words[0])) continue;
    keys.add(hash_bytes(lookup.seed, reinterpret_cast<const char*>(words), sizeof words[0]));
  }
}

void PathPlans::look_up(const EventValue& value, const PathLookup& lookup, Keys& keys) const {
  const std::uint32_t size = lookup.size;
  const char* end = value.text + value.length;
  const auto add_lower = [&](const char* bytes, std::uint32_t length) {
    if (!may_be_key(lookup, lower_word(head_word(bytes, length)), lower_word(tail_word(bytes, length)))) return;
    keys.add(hash_lower(lookup.seed, bytes, length));
  };
  switch (lookup.kind) {
    case KeyKind::suffix:
      if (value.length >= size && may_be_key(lookup, head_word(end - size, size), tail_word(end - size, size))) {
        keys.add(hash_bytes(lookup.seed, end - size, size));
      }
      break;
    case KeyKind::lower_text:
      if (value.length == size) add_lower(value.text, value.length);
      break;
    case KeyKind::lower_prefix:
      if (value.length >= size) add_lower(value.text, size);
      break;
    case KeyKind::lower_suffix:
      if (value.length >= size) add_lower(end - size, size);
      break;
    case KeyKind::address:
    case KeyKind::block:
      if (!may_be_address(value)) break;
      if (const auto address = IpAddress::parse(value.view())) {
        if (lookup.kind == KeyKind::block && lookup.size >= 8U * address->bytes_used) break;
        const BlockKey key{*address, lookup.kind == KeyKind::block ? lookup.size : 8U * address->bytes_used};
        keys.add(hash_bytes(lookup.seed, key.bytes(), BlockKey::size));
      }
      break;
    default:
      break;  // of other kinds of values, or looked up already
  }
}

// All look-ups of infixes at once: where their first bytes stand is found once for those that share one.
void PathPlans::look_up_infixes(const EventValue& value, const PathPlan& plan, Keys& keys) const {
  const PathLookup* const end = lookups.data() + plan.infixes_end;
  for (const PathLookup* group = lookups.data() + plan.infixes_begin; group != end;) {
    const char anchor = group->anchor;
    const PathLookup* group_end = group;
    while (group_end != end && group_end->anchor == anchor) ++group_end;
    for (std::uint32_t at = 0; at < value.length; at += 64) {
      std::uint64_t found = anchor == 0 ? ~std::uint64_t{0} : equal_of_64(value.text + at, anchor);
      if (value.length - at < 64) found &= (std::uint64_t{1} << (value.length - at)) - 1;
      for (; found != 0; found &= found - 1) {
        const std::uint32_t begin = at + static_cast<std::uint32_t>(std::countr_zero(found));
        for (const PathLookup* lookup = group; lookup != group_end; ++lookup) {
          look_up_infix({value.text + begin, value.length - begin}, *lookup, keys);
        }
      }
    }
    group = group_end;
  }
}

std::size_t PathPlans::bytes() const {
  return plans.capacity() * sizeof(PathPlan) + lookups.capacity() * sizeof(PathLookup) +
         bounds.capacity() * sizeof(NumberOrder) + filters.capacity() * sizeof(std::uint64_t);
}

}  // namespace sagewatch
