#include "exporters/tag_labels.h"

#include <gmock/gmock.h>

#include "events/tags.h"

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(TagLabel, IsTheKeyInSnakeCase) {
  for (const auto& [key, label] : std::vector<std::pair<std::string, std::string>>{
           {"team", "tag_team"},
           {"Team", "tag_team"},
           {"costCenter", "tag_cost_center"},
           {"CPUType", "tag_cpu_type"},
           {"aws:createdBy", "tag_aws_created_by"},
           {"k8s.io/name--x", "tag_k8s_io_name_x"},
           {"_private_", "tag_private"},
           {"größe", "tag_gr_e"},
           {"2fast", "tag_2fast"},
           {"äöü", ""},
           {"", ""},
       }) {
    EXPECT_EQ(tag_label(key), label) << key;
  }
}

TEST(TagLabels, RefuseTwoKeysThatWouldBeOneLabel) {
  const auto labels = TagLabels::of({"team", "cost-center", "costCenter"});
  ASSERT_FALSE(labels);
  EXPECT_THAT(labels.error().what,
              AllOf(HasSubstr("\"cost-center\" and \"costCenter\""), HasSubstr("tag_cost_center")));
}

TEST(TagLabels, RefuseAKeyThatMakesNone) {
  const auto labels = TagLabels::of({"äöü"});
  ASSERT_FALSE(labels);
  EXPECT_THAT(labels.error().what, HasSubstr("\"äöü\""));
}

TEST(TagLabels, HaveTheOrderOfTheListAndSkipWhatIsMissing) {
  const auto labels = TagLabels::of({"team", "stage", "costCenter"});
  ASSERT_TRUE(labels);
  std::string tags, text;
  put_tag(tags, "costCenter", "47\"11");
  put_tag(tags, "team", "growth");
  put_tag(tags, "unlisted", "x");
  labels->append(text, tags);
  EXPECT_EQ(text, R"(,tag_team="growth",tag_cost_center="47\"11")");
  text.clear();
  labels->append(text, "");
  EXPECT_EQ(text, "");
}

}  // namespace
}  // namespace sagewatch
