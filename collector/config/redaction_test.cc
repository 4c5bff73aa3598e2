#include "collector/config/redaction.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

std::string redacted(std::string_view line) {
  return sagewatch::redacted(line, std::nullopt);
}

TEST(Redaction, MasksUserPasswordAndQueryOfEachUrlAndLeavesTheRestInItsPlace) {
  EXPECT_EQ(redacted(R"(url: "http://u:pass@h/p?key=1", other: "https://v@h")"),
            R"(url: "http://******@h/p?*****", other: "https://*@h")");
  EXPECT_EQ(redacted("url: http://h/p?key=1#x"), "url: http://h/p?*******");
  EXPECT_EQ(redacted("url: http://h/what 'else?'"), "url: http://h/what 'else?'") << "the ? is not the URL's";
  EXPECT_EQ(redacted("url: http://a:b@c@h/"), "url: http://*****@h/") << "a password may hold an @";
}

TEST(Redaction, MasksWhatStandsBeforeAnAtOfWhatIsNoUrl) {
  EXPECT_EQ(redacted(R"(url: "http:/u:pass@h/")"), R"(url: "http:/******@h/")");
  EXPECT_EQ(redacted("@"), "@");
}

TEST(Redaction, MasksAllBehindAKeyOrSchemeOfCredentials) {
  EXPECT_EQ(redacted("headers: { X-API-Key: a, b: c }"), "headers: { X-API-Key: *********");
  EXPECT_EQ(redacted(R"(x: "Basic abc")"), R"(x: "Basic ****)");
  EXPECT_EQ(redacted("\"Set-Cookie\":a"), "\"Set-Cookie\":*");
  EXPECT_EQ(redacted("tokens without a colon"), "tokens without a colon");
  EXPECT_EQ(redacted("password:"), "password:");
}

TEST(Redaction, ShowsWhatIsTakenFromElsewhere) {
  EXPECT_EQ(redacted(R"(Authorization: "Bearer ${env:TOKEN}")"), R"(Authorization: "Bearer ${env:TOKEN}")");
}

TEST(Redaction, MasksFromWhereASecretIsKnownToBegin) {
  EXPECT_EQ(sagewatch::redacted("key: abc", 5), "key: ***");
  EXPECT_EQ(sagewatch::redacted("key: abc", 8), "key: abc");
  EXPECT_EQ(sagewatch::redacted("", 0), "");
}

}  // namespace
}  // namespace sagewatch
