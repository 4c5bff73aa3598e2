#pragma once
// An event taken apart into fields: (path, scalar, array membership), for those paths that patterns mention. The text
// is walked once and checked nowhere: it is ValidJson. Kept as they are: repeated keys (each counts), the spelling of
// numbers, lone surrogates. A string is never looked into; empty arrays and objects are no fields.
//
// Reused from event to event without allocating. Belongs to one thread; its fields borrow from the text and from it.
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "events/valid_json.h"
#include "rules/path_trie.h"
#include "rules/scalar.h"

namespace sagewatch {

// Inside which element of which array something stands. Arrays are numbered as met.
struct ArrayStep {
  std::uint32_t array = 0;
  std::uint32_t element = 0;
  bool operator==(const ArrayStep&) const = default;
};

struct Field {
  Scalar value;
  std::uint32_t membership = 0;  // its steps in FlatEvent: first, and how many
  std::uint32_t membership_size = 0;
  std::uint32_t next = 0;  // of the same path: index into fields(), or FlatEvent::none
};

class FlatEvent {
 public:
  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

  // The root must be an object; anything else has no fields. `paths` is only used inside this call.
  void flatten(ValidJson event, const PathTrie& paths);

  // First field of the path, in the order of the text, or none; the others follow by `next`.
  std::uint32_t first(PathId path) const { return first_[path].field; }
  const Field& field(std::uint32_t index) const { return fields_[index]; }
  std::span<const ArrayStep> membership(const Field& field) const {
    return std::span{steps_}.subspan(field.membership, field.membership_size);
  }
  std::span<const Field> fields() const { return fields_; }

 private:
  friend class EventWalk;
  struct PathFields {
    std::uint32_t field = none;
    std::uint32_t last = none;
  };
  struct Level {  // an open object or array on a mentioned way
    PathTrie::Node node = PathTrie::root;
    std::uint32_t array = none;  // none: an object
    std::uint32_t element = 0;
  };

  std::vector<Field> fields_;
  std::vector<PathFields> first_;
  std::vector<PathId> touched_;  // paths of first_ that are set
  std::vector<ArrayStep> steps_;
  std::vector<Level> levels_;
  std::vector<ArrayStep> inside_;  // of the value being read
  std::string unescaped_;          // never grows while views of it are alive
};

}  // namespace sagewatch
