// Following an event along the tree of pieces: where the next one stands is told by the number of a stop, not by where
// the last value ended, so that no look waits for the one before. Whether it is the one is a comparison of one vector
// and one branch, which is foreseen as long as events of one kind follow each other, and a few times an event not.
//
// Why nothing else is taken for an event of the shape: the stops of a text are counted, all of them by the pieces, and
// each piece is compared from its begin to its end. So between two pieces stands no quote and no control byte. Behind a
// piece that ends with an opening quote this is a string; behind another a value without quotes, of which is_bare()
// makes sure that it is one only. What was read at a stop that the text does not have comes to nothing in the end,
// because the text has fewer then than the shape.
//
// Why there is no way back from a piece that was here: where a value begins, what stands before it tells, so of two
// pieces that are here none ends with a value where the other goes on.
#include "rules/event_shapes.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <tuple>

#include "rules/byte_words.h"
#include "rules/json_blocks.h"
#include "rules/json_lexeme.h"

#include <simdjson.h>

namespace sagewatch {
namespace {

bool begins_bare(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == 't' || c == 'f' || c == 'n';
}
bool is_space(char c) {
  return static_cast<unsigned char>(c) <= ' ';
}

// A bit for each of sixteen bytes that ends a value without quotes.
unsigned ends_bare(const char* bytes) {
#if defined(__SSE2__)
  const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes));
  const __m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));  // [ and { become the same, and ] and }
  const __m128i space = _mm_set1_epi8(' ');
  const auto is = [](__m128i a, char b) { return _mm_cmpeq_epi8(a, _mm_set1_epi8(b)); };
  const __m128i between = _mm_or_si128(is(v, ','), is(v, ':'));
  const __m128i brackets = _mm_or_si128(is(low, '{'), is(low, '}'));
  const __m128i others = _mm_or_si128(is(v, '"'), _mm_cmpeq_epi8(_mm_min_epu8(v, space), v));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(between, brackets), others)));
#else
  unsigned bits = 0;
  for (unsigned i = 0; i < 16; ++i) {
    const char c = bytes[i];
    const bool is = is_space(c) || c == '"' || c == ',' || c == ':' || (c | 0x20) == '{' || (c | 0x20) == '}';
    bits |= static_cast<unsigned>(is) << i;
  }
  return bits;
#endif
}

// Behind the value without quotes that begins at `begin`, or `end`.
std::size_t behind_bare(const char* text, std::size_t begin, std::size_t end) {
  for (; begin < end; begin += 16) {
    if (const unsigned found = ends_bare(text + begin); found != 0) {
      return std::min(end, begin + static_cast<std::size_t>(std::countr_zero(found)));
    }
  }
  return end;
}

// Whether these bytes, of which the first is one that it may begin with, are one value without quotes, if the text is
// valid; and if it is not known to be, whether it is valid here. At `end` stands what ends it.
template <bool checks>
bool is_bare(const char* text, std::size_t begin, std::size_t end) {
  return behind_bare(text, begin, end) == end && (!checks || is_scalar(text + begin));
}

}  // namespace

// `equal`: whether a piece stands at a place, behind which 64 bytes are readable.
template <bool checks, class Equal>
SW_INLINE EventShapes::Found EventShapes::follow(std::string_view text, const JsonStops& stops, Equal equal) {
  const char* const all = text.data();
  const std::size_t size = text.size();
  const std::uint32_t* const places = stops.places();
  const Piece* const pieces = pieces_.data();
  EventShape::Extent* out = extents_.data();
  const Piece* at = pieces + first;
  std::size_t begin = 0;   // behind the piece before
  unsigned is_wanted = 0;  // what stands between that one and this
  while (true) {
    std::size_t place = begin;
    bool is_here = false;
    // What stands behind the text may be equal, too; then there is no next place.
    if (at->is_between_strings) [[likely]] {
      place = places[at->stop];
      is_here = place < size && equal(all + place, *at);
    } else {
      if (at->has_stop) {
        place = places[at->stop] - std::size_t{at->stop_at};
      } else if (at->behind == Behind::bare) {
        place = behind_bare(all, begin, size);
      }
      is_here = place < size && equal(all + place, *at);
      // Only now: the piece's first byte ends the value before.
      if (at->behind == Behind::bare) is_here = is_here && place > begin && is_bare<checks>(all, begin, place);
      if (at->before == Before::bare) is_here = is_here && begins_bare(all[place + at->size]);
      if (at->before == Before::end) is_here = is_here && place + at->size == size;
    }
    if (!is_here) {
      if (at->other == 0) return {};
      at = pieces + at->other;
      continue;
    }
    out->end = static_cast<std::uint32_t>(place);
    out += is_wanted;
    if (at->before == Before::end) break;
    begin = place + at->size;
    out->begin = static_cast<std::uint32_t>(begin);
    is_wanted = at->is_wanted;
    ++at;
  }
  const Known& known = shapes_.data()[at->shape];
  if (stops.count() != known.stops) return {};
  return {known.shape.get(), known.shape->values(all, extents_.data())};
}

