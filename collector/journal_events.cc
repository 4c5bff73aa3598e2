#include "collector/journal_events.h"

#include <fmt/format.h>

#include "events/frame.h"

namespace sagewatch {

Result<std::shared_ptr<const std::string>> JournalEvents::event_of(const Owed& row) {
  const std::uint64_t position = row.position.offset;
  if (position < journal_.first_position()) return elsewhere_(row);
  const auto frame = journal_.frame_at(position);
  if (!frame) {
    auto found = elsewhere_(row);
    if (!found) return no(frame.error());
    return found;
  }
  FrameReader reader{*frame->payload};
  FramedEvent event;
  for (std::uint64_t at = frame->position; reader.next(event); ++at) {
    if (at == position) return std::make_shared<const std::string>(event.json);
  }
  return no(fmt::format("position {} of the journal holds no event", position));
}

}  // namespace sagewatch
