#include "collector/deadlines/book.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "collector/log.h"
#include "events/base/bytes.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::string_view in_force_rows = "deadline/";
constexpr std::string_view seen_rows = "deadline_seen/";
constexpr std::string_view told_rows = "deadline_told/";
constexpr std::uint8_t row_version = 1;

std::string in_force_row(std::string_view deadline) {
  return std::string{in_force_rows}.append(deadline);
}
std::string seen_row(std::string_view deadline, std::uint32_t shard) {
  return fmt::format("{}{}/{}", seen_rows, deadline, shard);
}
std::string told_row(std::string_view deadline, std::string_view arn) {
  std::string key;
  put_resource_key(arn, key);
  return fmt::format("{}{}/{}", told_rows, deadline, key);
}

//   u8 version(1)  u64 generation  i64 since  string definition
std::string encode(const DeadlineBook::InForce& row) {
  std::string bytes;
  put(bytes, row_version);
  put(bytes, row.generation);
  put(bytes, row.since.count);
  put_string(bytes, row.definition);
  return bytes;
}
std::optional<DeadlineBook::InForce> decode_in_force(std::string_view name, std::string_view value) {
  ByteReader reader{value};
  if (reader.number<std::uint8_t>() != row_version) return std::nullopt;
  DeadlineBook::InForce row;
  row.generation = reader.number<std::uint64_t>();
  row.since.count = reader.number<std::int64_t>();
  row.definition = reader.string();
  if (!reader.ok()) return std::nullopt;
  auto deadline = Deadline::read(name, row.definition);
  if (!deadline) return std::nullopt;
  row.deadline = std::move(*deadline);
  return row;
}

//   u8 version(1)  u64 generation  u64 position  i64 received
std::string encode(std::uint64_t generation, const DeadlineBook::Seen& seen) {
  std::string bytes;
  put(bytes, row_version);
  put(bytes, generation);
  put(bytes, seen.position);
  put(bytes, seen.received.count);
  return bytes;
}

//   u8 version(1)  u64 generation  i64 occurrence  u32 count  i64 since  i64 told
//   string arn  string kind  string name  string account  string region
std::string encode(const DeadlineBook::Told& told) {
  std::string bytes;
  put(bytes, row_version);
  put(bytes, told.generation);
  put(bytes, told.occurrence);
  put(bytes, told.count);
  put(bytes, told.since.count);
  put(bytes, told.told.count);
  for (const std::string* text : {&told.arn, &told.resource_kind, &told.name, &told.account, &told.region})
    put_string(bytes, *text);
  return bytes;
}
std::optional<DeadlineBook::Told> decode_told(std::string_view deadline, std::string_view value) {
  ByteReader reader{value};
  if (reader.number<std::uint8_t>() != row_version) return std::nullopt;
  DeadlineBook::Told told;
  told.deadline = deadline;
  told.generation = reader.number<std::uint64_t>();
  told.occurrence = reader.number<std::int64_t>();
  told.count = reader.number<std::uint32_t>();
  told.since.count = reader.number<std::int64_t>();
  told.told.count = reader.number<std::int64_t>();
  for (std::string* text : {&told.arn, &told.resource_kind, &told.name, &told.account, &told.region})
    *text = reader.string();
  if (!reader.ok()) return std::nullopt;
  return told;
}

}  // namespace

DeadlineBook::DeadlineBook(std::uint32_t shard, std::uint32_t shards) : shard_(shard), shards_(shards) {}

bool DeadlineBook::is_mine(std::string_view arn) const {
  return resource_key_of_arn(routing_part(arn)) % shards_ == shard_;
}

// --- rows ---

