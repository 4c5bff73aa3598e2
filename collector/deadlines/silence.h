#pragma once
// Which `missing` deadlines passed, or are over. Belongs to the watch's thread.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collector/deadlines/book.h"
#include "collector/deadlines/round.h"
#include "collector/shard.h"

namespace sagewatch {

class SilenceSearch {
 public:
  // For the ARN and the envelope of its events.
  SilenceSearch(std::string account, std::string region) : account_(std::move(account)), region_(std::move(region)) {}

  // `told`: of all shards, those of other deadlines among them.
  void look(Round& round, const std::vector<std::unique_ptr<Shard>>& shards,
            const std::vector<const DeadlineBook::Told*>& told);

 private:
  // How long it lasts, is measured from when we noticed the event before it, by the steady clock.
  struct Silence {
    std::uint64_t generation = 0;
    std::uint64_t position = 0;  // of that event, or the generation
    Nanos before{0};             // how long it had lasted when it was noticed
    Instant noticed;
  };
  void judge(Round& round, const DeadlineBook::InForce& row, const DeadlineBook::Seen& last,
             const DeadlineBook::Told* was);
  Nanos lasted(const Round& round, const DeadlineBook::InForce& row, const DeadlineBook::Seen& last);

  const std::string account_, region_;
  std::map<std::string, Silence, std::less<>> silences_;  // by deadline
};

}  // namespace sagewatch
