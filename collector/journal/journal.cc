#include "collector/journal/journal.h"

#include <fmt/core.h>

#include <set>
#include <utility>

#include "collector/journal/committer.h"
#include "collector/journal/recovery.h"
#include "collector/journal/segment_list.h"
#include "collector/journal/segment_reader.h"

namespace sagewatch {
namespace {

constexpr std::size_t damage_remembered_max = 4096;

class SegmentJournal : public Journal {
 public:
  SegmentJournal(Disk& disk, const Clock& clock, JournalObserver& observer, JournalConfig config, Recovered recovered)
      : disk_(disk), observer_(observer), config_(std::move(config)), list_(disk_, config_.directory) {
    for (const auto& segment : recovered.segments) list_.add_sealed(segment.name, segment.bytes);
    list_.set_next_position(recovered.next_position);
    for (const Damage& damage : recovered.damage) tell(damage);
    committer_ = std::make_unique<Committer>(disk_, clock, observer_, config_, list_, std::move(recovered.rule_set));
  }

  Offer append(FrameType type, std::uint32_t positions, std::shared_ptr<const std::string> payload,
               std::function<void(Result<std::uint64_t>)> done) override {
    return committer_->append(type, positions, std::move(payload), std::move(done));
  }
  std::uint64_t first_position() const override { return list_.first_position(); }
  std::uint64_t next_position() const override { return list_.next_position(); }
  Result<Frame> frame_at(std::uint64_t position) override;
  Done read(std::uint64_t from, const std::function<bool(const Frame&)>& each) override;
  Result<std::string> rule_set_at(std::uint64_t position) override;
  Result<std::optional<Frame>> newest(FrameType type) override;
  Result<std::uint64_t> trim(std::uint64_t keep_from, UnixNanos older_than) override;
  void disk_refused(const Error& error) override { committer_->disk_refused(error); }
  void roll() override { committer_->roll(); }
  Stat stat() const override;

 private:
  // How far read() has come.
  struct Cursor {
    std::uint64_t offset = 0;  // in the segment; 0: not begun
    std::uint64_t position = 0;
  };
  enum class Step : std::uint8_t { at_end, stopped, again };
  Result<Step> read_segment(const SegmentList::Held& held, std::uint64_t from, Cursor& cursor,
                            const std::function<bool(const Frame&)>& each);
  Result<SegmentList::Place> place_of(std::uint64_t position);
  void look_through(SegmentName name);
  void tell(const Damage& damage);
  Damage damage_of(SegmentName name, const SegmentScanner& scanner, std::uint64_t position) const;
  tl::unexpected<Error> not_held(std::uint64_t position, std::string_view why) const;

