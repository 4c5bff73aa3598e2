#include "collector/journal/recovery.h"

#include <fmt/core.h>

#include <algorithm>

#include "collector/journal/crc32c.h"
#include "collector/journal/segment_reader.h"
#include "collector/journal/segment_writer.h"

namespace sagewatch {
namespace {

class Recovery {
 public:
  Recovery(Disk& disk, const JournalConfig& config) : disk_(disk), config_(config) {}

  Result<Recovered> run() {
    if (auto done = prepare(); !done) return no(done.error());
    while (!recovered_.segments.empty()) {
      const auto kept = recover_newest();
      if (!kept) return no(kept.error());
      if (*kept) break;
      recovered_.segments.pop_back();
    }
    if (auto done = miss(); !done) return no(done.error());
    if (auto done = sizes(); !done) return no(done.error());
    return std::move(recovered_);
  }

 private:
  std::string path(std::string_view name) const { return config_.directory + "/" + std::string(name); }
  bool flushes() const { return config_.durability == Durability::fdatasync; }
  // Also the name of a segment says that all before it was durable.
  std::uint64_t durable_below() const {
    return flushes() ? std::max(config_.durable_below, recovered_.next_position) : 0;
  }

  Done prepare() {
    if (auto done = disk_.make_directories(config_.directory); !done) return done;
    // A new directory is only there after a power cut if its parent says so.
    const auto slash = config_.directory.rfind('/');
    const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : config_.directory.substr(0, slash);
    if (auto done = disk_.sync_directory(parent); !done) return done;
    const auto names = list_segments(disk_, config_.directory);
    if (!names) return no(names.error());
    for (const SegmentName& name : *names) recovered_.segments.push_back({name, 0});
    // Nobody knows how many positions a file held that was set aside whole, but it began where its name says.
    if (const auto aside = list_segments(disk_, path(quarantine_name)))
      if (!aside->empty()) recovered_.next_position = aside->back().first_position;
    // A spare holds zeros, or a header without a frame: it becomes a segment only by its name.
    return disk_.remove(path(spare_name));
  }

  // False: the file is no segment (any more), the one before it is the newest.
  Result<bool> recover_newest() {
    const SegmentName name = recovered_.segments.back().name;
    auto file = disk_.open(path(name.text()));
    if (!file) return no(file.error());
    auto contents = inspect_segment(**file, name, true, durable_below());
    if (!contents) return no(contents.error());
    end_ = contents->index.end;
    recovered_.next_position = std::max(recovered_.next_position, name.first_position);
    if (contents->index.frames == 0 && (!contents->header || name.first_position < durable_below()))
      return set_aside(name, *contents);
    if (auto done = report(**file, name, *contents); !done) return no(done.error());
    if (recovered_.rule_set.empty())
      if (auto done = find_rule_set(**file, *contents); !done) return no(done.error());
    if (contents->index.frames == 0) {
      // Begun and never written. It stays as proof that positions up to its own were given away, until the segment
      // that goes on there takes its place.
      if (contents->damage.empty()) return false;
      if (auto done = (*file)->truncate(data_begin); !done) return no(done.error());
      if (flushes())
        if (auto done = (*file)->sync(); !done) return no(done.error());
      return false;
    }
    recovered_.next_position = std::max(recovered_.next_position, contents->index.next_position);
    if (contents->sealed) return true;
    if (auto done = seal(**file, *contents); !done) return no(done.error());
    return true;
  }

  // Not even a header, or not one of the frames that were there: all of it is evidence.
  Result<bool> set_aside(SegmentName name, const SegmentContents& contents) {
    const std::string from = path(name.text());
    const std::uint64_t position_end = std::max(name.first_position, durable_below());
    Damage damage{from, 0, contents.bytes, name.first_position, position_end, false, {}};
    if (config_.refuse_corruption) return refuse(damage);
    if (auto done = disk_.make_directories(path(quarantine_name)); !done) return no(done.error());
    damage.quarantined = path(quarantine_name) + "/" + name.text();
    if (auto done = disk_.rename(from, damage.quarantined); !done) return no(done.error());
    if (auto done = disk_.sync_directory(config_.directory); !done) return no(done.error());
    if (contents.header && recovered_.rule_set.empty()) recovered_.rule_set = contents.header->rule_set;
    recovered_.next_position = std::max(recovered_.next_position, position_end);
    recovered_.damage.push_back(damage);
    return false;
  }