#if defined(__x86_64__)
template <bool checks>
SW_AVX2 EventShapes::Found EventShapes::follow_avx2(std::string_view text, const JsonStops& stops) {
  return follow<checks>(text, stops, [](const char* place, const Piece& piece) SW_AVX2 {
    const auto half = [&](std::size_t from) SW_AVX2 {
      const __m256i equal = _mm256_cmpeq_epi8(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(place + from)),
                                              _mm256_load_si256(reinterpret_cast<const __m256i*>(piece.bytes + from)));
      return std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(equal))} << from;
    };
    return (~(half(0) | half(32)) & piece.counting) == 0;
  });
}

template <bool checks>
SW_AVX512 EventShapes::Found EventShapes::follow_avx512(std::string_view text, const JsonStops& stops) {
  return follow<checks>(text, stops, [](const char* place, const Piece& piece) SW_AVX512 {
    if (piece.compared <= 32) [[likely]] {
      return _mm256_mask_cmpneq_epi8_mask(static_cast<__mmask32>(piece.counting),
                                          _mm256_loadu_si256(reinterpret_cast<const __m256i*>(place)),
                                          _mm256_load_si256(reinterpret_cast<const __m256i*>(piece.bytes))) == 0;
    }
    return _mm512_mask_cmpneq_epi8_mask(piece.counting, _mm512_loadu_si512(place), _mm512_load_si512(piece.bytes)) == 0;
  });
}
#endif

template <bool checks>
EventShapes::Found EventShapes::find_as(std::string_view text, const JsonStops& stops, InstructionSet set) {
  if (pieces_.size() <= first || stops.readable() < stops_read_) return {};
#if defined(__x86_64__)
  if (set == InstructionSet::avx512) return follow_avx512<checks>(text, stops);
  if (set == InstructionSet::avx2) return follow_avx2<checks>(text, stops);
#endif
  static_cast<void>(set);
  return follow<checks>(text, stops, [](const char* place, const Piece& piece) {
    if (piece.compared <= 16) return equal_within_16(place, piece.bytes, piece.compared);
    return equal_within_64(place, piece.bytes, piece.compared);
  });
}

EventShapes::Found EventShapes::find(std::string_view text, const JsonStops& stops, InstructionSet set) {
  return find_as<false>(text, stops, set);
}

EventShapes::Found EventShapes::check(std::string_view text, const JsonStops& stops, InstructionSet set) {
  if (stops.has_backslash()) return {};
  const Found found = find_as<true>(text, stops, set);
  const bool is_utf8 = found.shape == nullptr || stops.is_ascii() || simdjson::validate_utf8(text.data(), text.size());
  return is_utf8 ? found : Found{};
}

// ----- learning -----

bool EventShapes::comes_again(const JsonTokens& tokens) {
  if (tokens.count() > tokens_max) return false;
  if (is_full_) {
    // Not too often: whoever has more shapes than there is room for would learn all the time.
    constexpr std::uint32_t patience = 4'096;
    if (++misses_when_full_ < patience) return false;
    forget();
  }
  const std::uint64_t hash = row_hash(tokens.kinds(), tokens.count()) | 1;
  Missed& missed = missed_[(hash >> 32) % missed_.size()];
  const auto met = std::find(missed.hashes.begin(), missed.hashes.end(), hash);
  if (met != missed.hashes.end()) {
    is_refused_ = &missed.is_refused[static_cast<std::size_t>(met - missed.hashes.begin())];
    return !*is_refused_;
  }
  const std::size_t next = missed.next++ % missed.hashes.size();
  missed.hashes[next] = hash;
  missed.is_refused[next] = false;
  return false;
}

void EventShapes::learn(std::string_view text, const JsonStops& stops, std::span<const EventValue> values,
                        const EventLayout& layout) {
  if (!take_apart(text, stops, values)) {
    *is_refused_ = true;
    return;
  }
  const std::size_t number = shape_count_;
  if (number == shapes_max || pieces_.size() + draft_.size() > pieces_max) {
    is_full_ = true;
    return;
  }
  if (!keep_draft(static_cast<std::uint16_t>(number))) {
    *is_refused_ = true;
    return;
  }
  ++shape_count_;
  if (shapes_.size() < shape_count_) shapes_.resize(shape_count_);
  Known& known = shapes_[number];
  if (!known.shape) known.shape = std::make_unique<EventShape>();
  known.shape->learn(values, layout);
  known.stops = static_cast<std::uint32_t>(stops.count());
  stops_read_ = std::max(stops_read_, known.stops);
  if (extents_.size() < values.size() + 1) extents_.resize(values.size() + 1);
}

