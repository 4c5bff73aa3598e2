#include "collector/journal/verify.h"

#include <fmt/core.h>

#include <algorithm>

#include "collector/journal/recovery.h"
#include "collector/journal/segment_reader.h"

namespace sagewatch {
namespace {

bool tells_the_same(const SegmentIndex& footer, const SegmentIndex& scan) {
  return footer.frames == scan.frames && footer.next_position == scan.next_position &&
         footer.crc_of_crcs == scan.crc_of_crcs && footer.end == scan.end;
}

// What a daemon was just writing is whole at the second look; what is still no frame then, and was none before, is
// damage.
Result<SegmentContents> look(File& file, SegmentName name, bool newest, const std::function<void()>& moment) {
  auto first = scan_segment(file, name, newest);
  if (!first || !newest || first->sealed || first->damage.empty()) return first;
  moment();
  auto second = scan_segment(file, name, newest);
  if (!second) return second;
  std::erase_if(second->damage, [&](const Damage& now) {
    return std::ranges::find(first->damage, now.begin, &Damage::begin) == first->damage.end();
  });
  return second;
}

Result<SegmentReport> verify_segment(Disk& disk, const std::string& path, SegmentName name, bool newest,
                                     const std::function<void()>& moment) {
  SegmentReport report;
  report.path = path;
  report.first_position = report.next_position = name.first_position;
  auto file = disk.open_to_read(path);
  if (!file) return no(file.error());
  auto scan = look(**file, name, newest, moment);
  if (!scan) return no(scan.error());
  report.bytes = scan->bytes;
  report.frames = scan->index.frames;
  report.next_position = std::max(report.next_position, scan->index.next_position);
  report.sealed = scan->sealed;
  if (scan->header) {
    report.created = scan->header->created;
    report.rule_set = scan->header->rule_set;
  }
  report.damage = std::move(scan->damage);
  for (Damage& damage : report.damage) damage.path = path;
  const auto claimed = inspect_segment(**file, name, newest);
  if (!claimed) return no(claimed.error());
  if (scan->header && scan->header->first_position != name.first_position)
    report.fault = fmt::format("it was written as {}: somebody copied or renamed it",
                               SegmentName{scan->header->first_position, 0}.text());
  else if (scan->sealed && (!claimed->sealed || !tells_the_same(claimed->index, scan->index)))
    report.fault = "its footer does not say what it holds";
  else if (!scan->sealed && !newest)
    report.fault = "it has no footer, although it is not the newest";
  return report;
}

// A running daemon lets go of its oldest segments.
bool was_cut(Disk& disk, const std::string& directory, SegmentName name) {
  const auto names = list_segments(disk, directory);
  return names && !names->empty() && name < names->front();
}

}  // namespace

bool SegmentReport::ok() const {
  return unreadable.empty() && fault.empty() &&
         std::all_of(damage.begin(), damage.end(), [](const Damage& range) { return range.torn; });
}

std::string SegmentReport::lost() const {
  if (!unreadable.empty()) return fmt::format("{}: cannot be read: {}", path, unreadable);
  const auto range = std::ranges::find_if(damage, [](const Damage& each) {
    return !each.torn && (each.end > data_begin || each.position < each.position_end);
  });
  return range == damage.end() ? "" : sentence_of(*range);
}

std::string JournalReport::lost() const {
  for (const SegmentReport& segment : segments)
    if (auto lost = segment.lost(); !lost.empty()) return lost;
  if (gaps.empty()) return "";
  return fmt::format("positions {} up to {} are held by no segment of the journal", gaps[0].first, gaps[0].second);
}

bool JournalReport::ok() const {
  return gaps.empty() &&
         std::all_of(segments.begin(), segments.end(), [](const SegmentReport& segment) { return segment.ok(); });
}

Result<JournalReport> verify_journal(Disk& disk, const std::string& directory, std::uint64_t from,
                                     const std::function<void()>& moment) {
  const auto names = list_segments(disk, directory);
  if (!names) return no(names.error());
  JournalReport report;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const SegmentName& name = (*names)[i];
    const bool newest = i + 1 == names->size();
    if (!newest && name.first_position < from && (*names)[i + 1].first_position <= from) continue;
    const std::string path = directory + "/" + name.text();
    auto segment = verify_segment(disk, path, name, newest, moment);
    if (!segment && was_cut(disk, directory, name)) continue;
    if (!segment) {
      SegmentReport unreadable;
      unreadable.path = path;
      unreadable.first_position = unreadable.next_position = name.first_position;
      unreadable.unreadable = segment.error().what;
      segment = std::move(unreadable);
    }
    if (!report.segments.empty()) {
      const std::uint64_t end = report.segments.back().next_position;
      // Damage at a segment's end is told there, with the positions that it cost.
      if (!report.segments.back().damage.empty() && report.segments.back().damage.back().position_end == end)
        report.segments.back().damage.back().position_end = std::max(end, name.first_position);
      else if (end < name.first_position)
        report.gaps.emplace_back(end, name.first_position);
      else if (end > name.first_position && segment->fault.empty())
        segment->fault = fmt::format("positions {} up to {} stand in an older segment, too", name.first_position, end);
    }
    report.segments.push_back(std::move(*segment));
  }
  const std::string quarantine = directory + "/" + std::string(quarantine_name);
  if (const auto files = disk.list(quarantine))
    for (const std::string& file : *files) report.quarantined.push_back(fmt::format("{}/{}", quarantine, file));
  return report;
}

Done dump_journal(Disk& disk, const std::string& directory, std::uint64_t from, std::uint64_t to,
                  const std::function<bool(const std::string& path, std::uint64_t offset, const Frame&)>& each) {
  const auto names = list_segments(disk, directory);
  if (!names) return no(names.error());
  for (std::size_t i = 0; i < names->size(); ++i) {
    const SegmentName& name = (*names)[i];
    if (name.first_position >= to) break;
    if (i + 1 < names->size() && (*names)[i + 1].first_position < from) continue;
    const std::string path = directory + "/" + name.text();
    auto file = disk.open_to_read(path);
    if (!file) return no(file.error());
    bool wanted = true;
    const auto scan = scan_segment(**file, name, i + 1 == names->size(), [&](const SegmentScanner& scanner) {
      const FrameHeader& header = scanner.header();
      if (header.position >= to) return false;
      if (header.position_end() < from || (header.positions > 0 && header.position_end() == from)) return true;
      wanted = each(path, scanner.offset(), scanner.frame());
      return wanted;
    });
    if (!scan) return no(scan.error());
    if (!wanted) break;
  }
  return {};
}

}  // namespace sagewatch
