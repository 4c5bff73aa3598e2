#include "collector/http/event_stream.h"

#include <gmock/gmock.h>

namespace sagewatch {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Each event as "type|id|data".
std::vector<std::string> read(std::string_view text, std::size_t at_once) {
  std::vector<std::string> events;
  EventStreamReader reader{
      [&](const StreamedEvent& event) { events.push_back(event.type + "|" + event.id + "|" + event.data); }};
  for (std::size_t i = 0; i < text.size(); i += at_once) EXPECT_TRUE(reader.feed(text.substr(i, at_once)));
  return events;
}

TEST(EventStreamReader, ReadsEventsHoweverTheBytesCome) {
  constexpr const char* text =
      ": hello\nretry: 2000\nid: 1\n\nevent: transition\nid: 2\ndata: {\"a\":1}\n\ndata:x\ndata: y\n\n: beat\nid: 3\n\n"
      "data\n\n";
  for (const std::size_t at_once : {1u, 2u, 7u, 1000u})
    EXPECT_THAT(read(text, at_once), ElementsAre("transition|2|{\"a\":1}", "message|2|x\ny", "message|3|"));
}

TEST(EventStreamReader, TakesAnyEndOfLine) {
  EXPECT_THAT(read("data: a\r\n\r\ndata: b\r\rdata: c\n\n", 1), ElementsAre("message||a", "message||b", "message||c"));
}

TEST(EventStreamReader, DropsWhatTheEndCutOff) {
  EXPECT_THAT(read("data: a\n", 100), IsEmpty());
}

TEST(EventStreamReader, GivesUpOnAnEventWithoutEnd) {
  EventStreamReader reader{[](const StreamedEvent&) {}};
  const std::string much(1 << 20, 'x');
  bool goes_on = true;
  int fed = 0;
  for (; goes_on && fed < 100; ++fed) goes_on = reader.feed(much);
  EXPECT_FALSE(goes_on);
  EXPECT_LT(fed, 20);
}

TEST(EventStream, SaysThatNobodyListens) {
  const auto end = read_event_stream("http://127.0.0.1:1/", "", [](const StreamedEvent&) {});
  ASSERT_FALSE(end);
  EXPECT_FALSE(end.error().what.empty());
}

}  // namespace
}  // namespace sagewatch
