#pragma once
// GET /metrics: our own instruments, the process, the fleet's states and counters, as one page. Rendered from memory
// when it is asked for and kept for a moment, so that two scrapers at once cost as much as one.
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "events/base/time.h"
#include "exporters/exposition.h"
#include "exporters/resource_series.h"
#include "metrics/instruments.h"
#include "metrics/process_facts.h"

namespace sagewatch {

struct MetricsPageConfig {
  ResourceSeriesConfig series;
  Nanos keep = Millis{250};  // for how long a page answers further scrapes
};

// What one answer needs.
struct Page {
  std::shared_ptr<const std::string> body;
  std::string_view content_type;
  bool gzipped = false;  // send Content-Encoding: gzip; always send Vary: Accept, Accept-Encoding
};

// Any thread. Everything given to the constructor is borrowed and outlives the page. A page of many resources is larger
// than all else in memory, so its owner calls let_go() now and then.
class MetricsPage {
 public:
  MetricsPage(MetricsPageConfig config, Instruments& instruments, const ProcessView& process,
              const ResourceView& resources, const CounterView& counters, const Clock& clock);

  // `accept` and `accept_encoding` as the scraper sent them; empty if it did not.
  Page answer(std::string_view accept, std::string_view accept_encoding);
  // The whole page in one format, from the kept one if it is young enough.
  std::shared_ptr<const std::string> render(Format format);
  // Forgets pages that are too old to answer with; their bytes.
  std::size_t let_go();

 private:
  struct Kept {
    std::mutex mutex;  // held while rendering: who comes meanwhile waits for the same page
    std::shared_ptr<const std::string> plain;
    std::shared_ptr<const std::string> zipped;  // of `plain`; made when first asked for
    Instant made;
    std::size_t size = 0;  // of the page made last: the next is about as long
    prometheus::Histogram* duration = nullptr;
    prometheus::Gauge* bytes = nullptr;
  };
  void refresh(Kept& kept, Format format);
  std::string make(Format format, std::size_t size);
  prometheus::Counter& series_refused(std::string_view family, const char* reason);
  void count(const std::vector<FamilyCount>& counts);

  const MetricsPageConfig config_;
  Instruments& instruments_;
  const ProcessView& process_;
  const ResourceView& resources_;
  const CounterView& counters_;
  const Clock& clock_;
  const ResourceSeries series_;
  Kept kept_[formats];
};

}  // namespace sagewatch
