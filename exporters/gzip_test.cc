#include "exporters/gzip.h"

#include <gmock/gmock.h>
#include <zlib.h>

namespace sagewatch {
namespace {

std::string gunzip(const std::string& zipped, std::size_t size_max) {
  std::string plain(size_max, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zipped.data()));
  stream.avail_in = static_cast<uInt>(zipped.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data());
  stream.avail_out = static_cast<uInt>(plain.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0u);
  plain.resize(plain.size() - stream.avail_out);
  inflateEnd(&stream);
  return plain;
}

TEST(Gzip, ReadsBackTheSame) {
  std::string page;
  for (int i = 0; i < 200'000; ++i)
    page += "sagemaker_job_status{job_name=\"job-" + std::to_string(i * 7919) + "\"} 0\n";
  for (const std::string& plain : {std::string(), std::string("x"), page}) {
    const auto zipped = gzip(plain);
    ASSERT_TRUE(zipped);
    EXPECT_TRUE(gunzip(*zipped, plain.size() + 64) == plain) << plain.size();
  }
  EXPECT_LT(gzip(page)->size(), page.size() / 5);
}

// What does not compress needs more room than it had.
TEST(Gzip, SurvivesNoise) {
  std::string noise;
  std::uint64_t x = 88172645463325252ull;
  for (int i = 0; i < 1'000'000; ++i) {
    x ^= x << 13, x ^= x >> 7, x ^= x << 17;
    noise += static_cast<char>(x);
  }
  EXPECT_TRUE(gunzip(*gzip(noise), noise.size() + 64) == noise);
}

}  // namespace
}  // namespace sagewatch