bool DeadlineBook::load(std::string_view name, std::string_view value) {
  const std::lock_guard lock(mutex_);
  if (name.starts_with(in_force_rows)) {
    name.remove_prefix(in_force_rows.size());
    auto row = decode_in_force(name, value);
    if (!row) return false;
    deadlines_.insert_or_assign(std::string{name}, std::move(*row));
    publish();
    return true;
  }
  if (name.starts_with(seen_rows)) return load_seen(name.substr(seen_rows.size()), value);
  if (!name.starts_with(told_rows)) return false;
  const std::string_view rest = name.substr(told_rows.size());
  auto told = decode_told(rest.substr(0, rest.find('/')), value);
  if (told && is_mine(told->arn)) told_.insert_or_assign(std::string{name}, std::move(*told));
  ++told_version_;
  return told.has_value();
}

bool DeadlineBook::load_seen(std::string_view rest, std::string_view value) {
  const std::size_t slash = rest.find('/');
  std::uint32_t writer = 0;
  if (slash == std::string_view::npos ||
      std::from_chars(rest.data() + slash + 1, rest.data() + rest.size(), writer).ec != std::errc{})
    return false;
  ByteReader reader{value};
  const bool known = reader.number<std::uint8_t>() == row_version;
  const auto generation = reader.number<std::uint64_t>();
  const Seen seen{reader.number<std::uint64_t>(), {reader.number<std::int64_t>()}};
  if (!known || !reader.ok()) return false;
  if (writer % shards_ != shard_) return true;
  SeenRow& row = seen_[std::string{rest.substr(0, slash)}];
  row.shards.push_back(writer);
  const bool is_newer = std::pair{generation, seen.position} > std::pair{row.generation, row.seen.position};
  if (is_newer || row.shards.size() == 1) {
    row.generation = generation;
    row.seen = seen;
  }
  return true;
}

void DeadlineBook::take_changes(std::vector<std::pair<std::string, std::string>>& puts,
                                std::vector<std::string>& gone) {
  if (changed_.empty()) return;
  for (const std::string& name : changed_) {
    std::string value;
    if (name.starts_with(in_force_rows)) {
      if (const auto at = deadlines_.find(name.substr(in_force_rows.size())); at != deadlines_.end())
        value = encode(at->second);
    } else if (name.starts_with(seen_rows)) {
      const std::string_view rest = std::string_view{name}.substr(seen_rows.size());
      if (const auto at = seen_.find(rest.substr(0, rest.find('/'))); at != seen_.end())
        value = encode(at->second.generation, at->second.seen);
    } else if (const auto at = told_.find(name); at != told_.end()) {
      value = encode(at->second);
    }
    if (value.empty()) {
      gone.push_back(name);
    } else {
      puts.emplace_back(name, std::move(value));
    }
  }
  changed_.clear();
}

// --- events ---

void DeadlineBook::see(ValidJson event, std::uint64_t position, UnixNanos received) {
  if (stale_) compile();
  if (!matcher_) return;
  matcher_->match(event, scratch_, matched_);
  if (matched_.empty()) return;
  const std::lock_guard lock(mutex_);
  for (const std::uint32_t number : matched_) {
    const auto deadline = deadlines_.find(watched_[number]);
    SeenRow& row = seen_[deadline->first];
    if (std::find(row.shards.begin(), row.shards.end(), shard_) == row.shards.end()) row.shards.push_back(shard_);
    row.generation = std::max(row.generation, deadline->second.generation);
    row.seen = {position, received};
    changed_.insert(seen_row(deadline->first, shard_));
  }
}

void DeadlineBook::apply(std::string_view json, std::uint64_t position, UnixNanos received, bool own) {
  const auto notice = read_notice(json);
  if (!notice) return;
  const std::lock_guard lock(mutex_);
  if (notice->kind == Notice::Kind::configured) {
    configure(*notice, position, received, own);
  } else if (own) {
    note_told(*notice, received);
  }
}

void DeadlineBook::configure(const Notice& notice, std::uint64_t position, UnixNanos received, bool own) {
  const auto known = deadlines_.find(notice.deadline);
  if (known != deadlines_.end() && known->second.generation >= position) return;  // applied before
  if (own) changed_.insert(in_force_row(notice.deadline));
  forget(notice.deadline, position);
  if (known != deadlines_.end()) deadlines_.erase(known);
  if (!notice.definition.empty()) {
    auto deadline = Deadline::read(notice.deadline, notice.definition);
    if (!deadline) {
      log_warn("deadlines", "SW6101", "{} and is not in force", deadline.error().what);
    } else {
      deadlines_.emplace(notice.deadline, InForce{std::move(*deadline), notice.definition, position, received});
    }
  }
  publish();
}

