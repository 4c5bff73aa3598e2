#include "collector/dead_letter_journal.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t kind_letter = 1;
constexpr std::uint8_t kind_gone = 2;
constexpr std::string_view marker_id;  // no delivery has an empty id

struct Record {
  std::uint8_t kind = 0;
  UnixNanos written;
  std::string_view id, target, bytes;
};

std::string encode(const Record& record) {
  std::string out;
  put(out, version);
  put(out, record.kind);
  put(out, record.written.count);
  put_string(out, record.id);
  put_string(out, record.target);
  put_string(out, record.bytes);
  return out;
}

std::optional<Record> decode(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.number<std::uint8_t>() != version) return std::nullopt;
  Record record;
  record.kind = reader.number<std::uint8_t>();
  record.written.count = reader.number<std::int64_t>();
  record.id = reader.string();
  record.target = reader.string();
  record.bytes = reader.string();
  return reader.ok() && reader.at_end() ? std::optional(record) : std::nullopt;
}

std::string row_of(const DeadLetterJournal::Entry& entry) {
  std::string row;
  put(row, version);
  put(row, static_cast<std::uint8_t>(entry.redriven));
  put(row, entry.position);
  put(row, entry.written.count);
  put_string(row, entry.target);
  return row;
}

std::optional<DeadLetterJournal::Entry> read_row(std::string_view id, std::string_view row) {
  ByteReader reader(row);
  if (reader.number<std::uint8_t>() != version) return std::nullopt;
  DeadLetterJournal::Entry entry;
  entry.id = id;
  entry.redriven = reader.number<std::uint8_t>() != 0;
  entry.position = reader.number<std::uint64_t>();
  entry.written.count = reader.number<std::int64_t>();
  entry.target = reader.string();
  return reader.ok() ? std::optional(std::move(entry)) : std::nullopt;
}

}  // namespace

DeadLetterJournal::DeadLetterJournal(std::unique_ptr<Journal> journal, Store& store, const Clock& clock)
    : store_(store), clock_(clock), journal_(std::move(journal)) {}

Result<std::unique_ptr<DeadLetterJournal>> DeadLetterJournal::open(std::unique_ptr<Journal> journal, Store& store,
                                                                   const Clock& clock) {
  std::unique_ptr<DeadLetterJournal> letters(new DeadLetterJournal(std::move(journal), store, clock));
  if (auto done = letters->catch_up(); !done) return no(std::move(done.error()));
  return letters;
}

// The marker is written behind its row in the same log, so the index never lacks a row that the marker claims.
Done DeadLetterJournal::catch_up() {
  std::uint64_t indexed = 0;
  if (const auto marker = store_.dead_letter(marker_id)) indexed = ByteReader(*marker).number<std::uint64_t>();
  Done done;
  auto read = journal_->read(indexed, [&](const Frame& frame) {
    if (frame.type == FrameType::record && frame.position >= indexed) done = index(frame.position, *frame.payload);
    return done.has_value();
  });
  return read ? done : read;
}

Done DeadLetterJournal::index(std::uint64_t position, std::string_view bytes) {
  // Bytes that do not parse are of a newer version: they stay in the journal for it.
  if (const auto record = decode(bytes)) {
    auto done = record->kind == kind_letter
                    ? store_.put_dead_letter(record->id, row_of({std::string(record->id), std::string(record->target),
                                                                 position, record->written, false}))
                    : store_.remove_dead_letter(record->id);
    if (!done) return done;
  }
  std::string marker;
  put(marker, position + 1);
  return store_.put_dead_letter(marker_id, marker);
}

void DeadLetterJournal::write(std::string record, std::function<void(Done)> done) {
  auto payload = std::make_shared<const std::string>(std::move(record));
  const auto offer =
      journal_->append(FrameType::record, 1, payload, [this, payload, done](Result<std::uint64_t> position) {
        done(position ? index(*position, *payload) : Done(no(std::move(position.error()))));
      });
  if (offer == Offer::full) {
    done(not_now("the dead letters' journal is full: redrive or purge some, or raise dead_letters.max_bytes"));
  }
}

