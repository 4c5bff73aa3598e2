#include "collector/incomplete_events.h"

#include <algorithm>

#include "events/base/bytes.h"
#include "events/event.h"

namespace sagewatch {
namespace {

constexpr std::string_view row_prefix = "incomplete1";
constexpr std::size_t text_max = 512;

std::string encode(const Incomplete& event) {
  std::string row;
  put<std::uint64_t>(row, event.position);
  put<std::int64_t>(row, event.received.count);
  for (const std::string* text : {&event.kind, &event.detail_type, &event.id, &event.arn}) put_string(row, *text);
  put<std::uint32_t>(row, static_cast<std::uint32_t>(event.fields.size()));
  for (const std::string& field : event.fields) put_string(row, field);
  return row;
}

bool decode(std::string_view bytes, Incomplete& event) {
  ByteReader reader{bytes};
  event.position = reader.number<std::uint64_t>();
  event.received.count = reader.number<std::int64_t>();
  for (std::string* text : {&event.kind, &event.detail_type, &event.id, &event.arn}) *text = reader.string();
  for (auto count = reader.number<std::uint32_t>(); count > 0 && reader.ok(); --count)
    event.fields.emplace_back(reader.string());
  return reader.ok() && reader.at_end();
}

}  // namespace

void IncompleteEvents::note(const Event& event, std::uint64_t position) {
  const Observation& seen = *event.resource;
  Incomplete entry{position,
                   event.received,
                   std::string{seen.event_kind->kind->kind},
                   std::string{event.detail_type.substr(0, text_max)},
                   std::string{event.id.substr(0, text_max)},
                   std::string{seen.arn},
                   {seen.incomplete.begin(), seen.incomplete.end()}};
  const std::lock_guard held{mutex_};
  if (next_ == kept_.size()) kept_.emplace_back();
  kept_[next_] = std::move(entry);
  changed_.push_back(next_);
  next_ = (next_ + 1) % kept_max;
}

void IncompleteEvents::take_changes(std::vector<std::pair<std::string, std::string>>& puts) {
  const std::lock_guard held{mutex_};
  // More than a whole ring in one write: only the newest of each place is there to be written.
  std::sort(changed_.begin(), changed_.end());
  changed_.erase(std::unique(changed_.begin(), changed_.end()), changed_.end());
  for (const std::size_t place : changed_) {
    std::string name{row_prefix};
    put<std::uint32_t>(name, shard_);
    put<std::uint32_t>(name, static_cast<std::uint32_t>(place));
    puts.emplace_back(std::move(name), encode(kept_[place]));
  }
  changed_.clear();
}

std::uint32_t IncompleteEvents::row_shard(std::string_view name) {
  return name.starts_with(row_prefix) ? ByteReader{name.substr(row_prefix.size())}.number<std::uint32_t>() : 0;
}

bool IncompleteEvents::load(std::string_view name, std::string_view value) {
  Incomplete entry;
  if (!name.starts_with(row_prefix) || !decode(value, entry)) return false;
  ByteReader reader{name.substr(row_prefix.size())};
  const bool is_own = reader.number<std::uint32_t>() == shard_;
  const auto place = reader.number<std::uint32_t>();
  // Rows of other numbers of shards are not carried on: they name events of long ago.
  if (!reader.ok() || !is_own || place >= kept_max) return false;
  const std::lock_guard held{mutex_};
  if (place >= kept_.size()) kept_.resize(place + 1);
  kept_[place] = std::move(entry);
  const auto newest = std::max_element(
      kept_.begin(), kept_.end(), [](const Incomplete& a, const Incomplete& b) { return a.position < b.position; });
  next_ = static_cast<std::size_t>(newest - kept_.begin() + 1) % kept_max;
  return true;
}

std::vector<Incomplete> IncompleteEvents::list(std::uint64_t before, std::size_t count) const {
  std::vector<Incomplete> listed;
  {
    const std::lock_guard held{mutex_};
    for (const Incomplete& event : kept_)
      if (!event.kind.empty() && event.position < before) listed.push_back(event);
  }
  std::sort(listed.begin(), listed.end(),
            [](const Incomplete& a, const Incomplete& b) { return a.position > b.position; });
  if (listed.size() > count) listed.resize(count);
  return listed;
}

}  // namespace sagewatch
