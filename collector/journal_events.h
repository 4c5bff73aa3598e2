#pragma once
// The bytes of events by their position: how a delivery that waited longer than memory holds finds its event again.
// An event that was redriven after the journal was cut is found in its dead letter. One that is nowhere is told to the
// log. Any thread.
#include <functional>

#include "collector/journal/journal.h"
#include "exporters/owed.h"

namespace sagewatch {

class JournalEvents : public EventBytes {
 public:
  // Asked when the journal no longer holds the event.
  using Elsewhere = std::function<Result<std::shared_ptr<const std::string>>(const Owed&)>;
  JournalEvents(Journal& journal, Elsewhere elsewhere) : journal_(journal), elsewhere_(std::move(elsewhere)) {}
  Result<std::shared_ptr<const std::string>> event_of(const Owed& row) override;

 private:
  Result<std::shared_ptr<const std::string>> in_journal(std::uint64_t position);

  Journal& journal_;
  const Elsewhere elsewhere_;
};

}  // namespace sagewatch
