#include "collector/quarantine.h"

#include <algorithm>
#include <optional>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t version = 1;

std::string encode(const Refused& refused) {
  std::string record;
  record.reserve(refused.bytes.size() + refused.sentence.size() + refused.source.size() + 64);
  put(record, version);
  put(record, refused.time.count);
  put_string(record, refused.source);
  put(record, refused.place);
  put_string(record, refused.reason);
  put_string(record, refused.sentence);
  put_string(record, refused.bytes);
  return record;
}

std::optional<Refused> decode(const Frame& frame) {
  ByteReader reader(*frame.payload);
  if (frame.type != FrameType::record || reader.number<std::uint8_t>() != version) return std::nullopt;
  Refused refused;
  refused.id = frame.position;
  refused.time.count = reader.number<std::int64_t>();
  refused.source = reader.string();
  refused.place = reader.number<std::uint64_t>();
  refused.reason = reader.string();
  refused.sentence = reader.string();
  refused.bytes = reader.string();
  return reader.ok() && reader.at_end() ? std::optional(std::move(refused)) : std::nullopt;
}

}  // namespace

Result<std::unique_ptr<Quarantine>> Quarantine::open(std::unique_ptr<Journal> journal, const Clock& clock) {
  std::unique_ptr<Quarantine> quarantine(new Quarantine(std::move(journal), clock));
  auto read = quarantine->each(0, [&](const Refused& refused) {
    quarantine->count(refused.id, refused.source);
    return true;
  });
  if (!read) return no(std::move(read.error()));
  return quarantine;
}

void Quarantine::count(std::uint64_t id, const std::string& source) {
  std::lock_guard lock(mutex_);
  const auto at = entries_.try_emplace(source, 0).first;
  ++at->second;
  by_age_.emplace_back(id, &at->first);
}

void Quarantine::append(Refused refused, std::function<void(Result<std::uint64_t>)> done) {
  refused.time = clock_.now();
  auto payload = std::make_shared<const std::string>(encode(refused));
  const auto offer = journal_->append(FrameType::record, 1, std::move(payload),
                                      [this, source = refused.source, done](Result<std::uint64_t> position) {
                                        if (position) count(*position, source);
                                        done(std::move(position));
                                      });
  if (offer == Offer::full) {
    done(not_now("the quarantine is full: export it and purge it, or raise quarantine.max_bytes"));
  }
}

Result<Refused> Quarantine::show(std::uint64_t id) {
  const auto frame = journal_->frame_at(id);
  auto refused = frame ? decode(*frame) : std::nullopt;
  if (!refused) return no("there is no entry " + std::to_string(id) + " in quarantine; `quarantine list` shows all");
  return std::move(*refused);
}

// Positions are dense, one an entry, so a page is a range of them.
std::vector<Refused> Quarantine::list(std::uint64_t before, std::size_t count) {
  const auto end = std::min(before, journal_->next_position());
  const auto begin = std::max(journal_->first_position(), end - std::min<std::uint64_t>(end, count));
  std::vector<Refused> page;
  (void)each(begin, [&](const Refused& refused) {
    if (refused.id >= end) return false;
    page.push_back(refused);
    return true;
  });
  std::reverse(page.begin(), page.end());
  return page;
}

Done Quarantine::each(std::uint64_t from, const std::function<bool(const Refused&)>& each) {
  return journal_->read(from, [&](const Frame& frame) {
    const auto refused = decode(frame);
    return !refused || refused->id < from || each(*refused);
  });
}

std::map<std::string, std::uint64_t> Quarantine::entries() const {
  std::lock_guard lock(mutex_);
  return entries_;
}

Result<std::uint64_t> Quarantine::purge(Nanos keep) {
  if (auto trimmed = journal_->trim(journal_->next_position(), clock_.now() - keep); !trimmed) {
    return no(std::move(trimmed.error()));
  }
  const auto first = journal_->first_position();
  std::uint64_t gone = 0;
  std::lock_guard lock(mutex_);
  for (; !by_age_.empty() && by_age_.front().first < first; ++gone) {
    --entries_.at(*by_age_.front().second);  // a source stays at 0, so that its gauge does not vanish
    by_age_.pop_front();
  }
  return gone;
}

}  // namespace sagewatch
