#include "exporters/exposition.h"

#include <gmock/gmock.h>

#include <charconv>
#include <cmath>
#include <limits>

namespace sagewatch {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

std::string number(double value) {
  std::string text;
  append_number(text, value);
  return text;
}
std::string bound(double value) {
  std::string text;
  append_bound(text, value);
  return text;
}
std::string label(std::string_view value) {
  std::string text;
  append_label_value(text, value);
  return text;
}
std::string write(MetricFamily family, Format format) {
  std::string page;
  PageWriter(format, page).family(family);
  return page;
}
MetricFamily gauge_family(double value) {
  ClientMetric metric;
  metric.gauge.value = value;
  return {"depth", "How deep.", MetricType::Gauge, {metric}};
}

TEST(ExpositionNumber, IsTheShortestThatReadsBackTheSame) {
  EXPECT_EQ(number(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(-2.5), "-2.5");
  EXPECT_EQ(number(1e-9), "1e-09");
  EXPECT_EQ(number(1e300), "1e+300");
  EXPECT_EQ(number(5e-324), "5e-324");
  EXPECT_EQ(number(1763728711.125), "1763728711.125");
  for (const double value : {0.1 + 0.2, 1.0 / 3, 1e22, 123456789012345678.0, 4.9e-324, 1.7976931348623157e308}) {
    const std::string text = number(value);
    double read = 0;
    std::from_chars(text.data(), text.data() + text.size(), read);
    EXPECT_EQ(read, value) << text;
  }
}

TEST(ExpositionNumber, IsWrittenWithoutExponentWhenWhole) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-7), "-7");
  EXPECT_EQ(number(100000), "100000");
  EXPECT_EQ(number(1763728711), "1763728711");
  EXPECT_EQ(number(999999999999999), "999999999999999");
  EXPECT_EQ(number(1e15), "1e+15");
  EXPECT_EQ(number(-0.0), "-0");
}

TEST(ExpositionNumber, SpellsWhatIsNotFiniteAsPrometheusDoes) {
  EXPECT_EQ(number(nan), "NaN");
  EXPECT_EQ(number(-nan), "NaN");
  EXPECT_EQ(number(infinity), "+Inf");
  EXPECT_EQ(number(-infinity), "-Inf");
}

TEST(ExpositionBound, HasThePointThatOpenMetricsWants) {
  EXPECT_EQ(bound(1), "1.0");
  EXPECT_EQ(bound(10), "10.0");
  EXPECT_EQ(bound(100000), "100000.0");
  EXPECT_EQ(bound(0.00025), "0.00025");
  EXPECT_EQ(bound(0.000001), "1e-06");
  EXPECT_EQ(bound(1000000), "1e+06");
  EXPECT_EQ(bound(0), "0.0");
  EXPECT_EQ(bound(infinity), "+Inf");
}

TEST(ExpositionLabel, EscapesBackslashQuoteAndNewlineOnly) {
  EXPECT_EQ(label("plain-name_1/x"), "plain-name_1/x");
  EXPECT_EQ(label("a\\b\"c\nd"), R"(a\\b\"c\nd)");
  EXPECT_EQ(label("tab\tstays\r"), "tab\tstays\r");
  EXPECT_EQ(label(""), "");
  EXPECT_EQ(label("\"\"\n"), R"(\"\"\n)");
}

TEST(ExpositionLabel, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(label("größe-試験-🙂"), "größe-試験-🙂");
  EXPECT_EQ(label("cut\xC3"), "cut\xEF\xBF\xBD");                                   // in the middle of a letter
  EXPECT_EQ(label("\x80x"), "\xEF\xBF\xBDx");                                       // continuation without a lead
  EXPECT_EQ(label("\xC0\xAF"), "\xEF\xBF\xBD\xEF\xBF\xBD");                         // overlong
  EXPECT_EQ(label("\xE0\x80\x80").size(), 9u);                                      // overlong
  EXPECT_EQ(label("\xED\xA0\x80").size(), 9u);                                      // surrogate
  EXPECT_EQ(label("\xF4\x90\x80\x80").size(), 12u);                                 // above U+10FFFF
  EXPECT_EQ(label("\xF0\x80\x80\x80").size(), 12u);                                 // overlong
  EXPECT_EQ(label("\xF4\x8F\xBF\xBF"), "\xF4\x8F\xBF\xBF");                         // the last code point
  EXPECT_EQ(label("\xEF\xBF\xBF\xED\x9F\xBF"), "\xEF\xBF\xBF\xED\x9F\xBF");         // beside the surrogates
  EXPECT_EQ(label(std::string_view("nul\0byte", 8)), std::string("nul\0byte", 8));  // Prometheus reads it
}

TEST(ExpositionHead, EscapesHelpAsEachFormatWants) {
  std::string text;
  append_head(text, Format::text, "depth", "gauge", "a \"b\" \\ c\nd");
  EXPECT_EQ(text, "# HELP depth a \"b\" \\\\ c\\nd\n# TYPE depth gauge\n");
  std::string open;
  append_head(open, Format::openmetrics, "depth", "gauge", "a \"b\" \\ c\nd");
  EXPECT_EQ(open, "# HELP depth a \\\"b\\\" \\\\ c\\nd\n# TYPE depth gauge\n");
}

