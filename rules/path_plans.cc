#include "rules/path_plans.h"

#include <algorithm>

#include "rules/comparable_number.h"
#include "rules/ip_address.h"

namespace sagewatch {
namespace {

constexpr const char* word_bytes = "tfn\0\0\0\0\0\0\0";  // by Scalar::Kind, from true_value on

// The bytes of a key that is computed from a value, and a hash that is enough to tell it: see AccessIndex.
AccessKey computed(const EventValue& value, const PathLookup& lookup, const char* bytes, std::size_t size) {
  return {hash_bytes(lookup.seed, bytes, size), value.text, static_cast<std::uint32_t>(size), value.path, lookup.kind};
}

bool may_be_address(const EventValue& value) {
  if (value.length < 2) return false;
  const char first = value.text[0];
  return first == ':' || (first >= '0' && first <= '9') || ((first | 0x20) >= 'a' && (first | 0x20) <= 'f');
}

}  // namespace

ClassWord PathPlans::take(EventValue& value, std::vector<AccessKey>& keys) const {
  const PathPlan& plan = plans[value.path];
  if (value.kind == Scalar::Kind::string) {
    if (plan.has_texts) {
      keys.push_back(
          {hash_bytes(plan.text_seed, value.text, value.length), value.text, value.length, value.path, KeyKind::text});
    }
    for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) look_up(value, lookups[i], keys);
    return plan.has_texts ? 0 : class_other_string;
  }
  if (value.kind == Scalar::Kind::number) return take_number(value, plan, keys);
  for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
    if (lookups[i].kind != KeyKind::word) continue;
    const char* word = word_bytes + (static_cast<int>(value.kind) - static_cast<int>(Scalar::Kind::true_value));
    keys.push_back({hash_bytes(lookups[i].seed, word, 1), word, 1, value.path, KeyKind::word});
  }
  return class_of_word(value.kind);
}

ClassWord PathPlans::take_number(EventValue& value, const PathPlan& plan, std::vector<AccessKey>& keys) const {
  if (!plan.reads_numbers) return class_odd_number | plan.number_classes.of(0);
  const std::string_view spelling = number_spelling(value.text);
  const auto number = comparable_number(spelling);
  value.comparable = number.has_value();
  if (!number) {
    for (std::uint32_t i = plan.lookups_begin; i < plan.lookups_end; ++i) {
      if (lookups[i].kind != KeyKind::spelling) continue;
      keys.push_back(computed(value, lookups[i], spelling.data(), spelling.size()));
    }
    return class_odd_number;
  }
  value.number = *number;
  const double* begin = numbers.data() + plan.numbers_begin;
  const double* end = numbers.data() + plan.numbers_end;
  const double* at = std::lower_bound(begin, end, *number);
  const bool is_constant = at != end && *at == *number;
  // The constant's own bytes outlive the event, as a key's must.
  if (is_constant && plan.has_number_keys) {
    const char* bytes = reinterpret_cast<const char*>(at);
    keys.push_back({hash_bytes(plan.number_seed, bytes, sizeof *at), bytes, sizeof *at, value.path, KeyKind::number});
  }
  return plan.number_classes.of(static_cast<std::uint32_t>(2 * (at - begin) + (is_constant ? 1 : 0)));
}

void PathPlans::look_up(const EventValue& value, const PathLookup& lookup, std::vector<AccessKey>& keys) const {
  const auto add = [&](const char* bytes, std::uint32_t length, std::uint64_t hash) {
    keys.push_back({hash, bytes, length, value.path, lookup.kind});
  };
  const std::uint32_t size = lookup.size;
  switch (lookup.kind) {
    case KeyKind::prefix:
      if (value.length >= size) add(value.text, size, hash_bytes(lookup.seed, value.text, size));
      break;
    case KeyKind::suffix:
      if (value.length >= size) {
        const char* begin = value.text + (value.length - size);
        add(begin, size, hash_bytes(lookup.seed, begin, size));
      }
      break;
    case KeyKind::lower_text:
      add(value.text, value.length, hash_lower(lookup.seed, value.text, value.length));
      break;
    case KeyKind::lower_prefix:
      if (value.length >= size) add(value.text, size, hash_lower(lookup.seed, value.text, size));
      break;
    case KeyKind::lower_suffix:
      if (value.length >= size) {
        const char* begin = value.text + (value.length - size);
        add(begin, size, hash_lower(lookup.seed, begin, size));
      }
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
        keys.push_back(computed(value, lookup, key.bytes(), BlockKey::size));
      }
      break;
    case KeyKind::text:
    case KeyKind::number:
    case KeyKind::spelling:
    case KeyKind::word:
      break;  // of other kinds of values, or looked up already
  }
}

void PathPlans::look_up_infix(const EventValue& value, const PathLookup& lookup, std::vector<AccessKey>& keys) const {
  const std::uint64_t* filter = filters.data() + lookup.filter;
  const std::uint64_t mask = first_bytes[lookup.size];
  for (std::uint32_t i = 0; i + lookup.size <= value.length; ++i) {
    const std::uint64_t infix = load_word(value.text + i) & mask;
    const std::uint32_t bit = filter_bit(infix);
    if ((filter[bit / 64] >> (bit % 64) & 1) == 0) continue;
    keys.push_back({hash_bytes(lookup.seed, value.text + i, lookup.size), value.text + i, lookup.size, value.path,
                    KeyKind::infix});
  }
}

std::size_t PathPlans::bytes() const {
  return plans.capacity() * sizeof(PathPlan) + lookups.capacity() * sizeof(PathLookup) +
         numbers.capacity() * sizeof(double) + filters.capacity() * sizeof(std::uint64_t);
}

}  // namespace sagewatch
