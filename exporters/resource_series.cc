#include "exporters/resource_series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <unordered_set>
#include <utility>

#include "events/base/hash.h"
#include "exporters/counter_families.h"

// A page must hold each family in one piece, but the table holds each resource in one piece. We walk the table once
// and write every family into a text of its own (a column), then join the columns. Walking once per family would need
// no columns, but would render the labels of a resource twelve times, and a resource that changes between two walks
// would contradict itself on one page. While joining, each block of a column is given back once it is appended, and the
// page's room is only touched as it is filled, so two whole pages are never in memory.

namespace sagewatch {
namespace {

constexpr std::size_t chunk = 1024;  // resources per visit: some 100 µs under the table's lock

void append_label(std::string& out, std::string_view key, std::string_view value) {
  out += key;
  append_label_value(out, value);
  out += '"';
}

void append_sample(std::string& out, std::string_view opening, std::string_view labels, double value) {
  out += opening;
  out += labels;
  out += "} ";
  append_number(out, value);
  out += '\n';
}

// Counted from when we were told: a job that ended long ago is shown like any other when its event comes late.
bool ended_before(const Resource& resource, UnixNanos time) {
  return resource.learned.known() && resource.learned < time;
}

}  // namespace

// The text of one family while the page is made, in blocks: one string for all would be copied and its memory fetched
// anew each time it doubles, which at a million series costs more than the writing.
struct ResourceSeries::Column {
  const Prepared* family;
  std::vector<std::string> full;
  std::string text;  // the block that is being filled
  FamilyCount count;

  void add(std::string_view labels, double value) { add(family->opening, labels, value); }
  void add(std::string_view opening, std::string_view labels, double value) {
    if (text.size() + slack > block) {
      if (!text.empty()) full.push_back(std::move(text));
      text = {};
      text.reserve(block);
    }
    append_sample(text, opening, labels, value);
    ++count.series;
  }
  // Buckets that each count for themselves, and the sum in milliseconds behind them.
  void add_histogram(const std::string& labels, std::span<const std::uint64_t> values) {
    const std::string name{family->head.name};
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < values.size(); ++i) {
      sum += values[i];
      std::string bucket = labels + ",le=\"";
      append_bound(bucket, i < fleet_buckets.size() ? fleet_buckets[i] : std::numeric_limits<double>::infinity());
      add(name + "_bucket{", bucket + '"', static_cast<double>(sum));
    }
    add(name + "_sum{", labels, static_cast<double>(values.back()) / 1e3);
    add(name + "_count{", labels, static_cast<double>(sum));
  }
  std::size_t size() const {
    std::size_t sum = text.size();
    for (const std::string& each : full) sum += each.size();
    return sum;
  }
  void move_to(std::string& page) {
    for (std::string& each : full) {
      page += each;
      each = {};
    }
    page += text;
    text = {};
  }

 private:
  static constexpr std::size_t block = 64 * 1024;
  static constexpr std::size_t slack = 1024;  // room for a usual sample; a longer one makes its block grow
};

// One walk over the table. Lives for one page.
class ResourcePass : public SeriesSink {
 public:
  ResourcePass(const ResourceSeriesConfig& config, UnixNanos now, std::vector<ResourceSeries::Column>& columns)
      : config_(config), oldest_end_(now - config.show_terminal) {
    for (auto& column : columns) {
      if (column.family->row) columns_of_[static_cast<int>(column.family->row->subject)].push_back(&column);
    }
  }

  void look(const Resource& resource) {
    Subject subject{};
    if (!resource.kind || !find_subject(*resource.kind, subject)) return;
    if (subject == Subject::job && resource.is_terminal() && ended_before(resource, oldest_end_)) return;
    name(resource, subject);
    refuse_ = !seen_.insert(hash_of_name()).second;
    for (ResourceSeries::Column* column : columns_of_[static_cast<int>(subject)]) {
      column_ = column;
      column->family->row->series(resource, *this);
    }
  }

  void add(double value, std::initializer_list<std::string_view> extra) override {
    if (std::isnan(value)) return;
    FamilyCount& count = column_->count;
    if (refuse_ || count.series >= config_.series_max) {
      ++count.refused;
      return;
    }
    const std::size_t named = labels_.size();
    auto key = column_->family->keys.begin();
    for (const std::string_view part : extra) append_label(labels_, *key++, part);
    column_->add(labels_, value);
    labels_.resize(named);
  }

