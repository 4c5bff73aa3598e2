#include "collector/journal/segment_list.h"

#include <algorithm>
#include <utility>

namespace sagewatch {

void SegmentList::add_sealed(SegmentName name, std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  held_.push_back({name, bytes, {}, false});
}

void SegmentList::begin_active(SegmentName name, UnixNanos created) {
  std::lock_guard lock(mutex_);
  held_.push_back({name, data_begin, created, true});
  active_index_ = {};
  active_index_.next_position = name.first_position;
}

void SegmentList::extend_active(const SegmentIndex& index) {
  std::lock_guard lock(mutex_);
  // Only what is new is copied: this happens once a group.
  const auto known = active_index_.entries.size();
  active_index_.entries.insert(active_index_.entries.end(), index.entries.begin() + static_cast<std::ptrdiff_t>(known),
                               index.entries.end());
  active_index_.newest = index.newest;
  active_index_.frames = index.frames;
  active_index_.next_position = index.next_position;
  active_index_.end = index.end;
  held_.back().bytes = index.end;
  next_position_ = index.next_position;
}

void SegmentList::seal_active(std::uint64_t bytes) {
  std::lock_guard lock(mutex_);
  held_.back().bytes = bytes;
  held_.back().active = false;
}

void SegmentList::set_next_position(std::uint64_t position) {
  std::lock_guard lock(mutex_);
  next_position_ = position;
}

SegmentName SegmentList::next_name() const {
  std::lock_guard lock(mutex_);
  if (held_.empty() || held_.back().name.first_position < next_position_) return {next_position_, 0};
  return {held_.back().name.first_position, held_.back().name.turn + 1};
}

std::uint64_t SegmentList::first_position() const {
  std::lock_guard lock(mutex_);
  return held_.empty() ? next_position_ : held_.front().name.first_position;
}

std::uint64_t SegmentList::next_position() const {
  std::lock_guard lock(mutex_);
  return next_position_;
}

std::uint64_t SegmentList::bytes() const {
  std::lock_guard lock(mutex_);
  std::uint64_t sum = 0;
  for (const Held& held : held_) sum += held.bytes;
  return sum;
}

std::vector<SegmentList::Held> SegmentList::held() const {
  std::lock_guard lock(mutex_);
  return held_;
}

std::optional<SegmentList::Held> SegmentList::holding(std::uint64_t position) const {
  std::lock_guard lock(mutex_);
  const auto after = std::partition_point(held_.begin(), held_.end(),
                                          [&](const Held& held) { return held.name.first_position <= position; });
  if (after == held_.begin()) return std::nullopt;
  return *std::prev(after);
}

std::optional<SegmentList::Held> SegmentList::beginning_before(std::uint64_t position) const {
  std::lock_guard lock(mutex_);
  const auto after = std::partition_point(held_.begin(), held_.end(),
                                          [&](const Held& held) { return held.name.first_position < position; });
  if (after != held_.begin()) return *std::prev(after);
  return held_.empty() ? std::nullopt : std::optional(held_.front());
}

std::optional<SegmentList::Held> SegmentList::behind(SegmentName name) const {
  std::lock_guard lock(mutex_);
  const auto after =
      std::partition_point(held_.begin(), held_.end(), [&](const Held& held) { return held.name <= name; });
  if (after == held_.end()) return std::nullopt;
  return *after;
}

std::optional<std::uint64_t> SegmentList::position_behind(SegmentName name) const {
  std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(held_, name, &Held::name);
  if (found == held_.end()) return std::nullopt;
  return found + 1 == held_.end() ? next_position_ : found[1].name.first_position;
}

std::optional<SegmentList::Held> SegmentList::find(SegmentName name) const {
  std::lock_guard lock(mutex_);
  for (const Held& held : held_)
    if (held.name == name) return held;
  return std::nullopt;
}

bool SegmentList::forget_oldest(SegmentName name) {
  {
    std::lock_guard lock(mutex_);
    if (held_.size() < 2 || held_.front().name != name) return false;
    held_.erase(held_.begin());
  }
  std::lock_guard lock(open_mutex_);
  std::erase_if(open_, [&](const Cached& cached) { return cached.name == name; });
  return true;
}

Result<std::shared_ptr<OpenSegment>> SegmentList::open(const Held& held) {
  std::lock_guard lock(open_mutex_);
  const auto known = std::find_if(open_.begin(), open_.end(), [&](const Cached& cached) {
    return cached.name == held.name && cached.active == held.active;
  });
  if (known != open_.end()) {
    std::rotate(known, known + 1, open_.end());
    return open_.back().segment;
  }
  auto segment = std::make_shared<OpenSegment>();
  auto file = disk_.open_to_read(path(held.name));
  if (!file) return no(file.error());
  segment->file = std::move(*file);
  if (held.active) {
    const auto beginning = segment->file->read(0, data_begin);
    if (!beginning) return no(beginning.error());
    segment->contents.header = SegmentHeader::decode(*beginning);
    if (segment->contents.header) segment->contents.nonce = segment->contents.header->nonce;
  } else {
    auto contents = inspect_segment(*segment->file, held.name, false);
    if (!contents) return no(contents.error());
    segment->contents = std::move(*contents);
    // One that was active when it was opened is of no use any more.
    std::erase_if(open_, [&](const Cached& cached) { return cached.name == held.name; });
  }
  if (open_.size() == open_max) open_.erase(open_.begin());
  open_.push_back({held.name, held.active, segment});
  return segment;
}

Result<SegmentList::Place> SegmentList::locate(const Held& held, std::uint64_t position, bool exact) {
  auto segment = open(held);
  if (!segment) return no(segment.error());
  Place place;
  place.name = held.name;
  place.segment = *segment;
  place.nonce = (*segment)->contents.nonce;
  const auto fill = [&](const SegmentIndex& index) {
    place.from = exact ? index.at_or_before(position) : index.before(position);
    place.end = index.end;
    if (place.from.offset == data_begin) place.from.position = held.name.first_position;
  };
  std::lock_guard lock(mutex_);
  // It may have been sealed since `held` was copied; the index that was built while it was active is then either
  // still here, or its successor's.
  if (!held.active)
    fill((*segment)->contents.index);
  else if (!held_.empty() && held_.back().name == held.name)
    fill(active_index_);
  else
    place.end = 0;
  return place;
}

Result<std::optional<Frame>> SegmentList::newest_in(const Held& held, std::uint8_t type) {
  auto segment = open(held);
  if (!segment) return no(segment.error());
  std::optional<std::uint64_t> offset;
  std::uint64_t end = 0;
  {
    std::lock_guard lock(mutex_);
    const SegmentIndex& index = held.active ? active_index_ : (*segment)->contents.index;
    if (!held.active || (!held_.empty() && held_.back().name == held.name)) offset = index.newest_of(type);
    end = index.end;
  }
  if (!offset) return std::nullopt;
  std::lock_guard lock((*segment)->mutex);
  const auto head = (*segment)->file->read(*offset, frame_header_bytes);
  if (!head) return no(head.error());
  if (head->size() < frame_header_bytes) return std::nullopt;
  SegmentScanner scanner(*(*segment)->file,
                         {*offset, end, FrameHeader::decode(*head).position, (*segment)->contents.nonce, index_step});
  const auto found = scanner.next();
  if (!found) return no(found.error());
  if (*found == SegmentScanner::Found::frame && scanner.offset() == *offset && scanner.header().type == type)
    return scanner.frame();
  // It is damaged: the one before it, the hard way.
  std::optional<Frame> last;
  SegmentScanner all(*(*segment)->file, {data_begin, *offset, held.name.first_position, (*segment)->contents.nonce});
  for (;;) {
    const auto next = all.next();
    if (!next) return no(next.error());
    if (*next == SegmentScanner::Found::end) return last;
    if (*next == SegmentScanner::Found::frame && all.header().type == type) last = all.frame();
  }
}

Result<UnixNanos> SegmentList::created(const Held& held) {
  if (held.created.known()) return held.created;
  auto file = disk_.open_to_read(path(held.name));
  if (!file) return no(file.error());
  const auto beginning = (*file)->read(0, data_begin);
  if (!beginning) return no(beginning.error());
  const auto header = SegmentHeader::decode(*beginning);
  if (!header) return UnixNanos{};
  std::lock_guard lock(mutex_);
  for (Held& known : held_)
    if (known.name == held.name) known.created = header->created;
  return header->created;
}

}  // namespace sagewatch
