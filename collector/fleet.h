#pragma once
// All shards' resources and counters as one fleet, for the metrics page and lists of resources. Any thread.
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "collector/shard.h"
#include "exporters/fleet_view.h"

namespace sagewatch {

class Fleet : public ResourceView, public CounterView {
 public:
  // The shards outlive it.
  explicit Fleet(const std::vector<std::unique_ptr<Shard>>& shards) : shards_(shards) {}
  std::size_t visit(std::size_t from, std::size_t count,
                    const std::function<void(const Resource&)>& look) const override;
  void visit(const std::function<void(const CounterSeries&)>& look) const override;
  std::optional<Resource> find(std::string_view arn) const;  // in any case
  // Of every kind there is, also those without a resource.
  std::map<std::string_view, std::uint64_t> count_by_kind() const;
  // Accepted events with missing fields at positions below `before`, newest first, at most `count`.
  std::vector<Incomplete> incomplete(std::uint64_t before, std::size_t count) const;

 private:
  const std::vector<std::unique_ptr<Shard>>& shards_;
};

}  // namespace sagewatch
