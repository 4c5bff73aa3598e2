#pragma once
// Events that are told in the same words: a service tells each kind of event with the same keys in the same order, and
// only values differ. What stands between two values, from the end of one to the beginning of the next, is a piece; an
// event is pieces and values by turns, and two events whose pieces are the same bytes have the same shape. Of an event
// whose shape is known no skeleton is needed and nothing is walked: where its pieces stand is told by its stops
// (json_stops.h), each is compared whole, and what is left between them is the values.
//
//   {"id":"     ","source":"     ","detail":{"n":     }}          pieces
//          7ab1             aws                    12             values: two strings, a bare one
//
// The pieces of all shapes are a tree: what is the same up to some place stands in it once.
//
//   {"id":"  ─►  ","source":"  ─►  ","detail":{"n":  ─►  }}
//                                    ","detail":{"s":"  ─►  "}}
//
// It is also a check. Whoever has the pieces of a valid event, and valid values between them, is valid.
//
// A shape is learnt when an event comes again that none fits: of a stream in which nothing comes again, an event costs
// its stops more. Bounded: so many shapes, and so many pieces of each and of all. Once it has grown, learning does not
// allocate. Belongs to one thread.
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "events/base/line_allocator.h"
#include "rules/event_shape.h"
#include "rules/json_stops.h"
#include "rules/json_tokens.h"

namespace sagewatch {

class EventShapes {
 public:
  EventShapes() = default;
  EventShapes(const EventShapes&) = delete;  // it points into itself
  EventShapes& operator=(const EventShapes&) = delete;
  ~EventShapes() = default;

  static constexpr std::size_t shapes_max = 128;
  static constexpr std::size_t tokens_max = 2'048;  // of an event whose shape is learnt
  static constexpr std::size_t pieces_max = 8'192;
  static constexpr std::size_t pieces_of_one_max = 1'024;

  struct Found {
    EventShape* shape = nullptr;  // null: none that is known
    std::span<EventValue> values;
  };
  // The shape of an event; strings are not yet unescaped.
  Found find(std::string_view text, const JsonStops& stops, InstructionSet set);
  // The same, of a text of which it is not known whether it is an event. If a shape is found, it is one.
  Found check(std::string_view text, const JsonStops& stops, InstructionSet set);

  // Of an event that has none of the shapes: whether one with its row of tokens was met before, and it is to be learnt.
  bool comes_again(const JsonTokens& tokens);
  // Then: from an event without a backslash, after it was walked. `values`: in the order of the text, whose bytes they
  // name.
  void learn(std::string_view text, const JsonStops& stops, std::span<const EventValue> values,
             const EventLayout& layout);
  // All of them, for other paths; memory stays.
  void forget();

 private:
  enum class Behind : std::uint8_t { nothing, string, bare };  // which value a piece stands behind
  enum class Before : std::uint8_t { rest, bare, end };        // what it stands before; rest: a string, or more of it
  struct alignas(64) Piece {
    // A longer one is several, each behind nothing. Each but the last is compared with a byte of the next, too, so that
    // no piece that ends where another goes on is taken for it.
    static constexpr std::size_t size_max = 39;
    char bytes[size_max + 1] = {};
    std::uint64_t counting = 0;  // a bit for each byte that is compared
    std::uint32_t other = 0;     // piece that may stand here instead; 0: none
    std::uint16_t shape = 0;     // that the last one ends
    std::uint16_t stop = 0;      // the number of its first stop, if that tells where it stands
    std::uint8_t stop_at = 0;    // bytes before that one
    std::uint8_t size = 0;
    std::uint8_t compared = 0;        // bytes
    bool is_between_strings = false;  // which is what most are: behind one, and before one or more of itself
    Behind behind = Behind::nothing;
    Before before = Before::rest;
    bool has_stop = false;
    bool is_wanted = false;  // the value behind it stands at a mentioned path
  };
  struct Missed {  // what events were like that were met and not known: of each some, by their tokens
    std::array<std::uint64_t, 4> hashes{};
    std::array<bool, 4> is_refused{};  // it cannot be learnt
    std::uint32_t next = 0;
  };
  struct Known {
    std::unique_ptr<EventShape> shape;
    std::uint32_t stops = 0;  // of its events
  };

  template <bool checks>
  Found find_as(std::string_view text, const JsonStops& stops, InstructionSet set);
  template <bool checks, class Equal>
  Found follow(std::string_view text, const JsonStops& stops, Equal equal);
#if defined(__x86_64__)
  template <bool checks>
  Found follow_avx512(std::string_view text, const JsonStops& stops);
  template <bool checks>
  Found follow_avx2(std::string_view text, const JsonStops& stops);
#endif

  // Into draft_. False: it is too large.
  bool take_apart(std::string_view text, const JsonStops& stops, std::span<const EventValue> values);
  // False: it is known already, and yet was not found.
  bool keep_draft(std::uint16_t shape);

  static constexpr std::size_t first = 1;  // of all pieces; the one before stands for none
  std::vector<Piece, LineAllocator<Piece>> pieces_;
  std::vector<Known> shapes_;  // the first shape_count_ are known
  std::size_t shape_count_ = 0;
  std::vector<EventShape::Extent> extents_;  // of the values of the event that is looked at
  std::vector<Piece> draft_;
  std::uint32_t stops_read_ = 0;  // behind the last that is asked for
  std::array<Missed, shapes_max> missed_{};
  bool* is_refused_ = nullptr;  // of the event that came again
  std::uint32_t misses_when_full_ = 0;
  bool is_full_ = false;
};

}  // namespace sagewatch
