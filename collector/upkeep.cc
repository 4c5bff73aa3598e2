#include "collector/upkeep.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <future>

#include "collector/log.h"
#include "collector/shard.h"
#include "collector/store/checkpoint.h"
#include "collector/thread_name.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr std::size_t snapshots_kept = 2;  // the second in case the newest can't be read
constexpr std::string_view snapshot_ending = ".snap";

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Upkeep::Upkeep(UpkeepConfig config, Journal& journal, Store& store, RuleSets& rule_sets, Disk& disk, const Clock& clock,
               Instruments& instruments, Also also)
    : config_(std::move(config)),
      journal_(journal),
      store_(store),
      rule_sets_(rule_sets),
      disk_(disk),
      clock_(clock),
      instruments_(instruments),
      also_(std::move(also)),
      journal_bytes_(instruments_.journal_bytes.Add({})),
      journal_oldest_(instruments_.journal_oldest_timestamp.Add({})),
      store_bytes_(instruments_.store_bytes.Add({})) {
  gauge();
}

Upkeep::~Upkeep() {
  stop();
}

void Upkeep::start() {
  thread_ = std::jthread([this](std::stop_token stop) {
    name_this_thread("upkeep");
    run(stop);
  });
}

void Upkeep::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Upkeep::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

void Upkeep::run(std::stop_token stop) {
  const auto complain = [](std::string_view what, const Done& done) {
    if (!done) log_warn("upkeep", "SW4101", "{} failed: {}; it will be tried again", what, done.error().what);
  };
  Instant next_cut = clock_.instant() + config_.cut_interval;
  while (!stop.stop_requested()) {
    complain("merging the rules", rule_sets_.merge());
    complain("the checkpoint", checkpoint());
    // A journal near its budget stops the intake, so room is made as soon as that can be.
    if (clock_.instant() >= next_cut || journal_.stat().full) {
      complain("cutting the journal", cut());
      also_(clock_.now());
      next_cut = clock_.instant() + config_.cut_interval;
    }
    gauge();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, config_.checkpoint_interval, [&] { return woken_; });
    woken_ = false;
  }
}

void Upkeep::gauge() {
  const Journal::Stat stat = journal_.stat();
  journal_bytes_.Set(static_cast<double>(stat.bytes));
  journal_oldest_.Set(stat.oldest.seconds());
  store_bytes_.Set(static_cast<double>(store_.bytes()));
}

Done Upkeep::checkpoint() {
  auto payload = take_checkpoint(store_);
  if (!payload) return no(payload.error());
  if (*payload == last_checkpoint_) return {};
  std::string framed;
  framed.reserve(payload->size() + frame_padding);
  framed = *payload;
  const auto durable = std::make_shared<std::promise<Done>>();
  auto answer = durable->get_future();
  const Offer offer = journal_.append(FrameType::checkpoint, 0, std::make_shared<const std::string>(std::move(framed)),
                                      [durable](const Result<std::uint64_t>& position) {
                                        durable->set_value(position ? Done{} : Done{no(position.error())});
                                      });
  if (offer == Offer::full) return not_now("the journal takes nothing now");
  if (auto written = answer.get(); !written) return written;
  last_checkpoint_ = std::move(*payload);
  return {};
}

Result<std::uint64_t> Upkeep::keep_from() {
  const auto unresolved = store_.unresolved(checkpoint_deliveries_max);
  if (!unresolved) return no(unresolved.error());
  const std::uint64_t first = journal_.first_position();
  std::uint64_t from = unresolved->applied;
  for (const auto& target : unresolved->targets) {
    from = std::min(from, target.complete_below);  // behind it there are some that are not listed
    // What stands before the journal was redriven: its event is in its dead letter, and keeps nothing here.
    const auto oldest = std::ranges::find_if(target.owed, [&](const auto& row) { return row.offset >= first; });
    if (oldest != target.owed.end()) from = std::min(from, oldest->offset);
  }
  return from;
}

// A snapshot costs a pass over the whole store, so none is written before a segment is sure to go.
Done Upkeep::cut() {
  const Journal::Stat stat = journal_.stat();
  const UnixNanos older_than = clock_.now() - config_.keep;
  const bool over_budget = config_.journal_bytes_max != 0 && stat.bytes > config_.journal_bytes_max / 10 * 8;
  if (stat.segments < 2 || (!(stat.oldest_ended < older_than) && !over_budget)) return {};
  auto keep = keep_from();
  if (!keep) return no(keep.error());
  if (*keep < stat.oldest_end) return {};

  if (auto written = snapshot(); !written) {
    // A full disk has no room for one; the newest may reach far enough to make room.
    const auto held = snapshots(disk_, config_.snapshot_directory);
    if (held.empty() || held.front().position < stat.oldest_end) return written;
    keep = std::min(*keep, held.front().position);
  }
  last_checkpoint_.clear();  // the newest one must not be in a segment that goes
  if (auto written = checkpoint(); !written && !journal_.stat().full) return written;
  const auto cut = journal_.trim(*keep, older_than);
  if (!cut) return no(cut.error());
  if (*cut > 0)
    log_info("journal", "SW4102", "cut {} bytes; the journal now begins at position {}", *cut,
             journal_.first_position());
  return forget_rule_sets();
}

std::vector<Upkeep::Snapshot> Upkeep::snapshots(Disk& disk, const std::string& directory) {
  std::vector<Snapshot> found;
  if (const auto names = disk.list(directory)) {
    for (const std::string& name : *names) {
      if (!name.ends_with(snapshot_ending)) continue;
      const auto position = number(std::string_view{name}.substr(0, name.size() - snapshot_ending.size()));
      if (position) found.push_back({directory + "/" + name, *position});
    }
  }
  std::ranges::sort(found, std::greater{}, &Snapshot::position);
  return found;
}

Done Upkeep::snapshot() {
  if (auto made = disk_.make_directories(config_.snapshot_directory); !made) return made;
  const auto unresolved = store_.unresolved(0);
  if (!unresolved) return no(unresolved.error());
  // The name may say less than the snapshot holds (it is taken a moment later), never more.
  const std::string path = fmt::format("{}/{:020}{}", config_.snapshot_directory, unresolved->applied, snapshot_ending);
  if (auto written = store_.write_snapshot(disk_, path); !written) {
    (void)disk_.remove(path + ".tmp");  // half a snapshot must not fill a disk that is full
    return written;
  }
  const auto all = snapshots(disk_, config_.snapshot_directory);
  for (std::size_t i = snapshots_kept; i < all.size(); ++i) {
    if (auto removed = disk_.remove(all[i].path); !removed) return removed;
  }
  return {};
}

Done Upkeep::forget_rule_sets() {
  const std::uint64_t first = journal_.first_position();
  std::vector<std::string> rows;
  auto read = store_.each_counter([&](std::string_view name, std::string_view value) {
    if (!name.starts_with(rules_until)) return;
    const auto until = number(value);
    if (until && *until <= first) rows.emplace_back(name);
  });
  if (!read) return read;
  std::vector<std::string> gone;
  for (std::string& row : rows) {
    const auto forgotten = rule_sets_.forget(row.substr(rules_until.size()));
    if (!forgotten) return no(forgotten.error());
    if (*forgotten) gone.push_back(std::move(row));
  }
  // The file first: a row without a file is asked about again, a file without a row never. A set that is put in force
  // again meanwhile may lose its row here; it gets one when it ceases to be.
  return store_.remove_counters(gone);
}

}  // namespace sagewatch
