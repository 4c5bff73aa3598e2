#pragma once
// Counters derived from transitions, which must survive a restart: they are rows of the store, written together with
// the resources and the applied position, so that replay counts nothing twice.
//
//   sagemaker_jobs_finished_total{account_id,region,job_type,status,reason}
//   sagemaker_endpoint_updates_finished_total{account_id,region,endpoint,outcome}
//
// Born at 0: all that can happen in an account and region (to an endpoint) stands at 0 as soon as that account and
// region (endpoint) is seen, because a counter first seen at 1 never fires increase() > 0.
//
// One per shard, the shard is its only writer; reading takes the lock, on any thread. Sum over the shards: two shards
// may count in one series. Rows carry their shard's number, and rows of other numbers of shards are carried on.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/event.h"
#include "events/resource_table.h"

namespace sagewatch {

class FleetCounters {
 public:
  enum class Family : std::uint8_t { jobs_finished, endpoint_updates_finished };
  // Views are good for the call of visit().
  struct Series {
    Family family;
    std::string_view account, region;
    std::string_view subject;  // job_type, or endpoint
    std::string_view result;   // status ("Failed"), or outcome: "succeeded", "rolled_back", "failed"
    std::string_view reason;   // jobs: "AlgorithmError", "none"; endpoints: ""
    std::uint64_t value = 0;
  };
  static constexpr std::string_view overflow = "__overflow__";

  // Beyond `series_max` new accounts, regions and endpoints are counted under `overflow`.
  explicit FleetCounters(std::uint32_t shard = 0, std::size_t series_max = 10'000);
  ~FleetCounters();

  // --- the shard ---
  void count(const Observation& seen, const Effect& effect);
  // Rows changed since the last call: name → value.
  void take_changes(std::vector<std::pair<std::string, std::string>>& puts);
  // A row of the store, at start. False: not a row of these counters (others share the store's counters). Give each
  // row to exactly one shard: the one numbered row_shard(name) % shards.
  bool load(std::string_view name, std::string_view value);
  static std::uint32_t row_shard(std::string_view name);  // 0 for names that are not ours

  // --- any thread ---
  void visit(const std::function<void(const Series&)>& each) const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};
std::string_view family_name(FleetCounters::Family family);  // "sagemaker_jobs_finished_total"

}  // namespace sagewatch
