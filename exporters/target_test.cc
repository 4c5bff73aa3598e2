#include "exporters/target.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

TEST(DeliveryId, IsTheSameForTheSameMatchAndDiffersInEveryPart) {
  const std::string id = delivery_id({0, 7}, "default", "failed", "pager");
  EXPECT_EQ(id.size(), 32u);
  EXPECT_EQ(id, delivery_id({0, 7}, "default", "failed", "pager"));
  EXPECT_NE(id, delivery_id({0, 8}, "default", "failed", "pager"));
  EXPECT_NE(id, delivery_id({1, 7}, "default", "failed", "pager"));
  EXPECT_NE(id, delivery_id({0, 7}, "other", "failed", "pager"));
  EXPECT_NE(id, delivery_id({0, 7}, "default", "faile", "dpager"));
}

}  // namespace
}  // namespace sagewatch
