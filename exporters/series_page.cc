#include "exporters/series_page.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace sagewatch {
namespace {

void append_sample(std::string& out, std::string_view opening, std::string_view labels, double value) {
  out += opening;
  out += labels;
  out += "} ";
  append_number(out, value);
  out += '\n';
}

// Buckets that each count for themselves, and the sum in milliseconds behind them.
void append_histogram(std::string& out, std::string_view name, const std::string& labels,
                      const std::vector<std::uint64_t>& values) {
  std::uint64_t sum = 0;
  const std::string family{name};
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    sum += values[i];
    std::string bucket = labels + ",le=\"";
    append_bound(bucket, i < fleet_buckets.size() ? fleet_buckets[i] : std::numeric_limits<double>::infinity());
    append_sample(out, family + "_bucket{", bucket + '"', static_cast<double>(sum));
  }
  append_sample(out, family + "_sum{", labels, static_cast<double>(values.back()) / 1e3);
  append_sample(out, family + "_count{", labels, static_cast<double>(sum));
}

}  // namespace

void append_label(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  append_label_value(out, value);
  out += '"';
}

SeriesPage::SeriesPage(const ResourceSeriesConfig& config, const std::vector<PreparedFamily>& families)
    : config_(config) {
  columns_.reserve(families.size());
  for (const PreparedFamily& family : families) columns_.push_back({&family, {}, {family.head.name, 0, 0}});
}

void SeriesPage::add_counters(const CounterView& counters) {
  // By column and label text: the view may be a hash table, the page has an order, and shards add up.
  std::map<std::pair<FamilyColumn*, std::string>, std::vector<std::uint64_t>> sums;
  counters.visit([&](const CounterSeries& series) {
    const auto column =
        std::lower_bound(columns_.begin(), columns_.end(), series.row->family,
                         [](const FamilyColumn& each, std::string_view name) { return each.family->head.name < name; });
    SW_MUST(column != columns_.end() && column->family->head.name == series.row->family,
            "counter_families() has a head for each row that is counted");
    const std::vector<std::string>& keys = column->family->keys;
    SW_MUST(series.labels.size() == keys.size(), "a counter has a value for each label of its family");
    std::string labels;
    for (std::size_t i = 0; i < keys.size(); ++i) append_label(labels, keys[i], series.labels[i]);
    add_counts(series.row->type, sums[{&*column, std::move(labels)}], series.values);
  });
  for (const auto& [series, values] : sums) add_counter(*series.first, series.second, values);
}

void SeriesPage::add_counter(FamilyColumn& column, const std::string& labels,
                             const std::vector<std::uint64_t>& values) {
  const FamilyHead& head = column.family->head;
  const bool is_histogram = head.type == FamilyType::histogram;
  count(column, is_histogram ? values.size() + 1 : 1);  // its buckets, sum and count; CounterRoom has let them in
  std::string lines;
  if (is_histogram)
    append_histogram(lines, head.name, labels, values);
  else
    append_sample(lines, column.family->opening, labels,
                  static_cast<double>(values[0]) / (head.type == FamilyType::gauge ? 1e3 : 1));
  column.samples.add_line(lines);
}

std::vector<FamilyCount> SeriesPage::move_to(std::string& page, Format format) {
  std::size_t size = page.size();
  for (const FamilyColumn& column : columns_)
    size += column.samples.bytes(column.family->opening) + column.family->heads[static_cast<int>(format)].size();
  page.reserve(size);
  std::vector<FamilyCount> counts;
  for (FamilyColumn& column : columns_) {
    if (column.count.series > 0) {
      page += column.family->heads[static_cast<int>(format)];
      column.samples.move_to(page, column.family->opening);
    }
    counts.push_back(column.count);
  }
  return counts;
}

}  // namespace sagewatch