bool EventShapes::take_apart(std::string_view text, const JsonStops& stops, std::span<const EventValue> values) {
  draft_.clear();
  bool fits = stops.count() <= std::numeric_limits<decltype(Piece::stop)>::max();
  std::size_t piece = 0;  // where it begins
  std::size_t stop = 0;   // the first that is not before it
  Behind behind = Behind::nothing;
  // A piece goes from there to `end`.
  const auto add = [&](std::size_t end, Before before, bool is_wanted) {
    // Of one that is several, the first may be the first of another, too, that has no stop.
    const bool has_stop = stop < stops.count() && stops.places()[stop] < end && end - piece <= Piece::size_max;
    for (; fits && piece < end; behind = Behind::nothing) {
      Piece part;
      part.behind = behind;
      part.size = static_cast<std::uint8_t>(std::min(Piece::size_max, end - piece));
      part.compared = static_cast<std::uint8_t>(std::min(sizeof part.bytes, end - piece));
      part.counting = low_bits(part.compared);
      std::memcpy(part.bytes, text.data() + piece, part.compared);
      if (behind == Behind::string || (behind == Behind::bare && has_stop)) {
        part.has_stop = true;
        part.stop = static_cast<std::uint16_t>(stop);
        part.stop_at = static_cast<std::uint8_t>(stops.places()[stop] - piece);
      }
      piece += part.size;
      if (piece == end) {
        part.before = before;
        part.is_wanted = is_wanted;
      }
      part.is_between_strings = part.behind == Behind::string && part.before == Before::rest;
      fits = fits && draft_.size() < pieces_of_one_max;
      draft_.push_back(part);
    }
    while (stop < stops.count() && stops.places()[stop] < end) ++stop;
  };
  auto wanted = values.begin();
  const auto add_value = [&](std::size_t begin, std::size_t end, Behind kind) {
    const bool is_wanted = wanted != values.end() && wanted->text == text.data() + begin;
    if (is_wanted) ++wanted;
    add(begin, kind == Behind::bare ? Before::bare : Before::rest, is_wanted);
    piece = end;
    behind = kind;
  };
  for (std::size_t at = 0; fits && at < text.size();) {
    if (text[at] == '"') {
      const std::size_t end = text.find('"', at + 1);
      std::size_t next = end + 1;
      while (is_space(text[next])) ++next;
      if (text[next] != ':') add_value(at + 1, end, Behind::string);
      at = end + 1;
    } else if (begins_bare(text[at])) {
      const std::size_t end = behind_bare(text.data(), at, text.size());
      add_value(at, end, Behind::bare);
      at = end;
    } else {
      ++at;
    }
  }
  add(text.size(), Before::end, false);
  return fits && wanted == values.end();
}

bool EventShapes::keep_draft(std::uint16_t shape) {
  const auto is_same = [](const Piece& a, const Piece& b) {
    return std::memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0 &&
           std::tie(a.stop, a.stop_at, a.size, a.compared, a.behind, a.before, a.is_wanted, a.has_stop) ==
               std::tie(b.stop, b.stop_at, b.size, b.compared, b.behind, b.before, b.is_wanted, b.has_stop);
  };
  if (pieces_.empty()) pieces_.resize(first);
  std::uint32_t at = pieces_.size() > first ? first : 0;
  std::uint32_t beside = 0;  // the piece that the first new one may stand instead of
  std::size_t known = 0;     // pieces of the draft that are known
  while (at != 0) {
    for (; at != 0 && !is_same(pieces_[at], draft_[known]); at = pieces_[at].other) beside = at;
    if (at == 0) break;
    if (++known == draft_.size()) return false;
    ++at;
  }
  pieces_[beside].other = static_cast<std::uint32_t>(pieces_.size());
  pieces_.insert(pieces_.end(), draft_.begin() + static_cast<std::ptrdiff_t>(known), draft_.end());
  pieces_.back().shape = shape;
  return true;
}

void EventShapes::forget() {
  pieces_.clear();
  shape_count_ = 0;
  stops_read_ = 0;
  missed_ = {};
  misses_when_full_ = 0;
  is_full_ = false;
}

}  // namespace sagewatch