  Disk& disk_;
  JournalObserver& observer_;
  JournalConfig config_;
  mutable SegmentList list_;
  std::mutex trim_mutex_;  // one trims at a time
  std::mutex told_mutex_;  // guards told_ and looked_through_
  std::set<std::pair<std::string, std::uint64_t>> told_;
  std::set<std::uint64_t> looked_through_;  // segments, by their first position
  std::atomic<std::uint64_t> corrupt_bytes_{0};
  std::unique_ptr<Committer> committer_;  // last: its threads use what stands above
};

tl::unexpected<Error> SegmentJournal::not_held(std::uint64_t position, std::string_view why) const {
  return no(fmt::format("{}: position {} {}", config_.directory, position, why));
}

void SegmentJournal::tell(const Damage& damage) {
  {
    std::lock_guard lock(told_mutex_);
    if (told_.size() >= damage_remembered_max || !told_.emplace(damage.path, damage.begin).second) return;
  }
  if (!damage.torn) corrupt_bytes_ += damage.end - damage.begin;
  observer_.damaged(damage);
}

Damage SegmentJournal::damage_of(SegmentName name, const SegmentScanner& scanner, std::uint64_t position) const {
  return {list_.path(name), scanner.offset(), scanner.end(), position, position, false, {}};
}

// Looks twice, because the segment may be sealed between two looks.
Result<SegmentList::Place> SegmentJournal::place_of(std::uint64_t position) {
  for (;;) {
    const auto held = list_.holding(position);
    if (!held) return not_held(position, "was trimmed");
    auto place = list_.locate(*held, position, true);
    if (!place && !list_.find(held->name)) return not_held(position, "was trimmed");
    if (!place || place->end != 0) return place;
  }
}

Result<Frame> SegmentJournal::frame_at(std::uint64_t position) {
  if (position >= list_.next_position()) return not_held(position, "is not there yet");
  const auto place = place_of(position);
  if (!place) return no(place.error());
  std::unique_lock lock(place->segment->mutex);
  SegmentScanner scanner(*place->segment->file,
                         {place->from.offset, place->end, place->from.position, place->nonce, 2 * index_step});
  for (;;) {
    const auto found = scanner.next();
    if (!found) return no(found.error());
    if (*found == SegmentScanner::Found::end) break;
    if (*found == SegmentScanner::Found::damage) continue;
    if (scanner.header().position > position) break;
    if (scanner.header().position_end() > position) return scanner.frame();
  }
  lock.unlock();
  look_through(place->name);
  return not_held(position, "is damaged on the disk; see `sagewatch journal verify`");
}

// No position is handed out twice, whatever copies of a segment somebody has put there.
Done SegmentJournal::read(std::uint64_t from, const std::function<bool(const Frame&)>& each) {
  auto held = list_.beginning_before(from);
  Cursor cursor;
  while (held) {
    const SegmentName name = held->name;
    const auto step = read_segment(*held, from, cursor, each);
    if (!step) {
      if (list_.find(name)) return no(step.error());
      held = list_.behind(name);  // trimmed while we read
      cursor = {};
      continue;
    }
    if (*step == Step::stopped) return {};
    if (*step == Step::at_end) {
      const bool was_active = held->active;
      const auto now = list_.find(name);
      // Grown, or sealed with more in it, since we looked.
      if (was_active && now && now->bytes > cursor.offset && now->active) {
        held = now;
        continue;
      }
      if (was_active && now && !now->active) {
        held = now;
        continue;
      }
      held = list_.behind(name);
      from = std::max(from, cursor.position);
      cursor = {};
      continue;
    }
    held = list_.find(name);
  }
  return {};
}

// All that is damaged in a segment, told once: from where somebody asked, a range would seem to begin there.
void SegmentJournal::look_through(SegmentName name) {
  {
    std::lock_guard lock(told_mutex_);
    if (looked_through_.size() >= damage_remembered_max || !looked_through_.insert(name.first_position).second) return;
  }
  const auto held = list_.find(name);
  if (!held) return;
  Cursor cursor;
  static_cast<void>(read_segment(*held, name.first_position, cursor, [](const Frame&) { return true; }));
}

Result<SegmentJournal::Step> SegmentJournal::read_segment(const SegmentList::Held& held, std::uint64_t from,
                                                          Cursor& cursor,
                                                          const std::function<bool(const Frame&)>& each) {
  const auto place = list_.locate(held, from, false);
  if (!place) return no(place.error());
  if (place->end == 0) return Step::again;
  if (cursor.offset == 0) cursor = {place->from.offset, place->from.position};
  auto file = disk_.open_to_read(list_.path(held.name));
  if (!file) return no(file.error());
  SegmentScanner scanner(**file, {cursor.offset, place->end, cursor.position, place->nonce});
  std::optional<Damage> damage;
  for (;;) {
    const auto found = scanner.next();
    if (!found) return no(found.error());
    if (*found == SegmentScanner::Found::damage) {
      damage = damage_of(held.name, scanner, cursor.position);
      cursor.offset = scanner.end();
      continue;
    }
    const bool at_end = *found == SegmentScanner::Found::end;
    if (!at_end) cursor.position = scanner.header().position;
    // A sealed segment that ends too early is as damaged as one with other bytes.
    const std::uint64_t behind = at_end ? list_.position_behind(held.name).value_or(cursor.position) : cursor.position;
    if (!damage && !held.active && cursor.position < behind)
      damage = Damage{list_.path(held.name), cursor.offset, cursor.offset, cursor.position, behind, false, {}};
    if (damage) {
      damage->position_end = behind;
      tell(*damage);
      damage.reset();
    }
    if (at_end) return Step::at_end;
    cursor = {scanner.end(), scanner.header().position_end()};
    const bool wanted = scanner.header().positions > 0 ? cursor.position > from : cursor.position >= from;
    if (wanted && !each(scanner.frame())) return Step::stopped;
  }
}

Result<std::string> SegmentJournal::rule_set_at(std::uint64_t position) {
  auto held = list_.holding(position);
  if (!held && list_.first_position() > position) return not_held(position, "was trimmed");
  std::string rule_set;
  bool known = false;
  for (std::uint64_t at = position; held && !known;) {
    const auto segment = list_.open(*held);
    if (!segment) return no(segment.error());
    if ((*segment)->contents.header) {
      rule_set = (*segment)->contents.header->rule_set;
      known = true;
    }
    const auto newest = list_.newest_in(*held, static_cast<std::uint8_t>(FrameType::rule_set));
    if (!newest) return no(newest.error());
    if (*newest && (*newest)->position <= at) {
      rule_set = *(*newest)->payload;
      known = true;
    } else if (*newest) {
      Cursor cursor;
      const auto step = read_segment(*held, held->name.first_position, cursor, [&](const Frame& frame) {
        if (frame.position > at) return false;
        if (frame.type == FrameType::rule_set) {
          rule_set = *frame.payload;
          known = true;
        }
        return true;
      });
      if (!step) return no(step.error());
    }
    if (known || held->name.first_position == 0) break;
    held = list_.holding(held->name.first_position - 1);  // its header is gone
  }
  return rule_set;
}

Result<std::optional<Frame>> SegmentJournal::newest(FrameType type) {
  const auto segments = list_.held();
  for (auto held = segments.rbegin(); held != segments.rend(); ++held) {
    const auto now = list_.find(held->name);
    if (!now) break;  // trimmed meanwhile, and all before it
    auto frame = list_.newest_in(*now, static_cast<std::uint8_t>(type));
    if (!frame) return no(frame.error());
    if (*frame) return frame;
  }
  return std::nullopt;
}

Result<std::uint64_t> SegmentJournal::trim(std::uint64_t keep_from, UnixNanos older_than) {
  std::lock_guard lock(trim_mutex_);
  const auto segments = list_.held();
  std::uint64_t gone = 0;
  for (std::size_t i = 0; i + 1 < segments.size(); ++i) {
    if (segments[i + 1].name.first_position > keep_from) break;
    // Its newest event is as old as its successor.
    const auto ended = list_.created(segments[i + 1]);
    if (!ended) return no(ended.error());
    if (!(*ended < older_than) && list_.bytes() <= config_.bytes_max / 10 * 8) break;
    if (!list_.forget_oldest(segments[i].name)) break;
    if (auto done = disk_.remove(list_.path(segments[i].name)); !done) return no(done.error());
    gone += segments[i].bytes;
  }
  if (gone == 0) return gone;
  committer_->check_marks();
  if (auto done = disk_.sync_directory(config_.directory); !done) return no(done.error());
  return gone;
}

Journal::Stat SegmentJournal::stat() const {
  Stat stat;
  const auto segments = list_.held();
  stat.segments = segments.size();
  for (const auto& segment : segments) stat.bytes += segment.bytes;
  stat.first_position = list_.first_position();
  stat.next_position = list_.next_position();
  if (!segments.empty()) stat.oldest = list_.created(segments.front()).value_or(UnixNanos{});
  if (segments.size() > 1) {
    stat.oldest_end = segments[1].name.first_position;
    stat.oldest_ended = list_.created(segments[1]).value_or(UnixNanos{});
  }
  stat.pending_bytes = committer_->pending_bytes();
  stat.corrupt_bytes = corrupt_bytes_;
  stat.full = committer_->full();
  stat.failed = committer_->failed();
  return stat;
}

}  // namespace

std::string_view what_may_be_lost(Durability durability) {
  switch (durability) {
    case Durability::lose_on_power_cut:
      return "events acknowledged in the last moments before a power cut are lost";
    case Durability::lose_on_crash:
      return "events acknowledged in the last moments before a crash or a power cut are lost";
    default:
      return {};
  }
}

std::string sentence_of(const Damage& damage) {
  const std::string positions = fmt::format("positions {} up to {}", damage.position, damage.position_end);
  if (damage.begin == damage.end)
    return fmt::format("{}: {} should stand behind it, and no segment holds them", damage.path, positions);
  const std::string bytes = fmt::format("{}: bytes {} to {} are damaged", damage.path, damage.begin, damage.end);
  return damage.position == damage.position_end ? bytes : bytes + ", and with them " + positions;
}

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, const Clock& clock, JournalObserver& observer,
                                               JournalConfig config) {
  auto recovered = recover_journal(disk, config);
  if (!recovered) return no(recovered.error());
  return std::make_unique<SegmentJournal>(disk, clock, observer, std::move(config), std::move(*recovered));
}

}  // namespace sagewatch
