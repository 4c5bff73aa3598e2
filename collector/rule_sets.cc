#include "collector/rule_sets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sagewatch {
namespace {

constexpr std::size_t kept_lately_max = 8;  // more than reloads can be between a frame's flush and its application

}  // namespace

Result<std::unique_ptr<RuleSets>> RuleSets::open(Disk& disk, std::string directory) {
  if (auto made = disk.make_directories(directory); !made) return no(made.error());
  return std::unique_ptr<RuleSets>(new RuleSets(disk, std::move(directory)));
}

Done RuleSets::keep(std::shared_ptr<const RuleSet> rules) {
  const std::string hash = rules->hash();
  const std::lock_guard lock(mutex_);
  if (!loaded_.contains(hash)) {
    if (auto written = write(*rules); !written) return written;
    loaded_.emplace(hash, std::move(rules));
  }
  kept_lately_.push_back(hash);
  if (kept_lately_.size() > kept_lately_max) kept_lately_.pop_front();
  return {};
}

// Beside, synced, renamed: a file with the final name is whole. One that is there was perhaps renamed by a process that
// died before it could flush the directory.
Done RuleSets::write(const RuleSet& rules) {
  const std::string final = path(rules.hash());
  const auto present = disk_.open_to_read(final);
  const bool whole = present && (*present)->read(0, rules.json().size() + 1) == rules.json();
  if (!whole) {
    const std::string beside = final + ".tmp";
    if (auto removed = disk_.remove(beside); !removed) return removed;
    auto file = disk_.create(beside);
    if (!file) return no(file.error());
    const std::array<std::string_view, 1> pieces{rules.json()};
    if (auto written = (*file)->write(0, pieces); !written) return written;
    if (auto synced = (*file)->sync(); !synced) return synced;
    if (auto renamed = disk_.rename(beside, final); !renamed) return renamed;
  }
  return disk_.sync_directory(directory_);
}

Result<std::shared_ptr<const RuleSet>> RuleSets::find(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  if (const auto found = loaded_.find(hash); found != loaded_.end()) return found->second;
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
  auto rules = RuleSet::from_json(*text);
  if (!rules) return lost(rules.error().what);
  if ((*rules)->hash() != hash) return lost("its content does not have the hash that is its name");
  loaded_.emplace(hash, *rules);
  return *rules;
}

Done RuleSets::forget(const std::string& hash) {
  const std::lock_guard lock(mutex_);
  if (std::ranges::find(kept_lately_, hash) != kept_lately_.end()) return {};
  loaded_.erase(hash);
  return disk_.remove(path(hash));
}

}  // namespace sagewatch
