#include "collector/http/stream.h"

#include <gtest/gtest.h>

namespace sagewatch {
namespace {

using Put = HttpStream::Put;

TEST(HttpStream, TakesWhatThereIsRoomFor) {
  HttpStream stream{10};
  EXPECT_EQ(stream.put("12345"), Put::taken);
  EXPECT_EQ(stream.put("67890"), Put::taken);
  EXPECT_EQ(stream.put("x"), Put::full);
  EXPECT_EQ(stream.take().bytes, "1234567890");
  EXPECT_EQ(stream.put("x"), Put::taken);
}

TEST(HttpStream, TakesOneThatIsTooLargeWhenNothingWaits) {
  HttpStream stream{3};
  EXPECT_EQ(stream.put("12345"), Put::taken);
  EXPECT_EQ(stream.put("1"), Put::full);
}

TEST(HttpStream, WakesOnceForAllThatWaits) {
  HttpStream stream{100};
  int woken = 0;
  EXPECT_EQ(stream.put("early"), Put::taken);
  stream.open([&] { ++woken; });
  stream.put("more");
  EXPECT_EQ(woken, 0);  // who opens it looks by himself
  stream.take();
  stream.put("a");
  stream.put("b");
  EXPECT_EQ(woken, 1);
}

TEST(HttpStream, EndsBehindWhatWasPut) {
  HttpStream stream{100};
  int woken = 0;
  stream.open([&] { ++woken; });
  stream.put("last");
  stream.end();
  EXPECT_EQ(stream.put("late"), Put::ended);
  EXPECT_EQ(woken, 2);
  const HttpStream::Taken taken = stream.take();
  EXPECT_EQ(taken.bytes, "last");
  EXPECT_TRUE(taken.at_end);
}

TEST(HttpStream, SaysWhyItWasClosed) {
  HttpStream stalled{100}, left{100};
  stalled.close(Put::stalled);
  stalled.close(Put::ended);
  left.close(Put::ended);
  EXPECT_EQ(stalled.put("x"), Put::stalled);
  EXPECT_EQ(left.put("x"), Put::ended);
}

}  // namespace
}  // namespace sagewatch
