#pragma once
// The rule sets that the journal names, by hash: each a synced file `rulesets/<hash>.json`, kept while any position
// that is still held was matched with it. So a replay after a crash matches every event with the rules that were in
// force when it was accepted, whatever the configuration says now.
//
// A file holds a whole set, or what was changed since a set whose file is whole (rules/rule_set_json.h): so one more
// rule of 100,000 writes one rule. A base's file stays while another needs it. When much was changed since, or much of
// a set is compiled beside its base, merge() makes it whole again, in memory and on the disk; which set is in force
// does not change by that.
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "collector/disk.h"
#include "events/base/result.h"
#include "rules/rule_set.h"

namespace sagewatch {

class RuleSets {
 public:
  // `directory` is made if it is not there. `disk` outlives this. Any thread.
  static Result<std::unique_ptr<RuleSets>> open(Disk& disk, std::string directory);

  // What a process that died left half written. For the process that writes here, before it does: others may only read.
  Done remove_leftovers();

  // On stable storage when this answers: only then may a frame of the journal name it.
  Done keep(std::shared_ptr<const RuleSet> rules);
  // An Error names the file and what to do when it is missing or damaged. A merged set is answered merged, so this is
  // where to get a set that the next one is made of. The hash of what a former version wrote is not that of the answer.
  Result<std::shared_ptr<const RuleSet>> find(const std::string& hash);
  // Removes the file: no position that is still held was matched with it. True if it is gone, now or before. A set that
  // was kept lately stays, because its frame may be on the way to the journal, and so does one that others are made of:
  // false, ask again.
  Result<bool> forget(const std::string& hash);

  // The set that was kept or read last has grown apart from what it is made of.
  bool is_merge_due();
  // Takes as long as building all rules and writing them; others need not wait for it. An Error tells that the file
  // could not be written.
  Done merge();
  // Grows whenever find() answers a merged set instead of another one.
  std::uint64_t merges() const { return merges_; }

 private:
  struct OnDisk {
    std::string base;         // empty: the file is whole
    bool is_trusted = false;  // this process read it, or wrote and synced it
  };
  struct Kept {
    std::string hash;
    std::shared_ptr<const RuleSet> rules;  // may be null
  };
  using Read = Result<std::shared_ptr<const RuleSet>>;

  RuleSets(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}
  std::string path(const std::string& hash) const { return directory_ + "/" + hash + ".json"; }
  Done look_around();
  Done write(const std::string& beside, std::string_view text);
  Done put_in_place(const std::string& beside, const std::string& hash, std::string base);
  Done merge_file();
  // --- under mutex_ ---
  Done write_changes(const std::shared_ptr<const RuleSet>& rules);
  Read find_locked(const std::string& hash, bool is_base);
  Read read(const std::string& hash, bool is_base);
  bool is_base(const std::string& hash) const;
  bool is_file_due() const;
  void replace_twin(const std::shared_ptr<const RuleSet>& by);
  void take_merged_base(std::shared_ptr<const RuleSet>& rules);
  void remember(const std::string& hash, const std::shared_ptr<const RuleSet>& rules);

  Disk& disk_;
  const std::string directory_;
  std::atomic<std::uint64_t> merges_ = 0;
  std::mutex mutex_;  // guards everything below
  std::unordered_map<std::string, std::weak_ptr<const RuleSet>> loaded_;
  std::unordered_map<std::string, OnDisk> files_;
  std::deque<Kept> kept_lately_;
  std::shared_ptr<const RuleSet> newest_;  // kept last or, before that, read last
  std::shared_ptr<const RuleSet> merged_;  // what merge() made last, while it is of use
  std::shared_ptr<const RuleSet> whole_;   // the newest whose file is whole: what is kept next is made of it
};

}  // namespace sagewatch
