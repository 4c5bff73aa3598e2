#pragma once
// A row of the table of events made ready for reading: a trie of all paths that it mentions, and for each the number
// under which its value is noted. Made once, then shared by nobody: each reader has its own.
#include <cstdint>
#include <string_view>
#include <vector>

#include "events/event_kind.h"
#include "events/member_trie.h"

namespace sagewatch {

struct KindPaths {
  // Where each thing stands in the notes of one event. Facts follow; two with one path share a note.
  enum Note : std::uint8_t {
    name,
    arn,
    part,
    axis,  // and two more
    previous = axis + axes_max,
    reason,
    created,
    started,
    ended,
    modified,
    tags,
    parts,
    more_parts,
    occurrence,
    first_fact,
  };
  static constexpr std::size_t notes_max = 48;
  // The same inside of a part.
  enum PartNote : std::uint8_t { part_name, part_text, part_number = part_text + part_texts_max };
  static constexpr std::size_t part_notes = part_number + part_numbers_max;

  // A fact of the row: where its value is noted, and the place of its name in the kind's list.
  struct FactNote {
    std::uint8_t note, place;
  };

  const EventKind* row;
  MemberTrie trie, part_trie;
  std::uint8_t notes = first_fact;
  std::vector<FactNote> labels, numbers, parents, counted;  // parallel to the row's

  explicit KindPaths(const EventKind& event_kind);
};

}  // namespace sagewatch
