#include "events/kind_paths.h"

#include <algorithm>
#include <utility>

#include "events/base/result.h"

namespace sagewatch {
namespace {

// Each of the paths between '|' leads to the same note.
void add(MemberTrie& trie, std::string_view paths, std::size_t note) {
  while (!paths.empty()) {
    const std::size_t bar = std::min(paths.find('|'), paths.size());
    trie.add(paths.substr(0, bar), static_cast<std::uint8_t>(note));
    paths.remove_prefix(std::min(bar + 1, paths.size()));
  }
}

std::uint8_t place_of(std::span<const std::string_view> names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  SW_MUST(found != names.end(), "a row of events tells facts that its kind has");
  return static_cast<std::uint8_t>(found - names.begin());
}

}  // namespace

KindPaths::KindPaths(const EventKind& event_kind) : row(&event_kind) {
  std::vector<std::pair<std::string_view, std::uint8_t>> known;
  const auto note = [&](std::string_view paths, std::size_t number) {
    if (paths.empty()) return;
    add(trie, paths, number);
    known.emplace_back(paths, static_cast<std::uint8_t>(number));
  };
  note(row->name_path, name);
  note(row->arn_path, arn);
  note(row->part_path, part);
  for (std::size_t i = 0; i < axes_max; ++i) note(row->axis_paths[i], axis + i);
  note(row->previous_path, previous);
  note(row->reason_path, reason);
  note(row->created_path, created);
  note(row->started_path, started);
  note(row->ended_path, ended);
  note(row->modified_path, modified);
  note(row->tags_path, tags);
  note(row->parts.list, parts);
  note(row->parts.more, more_parts);
  note(row->occurrence_path, occurrence);
  const auto facts = [&](std::span<const Fact> told, std::vector<FactNote>& into,
                         std::span<const std::string_view> names) {
    for (const Fact& fact : told) {
      const auto same =
          std::find_if(known.begin(), known.end(), [&](const auto& one) { return one.first == fact.path; });
      const std::uint8_t number = same != known.end() ? same->second : notes;
      if (same == known.end()) note(fact.path, notes++);
      into.push_back({number, names.empty() ? std::uint8_t{0} : place_of(names, fact.name)});
    }
  };
  facts(row->labels, labels, row->kind->labels);
  facts(row->numbers, numbers, row->kind->numbers);
  facts(row->parents, parents, {});
  facts(row->counted, counted, {});
  SW_MUST(notes <= notes_max, "rows of the table are written with notes_max in mind");

  if (row->parts.list.empty()) return;
  add(part_trie, row->parts.name, part_name);
  for (std::size_t i = 0; i < part_texts_max; ++i) add(part_trie, row->parts.texts[i], part_text + i);
  for (std::size_t i = 0; i < part_numbers_max; ++i) add(part_trie, row->parts.numbers[i], part_number + i);
}

}  // namespace sagewatch
