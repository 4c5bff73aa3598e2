// `<event> SOH <text>`: whoever knows the shape of the event reads from the text what one reads who knows none, and
// refuses the same texts.
#include <cstdint>
#include <string>

#include "events/base/result.h"
#include "tests/random/placed_text.h"
#include "tests/random/told_values.h"

namespace {

using namespace sagewatch;

EventPaths some_paths() {
  PathTrie trie;
  for (const char* path : {"a", "b", "a.b", "a.a", "a.b.c", "", "detail-type", "detail.TrainingJobStatus", "é"}) {
    trie.add(path);
  }
  return EventPaths{std::move(trie)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const EventPaths paths = some_paths();

  const std::string_view all{reinterpret_cast<const char*>(data), size};
  const std::size_t middle = all.find('\x01');
  if (middle == std::string_view::npos) return 0;
  const PlacedText learnt{all.substr(0, middle), {}};
  static constexpr char around[] = {'"', '}', '1', '\\', ' '};
  const PlacedText text{all.substr(middle + 1), {size * 7 % Placement::alignments, around[size % std::size(around)]}};
  if (JsonCheck::refusal(learnt.text())) return 0;
  const bool is_event = !JsonCheck::refusal(text.text()).has_value();
  for (const auto set : {InstructionSet::plain, InstructionSet::avx2, InstructionSet::avx512}) {
    if (set > instruction_set()) continue;
    EventValues knows;
    for (int i = 0; i < 2; ++i) told_by_reading(knows, paths, learnt.text(), set);
    EventValues knows_none;
    const std::string checked = told_by_checking(knows, paths, text.text(), set);
    SW_MUST(checked == told_by_checking(knows_none, paths, text.text(), set), "what is known changes nothing");
    SW_MUST((checked != "no event") == is_event, "texts that are no events are refused, and no others");
    if (!is_event) continue;
    SW_MUST(checked == told_by_reading(knows, paths, text.text(), set), "checking changes nothing");
  }
  return 0;
}
