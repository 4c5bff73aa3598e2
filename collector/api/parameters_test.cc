#include "collector/api/parameters.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Pair;

// Status and body for a request with that query; the service behind answers 200 "served".
std::pair<int, std::string> asked(std::vector<std::string> known, std::string query) {
  const HttpService service = taking(
      std::move(known), [](HttpRequest&&, const Respond& respond) { respond({.body = "served", .headers = {}}); });
  HttpRequest request;
  request.method = "POST";
  request.path = "/api/v1/dead-letters/redrive";
  request.query = std::move(query);
  std::pair<int, std::string> got;
  service(std::move(request), [&](const HttpResponse& answer) { got = {answer.status, answer.body}; });
  return got;
}

HttpRequest query(std::string text) {
  HttpRequest request;
  request.query = std::move(text);
  return request;
}

const std::vector<std::string> both{"id", "target"};

TEST(Parameters, OfARouteAreTakenInAnyOrderAndMayBeLeftOut) {
  for (const char* fine : {"", "id=a", "target=pager&id=a", "%69d=a", "&id=a&"})
    EXPECT_THAT(asked(both, fine), Pair(200, "served")) << fine;
}

TEST(Parameters, ThatARouteDoesNotHaveAreRefusedWithTheNearestAndAllThatItHas) {
  EXPECT_THAT(asked(both, "id=a&taget=pager"),
              Pair(400, HasSubstr(R"(no parameter \"taget\"; did you mean target? allowed: id, target)")));
  EXPECT_THAT(asked(both, "everything=yes"),
              Pair(400, HasSubstr(R"(no parameter \"everything\"; allowed: id, target)")));
  EXPECT_THAT(asked(both, "ID=a"), Pair(400, HasSubstr(R"(\"ID\")"))) << "names are as they are written";
  EXPECT_THAT(asked({}, "force"), Pair(400, HasSubstr(R"(/redrive takes no parameters, but got \"force\")")));
}

TEST(Parameters, WithoutAValueAreNotTakenForThoseThatAreLeftOut) {
  for (const char* empty : {"target=", "target", "id=a&target="})
    EXPECT_THAT(asked(both, empty), Pair(400, HasSubstr("target is empty; leave it out"))) << empty;
}

TEST(Parameters, StandThereOnce) {
  EXPECT_THAT(asked(both, "id=a&id=b"), Pair(400, HasSubstr("id stands there twice")));
}

TEST(Parameters, ThatAreNumbersHaveBoundsAndADefault) {
  EXPECT_EQ(number_of(query("before=7"), "before", 9, 0, 10).value(), 7u);
  EXPECT_EQ(number_of(query(""), "before", 9, 0, 10).value(), 9u);
  for (const char* wrong : {"x", "7x", "-1", "11", "1.5", "99999999999999999999"})
    EXPECT_THAT(number_of(query(std::string{"before="} + wrong), "before", 9, 0, 10).error().what,
                AllOf(HasSubstr("before: \""), HasSubstr(wrong), HasSubstr("is not a number from 0 to 10")));
  EXPECT_EQ(limit_of(query("")).value(), 100u);
  EXPECT_EQ(limit_of(query("limit=1000")).value(), 1000u);
  EXPECT_FALSE(limit_of(query("limit=0")));
  EXPECT_FALSE(limit_of(query("limit=1001")));
}

}  // namespace
}  // namespace sagewatch
