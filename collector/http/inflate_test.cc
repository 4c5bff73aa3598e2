#include "collector/http/inflate.h"

#include <gmock/gmock.h>
#include <zlib.h>

#include "tests/fakes/gzip.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;

constexpr std::uint64_t plenty = 16 << 20;

TEST(Inflater, OpensWhatGzipPacked) {
  const std::string text = "{\"source\":\"aws.sagemaker\"}\n{\"source\":\"b\"}";
  Inflater inflater{plenty};
  std::string out;
  ASSERT_TRUE(inflater.feed(gzipped(text), out));
  EXPECT_TRUE(inflater.finish());
  EXPECT_EQ(out, text);
}

TEST(Inflater, OpensByteByByteAsWell) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += std::to_string(i);
  Inflater inflater{plenty};
  std::string out;
  for (const char byte : gzipped(text)) ASSERT_TRUE(inflater.feed({&byte, 1}, out));
  EXPECT_TRUE(inflater.finish());
  EXPECT_EQ(out, text);
}

TEST(Inflater, StopsABombByItsRatioBeforeItIsLarge) {
  const std::string bomb = gzipped(std::string(64 << 20, '\0'));
  Inflater inflater{1ull << 30};
  std::string out;
  bool stopped = false;
  for (std::size_t i = 0; i < bomb.size() && !stopped; i += 100)
    stopped = !inflater.feed(std::string_view{bomb}.substr(i, 100), out);
  EXPECT_TRUE(stopped);
  EXPECT_TRUE(inflater.is_too_large());
  EXPECT_LE(out.size(), 128u * 1024);
}

TEST(Inflater, NeverHoldsMoreThanTheLimit) {
  std::string noise;
  std::uint32_t state = 1;
  for (int i = 0; i < 300'000; ++i)
    noise.push_back(static_cast<char>('a' + ((state = state * 1664525 + 1013904223) >> 24) % 16));
  Inflater inflater{100'000};
  std::string out;
  const Done fed = inflater.feed(gzipped(noise), out);
  ASSERT_FALSE(fed);
  EXPECT_THAT(fed.error().what, HasSubstr("more than 100000 bytes"));
  EXPECT_TRUE(inflater.is_too_large());
  EXPECT_LE(out.size(), 100'000u);
}

TEST(Inflater, LetsASmallBodyOfBlanksThrough) {
  Inflater inflater{plenty};
  std::string out;
  EXPECT_TRUE(inflater.feed(gzipped(std::string(60'000, ' ')), out));  // 800 times smaller, and harmless
  EXPECT_TRUE(inflater.finish());
}

TEST(Inflater, NoticesThatTheStreamIsCutShort) {
  std::string packed = gzipped("hello, world");
  packed.resize(packed.size() - 4);
  Inflater inflater{plenty};
  std::string out;
  ASSERT_TRUE(inflater.feed(packed, out));
  EXPECT_FALSE(inflater.finish());
}

TEST(Inflater, NoticesAWrongChecksum) {
  std::string packed = gzipped("hello, world");
  packed[packed.size() - 6] ^= 1;
  Inflater inflater{plenty};
  std::string out;
  EXPECT_FALSE(inflater.feed(packed, out));
  EXPECT_FALSE(inflater.is_too_large());
}

TEST(Inflater, RefusesBytesBehindTheEnd) {
  for (const std::string& tail : {std::string{"x"}, gzipped("a second member")}) {
    Inflater inflater{plenty};
    std::string out;
    EXPECT_FALSE(inflater.feed(gzipped("hello") + tail, out));
    Inflater in_two_pieces{plenty};
    ASSERT_TRUE(in_two_pieces.feed(gzipped("hello"), out));
    EXPECT_FALSE(in_two_pieces.feed(tail, out));
  }
}

TEST(Inflater, OpensOneLayerOnly) {
  const std::string inner = gzipped("hello");
  Inflater inflater{plenty};
  std::string out;
  ASSERT_TRUE(inflater.feed(gzipped(inner), out));
  EXPECT_EQ(out, inner);
}

TEST(Inflater, RefusesWhatIsNotGzip) {
  Inflater inflater{plenty};
  std::string out;
  EXPECT_FALSE(inflater.feed("{\"source\":\"aws.sagemaker\"}", out));
}

}  // namespace
}  // namespace sagewatch
