#include "exporters/content_negotiation.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

TEST(ContentNegotiation, AnswersTextUnlessAskedOtherwise) {
  for (const char* accept :
       {"", "*/*", "text/plain", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json",
        ";;,,=", "q=1", "text/*", "*/*;q=0.1", "application/vnd.google.protobuf"}) {
    EXPECT_EQ(choose_format(accept), Format::text) << accept;
  }
}

TEST(ContentNegotiation, AnswersOpenMetricsToPrometheus) {
  EXPECT_EQ(
      choose_format("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
      Format::openmetrics);
  EXPECT_EQ(
      choose_format("application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"),
      Format::openmetrics);
  EXPECT_EQ(choose_format("Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=1"), Format::openmetrics);
}

TEST(ContentNegotiation, HonoursQuality) {
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.4, text/plain;q=0.5"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0.5, text/plain;q=0.4"), Format::openmetrics);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=0, */*"), Format::text);
  EXPECT_EQ(choose_format("text/plain;q=0, */*;q=0.5"), Format::openmetrics);
  EXPECT_EQ(choose_format("application/openmetrics-text;q=nonsense, text/plain;q=0.1"), Format::text);
  EXPECT_EQ(choose_format("text/plain;q=0, application/openmetrics-text;q=0"), Format::text);
}

TEST(ContentNegotiation, LetsTheFirstOfEqualsWin) {
  EXPECT_EQ(choose_format("application/openmetrics-text, text/plain"), Format::openmetrics);
  EXPECT_EQ(choose_format("text/plain, application/openmetrics-text"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text, */*"), Format::openmetrics);
}

TEST(ContentNegotiation, DoesNotAnswerAVersionThatItDoesNotWrite) {
  EXPECT_EQ(choose_format("application/openmetrics-text;version=0.0.1, text/plain;version=0.0.4;q=0.5"), Format::text);
  EXPECT_EQ(choose_format("application/openmetrics-text;version=2.0.0"), Format::text);
}

TEST(ContentNegotiation, GzipsWhenAsked) {
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip;q=1.0, *;q=0.5", "br, x-gzip", "*", "identity;q=0, gzip;q=0.1",
                          "gzip, identity"}) {
    EXPECT_TRUE(wants_gzip(yes)) << yes;
  }
  for (const char* no :
       {"", "identity", "br", "gzip;q=0", "gzip;q=0, *", "*;q=0", "identity, gzip;q=0.5", "gzip;q=x"}) {
    EXPECT_FALSE(wants_gzip(no)) << no;
  }
}

}  // namespace
}  // namespace sagewatch
