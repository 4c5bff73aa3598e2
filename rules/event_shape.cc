#include "rules/event_shape.h"

#include <algorithm>
#include <cstring>

#include "rules/byte_words.h"

namespace sagewatch {
namespace {

// From a token on, of sixteen bytes: behind a text stand 64.
constexpr std::uint16_t always_readable = 64 + 1 - 16;

// Where a value without quotes may begin.
bool begins_bare(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}

// In which of their first `used` bytes, of sixteen, two stretches differ, gathered from call to call.
class Differing {
 public:
#if defined(__SSE2__)
  void add(const char* a, const char* b, std::size_t used) {
    const __m128i differing = _mm_xor_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(a)),
                                            _mm_loadu_si128(reinterpret_cast<const __m128i*>(b)));
    const __m128i counting = _mm_loadu_si128(reinterpret_cast<const __m128i*>(ones_and_zeros + 16 - used));
    all_ = _mm_or_si128(all_, _mm_and_si128(differing, counting));
  }
  bool any() const { return _mm_movemask_epi8(_mm_cmpeq_epi8(all_, _mm_setzero_si128())) != 0xffff; }

 private:
  alignas(32) static constexpr char ones_and_zeros[32] = {
      -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
  __m128i all_ = _mm_setzero_si128();
#else
  void add(const char* a, const char* b, std::size_t used) { all_ = all_ || !equal_bytes(a, b, used); }
  bool any() const { return all_; }

 private:
  bool all_ = false;
#endif
};

}  // namespace

void EventShape::begin(const JsonTokens& tokens, const char* text) {
  text_ = text;
  places_ = tokens.places();
  is_shape_ = true;
  kinds_.assign(tokens.kinds(), tokens.kinds() + tokens.count());
  distances_.clear();
  texts_.clear();
  bares_.clear();
  values_.clear();
}

void EventShape::rely_on_text(std::size_t token, std::size_t size) {
  if (!is_shape_ || texts_.size() + size / 16 + 1 > texts_max) return have_no_shape();
  const auto add = [&](std::size_t begin, std::size_t used) {
    Text text{
        {}, static_cast<std::uint16_t>(token), static_cast<std::uint16_t>(1 + begin), static_cast<std::uint32_t>(used)};
    std::memcpy(text.bytes, text_ + places_[token] + 1 + begin, used);
    texts_.push_back(text);
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

void EventShape::add_string(std::size_t token, PathId path, std::uint32_t element) {
  if (!is_shape_) return;
  values_.push_back({static_cast<std::uint32_t>(token), path, element, 1, true});
}

void EventShape::add_bare(std::size_t token, std::size_t offset, PathId path, std::uint32_t element) {
  if (!is_shape_) return;
  values_.push_back({static_cast<std::uint32_t>(token), path, element, static_cast<std::uint32_t>(offset), false});
}

void EventShape::end(const std::vector<ArrayElement>& elements, const std::vector<ArrayExtent>& arrays) {
  if (is_shape_) {
    elements_ = elements;
    arrays_ = arrays;
  }
  text_ = nullptr;
  places_ = nullptr;
}

bool EventShape::has_kinds(const JsonTokens& tokens) const {
  return tokens.count() == kinds_.size() && std::memcmp(kinds_.data(), tokens.kinds(), kinds_.size()) == 0;
}

bool EventShape::is_of(const JsonTokens& tokens, const char* text) const {
  const std::uint32_t* const places = tokens.places();
  for (const Distance& distance : distances_) {
    if (places[distance.token + 1] - places[distance.token] != distance.bytes) return false;
  }
  Differing differing;
  for (const Text& known : texts_) {
    // A key's pieces stand in order: if those before are the same, this one stands in the text or close behind it.
    if (known.offset > always_readable && differing.any()) return false;
    differing.add(text + places[known.token] + known.offset, known.bytes, known.used);
  }
  if (differing.any()) return false;
  for (const Bare& bare : bares_) {
    if (!begins_bare(text[places[bare.token] + bare.offset])) return false;
  }
  return true;
}

void EventShape::write_values(const JsonTokens& tokens, const char* text, EventValue* out) const {
  const std::uint32_t* const places = tokens.places();
  for (const Value& value : values_) {
    EventValue& written = *out++;
    const std::uint32_t* const place = places + value.token;
    const char* begin = text + *place + value.offset;
    written.text = begin;
    written.path = value.path;
    written.element = value.element;
    written.comparable = false;
    const std::uint32_t all = std::uint32_t{0} - static_cast<std::uint32_t>(value.is_string);
    written.length = (place[1] - *place - 1) & all;
    written.kind = value.is_string ? Scalar::Kind::string : bare_kind(*begin);
  }
}

}  // namespace sagewatch