 private:
  // Rendered once, used for all families of the resource.
  void name(const Resource& resource, Subject subject) {
    labels_.clear();
    append_label(labels_, "account_id=\"", resource.account);
    append_label(labels_, ",region=\"", resource.region);
    if (subject == Subject::job) append_label(labels_, ",job_type=\"", resource.kind->job_type);
    append_label(labels_, subject == Subject::job ? ",job_name=\"" : ",endpoint=\"", resource.name);
  }

  // Names that differ in case are one name, so their series would be one series twice.
  std::uint64_t hash_of_name() {
    lower_.assign(labels_);
    for (char& c : lower_) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    }
    return hash64(lower_);
  }

  const ResourceSeriesConfig& config_;
  const UnixNanos oldest_end_;
  std::vector<ResourceSeries::Column*> columns_of_[subjects];
  std::unordered_set<std::uint64_t> seen_;
  ResourceSeries::Column* column_ = nullptr;
  bool refuse_ = false;
  std::string labels_;
  std::string lower_;
};

ResourceSeries::ResourceSeries(ResourceSeriesConfig config) : config_(config) {
  const auto prepare = [this](const FamilyHead& head, const ResourceFamily* row, std::size_t shared) {
    Prepared family;
    family.head = head;
    family.row = row;
    for (const Format format : {Format::text, Format::openmetrics}) {
      append_head(family.heads[static_cast<int>(format)], format, head.name, family_type_name(head.type), head.help);
    }
    family.opening = std::string(head.name) + '{';
    for (std::size_t i = shared; i < head.labels.size(); ++i) {
      family.keys.push_back((i == 0 ? "" : ",") + std::string(head.labels[i]) + "=\"");
    }
    families_.push_back(std::move(family));
  };
  for (const ResourceFamily& row : resource_families()) prepare(row.head, &row, subject_labels(row.subject));
  for (const FamilyHead& head : counter_families()) prepare(head, nullptr, 0);
  std::sort(families_.begin(), families_.end(),
            [](const Prepared& a, const Prepared& b) { return a.head.name < b.head.name; });
}

void ResourceSeries::append_counters(std::vector<Column>& columns, const CounterView& counters) const {
  // By column and label text: the view may be a hash table, the page has an order, and shards add up.
  std::map<std::pair<Column*, std::string>, std::vector<std::uint64_t>> sums;
  counters.visit([&](const CounterSeries& series) {
    const auto column = std::find_if(columns.begin(), columns.end(), [&](const Column& c) {
      return !c.family->row && c.count.family == series.row->family;
    });
    SW_MUST(column != columns.end(), "counter_families() has a head for each row that is counted");
    const std::vector<std::string>& keys = column->family->keys;
    SW_MUST(series.labels.size() == keys.size(), "a counter has a value for each label of its family");
    std::string labels;
    for (std::size_t i = 0; i < keys.size(); ++i) append_label(labels, keys[i], series.labels[i]);
    add_counts(series.row->type, sums[{&*column, std::move(labels)}], series.values);
  });
  for (const auto& [series, values] : sums) {
    const auto& [column, labels] = series;
    const FamilyType type = column->family->head.type;
    if (column->count.series >= config_.series_max)
      ++column->count.refused;
    else if (type == FamilyType::histogram)
      column->add_histogram(labels, values);
    else if (type == FamilyType::gauge)
      column->add(labels, static_cast<double>(values[0]) / 1e3);
    else
      column->add(labels, static_cast<double>(values[0]));
  }
}

std::vector<FamilyCount> ResourceSeries::append(std::string& page, Format format, const ResourceView& resources,
                                                const CounterView& counters, UnixNanos now) const {
  std::vector<Column> columns;
  columns.reserve(families_.size());
  for (const Prepared& family : families_) columns.push_back(Column{&family, {}, {}, {family.head.name, 0, 0}});

  ResourcePass pass(config_, now, columns);
  const auto look = [&pass](const Resource& resource) { pass.look(resource); };
  std::size_t place = 0;
  do {
    place = resources.visit(place, chunk, look);
  } while (place != 0);
  append_counters(columns, counters);

  std::size_t size = page.size();
  for (const Column& column : columns) size += column.size() + column.family->heads[static_cast<int>(format)].size();
  page.reserve(size);
  std::vector<FamilyCount> counts;
  for (Column& column : columns) {
    if (column.count.series > 0) {
      page += column.family->heads[static_cast<int>(format)];
      column.move_to(page);
    }
    counts.push_back(column.count);
  }
  return counts;
}

}  // namespace sagewatch
