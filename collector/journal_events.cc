#include "collector/journal_events.h"

#include <fmt/format.h>

#include "collector/log.h"
#include "events/frame.h"

namespace sagewatch {

Result<std::shared_ptr<const std::string>> JournalEvents::event_of(const Owed& row) {
  auto found = in_journal(row.position.offset);
  if (found) return found;
  auto kept = elsewhere_(row);
  if (kept || kept.error().retry) return kept;
  if (found.error().retry) return found;
  log_error("delivery", "SW5106", "{}, so target {} gets a dead letter without the event", found.error().what,
            row.target);
  return found;
}

Result<std::shared_ptr<const std::string>> JournalEvents::in_journal(std::uint64_t position) {
  if (position < journal_.first_position())
    return no(fmt::format("the event at position {} is no longer in the journal", position));
  const auto frame = journal_.frame_at(position);
  if (!frame) return no(frame.error());
  FrameReader reader{*frame->payload};
  FramedEvent event;
  for (std::uint64_t at = frame->position; reader.next(event); ++at) {
    if (at == position) return std::make_shared<const std::string>(event.json);
  }
  return no(fmt::format("position {} of the journal holds no event", position));
}

}  // namespace sagewatch
