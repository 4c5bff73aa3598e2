#include "collector/journal/newest_events.h"

#include <algorithm>
#include <deque>
#include <iterator>

#include "collector/journal/recovery.h"
#include "collector/journal/segment_reader.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

struct HeldFrame {
  Frame frame;
  std::string rule_set;  // empty: the one at the segment's beginning
};

void append_events(const HeldFrame& held, const std::string& first_rule_set, std::vector<JournaledEvent>& events) {
  FrameReader reader{*held.frame.payload};
  FramedEvent event;
  for (std::uint64_t position = held.frame.position; reader.next(event); ++position) {
    JournaledEvent& copy = events.emplace_back();
    copy.position = position;
    copy.received = event.received;
    copy.source = reader.source();
    copy.bus = event.bus;
    copy.json.reserve(event.json.size() + frame_padding);
    copy.json = event.json;
    copy.rule_set = held.rule_set.empty() ? first_rule_set : held.rule_set;
  }
}

// At least the last `count` of the segment, whole frames.
Result<std::vector<JournaledEvent>> newest_in(Disk& disk, const std::string& path, SegmentName name, bool newest,
                                              std::size_t count) {
  auto file = disk.open_to_read(path);
  if (!file) return no(file.error());
  std::deque<HeldFrame> held;
  std::size_t holding = 0;
  std::string rule_set;
  const auto scan = scan_segment(**file, name, newest, [&](const SegmentScanner& scanner) {
    const auto type = static_cast<FrameType>(scanner.header().type);
    if (type == FrameType::rule_set) rule_set = scanner.payload();
    if (type != FrameType::events) return true;
    held.push_back({scanner.frame(), rule_set});
    holding += scanner.header().positions;
    while (holding - held.front().frame.positions >= count) {
      holding -= held.front().frame.positions;
      held.pop_front();
    }
    return true;
  });
  if (!scan) return no(scan.error());
  std::vector<JournaledEvent> events;
  for (const HeldFrame& frame : held) append_events(frame, scan->header ? scan->header->rule_set : "", events);
  return events;
}

}  // namespace

Result<std::vector<JournaledEvent>> newest_events(Disk& disk, const std::string& directory, std::size_t count) {
  const auto names = list_segments(disk, directory);
  if (!names) return no(names.error());
  std::vector<JournaledEvent> events;
  for (auto name = names->rbegin(); name != names->rend() && events.size() < count; ++name) {
    auto older = newest_in(disk, directory + "/" + name->text(), *name, name == names->rbegin(), count - events.size());
    if (!older) return no(older.error());
    older->insert(older->end(), std::move_iterator(events.begin()), std::move_iterator(events.end()));
    events = std::move(*older);
  }
  if (events.size() > count) events.erase(events.begin(), events.end() - static_cast<std::ptrdiff_t>(count));
  return events;
}

}  // namespace sagewatch