TEST(ExpositionHead, NamesTheUnitInOpenMetricsOnly) {
  std::string open;
  append_head(open, Format::openmetrics, "read_bytes_total", "counter", "Read.");
  EXPECT_EQ(open, "# HELP read_bytes Read.\n# TYPE read_bytes counter\n# UNIT read_bytes bytes\n");
  std::string text;
  append_head(text, Format::text, "read_bytes_total", "counter", "Read.");
  EXPECT_EQ(text, "# HELP read_bytes_total Read.\n# TYPE read_bytes_total counter\n");
  std::string not_a_unit;
  append_head(not_a_unit, Format::openmetrics, "megabytes", "gauge", "A name, no unit.");
  EXPECT_EQ(not_a_unit, "# HELP megabytes A name, no unit.\n# TYPE megabytes gauge\n");
}

TEST(PageWriter, GivesACounterOfOpenMetricsItsTotal) {
  ClientMetric metric;
  metric.counter.value = 3;
  metric.label = {{"source", "http"}};
  const MetricFamily named{"events_total", "Events.", MetricType::Counter, {metric}};
  EXPECT_EQ(write(named, Format::text),
            "# HELP events_total Events.\n# TYPE events_total counter\nevents_total{source=\"http\"} 3\n");
  EXPECT_EQ(write(named, Format::openmetrics),
            "# HELP events Events.\n# TYPE events counter\nevents_total{source=\"http\"} 3\n");
  const MetricFamily bare{"events", "Events.", MetricType::Counter, {metric}};
  EXPECT_EQ(write(bare, Format::openmetrics), write(named, Format::openmetrics));
  EXPECT_EQ(write(bare, Format::text), "# HELP events Events.\n# TYPE events counter\nevents{source=\"http\"} 3\n");
}

TEST(PageWriter, WritesAHistogramWithItsInfiniteBucketOnce) {
  ClientMetric metric;
  metric.label = {{"op", "put"}};
  metric.histogram = {3, 1.5, {{1, 0.5}, {2, 1}, {3, infinity}}};
  MetricFamily family{"wait_seconds", "Waits.", MetricType::Histogram, {metric}};
  const std::string samples =
      "wait_seconds_bucket{op=\"put\",le=\"0.5\"} 1\n"
      "wait_seconds_bucket{op=\"put\",le=\"1.0\"} 2\n"
      "wait_seconds_bucket{op=\"put\",le=\"+Inf\"} 3\n"
      "wait_seconds_sum{op=\"put\"} 1.5\n"
      "wait_seconds_count{op=\"put\"} 3\n";
  EXPECT_EQ(write(family, Format::text), "# HELP wait_seconds Waits.\n# TYPE wait_seconds histogram\n" + samples);
  family.metric[0].histogram.bucket.pop_back();
  EXPECT_EQ(write(family, Format::openmetrics),
            "# HELP wait_seconds Waits.\n# TYPE wait_seconds histogram\n# UNIT wait_seconds seconds\n" + samples);
}

TEST(PageWriter, WritesASummaryAndTheUnknown) {
  ClientMetric summary;
  summary.summary = {4, 2.25, {{0.5, 0.25}, {1, nan}}};
  EXPECT_EQ(write({"lag", "Lag.", MetricType::Summary, {summary}}, Format::text),
            "# HELP lag Lag.\n# TYPE lag summary\nlag{quantile=\"0.5\"} 0.25\nlag{quantile=\"1.0\"} NaN\nlag_sum 2.25\n"
            "lag_count 4\n");
  ClientMetric some;
  some.untyped.value = 1;
  EXPECT_EQ(write({"some", "Some.", MetricType::Untyped, {some}}, Format::text),
            "# HELP some Some.\n# TYPE some untyped\nsome 1\n");
  EXPECT_EQ(write({"some", "Some.", MetricType::Untyped, {some}}, Format::openmetrics),
            "# HELP some Some.\n# TYPE some unknown\nsome 1\n");
}

TEST(PageWriter, OrdersTheSeriesOfAFamilyByTheirLabels) {
  MetricFamily family = gauge_family(1);
  family.metric.clear();
  for (const char* target : {"pager", "audit", "slack"}) {
    ClientMetric metric;
    metric.label = {{"target", target}};
    family.metric.push_back(metric);
  }
  EXPECT_EQ(write(family, Format::text),
            "# HELP depth How deep.\n# TYPE depth gauge\n"
            "depth{target=\"audit\"} 0\ndepth{target=\"pager\"} 0\ndepth{target=\"slack\"} 0\n");
}

TEST(PageWriter, NeverWritesATimestamp) {
  MetricFamily family = gauge_family(2);
  family.metric[0].timestamp_ms = 1'700'000'000'000;
  EXPECT_EQ(write(family, Format::text), "# HELP depth How deep.\n# TYPE depth gauge\ndepth 2\n");
}

TEST(PageWriter, LeavesOutAFamilyWithoutSeries) {
  EXPECT_EQ(write({"none", "None.", MetricType::Gauge, {}}, Format::text), "");
  std::string page;
  PageWriter writer(Format::text, page);
  writer.single({"process_threads", FamilyType::gauge, "Threads.", {}}, nan);
  EXPECT_EQ(page, "");
}

TEST(PageWriter, EndsAnOpenMetricsPage) {
  std::string open;
  PageWriter(Format::openmetrics, open).finish();
  EXPECT_EQ(open, "# EOF\n");
  std::string text;
  PageWriter(Format::text, text).finish();
  EXPECT_EQ(text, "");
}

TEST(ContentType, CarriesTheVersionWithoutWhichPrometheus3Refuses) {
  EXPECT_EQ(content_type(Format::text), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(content_type(Format::openmetrics), "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

}  // namespace
}  // namespace sagewatch
