#pragma once
// The rule sets that the journal names, by hash: each a synced file `rulesets/<hash>.json`, kept while any position
// that is still held was matched with it. So a replay after a crash matches every event with the rules that were in
// force when it was accepted, whatever the configuration says now.
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

  // On stable storage when this answers: only then may a frame of the journal name it.
  Done keep(std::shared_ptr<const RuleSet> rules);
  // An Error names the file and what to do when it is missing or damaged.
  Result<std::shared_ptr<const RuleSet>> find(const std::string& hash);
  // Removes the file: no position that is still held was matched with it. Fine if it is gone. A set that was kept
  // lately stays, because its frame may be on the way to the journal.
  Done forget(const std::string& hash);

 private:
  RuleSets(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}
  Done write(const RuleSet& rules);
  std::string path(const std::string& hash) const { return directory_ + "/" + hash + ".json"; }

  Disk& disk_;
  const std::string directory_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<const RuleSet>> loaded_;  // guarded by mutex_
  std::deque<std::string> kept_lately_;                                     // guarded by mutex_
};

}  // namespace sagewatch
