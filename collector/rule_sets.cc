#include "collector/rule_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "rules/rule_set_json.h"

namespace sagewatch {
namespace {

constexpr std::size_t kept_lately_max = 8;  // more than reloads can be between a frame's flush and its application
constexpr std::size_t loaded_max = 64;      // then those that nobody uses any more are dropped
// Rules that differ from the base's: a file of so many is written in a moment; from there on a whole one is worth its
// write.
constexpr std::size_t changes_due = 128;
constexpr std::size_t changes_max = 2'048;
constexpr std::size_t changes_share = 8;  // more than this part of all rules: the whole is no larger to speak of
constexpr std::string_view ending = ".json", half_ending = ".tmp";

}  // namespace

Result<std::unique_ptr<RuleSets>> RuleSets::open(Disk& disk, std::string directory) {
  if (auto made = disk.make_directories(directory); !made) return no(made.error());
  std::unique_ptr<RuleSets> sets(new RuleSets(disk, std::move(directory)));
  if (auto looked = sets->look_around(); !looked) return no(looked.error());
  return sets;
}

// Which file needs which. What cannot be read now is told when somebody asks for it.
Done RuleSets::look_around() {
  const auto names = disk_.list(directory_);
  if (!names) return no(names.error());
  for (const std::string& name : *names) {
    if (!name.ends_with(ending)) continue;
    OnDisk& file = files_[name.substr(0, name.size() - ending.size())];
    const auto opened = disk_.open_to_read(directory_ + "/" + name);
    if (!opened) continue;
    if (const auto head = (*opened)->read(0, base_bytes_max)) file.base = base_of_json(*head).value_or("");
  }
  return {};
}

Done RuleSets::remove_leftovers() {
  const auto names = disk_.list(directory_);
  if (!names) return no(names.error());
  for (const std::string& name : *names) {
    if (!name.ends_with(half_ending)) continue;
    if (auto removed = disk_.remove(directory_ + "/" + name); !removed) return removed;
  }
  return {};
}

// ----- writing -----

Done RuleSets::keep(std::shared_ptr<const RuleSet> rules) {
  const std::string hash = rules->hash();
  const std::lock_guard lock(mutex_);
  if (!files_[hash].is_trusted) {
    if (auto written = write_changes(rules); !written) return written;
  }
  if (auto found = loaded_.find(hash); found != loaded_.end()) {
    if (auto twin = found->second.lock()) rules = std::move(twin);  // perhaps merged
  }
  take_merged_base(rules);
  remember(hash, rules);
  newest_ = rules;
  kept_lately_.push_back({hash, std::move(rules)});
  if (kept_lately_.size() > kept_lately_max) kept_lately_.pop_front();
  return {};
}

// What others are made of must be whole, also if it is written anew: so no file needs more than one other.
Done RuleSets::write_changes(const std::shared_ptr<const RuleSet>& rules) {
  const std::string beside = path(rules->hash()).append(half_ending);
  std::optional<RuleChanges> changes;
  if (whole_ && !is_base(rules->hash())) {
    changes = rules->changes_since(*whole_, std::min(changes_max, rules->rules().size() / changes_share));
  }
  if (auto written = write(beside, changes ? rule_changes_json(*whole_, *changes) : rule_set_json(*rules)); !written) {
    return written;
  }
  if (auto put = put_in_place(beside, rules->hash(), changes ? whole_->hash() : ""); !put) return put;
  if (!changes) {
    whole_ = rules;
    for (Kept& kept : kept_lately_) kept.rules.reset();  // may share nothing with it, and are large together
  }
  return {};
}

Done RuleSets::write(const std::string& beside, std::string_view text) {
  if (auto removed = disk_.remove(beside); !removed) return removed;
  auto file = disk_.create(beside);
  if (!file) return no(file.error());
  const std::array<std::string_view, 1> pieces{text};
  if (auto written = (*file)->write(0, pieces); !written) return written;
  return (*file)->sync();
}

// Beside, synced, renamed: a file with the final name is whole. One that is there already was perhaps damaged, or
// renamed by a process that died before it could flush the directory.
Done RuleSets::put_in_place(const std::string& beside, const std::string& hash, std::string base) {
  if (auto renamed = disk_.rename(beside, path(hash)); !renamed) return renamed;
  OnDisk& file = files_[hash];
  file.is_trusted = false;
  if (file.base.empty()) file.base = base;  // otherwise the former file, which needs its base, may come back
  if (auto synced = disk_.sync_directory(directory_); !synced) return synced;
  file = {std::move(base), true};
  return {};
}

// ----- reading -----

Result<std::shared_ptr<const RuleSet>> RuleSets::find(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  return find_locked(hash, false);
}

RuleSets::Read RuleSets::find_locked(const std::string& hash, bool is_base) {
  if (const auto found = loaded_.find(hash); found != loaded_.end()) {
    if (auto rules = found->second.lock()) return rules;
  }
  auto rules = read(hash, is_base);
  if (!rules) return rules;
  remember(hash, *rules);
  if (kept_lately_.empty()) newest_ = *rules;
  return rules;
}

RuleSets::Read RuleSets::read(const std::string& hash, bool is_base) {
  const auto lost = [&](const std::string& why) {
    return no(
        fmt::format("{}: {}; the journal names this rule set, so events accepted under it cannot be matched again. "
                    "Restore the file from a backup, or remove the data directory to start afresh",
                    path(hash), why));
  };
  auto file = disk_.open_to_read(path(hash));
  if (!file) return lost(file.error().what);
  const auto size = (*file)->size();
  if (!size) return lost(size.error().what);
  const auto text = (*file)->read(0, *size);
  if (!text) return lost(text.error().what);
  std::shared_ptr<const RuleSet> base;
  const auto base_hash = base_of_json(*text);
  if (base_hash) {
    if (is_base) return lost("it holds changes of another rule set, where a whole one must stand");
    auto found = find_locked(*base_hash, true);
    if (!found) return lost("it is made of a rule set that is lost: " + found.error().what);
    base = std::move(*found);
  }
  auto rules = rule_set_from_json(*text, base.get());
  if (!rules) return lost(rules.error().what);
  const bool has_its_name = (*rules)->hash() == hash;
  // Before 0.1.0 the name was the hash of the text.
  if (!has_its_name && (base || hash_hex(*text) != hash))
    return lost("its content does not have the hash that is its name");
  if (has_its_name) {
    files_[hash] = {base_hash.value_or(""), true};
    if (kept_lately_.empty()) whole_ = base ? base : *rules;
  }
  return rules;
}

void RuleSets::remember(const std::string& hash, const std::shared_ptr<const RuleSet>& rules) {
  if (loaded_.size() >= loaded_max) std::erase_if(loaded_, [](const auto& entry) { return entry.second.expired(); });
  loaded_[hash] = rules;
}

// ----- forgetting -----

bool RuleSets::is_base(const std::string& hash) const {
  return std::ranges::any_of(files_, [&](const auto& file) { return file.second.base == hash; });
}

Result<bool> RuleSets::forget(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  if (!files_.contains(hash)) return true;
  if (std::ranges::find(kept_lately_, hash, &Kept::hash) != kept_lately_.end()) return false;
  if (is_base(hash) || (whole_ && whole_->hash() == hash)) return false;
  if (auto removed = disk_.remove(path(hash)); !removed) return no(removed.error());
  files_.erase(hash);
  loaded_.erase(hash);
  return true;
}

// ----- merging -----

bool RuleSets::is_file_due() const {
  return newest_ && whole_ && whole_ != newest_ && !newest_->changes_since(*whole_, changes_due);
}

bool RuleSets::is_merge_due() {
  const std::lock_guard lock(mutex_);
  return newest_ && (newest_->wants_merge() || is_file_due());
}

// What was made of the former base while it was being merged is of that base, and so would be all that is made of it,
// if rules came fast enough.
void RuleSets::take_merged_base(std::shared_ptr<const RuleSet>& rules) {
  if (!merged_ || rules->is_beside(*merged_)) return;
  if (rules->wants_merge()) {
    rules = rules->beside(*merged_);
  } else {
    merged_.reset();
  }
}

void RuleSets::replace_twin(const std::shared_ptr<const RuleSet>& by) {
  loaded_[by->hash()] = by;
  for (Kept& kept : kept_lately_) {
    if (kept.rules && kept.hash == by->hash()) kept.rules = by;
  }
  if (newest_->hash() == by->hash()) newest_ = by;
  if (whole_ && whole_->hash() == by->hash()) whole_ = by;
}

Done RuleSets::merge() {
  std::shared_ptr<const RuleSet> before;
  {
    const std::lock_guard lock(mutex_);
    if (newest_ && newest_->wants_merge()) before = newest_;
  }
  if (before) {
    auto merged = before->merged();
    const std::lock_guard lock(mutex_);
    merged_ = merged;
    replace_twin(merged);
    std::shared_ptr<const RuleSet> newest = newest_;
    take_merged_base(newest);
    if (newest != newest_) replace_twin(newest);
    ++merges_;
  }
  return merge_file();
}

Done RuleSets::merge_file() {
  std::shared_ptr<const RuleSet> rules;
  {
    const std::lock_guard lock(mutex_);
    if (!is_file_due()) return {};
    rules = newest_;
  }
  const std::string beside = directory_ + "/merge" + std::string{half_ending};
  if (auto written = write(beside, rule_set_json(*rules)); !written) return written;
  const std::lock_guard lock(mutex_);
  if (auto put = put_in_place(beside, rules->hash(), ""); !put) return put;
  whole_ = rules;
  return {};
}

}  // namespace sagewatch
