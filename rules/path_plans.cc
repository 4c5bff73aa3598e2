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

}  // namespace

ClassWord PathPlans::take_other(EventValue& value, const PathPlan& plan, Keys& keys) const {
  if (value.kind == Scalar::Kind::number) return take_number(value, plan, keys);
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    if (lookups.data()[i].kind != KeyKind::word) continue;
    const char* word = word_bytes + (static_cast<int>(value.kind) - static_cast<int>(Scalar::Kind::true_value));
    *keys.hashes++ = hash_bytes(lookups.data()[i].seed, word, 1);
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
    *keys.hashes++ = hash_bytes(lookups.data()[i].seed, bytes, size);
  }
  if (!number) return class_odd_number;
  if (plan.cells_begin != plan.cells_end) look_up_ranges(*number, plan, keys);
  unsigned reached = 0;
  const double* end = bounds.data() + plan.bounds_end;
  for (const double* bound = bounds.data() + plan.bounds_begin; bound != end; ++bound) reached += *bound <= *number;
  return plan.first_number_class << reached;
}

void PathPlans::look_up_ranges(double number, const PathPlan& plan, Keys& keys) const {
  // How many bounds it reaches, without a branch that depends on it.
  const double* at = bounds.data() + plan.cells_begin;
  std::size_t left = plan.cells_end - plan.cells_begin;
  while (left > 1) {
    const std::size_t half = left / 2;
    at = at[half - 1] <= number ? at + half : at;
    left -= half;
  }
  const auto cell = static_cast<std::uint32_t>(at - (bounds.data() + plan.cells_begin)) + (*at <= number ? 1U : 0U);
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    const PathLookup& lookup = lookups.data()[i];
    if (lookup.kind != KeyKind::range) continue;
    const std::uint64_t words[] = {range_key(lookup.size, cell >> lookup.size), 0};
    if (!may_be_key(lookup, words[0], words[0])) continue;
    *keys.hashes++ = hash_bytes(lookup.seed, reinterpret_cast<const char*>(words), sizeof words[0]);
  }
}

void PathPlans::look_up(const EventValue& value, const PathLookup& lookup, Keys& keys) const {
  const std::uint32_t size = lookup.size;
  const char* end = value.text + value.length;
  const auto add_lower = [&](const char* bytes, std::uint32_t length) {
    if (!may_be_key(lookup, lower_word(head_word(bytes, length)), lower_word(tail_word(bytes, length)))) return;
    *keys.hashes++ = hash_lower(lookup.seed, bytes, length);
  };
  switch (lookup.kind) {
    case KeyKind::suffix:
      if (value.length >= size && may_be_key(lookup, head_word(end - size, size), tail_word(end - size, size))) {
        *keys.hashes++ = hash_bytes(lookup.seed, end - size, size);
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
    case KeyKind::infix:
      look_up_infix(value, lookup, keys);
      break;
    case KeyKind::address:
    case KeyKind::block:
      if (!may_be_address(value)) break;
      if (const auto address = IpAddress::parse(value.view())) {
        if (lookup.kind == KeyKind::block && lookup.size >= 8U * address->bytes_used) break;
        const BlockKey key{*address, lookup.kind == KeyKind::block ? lookup.size : 8U * address->bytes_used};
        *keys.hashes++ = hash_bytes(lookup.seed, key.bytes(), BlockKey::size);
      }
      break;
    default:
      break;  // of other kinds of values, or looked up already
  }
}

void PathPlans::look_up_infix(const EventValue& value, const PathLookup& lookup, Keys& keys) const {
  if (value.length < lookup.size) return;
  const char* end = value.text + (value.length - lookup.size) + 1;
  const auto look_at = [&](const char* at) {
    if (!may_be_key(lookup, head_word(at, lookup.size), tail_word(at, lookup.size))) return;
    *keys.hashes++ = hash_bytes(lookup.seed, at, lookup.size);
  };
  if (lookup.anchor == 0) {
    for (const char* at = value.text; at < end; ++at) look_at(at);
    return;
  }
  for (const char* at = value.text; at < end; at += 8) {
    std::uint64_t found = equal_to(load_word(at), lookup.anchor);
    if (end - at < 8) found &= first_bytes[end - at];
    for (; found != 0; found &= found - 1) look_at(at + std::countr_zero(found) / 8);
  }
}

std::size_t PathPlans::bytes() const {
  return plans.capacity() * sizeof(PathPlan) + lookups.capacity() * sizeof(PathLookup) +
         bounds.capacity() * sizeof(double) + filters.capacity() * sizeof(std::uint64_t);
}

}  // namespace sagewatch
