#pragma once
// One page of the fleet's series while it is made: the columns of all families, how many series each holds, and what
// was refused because a family or the page is full.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/resource_series.h"
#include "exporters/series_column.h"

namespace sagewatch {

struct FamilyColumn {
  const PreparedFamily* family;
  SeriesColumn samples;
  FamilyCount count;
};

class SeriesPage {
 public:
  SeriesPage(const ResourceSeriesConfig& config, const std::vector<PreparedFamily>& families);

  std::vector<FamilyColumn>& columns() { return columns_; }
  LabelTexts& labels() { return labels_; }

  // Whether the family may have so many more series; counts them, or the refusal.
  bool admit(FamilyColumn& column, std::uint64_t series = 1) {
    if (column.count.series + series > config_.series_max || series_ + series > config_.page_series_max) {
      column.count.refused += series;
      return false;
    }
    count(column, series);
    return true;
  }

  void add_counters(const CounterView& counters);
  std::vector<FamilyCount> move_to(std::string& page, Format format);

 private:
  void count(FamilyColumn& column, std::uint64_t series) {
    column.count.series += series;
    series_ += series;
  }
  void add_counter(FamilyColumn& column, const std::string& labels, const std::vector<std::uint64_t>& values);

  const ResourceSeriesConfig& config_;
  LabelTexts labels_;
  std::vector<FamilyColumn> columns_;
  std::uint64_t series_ = 0;
};

// A key with its `="`, a value, the closing quote.
void append_label(std::string& out, std::string_view key, std::string_view value);

}  // namespace sagewatch
