#include "metrics/instruments.h"

#include <gmock/gmock.h>

#include <set>

#include "metrics/process_facts.h"

namespace sagewatch {
namespace {

// promtool check metrics, as far as it speaks of names: what it finds at a user's is a fault of ours.
void expect_idiomatic(const FamilyHead& head) {
  SCOPED_TRACE(head.name);
  EXPECT_EQ(head.name.ends_with("_total"), head.type == FamilyType::counter);
  for (const std::string_view reserved : {"_sum", "_count", "_bucket", "_info_total"})
    EXPECT_FALSE(head.name.ends_with(reserved));
  for (const std::string_view unit : {"milliseconds", "_ms", "kilobytes", "percent", "minutes", "gauge", "counter"})
    EXPECT_EQ(head.name.find(unit), std::string_view::npos);
  EXPECT_EQ(head.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos);
  EXPECT_TRUE(head.help.ends_with("."));
  EXPECT_EQ(head.help.find('\n'), std::string_view::npos);
  std::set<std::string_view> labels;
  for (const std::string_view label : head.labels) {
    EXPECT_TRUE(labels.insert(label).second) << label << " twice";
    EXPECT_EQ(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), std::string_view::npos) << label;
    for (const std::string_view taken : {"job", "instance", "name", "type", "le", "quantile"}) EXPECT_NE(label, taken);
  }
}

TEST(Instruments, HaveIdiomaticNames) {
  const Instruments instruments;
  EXPECT_GT(instruments.heads.size(), 45u);
  for (const FamilyHead& head : instruments.heads) {
    EXPECT_TRUE(head.name.starts_with("sagewatch_")) << head.name;
    expect_idiomatic(head);
  }
  for (const ProcessFamily& family : process_families()) expect_idiomatic(family.head);
}

TEST(Instruments, StandInOneListSortedByName) {
  const Instruments instruments;
  for (std::size_t i = 1; i < instruments.heads.size(); ++i)
    EXPECT_LT(instruments.heads[i - 1].name, instruments.heads[i].name);
}

// increase() does not see the first value of a counter.
TEST(Instruments, AreThereAt0OnceAskedFor) {
  Instruments instruments;
  instruments.events_received.Add({{"source", "http"}});
  const auto families = instruments.registry.Collect();
  ASSERT_EQ(families.size(), 1u);
  EXPECT_EQ(families[0].name, "sagewatch_events_received_total");
  ASSERT_EQ(families[0].metric.size(), 1u);
  EXPECT_EQ(families[0].metric[0].counter.value, 0);
}

}  // namespace
}  // namespace sagewatch
