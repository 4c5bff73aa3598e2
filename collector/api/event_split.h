#pragma once
// Where one event ends and the next begins in a body of raw ingest: one event, a JSON array of events, one event a
// line, or the records of a document of CloudTrail, {"Records": [...]}, as the body or as a line of it. Only brackets,
// quotes and line feeds are looked at, about a nanosecond a byte; whether an event is good JSON is the sink's to say,
// event by event, so that a bad one does not hide the others.
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "events/batch.h"

namespace sagewatch {

enum class BodyForm : std::uint8_t { one, array, lines, records };

struct EventSplit {
  BodyForm form = BodyForm::one;
  std::vector<Incoming> events;  // place: the line, or the number in the array, from 1
  bool too_many = false;         // there are more than `events_max`; the splitting ended there
};

// By the first byte, and for "{" by what follows it: a body whose type says lines (application/x-ndjson, jsonl) or
// whose first line is a whole object followed by more is lines, everything else is one event, on however many lines.
// An Error if the array, or a document of records that is the body, does not hold together; of one that is a line, the
// line is an event, for the sink to refuse.
Result<EventSplit> split_events(std::string_view body, std::string_view content_type, std::size_t events_max);

}  // namespace sagewatch
