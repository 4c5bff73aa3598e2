#pragma once
// All shards' resources and counters as one fleet, for the metrics page. Any thread.
#include <memory>
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

 private:
  const std::vector<std::unique_ptr<Shard>>& shards_;
};

}  // namespace sagewatch