// What belongs to a deadline that was changed in between is history and settles nothing.
void DeadlineBook::note_told(const Notice& notice, UnixNanos received) {
  const auto deadline = deadlines_.find(notice.deadline);
  if (deadline == deadlines_.end() || deadline->second.generation != notice.generation) return;
  std::string name = told_row(notice.deadline, notice.arn);
  changed_.insert(name);
  ++told_version_;
  if (notice.count == 0) {
    told_.erase(name);
    return;
  }
  told_.insert_or_assign(std::move(name), Told{.deadline = notice.deadline,
                                               .generation = notice.generation,
                                               .arn = notice.arn,
                                               .occurrence = notice.occurrence,
                                               .count = notice.count,
                                               .since = notice.since,
                                               .told = received,
                                               .resource_kind = notice.resource_kind,
                                               .name = notice.name,
                                               .account = notice.account,
                                               .region = notice.region});
}

void DeadlineBook::forget(const std::string& deadline, std::uint64_t before) {
  if (const auto row = seen_.find(deadline); row != seen_.end() && row->second.generation < before) {
    for (const std::uint32_t writer : row->second.shards) changed_.insert(seen_row(deadline, writer));
    seen_.erase(row);
  }
  const auto forgotten = std::erase_if(told_, [&](const auto& each) {
    if (each.second.deadline != deadline || each.second.generation >= before) return false;
    changed_.insert(each.first);
    return true;
  });
  if (forgotten > 0) ++told_version_;
}

void DeadlineBook::end_replay() {
  const std::lock_guard lock(mutex_);
  std::set<std::string> names;
  for (const auto& [name, row] : seen_) names.insert(name);
  for (const auto& [row, told] : told_) names.insert(told.deadline);
  for (const std::string& name : names) {
    const auto deadline = deadlines_.find(name);
    forget(name, deadline == deadlines_.end() ? ~std::uint64_t{0} : deadline->second.generation);
  }
}

// --- readers ---

void DeadlineBook::publish() {
  in_force_.reset();
  stale_ = true;
}

void DeadlineBook::compile() {
  stale_ = false;
  watched_.clear();
  matcher_.reset();
  std::vector<Pattern> patterns;
  for (const auto& [name, row] : deadlines_) {
    const auto* missing = std::get_if<MissingDeadline>(&row.deadline.condition);
    if (missing == nullptr) continue;
    auto pattern = Pattern::parse(missing->pattern);
    if (!pattern) {
      log_warn("deadlines", "SW6101", "the pattern of the deadline {} cannot be read: {}", name,
               pattern.error().text());
      continue;
    }
    watched_.push_back(name);
    patterns.push_back(std::move(*pattern));
  }
  if (!patterns.empty()) matcher_ = Matcher::compile(patterns);
}

std::shared_ptr<const std::vector<DeadlineBook::InForce>> DeadlineBook::in_force() const {
  const std::lock_guard lock(mutex_);
  if (in_force_ == nullptr) {
    auto all = std::make_shared<std::vector<InForce>>();
    for (const auto& [name, row] : deadlines_) all->push_back(row);
    in_force_ = std::move(all);
  }
  return in_force_;
}

std::optional<DeadlineBook::Seen> DeadlineBook::last_seen(std::string_view deadline) const {
  const std::lock_guard lock(mutex_);
  const auto row = seen_.find(deadline);
  if (row == seen_.end()) return std::nullopt;
  return row->second.seen;
}

std::vector<DeadlineBook::Told> DeadlineBook::told() const {
  const std::lock_guard lock(mutex_);
  std::vector<Told> all;
  all.reserve(told_.size());
  for (const auto& [name, told] : told_) all.push_back(told);
  return all;
}

}  // namespace sagewatch
