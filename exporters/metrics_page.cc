#include "exporters/metrics_page.h"

#include <algorithm>
#include <utility>

#include "exporters/content_negotiation.h"
#include "exporters/gzip.h"

namespace sagewatch {

MetricsPage::MetricsPage(MetricsPageConfig config, Instruments& instruments, const ProcessView& process,
                         const ResourceView& resources, const CounterView& counters, const Clock& clock)
    : config_(config),
      instruments_(instruments),
      process_(process),
      resources_(resources),
      counters_(counters),
      clock_(clock),
      series_(config.series) {
  for (const Format format : {Format::text, Format::openmetrics}) {
    const std::string name(format_name(format));
    Kept& kept = kept_[static_cast<int>(format)];
    kept.duration = &instruments_.exposition_duration.Add({{"format", name}}, duration_buckets());
    kept.bytes = &instruments_.exposition_bytes.Add({{"format", name}});
  }
  const auto born = [this](std::string_view family) {
    const prometheus::Labels labels{{"family", std::string(family)}};
    instruments_.series.Add(labels);
    series_refused(family, "limit");
    series_refused(family, "same_name");
    instruments_.series_limit.Add(labels).Set(static_cast<double>(series_.series_max()));
  };
  for (const PreparedFamily& family : series_.families()) born(family.head.name);
  instruments_.page_series_limit.Add({}).Set(static_cast<double>(series_.page_series_max()));
}

prometheus::Counter& MetricsPage::series_refused(std::string_view family, const char* reason) {
  return instruments_.series_refused.Add({{"family", std::string(family)}, {"reason", reason}});
}

Page MetricsPage::answer(std::string_view accept, std::string_view accept_encoding) {
  const Format format = choose_format(accept);
  Kept& kept = kept_[static_cast<int>(format)];
  std::lock_guard lock(kept.mutex);
  refresh(kept, format);
  if (wants_gzip(accept_encoding)) {
    if (!kept.zipped) {
      // Without memory for it the plain page is still a good answer.
      if (auto zipped = gzip(*kept.plain)) kept.zipped = std::make_shared<const std::string>(*std::move(zipped));
    }
    if (kept.zipped) return {kept.zipped, content_type(format), true};
  }
  return {kept.plain, content_type(format), false};
}

std::shared_ptr<const std::string> MetricsPage::render(Format format) {
  Kept& kept = kept_[static_cast<int>(format)];
  std::lock_guard lock(kept.mutex);
  refresh(kept, format);
  return kept.plain;
}

std::size_t MetricsPage::let_go() {
  std::size_t bytes = 0;
  for (Kept& kept : kept_) {
    const std::unique_lock lock(kept.mutex, std::try_to_lock);  // else one is being made
    if (!lock || !kept.plain || clock_.instant() - kept.made < config_.keep) continue;
    bytes += kept.plain->size();
    kept.plain.reset();
    kept.zipped.reset();
  }
  return bytes;
}

void MetricsPage::refresh(Kept& kept, Format format) {
  const Instant begun = clock_.instant();
  if (kept.plain && begun - kept.made < config_.keep) return;
  kept.plain.reset();  // before the new one is made, so that two need not fit into memory
  kept.zipped.reset();
  kept.plain = std::make_shared<const std::string>(make(format, kept.size));
  kept.size = kept.plain->size();
  kept.made = clock_.instant();
  kept.duration->Observe(std::chrono::duration<double>(kept.made - begun).count());
  kept.bytes->Set(static_cast<double>(kept.plain->size()));
}

// process_*, sagemaker_*, sagewatch_*: the whole page is sorted by name. The fleet comes before our own metrics, so
// that they can tell how many series it had on this very page.
std::string MetricsPage::make(Format format, std::size_t size) {
  std::string page;
  page.reserve(size + size / 16);  // a string that doubles its way up needs twice the memory, and copies it all
  PageWriter writer(format, page);
  const ProcessFacts facts = process_.read();
  for (const ProcessFamily& family : process_families()) writer.single(family.head, facts.*family.fact);
  count(series_.append(page, format, resources_, counters_, clock_.now()));
  std::vector<prometheus::MetricFamily> own = instruments_.registry.Collect();
  std::sort(own.begin(), own.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (prometheus::MetricFamily& family : own) writer.family(family);
  writer.finish();
  return page;
}

void MetricsPage::count(const std::vector<FamilyCount>& counts) {
  for (const FamilyCount& row : counts) {
    const prometheus::Labels labels{{"family", std::string(row.family)}};
    instruments_.series.Add(labels).Set(static_cast<double>(row.series));
    series_refused(row.family, "limit").Increment(static_cast<double>(row.refused));
    series_refused(row.family, "same_name").Increment(static_cast<double>(row.same_name));
  }
}

}  // namespace sagewatch
