#include "exporters/owed_ledger.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

UnixNanos at(std::int64_t minute, std::int64_t second = 0) {
  return {(minute * 60 + second + 1'790'000'040) * 1'000'000'000};
}

TEST(OwedLedger, KnowsSumsAndTheOldest) {
  OwedLedger ledger;
  EXPECT_FALSE(ledger.oldest().known());
  ledger.add(at(5), 1, 100);
  ledger.add(at(3, 10), 1, 50);
  ledger.add(at(3, 20), 1, 50);
  EXPECT_EQ(ledger.deliveries(), 3u);
  EXPECT_EQ(ledger.bytes(), 200u);
  EXPECT_EQ(ledger.oldest(), at(3, 10));
  ledger.remove(at(3, 10), 50);
  EXPECT_EQ(ledger.oldest(), at(3, 10)) << "exact to a minute";
  ledger.remove(at(3, 20), 50);
  EXPECT_EQ(ledger.oldest(), at(5));
  ledger.remove(at(5), 100);
  EXPECT_EQ(ledger.deliveries(), 0u);
  EXPECT_EQ(ledger.bytes(), 0u);
  EXPECT_FALSE(ledger.oldest().known());
}

TEST(OwedLedger, CountsWhatWasOwedBeforeTheStartUntilAllOfItIsSettled) {
  OwedLedger ledger;
  ledger.start_with({.target = "pager", .deliveries = 2, .bytes = 20, .oldest_received = at(1)});
  ledger.add(at(9), 1, 10);
  EXPECT_EQ(ledger.deliveries(), 3u);
  EXPECT_EQ(ledger.oldest(), at(1));
  ledger.remove(at(1), 10);
  EXPECT_EQ(ledger.oldest(), at(1));
  ledger.remove(at(4), 10);
  EXPECT_EQ(ledger.oldest(), at(9));
}

TEST(OwedLedger, EvensOutWhenARowIsSettledBeforeItsArrivalIsRead) {
  OwedLedger ledger;
  ledger.remove(at(2), 10);
  EXPECT_EQ(ledger.deliveries(), 0u);
  EXPECT_FALSE(ledger.oldest().known());
  ledger.add(at(2), 1, 10);
  EXPECT_EQ(ledger.deliveries(), 0u);
  ledger.add(at(3), 1, 10);
  EXPECT_EQ(ledger.oldest(), at(3));
}

}  // namespace
}  // namespace sagewatch
