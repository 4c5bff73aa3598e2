#include "collector/dead_letters.h"

#include <fmt/format.h>

#include "collector/log.h"
#include "exporters/target.h"

namespace sagewatch {
namespace {

constexpr std::size_t bytes_in_hand = 16u << 20;  // of the events of one redrive

std::string id_of(const Owed& row) {
  return delivery_id(row.position, row.bus, row.rule, row.target_id);
}

}  // namespace

DeadLetters::DeadLetters(DeadLetterJournal& journal, Store& store, const Clock& clock, Instruments& instruments)
    : journal_(journal), store_(store), clock_(clock), instruments_(instruments) {
  (void)store_.each_owed([this](const Owed& row) {
    if (row.redriven != 0) redriven_.insert(id_of(row));
  });
  any_redriven_ = !redriven_.empty();
  gauge();
}

void DeadLetters::append(DeadLetter letter, std::function<void(Done)> done) {
  {
    const std::lock_guard lock(mutex_);
    redriven_.erase(letter.delivery_id);
  }
  journal_.append(letter.delivery_id, letter.target, encode(letter), std::move(done));
}

Result<DeadLetter> DeadLetters::show(std::string_view id) {
  const auto bytes = journal_.show(id);
  if (!bytes) return no(bytes.error());
  return decode_dead_letter(*bytes);
}

Result<std::vector<DeadLetters::Listed>> DeadLetters::list(std::string_view target, std::uint64_t before,
                                                           std::size_t count) {
  const auto entries = journal_.list(target, before, count);
  if (!entries) return no(entries.error());
  std::vector<Listed> listed;
  for (const auto& entry : *entries) {
    auto letter = show(entry.id);
    if (!letter) continue;
    letter->event = {};
    listed.push_back({entry.position, is_under_way(entry.id), std::move(*letter)});
  }
  return listed;
}

bool DeadLetters::is_under_way(const std::string& id) {
  const std::lock_guard lock(mutex_);
  return redriven_.contains(id);
}

Result<Arrival> DeadLetters::owed_again(const DeadLetter& letter) {
  if (letter.event.empty()) {
    return no(fmt::format("dead letter {} has no event left to deliver: {}", letter.delivery_id, letter.error_message));
  }
  Owed row;
  row.target = letter.target;
  row.position = letter.position;
  row.bus = letter.bus;
  row.rule = letter.rule;
  row.target_id = letter.target_id;
  row.redriven = static_cast<std::uint64_t>(clock_.now().count);  // later than any before it
  row.received = clock_.now();
  row.bytes = static_cast<std::uint32_t>(letter.event.size());
  return Arrival{std::move(row), std::make_shared<const std::string>(letter.event)};
}

Result<std::vector<Arrival>> DeadLetters::redrive(std::string_view id, std::string_view target) {
  std::vector<std::string> ids;
  if (!id.empty()) {
    ids.emplace_back(id);
  } else {
    const auto entries = journal_.list(target, UINT64_MAX, redriven_at_once);
    if (!entries) return no(entries.error());
    for (const auto& entry : *entries) {
      if (!is_under_way(entry.id)) ids.push_back(entry.id);
    }
  }
  std::vector<Arrival> arrivals;
  std::vector<Owed> rows;
  std::vector<std::string> taken;
  std::size_t bytes = 0;
  for (const std::string& each : ids) {
    const auto letter = show(each);
    if (!letter) return no(letter.error());
    auto arrival = owed_again(*letter);
    if (!arrival && !id.empty()) return no(arrival.error());
    if (!arrival) continue;
    rows.push_back(arrival->row);
    bytes += arrival->json->size();
    if (bytes > bytes_in_hand) arrival->json = nullptr;  // read again from its letter when its turn comes
    arrivals.push_back(std::move(*arrival));
    taken.push_back(each);
  }
  // Owed first, marked then: a crash in between costs a duplicate and no event.
  if (auto owed = store_.owe(rows); !owed) return no(owed.error());
  for (const std::string& each : taken) {
    {
      const std::lock_guard lock(mutex_);
      redriven_.insert(each);
      any_redriven_ = true;
    }
    // Owed it is, whatever the index says: the dispatcher must hear of it.
    if (auto marked = journal_.mark_redriven(each); !marked)
      log_warn("dead-letters", "SW5105", "dead letter {} is owed again, but is listed as not redriven: {}", each,
               marked.error().what);
  }
  return arrivals;
}

Result<std::shared_ptr<const std::string>> DeadLetters::event_of(const Owed& row) {
  auto letter = show(id_of(row));
  if (!letter) return no(letter.error());
  return std::make_shared<const std::string>(std::move(letter->event));
}

void DeadLetters::delivered(std::span<const Settlement> settlements) {
  if (!any_redriven_) return;
  for (const Settlement& settlement : settlements) {
    if (settlement.kind != Settlement::Kind::delivered) continue;
    const std::string id = id_of(settlement.before);
    {
      const std::lock_guard lock(mutex_);
      if (redriven_.erase(id) == 0) continue;
      any_redriven_ = !redriven_.empty();
    }
    journal_.remove(id, [id](const Done& removed) {
      if (!removed)
        log_warn("dead-letters", "SW5101", "dead letter {} was redriven and delivered, but is still held: {}", id,
                 removed.error().what);
    });
  }
}

Done DeadLetters::purge(Nanos keep) {
  const auto purged = journal_.purge(keep);
  if (!purged) return no(purged.error());
  if (*purged > 0)
    log_info("dead-letters", "SW5102", "{} dead letters have reached their age or the budget and were dropped",
             *purged);
  gauge();
  return {};
}

void DeadLetters::gauge() {
  std::set<std::string> empty = std::move(gauged_);
  gauged_.clear();
  for (const auto& held : journal_.held()) {
    instruments_.dead_letters.Add({{"target", held.target}}).Set(static_cast<double>(held.letters));
    instruments_.dead_letters_oldest.Add({{"target", held.target}}).Set(held.oldest.seconds());
    gauged_.insert(held.target);
    empty.erase(held.target);
  }
  for (const auto& target : empty) {
    instruments_.dead_letters.Add({{"target", target}}).Set(0);
    instruments_.dead_letters_oldest.Remove(&instruments_.dead_letters_oldest.Add({{"target", target}}));
  }
}

}  // namespace sagewatch
