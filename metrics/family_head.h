#pragma once
// What a metric family says about itself before its first sample. Every family of ours has one, in a table: the page,
// docs/metrics.md and the tests all read the same rows.
#include <cstdint>
#include <string_view>
#include <vector>

namespace sagewatch {

enum class FamilyType : std::uint8_t { counter, gauge, histogram };

struct FamilyHead {
  std::string_view name;  // Prometheus' full name: a counter ends in "_total"
  FamilyType type = FamilyType::gauge;
  std::string_view help;
  std::vector<std::string_view> labels;  // in the order in which they are written; histograms: without `le`
};

constexpr std::string_view family_type_name(FamilyType type) {
  return type == FamilyType::counter ? "counter" : type == FamilyType::gauge ? "gauge" : "histogram";
}

}  // namespace sagewatch
