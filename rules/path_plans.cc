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

void PathPlans::take(const LayoutPlan::Work& work, EventValue* values, const ClassTexts& texts, ClassWord* classes,
                     EventKeys& keys, LayoutPlan::ByLookup* pending) const {
  keys.reserve_keys(work.keys_most());
  keys.reserve_texts(work.far_texts.size());
  for (const LayoutPlan::ByHash& at : work.far_texts) {
    const EventValue& value = values[at.value];
    keys.add_text(hash_bytes(at.seed, value.text, value.length), at.value, at.path);
  }
  for (const LayoutPlan::ByBeginning& at : work.beginnings) {
    classes[at.path] |= at.classes.of(values[at.value].text, values[at.value].length);
  }
  take_near(work, values, texts, classes, keys);
  for (const LayoutPlan::ByPath& at : work.bare) {
    classes[at.path] |= take_bare(values[at.value], plans.data()[at.path], keys);
  }
  look_up_prefixes(work, values, keys, pending);
  // Room for one value's at a time: a path may be asked for very many lengths or blocks, and few of them are keys.
  for (const LayoutPlan::ByPath& at : work.others) {
    const PathPlan& path = plans.data()[at.path];
    keys.reserve_keys(path.lookups_end - path.lookups_begin);
    for (std::uint32_t i = path.lookups_begin; i != path.lookups_end; ++i) {
      look_up(values[at.value], lookups.data()[i], keys);
    }
  }
  for (const LayoutPlan::ByPath& at : work.infixes) {
    const PathPlan& path = plans.data()[at.path];
    keys.reserve_keys(std::size_t{path.infixes_end - path.infixes_begin} * values[at.value].length);
    look_up_infixes(values[at.value], path, keys);
  }
}

void PathPlans::take_near(const LayoutPlan::Work& work, EventValue* values, const ClassTexts& texts, ClassWord* classes,
                          EventKeys& keys) {
  const auto take_found = [&](EventValue& value, PathId path, ClassTexts::Found found) {
    value.text_id = found.id;
    classes[path] |= found.classes;
    keys.add_block(found.block);
  };
  for (const LayoutPlan::ByTable& at : work.short_texts) {
    EventValue& value = values[at.value];
    take_found(value, at.path, texts.find_short(at.table, value.text, value.length));
  }
  for (const LayoutPlan::ByTable& at : work.near_texts) {
    EventValue& value = values[at.value];
    take_found(value, at.path, texts.find(at.table, value.text, value.length));
  }
}

void PathPlans::look_up_prefixes(const LayoutPlan::Work& work, const EventValue* values, EventKeys& keys,
                                 LayoutPlan::ByLookup* pending) const {
  LayoutPlan::ByLookup* next = pending;
  for (const LayoutPlan::ByPrefix& at : work.prefixes) {
    const EventValue& value = values[at.value];
    const std::uint32_t size = std::min(at.size, value.length);
    const std::uint64_t bit = filter_bit(0, tail_word(value.text, size), at.shift);
    const auto may_be_key = static_cast<unsigned>(filters.data()[at.filter + bit / 64] >> (bit % 64) & 1);
    *next = {at.value, at.lookup};
    next += static_cast<unsigned>(size == at.size) & may_be_key;
  }
  for (const LayoutPlan::ByLookup* at = pending; at != next; ++at) {
    const PathLookup& lookup = lookups.data()[at->lookup];
    keys.add(hash_bytes(lookup.seed, values[at->value].text, lookup.size));
  }
}

ClassWord PathPlans::take_bare(EventValue& value, const PathPlan& plan, EventKeys& keys) const {
  if (value.kind == Scalar::Kind::number) return take_number(value, plan, keys);
  if (plan.word_lookup != PathPlan::no_lookup) {
    const char* word = word_bytes + (static_cast<int>(value.kind) - static_cast<int>(Scalar::Kind::true_value));
    keys.add(hash_bytes(lookups.data()[plan.word_lookup].seed, word, 1));
  }
  return class_of_word(value.kind);
}

ClassWord PathPlans::take_number(EventValue& value, const PathPlan& plan, EventKeys& keys) const {
  if (!plan.reads_numbers) return class_odd_number | plan.first_number_class;
  const auto [spelling, number] = read_number(value.text);
  value.comparable = number.has_value();
  if (!number) {
    if (plan.spelling_lookup != PathPlan::no_lookup) {
      look_up_number(plan.spelling_lookup, spelling.data(), spelling.size(), keys);
    }
    return class_odd_number;
  }
  value.number = *number;
  if (plan.number_lookup != PathPlan::no_lookup) {
    look_up_number(plan.number_lookup, reinterpret_cast<const char*>(&value.number), sizeof value.number, keys);
  }
  const NumberPlaces::Place& place = numbers.find(plan.numbers, *number);
  numbers.each_block(plan.numbers, place.cell, [&](CandidateBlocks::Block block) { keys.add_block(block); });
  return place.classes;
}

void PathPlans::look_up_number(std::uint32_t lookup, const char* bytes, std::size_t size, EventKeys& keys) const {
  const PathLookup& by = lookups.data()[lookup];
  if (may_be_key(by, head_word(bytes, size), tail_word(bytes, size))) keys.add(hash_bytes(by.seed, bytes, size));
}

void PathPlans::look_up(const EventValue& value, const PathLookup& lookup, EventKeys& keys) const {
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
void PathPlans::look_up_infixes(const EventValue& value, const PathPlan& plan, EventKeys& keys) const {
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
  return plans.capacity() * sizeof(PathPlan) + lookups.capacity() * sizeof(PathLookup) + numbers.bytes() +
         filters.capacity() * sizeof(std::uint64_t);
}

}  // namespace sagewatch
