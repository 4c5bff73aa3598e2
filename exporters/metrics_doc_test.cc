// docs/metrics.md and the tables in the code say the same, in both directions.
#include <gmock/gmock.h>

#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "exporters/counter_families.h"
#include "exporters/exposition.h"
#include "exporters/resource_families.h"
#include "metrics/instruments.h"
#include "metrics/process_facts.h"
#include "tests/golden.h"
#include "tests/source_dir.h"

namespace sagewatch {
namespace {

std::vector<FamilyHead> all_heads(const Instruments& instruments) {
  std::vector<FamilyHead> heads = instruments.heads;
  for (const ResourceFamily& family : resource_families()) heads.push_back(family.head);
  for (const FamilyHead& head : counter_families()) heads.push_back(head);
  for (const ProcessFamily& family : process_families()) heads.push_back(family.head);
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return heads;
}

std::string row_of(const FamilyHead& head) {
  std::string row = std::string(family_type_name(head.type)) + " | ";
  for (const std::string_view label : head.labels) {
    if (label != head.labels.front()) row += ", ";
    row += '`' + std::string(label) + '`';
  }
  return head.labels.empty() ? row + "–" : row;
}

// The rows of all tables: name → "type | labels".
std::map<std::string, std::string> documented() {
  std::ifstream in(std::string(source_dir) + "/docs/metrics.md");
  EXPECT_TRUE(in) << "docs/metrics.md is missing";
  std::map<std::string, std::string> rows;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| `")) continue;
    const auto name_end = line.find("` | ");
    const auto type_end = line.find(" | ", name_end + 4);
    const auto labels_end = line.find(" | ", type_end + 3);
    const std::string name = line.substr(3, name_end - 3);
    EXPECT_FALSE(rows.contains(name)) << name << " is documented twice";
    rows[name] = line.substr(name_end + 4, labels_end - name_end - 4);
  }
  return rows;
}

TEST(MetricsDocument, NamesEveryFamilyWithItsTypeAndLabelsAndNoOther) {
  const Instruments instruments;
  std::map<std::string, std::string> in_code;
  for (const FamilyHead& head : all_heads(instruments)) {
    EXPECT_TRUE(in_code.emplace(head.name, row_of(head)).second) << head.name << " is there twice";
  }
  const auto in_document = documented();
  for (const auto& [name, row] : in_code) {
    ASSERT_TRUE(in_document.contains(name)) << "docs/metrics.md lacks " << name << " | " << row;
    EXPECT_EQ(in_document.at(name), row) << name;
  }
  for (const auto& [name, row] : in_document) EXPECT_TRUE(in_code.contains(name)) << "no such family: " << name;
}

// One series of every family there is: the page that promtool and an OpenMetrics parser have to accept.
TEST(MetricsDocument, HasAPageWithEveryFamilyThatOtherParsersAccept) {
  const Instruments instruments;
  for (const Format format : {Format::text, Format::openmetrics}) {
    std::string page;
    PageWriter writer(format, page);
    for (const FamilyHead& head : all_heads(instruments)) {
      prometheus::ClientMetric metric;
      for (const std::string_view label : head.labels) metric.label.push_back({std::string(label), "x"});
      metric.histogram = {1, 0.5, {{0, 0.1}, {1, 1}}};
      metric.counter.value = metric.gauge.value = 1;
      const auto type = head.type == FamilyType::counter     ? prometheus::MetricType::Counter
                        : head.type == FamilyType::histogram ? prometheus::MetricType::Histogram
                                                             : prometheus::MetricType::Gauge;
      prometheus::MetricFamily family{std::string(head.name), std::string(head.help), type, {metric}};
      writer.family(family);
    }
    writer.finish();
    expect_golden(page, "exporters/testdata/every_family." + std::string(format_name(format)) + ".txt");
  }
}

}  // namespace
}  // namespace sagewatch
