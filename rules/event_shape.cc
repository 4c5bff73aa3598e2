#include "rules/event_shape.h"

#include <algorithm>
#include <cstring>

#include "rules/differing.h"

namespace sagewatch {
namespace {

// From a token on, of sixteen bytes: behind a text stand 64.
constexpr std::uint16_t always_readable = 64 + 1 - 16;

// Where a value without quotes may begin.
bool begins_bare(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}

}  // namespace

void EventShape::begin(const JsonTokens& tokens, const char* text) {
  text_ = text;
  places_ = tokens.places();
  is_shape_ = true;
  kinds_.assign(tokens.kinds(), tokens.kinds() + tokens.count());
  distances_.clear();
  texts_.clear();
  far_texts_.clear();
  bares_.clear();
  begins_.clear();
  bare_values_.clear();
}

void EventShape::rely_on_text(std::size_t token, std::size_t size) {
  if (!is_shape_ || texts_.size() + far_texts_.size() + size / 16 + 1 > texts_max) return have_no_shape();
  const auto add = [&](std::size_t begin, std::size_t used) {
    Text text{{},
              static_cast<std::uint16_t>(token),
              static_cast<std::uint16_t>(1 + begin),
              static_cast<std::uint32_t>(16 - used)};
    std::memcpy(text.bytes, text_ + places_[token] + 1 + begin, used);
    (text.offset > always_readable ? far_texts_ : texts_).push_back(text);
  };
  if (size < 16) return add(0, size);
  for (std::size_t begin = 0; begin + 16 < size; begin += 16) add(begin, 16);
  add(size - 16, 16);
}

void EventShape::rely_on_distance(std::size_t token, std::uint32_t most) {
  const std::uint32_t bytes = places_[token + 1] - places_[token];
  if (!is_shape_ || bytes > most) return have_no_shape();
  distances_.push_back({static_cast<std::uint32_t>(token), bytes});
}

void EventShape::rely_on_bare(std::size_t token, std::size_t offset) {
  if (!is_shape_) return;
  bares_.push_back({static_cast<std::uint32_t>(token), static_cast<std::uint32_t>(offset)});
}

void EventShape::add_string(std::size_t token) {
  if (is_shape_) begins_.push_back({static_cast<std::uint32_t>(token), 1});
}

void EventShape::add_bare(std::size_t token, std::size_t offset) {
  if (!is_shape_) return;
  bare_values_.push_back(static_cast<std::uint32_t>(begins_.size()));
  begins_.push_back({static_cast<std::uint32_t>(token), static_cast<std::uint32_t>(offset)});
}

void EventShape::end(std::span<const EventValue> values, const EventLayout& layout) {
  text_ = nullptr;
  places_ = nullptr;
  if (!is_shape_) return;
  values_.assign(values.begin(), values.end());
  layout_ = layout;
  plan_.forget();
}

bool EventShape::has_kinds(const JsonTokens& tokens) const {
  return tokens.count() == kinds_.size() && std::memcmp(kinds_.data(), tokens.kinds(), kinds_.size()) == 0;
}

bool EventShape::is_of(const JsonTokens& tokens, const char* text) const {
  const std::uint32_t* const places = tokens.places();
  for (const Distance& distance : distances_) {
    if (places[distance.token + 1] - places[distance.token] != distance.bytes) return false;
  }
  const auto all_are_same = [&](const std::vector<Text>& texts, bool is_far) {
    Differing differing;
    for (const Text& known : texts) {
      differing.add(text + places[known.token] + known.offset, known.bytes, known.unused);
      if (is_far && differing.any()) return false;
    }
    return !differing.any();
  };
  // A key's pieces stand in order: if those before are the same, the next stands in the text or close behind it.
  if (!all_are_same(texts_, false) || !all_are_same(far_texts_, true)) return false;
  for (const Bare& bare : bares_) {
    if (!begins_bare(text[places[bare.token] + bare.offset])) return false;
  }
  return true;
}

std::span<EventValue> EventShape::values(const JsonTokens& tokens, const char* text) {
  const std::uint32_t* const places = tokens.places();
  EventValue* value = values_.data();
  for (const Begin& begin : begins_) {
    const std::uint32_t* const place = places + begin.token;
    value->text = text + *place + begin.offset;
    value->length = place[1] - *place - 1;
    value->text_id = no_text;
    ++value;
  }
  for (const std::uint32_t bare : bare_values_) {
    EventValue& at = values_.data()[bare];
    at.length = 0;
    at.kind = bare_kind(*at.text);
    at.comparable = false;
  }
  return values_;
}

}  // namespace sagewatch
