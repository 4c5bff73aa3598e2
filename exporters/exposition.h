#pragma once
// The text that Prometheus reads: Prometheus' text format 0.0.4 and OpenMetrics 1.0, from prometheus-cpp's data model
// and from our own tables. prometheus-cpp's own TextSerializer escapes no HELP, prints NaN wrongly, knows no
// OpenMetrics and is ten times slower. Never writes timestamps: Prometheus then notices at once when a series leaves.
//
// Knows the format and nothing of what is exported: that is exporters/resource_series.h and exporters/metrics_page.h.
#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "metrics/family_head.h"

namespace sagewatch {

enum class Format : std::uint8_t { text, openmetrics };
inline constexpr int formats = 2;

std::string_view format_name(Format format);   // "text", "openmetrics": label values of our own metrics
std::string_view content_type(Format format);  // with the version parameter, without which Prometheus 3 refuses

// Shortest text that reads back as the same double; whole numbers without exponent; "NaN", "+Inf", "-Inf".
void append_number(std::string& out, double value);
// The same number as value of `le` or `quantile`: "1.0", "1e-06", "+Inf", in both formats alike, so that changing the
// format does not change the series.
void append_bound(std::string& out, double value);
// Escapes \, " and newline; bytes that are not UTF-8 become U+FFFD, because one of them would fail the whole scrape.
void append_label_value(std::string& out, std::string_view value);
// HELP, TYPE and, in OpenMetrics, UNIT lines of a family.
void append_head(std::string& out, Format format, std::string_view name, std::string_view type, std::string_view help);

// Appends families to a page that somebody else owns. Each family is written once, whole.
class PageWriter {
 public:
  PageWriter(Format format, std::string& page) : format_(format), page_(page) {}

  void head(const FamilyHead& family);
  // One sample of a family without labels; nothing for NaN.
  void single(const FamilyHead& family, double value);
  // Sorts its samples by labels: prometheus-cpp collects them in the order of a hash table. A family without samples
  // is left out.
  void family(prometheus::MetricFamily& family);
  void finish();  // "# EOF" in OpenMetrics

 private:
  void sample(std::string_view name, std::string_view labels, double value);
  void histogram(std::string_view name, const std::string& labels, const prometheus::ClientMetric::Histogram& value);
  void summary(std::string_view name, const std::string& labels, const prometheus::ClientMetric::Summary& value);

  Format format_;
  std::string& page_;
};

}  // namespace sagewatch
