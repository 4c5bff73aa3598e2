#include "events/arn_heads.h"

#include <gtest/gtest.h>

namespace sagewatch {
namespace {

TEST(ArnHeads, KeepsWhatStandsInFrontOfNamesOnce) {
  ArnHeads heads;
  const auto number = heads.number_of("arn:aws:sagemaker:us-east-1:111122223333:Training-Job/a");
  EXPECT_EQ(heads.number_of("arn:aws:sagemaker:us-east-1:111122223333:Training-Job/b/c"), number);
  EXPECT_NE(heads.number_of("arn:aws:sagemaker:us-east-1:111122223333:training-job/a"), number);
  const ArnHead& head = heads[number];
  EXPECT_EQ(head.text, "arn:aws:sagemaker:us-east-1:111122223333:Training-Job/");
  EXPECT_EQ(head.lower, "arn:aws:sagemaker:us-east-1:111122223333:training-job/");
  EXPECT_EQ(head.region, "us-east-1");
  EXPECT_EQ(head.account, "111122223333");
}

TEST(ArnHeads, SplitsNeitherWhatIsNoArnNorOneHeadTooMany) {
  ArnHeads heads;
  EXPECT_EQ(heads.number_of("job-1"), ArnHeads::none);
  EXPECT_EQ(heads[ArnHeads::none].text, "");
  const auto arn = [](std::size_t account) { return "arn:aws:sagemaker:r:" + std::to_string(account) + ":model/m"; };
  for (std::size_t account = 0; account < ArnHeads::max; ++account)
    ASSERT_NE(heads.number_of(arn(account)), ArnHeads::none) << account;
  const std::size_t full = heads.bytes();
  EXPECT_EQ(heads.number_of(arn(ArnHeads::max)), ArnHeads::none);
  EXPECT_NE(heads.number_of(arn(0)), ArnHeads::none);
  EXPECT_EQ(heads.bytes(), full);
}

}  // namespace
}  // namespace sagewatch
