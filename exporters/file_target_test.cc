#include "exporters/file_target.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

class FullDisk : public AppendFile {
 public:
  void append(std::string, std::function<void(Done)> done) override {
    done(not_now("cannot write to /var/log/x: No space left on device"));
  }
};

TEST(FileTarget, PutsAnEventOnOneLineAndKeepsEverythingElse) {
  EXPECT_EQ(one_line("{\r\n  \"a\": \"b\\nc\",\n  \"d\": 1.50\n}\n"), "{  \"a\": \"b\\nc\",  \"d\": 1.50}\n");
  EXPECT_EQ(one_line(R"({"a":1})"), "{\"a\":1}\n");
}

TEST(FileTarget, TriesAgainWhateverTheDiskSays) {
  FileTarget target(std::make_unique<FullDisk>());
  std::optional<Attempt> answer;
  Delivery delivery;
  delivery.json = std::make_shared<const std::string>("{}");
  target.attempt(delivery, [&](Attempt attempt) { answer = std::move(attempt); });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->verdict, Verdict::retry);
  EXPECT_THAT(answer->message, testing::HasSubstr("No space left"));
}

}  // namespace
}  // namespace sagewatch
