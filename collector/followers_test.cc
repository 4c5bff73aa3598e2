#include "collector/followers.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <thread>

#include "collector/http/stream.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/sample_fleet.h"

namespace sagewatch {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class FollowersTest : public testing::Test {
 protected:
  ~FollowersTest() override { followers_.stop(); }

  HttpResponse follow(const ResourceFilter::Words& words = {}, std::string_view last_id = "") {
    return followers_.add(ResourceFilter::read(words, clock_.now()).value(), last_id);
  }
  void tell(const std::string& name, std::uint8_t status = job_in_progress, std::size_t times = 1) {
    Resource job = sample_job(name);
    job.status[0] = status;
    std::vector<ToldTransition> told;
    for (std::size_t i = 0; i < times; ++i) told.push_back(ToldTransition::of(nullptr, &job));
    feed_.publish(std::move(told));
  }
  // Takes from the stream until `text` has come, or patience ends.
  static std::string taken_until(HttpStream& stream, const std::string& text) {
    std::string all;
    const auto end = std::chrono::steady_clock::now() + Seconds{20};
    while (all.find(text) == std::string::npos && std::chrono::steady_clock::now() < end) {
      all += stream.take().bytes;
      std::this_thread::yield();
    }
    return all;
  }
  template <class Fact>
  static bool comes_true(const Fact& fact) {
    const auto end = std::chrono::steady_clock::now() + Seconds{20};
    while (!fact() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    return fact();
  }
  double dropped(const char* reason) { return instruments_.followers_dropped.Add({{"reason", reason}}).Value(); }
  double following() { return instruments_.followers.Add({}).Value(); }
  static std::string id_in(const std::string& text) {
    const auto begin = text.rfind("id: ") + 4;
    return text.substr(begin, text.find('\n', begin) - begin);
  }

  FakeClock clock_;
  Instruments instruments_;
  TransitionFeed feed_{200'000};
  Followers followers_{
      feed_,
      clock_,
      instruments_,
      {.followers_max = 3, .stream_bytes_max = 4'000, .heartbeat = Millis{40}, .feed_kept = Seconds{60}}};
};

TEST_F(FollowersTest, AreSentTransitionsWithTheResourceAndWhatChanged) {
  const HttpResponse response = follow();
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/event-stream");
  tell("resnet-7", job_failed);
  const std::string sent = taken_until(*response.stream, "resnet-7");
  EXPECT_THAT(sent, StartsWith(": following\nretry: 2000\nid: "));
  EXPECT_THAT(sent, AllOf(HasSubstr("\nevent: transition\ndata: {\"id\":\""), HasSubstr("\"before\":null,\"after\":{"),
                          HasSubstr("\"status\":\"Failed\""), HasSubstr("\"resource\":{\"arn\":")));
}

TEST_F(FollowersTest, AreSentOnlyWhatTheirFilterTakes) {
  const HttpResponse failed = follow({{"status", "Failed"}});
  const HttpResponse all = follow();
  tell("one");
  tell("two", job_failed);
  EXPECT_THAT(taken_until(*all.stream, "two"), HasSubstr("one"));
  EXPECT_THAT(taken_until(*failed.stream, "two"), Not(HasSubstr("one")));
}

TEST_F(FollowersTest, GoOnBehindTheIdTheyHadLast) {
  HttpResponse first = follow();
  tell("one");
  const std::string last = id_in(taken_until(*first.stream, "one"));
  first.stream->close(HttpStream::Put::ended);
  tell("two");
  const HttpResponse again = follow({}, last);
  EXPECT_THAT(taken_until(*again.stream, "two"), AllOf(Not(HasSubstr("one")), Not(HasSubstr("event: gap"))));
}

TEST_F(FollowersTest, AreToldOfAGapWhenTheirIdIsTooOld) {
  HttpResponse first = follow();
  const std::string last = id_in(taken_until(*first.stream, "id: "));
  first.stream->close(HttpStream::Put::ended);
  tell("many", job_in_progress, 2'000);  // more than the feed keeps
  tell("newest");
  const HttpResponse again = follow({}, last);
  EXPECT_THAT(taken_until(*again.stream, "event: transition"),
              AllOf(HasSubstr("event: gap\ndata: {\"reason\":\"too_old\""), HasSubstr("GET /api/v1/resources")));
}

TEST_F(FollowersTest, AreToldOfAGapWhenTheirIdIsOfAnotherRun) {
  EXPECT_THAT(taken_until(*follow({}, "1f-7").stream, "event: gap"), HasSubstr("id: "));
  const HttpResponse future = follow({}, id_in(taken_until(*follow().stream, "id: ")) + "7");
  EXPECT_THAT(taken_until(*future.stream, "event: gap"), HasSubstr("id: "));
}

TEST_F(FollowersTest, AreRefusedWithAnIdThatWasNeverSent) {
  for (const char* id : {"x", "12", "-", "12-", "12-x", "12-3 "}) EXPECT_EQ(follow({}, id).status, 400) << id;
}

TEST_F(FollowersTest, AreBoundedAndCounted) {
  const HttpResponse a = follow(), b = follow(), c = follow();
  EXPECT_EQ(following(), 3);
  const HttpResponse refused = follow();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.stream, nullptr);
  EXPECT_EQ(dropped("too_many"), 1);
  b.stream->close(HttpStream::Put::ended);
  EXPECT_TRUE(comes_true([&] { return following() == 2; }));
  EXPECT_EQ(follow().status, 200);
}

TEST_F(FollowersTest, HearAHeartbeatWithTheIdThatStandsNow) {
  const HttpResponse response = follow({{"status", "Failed"}});
  tell("one");
  tell("two");
  taken_until(*response.stream, "id: ");
  EXPECT_TRUE(comes_true([&] {
    clock_.pass(Millis{50});
    return taken_until(*response.stream, ": heartbeat\nid: ").find("-2\n\n") != std::string::npos;
  }));
}

// The fast one is not held up, and the slow one is no burden for ever.
TEST_F(FollowersTest, AreDroppedWhenTheFeedGoesPastThem) {
  const HttpResponse slow = follow();
  const HttpResponse fast = follow();
  taken_until(*fast.stream, "id: ");
  for (int i = 0; i < 100 && dropped("overtaken") == 0; ++i) {
    const std::string name = "burst-" + std::to_string(i);
    tell(name, job_in_progress, 20);
    ASSERT_THAT(taken_until(*fast.stream, name), HasSubstr(name));
    for (std::string rest = "-"; !rest.empty();) rest = fast.stream->take().bytes;
  }
  EXPECT_TRUE(comes_true([&] { return dropped("overtaken") == 1; }));
  EXPECT_TRUE(comes_true([&] { return following() == 1; }));
  EXPECT_EQ(slow.stream->state(), HttpStream::Put::ended);
}

TEST_F(FollowersTest, AreCountedWhenTheirConnectionStalled) {
  const HttpResponse response = follow();
  response.stream->close(HttpStream::Put::stalled);
  EXPECT_TRUE(comes_true([&] { return dropped("stalled") == 1 && following() == 0; }));
}

TEST_F(FollowersTest, LetTheFeedRestWhenNobodyCameBack) {
  const HttpResponse response = follow();
  EXPECT_TRUE(feed_.is_wanted());
  response.stream->close(HttpStream::Put::ended);
  ASSERT_TRUE(comes_true([&] { return following() == 0; }));
  clock_.pass(Seconds{50});
  std::this_thread::sleep_for(Millis{100});
  EXPECT_TRUE(feed_.is_wanted());
  clock_.pass(Seconds{50});
  EXPECT_TRUE(comes_true([&] { return !feed_.is_wanted(); }));
}

TEST_F(FollowersTest, AreToldOfTheEnd) {
  const HttpResponse response = follow();
  followers_.stop();
  const HttpStream::Taken last = response.stream->take();
  EXPECT_THAT(last.bytes, HasSubstr("event: end\ndata: {\"reason\":\"shutdown\""));
  EXPECT_TRUE(last.at_end);
  EXPECT_EQ(follow().status, 503);
}

}  // namespace
}  // namespace sagewatch
