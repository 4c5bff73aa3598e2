#include "collector/journal/verify.h"

#include <algorithm>

#include "collector/journal/recovery.h"
#include "collector/journal/segment_reader.h"

namespace sagewatch {
namespace {

bool tells_the_same(const SegmentIndex& footer, const SegmentIndex& scan) {
  return footer.frames == scan.frames && footer.next_position == scan.next_position &&
         footer.crc_of_crcs == scan.crc_of_crcs && footer.end == scan.end;
}

Result<SegmentReport> verify_segment(Disk& disk, const std::string& path, SegmentName name, bool newest) {
  SegmentReport report;
  report.path = path;
  report.first_position = report.next_position = name.first_position;
  auto file = disk.open_to_read(path);
  if (!file) return no(file.error());
  auto scan = scan_segment(**file, name, newest);
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
  // The header of a file belongs to its name.
  if (scan->header && scan->header->first_position != name.first_position) report.footer_wrong = true;
  const auto claimed = inspect_segment(**file, name, newest);
  if (!claimed) return no(claimed.error());
  if (scan->sealed && (!claimed->sealed || !tells_the_same(claimed->index, scan->index))) report.footer_wrong = true;
  if (!scan->sealed && !newest) report.footer_wrong = true;
  return report;
}

}  // namespace

bool SegmentReport::ok() const {
  return unreadable.empty() && !footer_wrong &&
         std::all_of(damage.begin(), damage.end(), [](const Damage& range) { return range.torn; });
}

bool JournalReport::ok() const {
  return gaps.empty() &&
         std::all_of(segments.begin(), segments.end(), [](const SegmentReport& segment) { return segment.ok(); });
}

Result<JournalReport> verify_journal(Disk& disk, const std::string& directory) {
  const auto names = list_segments(disk, directory);
  if (!names) return no(names.error());
  JournalReport report;
  for (const SegmentName& name : *names) {
    const std::string path = directory + "/" + name.text();
    auto segment = verify_segment(disk, path, name, name == names->back());
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
      else if (end != name.first_position)
        report.gaps.emplace_back(end, name.first_position);
    }
    report.segments.push_back(std::move(*segment));
  }
  const std::string quarantine = directory + "/" + std::string(quarantine_name);
  if (const auto files = disk.list(quarantine))
    for (const std::string& file : *files) report.quarantined.push_back(quarantine + "/" + file);
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