  // Positions that somebody knows of, and that no segment holds.
  Done miss() {
    const std::uint64_t next = recovered_.next_position;
    if (next >= durable_below()) return {};
    const std::string newest =
        recovered_.segments.empty() ? config_.directory : path(recovered_.segments.back().name.text());
    const Damage damage{newest, end_, end_, next, durable_below(), false, {}};
    if (config_.refuse_corruption) return refuse(damage);
    recovered_.next_position = damage.position_end;
    recovered_.damage.push_back(damage);
    return {};
  }

  tl::unexpected<Error> refuse(const Damage& damage) const {
    return no(sentence_of(damage) + std::string(corruption_refused));
  }

  Done report(File& file, SegmentName name, SegmentContents& contents) {
    for (Damage& damage : contents.damage) {
      damage.path = path(name.text());
      const bool header_only = damage.end <= data_begin;
      if (!damage.torn && !header_only) {
        if (config_.refuse_corruption) return refuse(damage);
        if (auto done = quarantine(file, name, damage); !done) return done;
        // What stands behind a hole may claim any position; the segment, once sealed, remembers only those that it
        // holds.
        recovered_.next_position = std::max(recovered_.next_position, std::min(damage.position_end, durable_below()));
      }
      recovered_.damage.push_back(damage);
    }
    return {};
  }

  Done quarantine(File& file, SegmentName name, Damage& damage) {
    const std::string directory = path(quarantine_name);
    damage.quarantined = fmt::format("{}/{}.{}-{}", directory, name.text(), damage.begin, damage.end);
    if (auto done = disk_.make_directories(directory); !done) return done;
    // From an earlier start that did not get further.
    if (auto done = disk_.remove(damage.quarantined); !done) return done;
    auto copy = disk_.create(damage.quarantined);
    if (!copy) return no(copy.error());
    constexpr std::uint64_t step = 1ull << 20;
    for (std::uint64_t at = damage.begin; at < damage.end; at += step) {
      const auto bytes = file.read(at, std::min(step, damage.end - at));
      if (!bytes) return no(bytes.error());
      const std::string_view piece = *bytes;
      if (auto done = (*copy)->write(at - damage.begin, {&piece, 1}); !done) return done;
    }
    if (auto done = (*copy)->sync(); !done) return done;
    if (auto done = disk_.sync_directory(directory); !done) return done;
    return disk_.sync_directory(config_.directory);
  }

  Done find_rule_set(File& file, const SegmentContents& contents) {
    if (contents.header) recovered_.rule_set = contents.header->rule_set;
    const auto offset = contents.index.newest_of(static_cast<std::uint8_t>(FrameType::rule_set));
    if (!offset) return {};
    const auto head = file.read(*offset, frame_header_bytes);
    if (!head) return no(head.error());
    if (head->size() < frame_header_bytes) return {};
    SegmentScanner scanner(file, {*offset, contents.index.end, FrameHeader::decode(*head).position, contents.nonce});
    const auto found = scanner.next();
    if (!found) return no(found.error());
    if (*found == SegmentScanner::Found::frame && scanner.offset() == *offset) recovered_.rule_set = scanner.payload();
    return {};
  }

  Done seal(File& file, const SegmentContents& contents) {
    SegmentHeader header = contents.header.value_or(SegmentHeader{});
    if (contents.nonce) header.nonce = *contents.nonce;
    if (auto done = seal_segment(file, header.nonce, contents.index); !done) return done;
    return flushes() ? file.sync() : Done{};
  }

  Done sizes() {
    for (auto& segment : recovered_.segments) {
      auto file = disk_.open_to_read(path(segment.name.text()));
      if (!file) return no(file.error());
      const auto size = (*file)->size();
      if (!size) return no(size.error());
      segment.bytes = *size;
    }
    return {};
  }

  Disk& disk_;
  const JournalConfig& config_;
  Recovered recovered_;
  std::uint64_t end_ = 0;  // of the newest segment's frames
};

}  // namespace

Result<Recovered> recover_journal(Disk& disk, const JournalConfig& config) {
  return Recovery(disk, config).run();
}

Result<std::vector<SegmentName>> list_segments(Disk& disk, const std::string& directory) {
  const auto files = disk.list(directory);
  if (!files) return no(files.error());
  std::vector<SegmentName> names;
  for (const std::string& file : *files)
    if (const auto name = SegmentName::parse(file)) names.push_back(*name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace sagewatch