void DeadLetterJournal::append(std::string_view id, std::string_view target, std::string_view bytes,
                               std::function<void(Done)> done) {
  SW_MUST(!id.empty(), "the empty id is the index's marker");
  if (state(id) == LetterState::kept) return done({});
  write(encode({kind_letter, clock_.now(), id, target, bytes}), std::move(done));
}

void DeadLetterJournal::remove(std::string_view id, std::function<void(Done)> done) {
  const auto held = entry(id);
  if (!held) return done(no(held.error()));
  write(encode({kind_gone, clock_.now(), id, held->target, {}}), std::move(done));
}

Done DeadLetterJournal::mark_redriven(std::string_view id) {
  auto held = entry(id);
  if (!held) return no(std::move(held.error()));
  held->redriven = true;
  return store_.put_dead_letter(id, row_of(*held));
}

Result<DeadLetterJournal::Entry> DeadLetterJournal::entry(std::string_view id) {
  const auto row = store_.dead_letter(id);
  if (!row) return no(row.error());
  auto read = read_row(id, *row);
  if (!read) return no("the index of dead letters holds a row for " + std::string(id) + " that does not parse");
  return std::move(*read);
}

Result<std::string> DeadLetterJournal::show(std::string_view id) {
  const auto held = entry(id);
  if (!held) return no(held.error());
  const auto frame = journal_->frame_at(held->position);
  if (!frame) return no(frame.error());
  const auto record = decode(*frame->payload);
  if (!record || record->id != id) return no("dead letter " + std::string(id) + " does not parse");
  return std::string(record->bytes);
}

LetterState DeadLetterJournal::state(std::string_view id) {
  const auto held = entry(id);
  if (!held) return LetterState::none;
  return held->redriven ? LetterState::redriven : LetterState::kept;
}

Done DeadLetterJournal::each(const std::function<void(Entry)>& each) {
  return store_.each_dead_letter([&](std::string_view id, std::string_view row) {
    if (id == marker_id) return true;
    if (auto read = read_row(id, row)) each(std::move(*read));
    return true;
  });
}

Result<std::vector<DeadLetterJournal::Entry>> DeadLetterJournal::list(std::string_view target, std::uint64_t before,
                                                                      std::size_t count) {
  const auto newer = [](const Entry& a, const Entry& b) { return a.position > b.position; };
  std::vector<Entry> page;  // a heap with the oldest of the page in front
  auto read = each([&](Entry entry) {
    if (entry.position >= before || (!target.empty() && entry.target != target)) return;
    page.push_back(std::move(entry));
    std::push_heap(page.begin(), page.end(), newer);
    if (page.size() <= count) return;
    std::pop_heap(page.begin(), page.end(), newer);
    page.pop_back();
  });
  if (!read) return no(std::move(read.error()));
  std::sort(page.begin(), page.end(), newer);
  return page;
}

std::vector<DeadLetterJournal::Held> DeadLetterJournal::held() {
  std::map<std::string, Held> targets;
  (void)each([&](const Entry& entry) {
    auto& held = targets[entry.target];
    ++held.letters;
    if (!held.oldest.known() || entry.written < held.oldest) held.oldest = entry.written;
  });
  std::vector<Held> all;
  for (auto& [target, held] : targets) {
    held.target = target;
    all.push_back(std::move(held));
  }
  return all;
}

Result<std::uint64_t> DeadLetterJournal::purge(Nanos keep) {
  if (auto trimmed = journal_->trim(journal_->next_position(), clock_.now() - keep); !trimmed) {
    return no(std::move(trimmed.error()));
  }
  const auto first = journal_->first_position();
  std::vector<std::string> gone;
  auto read = each([&](const Entry& entry) {
    if (entry.position < first) gone.push_back(entry.id);
  });
  if (!read) return no(std::move(read.error()));
  for (const auto& id : gone) {
    if (auto done = store_.remove_dead_letter(id); !done) return no(std::move(done.error()));
  }
  return gone.size();
}

}  // namespace sagewatch
