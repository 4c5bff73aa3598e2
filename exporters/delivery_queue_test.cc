#include "exporters/delivery_queue.h"

#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <set>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_owed_store.h"

namespace sagewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::AllOf;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::SizeIs;

const Attempt ok{Verdict::delivered, "", ""};
const Attempt unavailable{Verdict::retry, "ERROR_FROM_TARGET", "HTTP 503 from http://127.0.0.1:9000/hook"};
const Attempt refused{Verdict::give_up, "NO_RESOURCE", "HTTP 404 from http://127.0.0.1:9000/hook"};

TargetConfig webhook(std::string name) {
  TargetConfig config;
  config.name = std::move(name);
  config.type = WebhookConfig{.url = "http://127.0.0.1:9000/hook", .shown_url = "", .headers = {}};
  return config;
}
TargetConfig file(std::string name) {
  TargetConfig config;
  config.name = std::move(name);
  config.type = FileTargetConfig{"/var/log/matches.jsonl"};
  return config;
}

// A daemon in small: the queue over a store that outlives it, targets that answer as a test says, and time that goes
// on only when nothing else is to be done.
class House {
 public:
  explicit House(std::vector<TargetConfig> with = {webhook("pager")}, QueueLimits most = {})
      : targets(std::move(with)), limits(most) {
    restart();
  }

  void restart() {  // as after kill -9: nothing but the store is left
    queue = std::make_unique<DeliveryQueue>(store, events, limits, seeded_random(7), now());
    hanging.clear();
    removed = queue->configure(targets, {}, now());
  }
  Moment now() const { return Moment::of(clock); }

  Owed row(const std::string& target, std::uint64_t offset) const {
    Owed owed;
    owed.target = target;
    owed.position = {0, offset};
    owed.bus = "default";
    owed.rule = "failed";
    owed.target_id = "id";
    owed.received = clock.now();
    owed.bytes = 14;
    return owed;
  }
  // What a shard does: write, then tell.
  void accept(const std::string& target, std::uint64_t offset) { accept(row(target, offset)); }
  void accept(const Owed& owed) {
    store.put(owed);
    queue->arrived({{owed, std::make_shared<const std::string>(FakeEvents::json(owed.position))}}, now());
  }

  // One turn: everything that is to be done now, answered at once.
  bool turn() {
    auto work = queue->next(now());
    for (auto& [ticket, letter] : work.letters) {
      letters_offered++;
      if (log_refuses) {
        queue->buried(ticket, not_now("the disk is full"), now());
      } else {
        EXPECT_TRUE(buried.insert(letter.target + letter.delivery_id).second) << "a second dead letter";
        letters.push_back(letter);
        queue->buried(ticket, {}, now());
      }
    }
    for (auto& [ticket, delivery] : work.attempts) {
      attempts.push_back(delivery);
      attempted_at[delivery.target].push_back(clock.now());
      const auto answer = answers.contains(delivery.target) ? answers[delivery.target](delivery) : std::optional(ok);
      if (!answer) {
        hanging.emplace_back(ticket, delivery);
        continue;
      }
      if (answer->verdict == Verdict::delivered) ++delivered[delivery.target + delivery.id];
      retries_in.push_back(queue->finished(ticket, *answer, now()));
    }
    return !work.attempts.empty() || !work.letters.empty();
  }
  // Lets time pass from one wish to wake to the next.
  void run(Nanos duration) {
    const UnixNanos end = clock.now() + duration;
    for (int turns = 0; turns < 2'000'000; ++turns) {
      if (turn()) continue;
      const auto wake = queue->next_wake(now());
      const Nanos left = end - clock.now();
      if (!wake || *wake - clock.instant() > left) {
        clock.pass(left);
        turn();
        return;
      }
      clock.pass(std::max(*wake - clock.instant(), Nanos{0}));
    }
    FAIL() << "the queue is busy without doing anything";
  }
  DeliveryQueue::Status status(const std::string& target) const {
    for (const auto& each : queue->status()) {
      if (each.target == target) return each;
    }
    return {};
  }
  void always(const std::string& target, const Attempt& attempt) {
    answers[target] = [attempt](const Delivery&) { return std::optional(attempt); };
  }
  void hang(const std::string& target) {
    answers[target] = [](const Delivery&) { return std::nullopt; };
  }

  FakeClock clock;
  FakeOwedStore store;
  FakeEvents events;
  std::vector<TargetConfig> targets;
  QueueLimits limits;
  std::map<std::string, std::function<std::optional<Attempt>(const Delivery&)>> answers;
  bool log_refuses = false;
  int letters_offered = 0;
  std::vector<std::optional<Nanos>> retries_in;  // what finished() told, by attempt
  std::vector<DeliveryQueue::Removed> removed;
  std::vector<std::pair<DeliveryQueue::Ticket, Delivery>> hanging;
  std::vector<Delivery> attempts;
  std::map<std::string, std::vector<UnixNanos>> attempted_at;
  std::map<std::string, int> delivered;
  std::vector<DeadLetter> letters;
  std::set<std::string> buried;
  std::unique_ptr<DeliveryQueue> queue;
};

TEST(DeliveryQueue, DeliversAnArrivalFromMemoryAndSettlesIt) {
  House house;
  house.run(Seconds{1});
  house.accept("pager", 5);
  EXPECT_EQ(house.status("pager").owed_deliveries, 1u);
  house.run(Seconds{1});
  ASSERT_THAT(house.attempts, SizeIs(1));
  const Delivery& delivery = house.attempts[0];
  EXPECT_EQ(delivery.id, delivery_id({0, 5}, "default", "failed", "id"));
  EXPECT_EQ(*delivery.json, R"({"id":"e5"})");
  EXPECT_EQ(delivery.attempt, 1u);
  EXPECT_EQ(house.events.reads(), 0u) << "the bytes were in hand";
  EXPECT_THAT(house.store.rows("pager"), IsEmpty());
  EXPECT_EQ(house.status("pager").owed_deliveries, 0u);
  EXPECT_EQ(house.status("pager").delivered, 1u);
  EXPECT_EQ(house.status("pager").memory_bytes, 0u);
}

TEST(DeliveryQueue, WritesSettlementsTogetherWithin200Milliseconds) {
  House house;
  house.run(Seconds{1});
  for (std::uint64_t i = 0; i < 10; ++i) house.accept("pager", i);
  house.run(Millis{100});
  EXPECT_EQ(house.store.delivered(), 0u);
  house.run(Millis{100});
  EXPECT_EQ(house.store.delivered(), 10u);
  EXPECT_EQ(house.store.writes(), 1u);
}

TEST(DeliveryQueue, DeliversAtTheStartWhatWasOwedBefore) {
  House house({webhook("pager"), file("log")});
  for (std::uint64_t i = 0; i < 30'000; ++i) house.store.put(house.row("pager", i));
  for (std::uint64_t i = 0; i < 3; ++i) house.store.put(house.row("log", i));
  house.restart();
  EXPECT_EQ(house.status("pager").owed_deliveries, 30'000u);
  EXPECT_EQ(house.status("pager").oldest_received, house.clock.now());
  house.run(Seconds{2});
  EXPECT_EQ(house.store.delivered(), 30'003u);
  EXPECT_EQ(house.delivered.size(), 30'003u);
  EXPECT_EQ(house.store.unknown(), 0u);
  EXPECT_EQ(house.status("pager").owed_deliveries, 0u);
  EXPECT_FALSE(house.status("pager").oldest_received.known());
}

TEST(DeliveryQueue, KeepsItsMemoryBoundedWhileATargetHangsAndLosesNothing) {
  House house({webhook("pager")},
              {.memory_bytes = 64 * 1024, .target_rows = 50, .load_rows = 16, .letters_pending = 4, .breaker = {}});
  house.hang("pager");
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    house.accept("pager", i);
    if (i % 100 == 0) house.turn();
    ASSERT_LE(house.status("pager").memory_bytes, 64u * 1024);
  }
  house.run(Seconds{5});
  EXPECT_LE(house.status("pager").inflight, 16u);
  EXPECT_EQ(house.status("pager").owed_deliveries, 5'000u);
  house.answers.clear();
  for (const auto& [ticket, delivery] : std::exchange(house.hanging, {}))
    house.queue->finished(ticket, ok, house.now());
  house.run(Seconds{5});
  EXPECT_EQ(house.store.delivered(), 5'000u);
  EXPECT_EQ(house.store.unknown(), 0u) << "delivered twice";
}

TEST(DeliveryQueue, TakesWhatArrivesOutOfOrderAndLateExactlyOnce) {
  House house({webhook("pager")}, {.target_rows = 8, .load_rows = 3, .breaker = {}});
  const Random random = seeded_random(3);
  std::vector<Owed> silent;  // written, but the shard has not told yet
  for (std::uint64_t i = 0; i < 2'000; ++i) {
    const Owed row = house.row("pager", i ^ random(16));
    Owed unique = row;
    unique.target_id = std::to_string(i);
    house.store.put(unique);
    silent.push_back(unique);
    if (random(3) == 0) {
      std::vector<Arrival> told;
      while (!silent.empty() && random(4) != 0) {
        const auto which = static_cast<std::ptrdiff_t>(random(silent.size()));
        told.push_back({silent[static_cast<std::size_t>(which)], nullptr});
        silent.erase(silent.begin() + which);
      }
      house.queue->arrived(std::move(told), house.now());
    }
    if (random(5) == 0) house.run(Millis{static_cast<std::int64_t>(random(400))});
  }
  std::vector<Arrival> rest;
  for (const Owed& row : silent) rest.push_back({row, nullptr});
  house.queue->arrived(std::move(rest), house.now());
  house.run(Seconds{5});
  EXPECT_EQ(house.store.delivered(), 2'000u);
  EXPECT_EQ(house.attempts.size(), 2'000u);
  EXPECT_EQ(house.store.unknown(), 0u);
  EXPECT_EQ(house.status("pager").owed_deliveries, 0u);
}

TEST(DeliveryQueue, FindsRowsWhoseMessageWasDropped) {
  House house;
  house.run(Seconds{1});
  for (std::uint64_t i = 0; i < 10; ++i) house.store.put(house.row("pager", i));
  house.queue->missed(
      {.target = "pager", .lowest = {0, 0}, .deliveries = 10, .bytes = 140, .oldest_received = house.clock.now()},
      house.now());
  EXPECT_EQ(house.status("pager").owed_deliveries, 10u);
  house.run(Seconds{1});
  EXPECT_EQ(house.store.delivered(), 10u);
  EXPECT_EQ(house.status("pager").owed_deliveries, 0u);
}

TEST(DeliveryQueue, GivesUpAfter185RetriesWithExactlyOneDeadLetter) {
  House house;
  house.targets[0].retry.cap = minutes{1};  // so that attempts run out before the age does
  house.restart();
  house.always("pager", unavailable);
  const UnixNanos start = house.clock.now();
  house.accept("pager", 1);
  house.run(hours{24});
  ASSERT_THAT(house.letters, SizeIs(1));
  const DeadLetter& letter = house.letters[0];
  EXPECT_EQ(letter.reason, DeadLetterReason::retries_exhausted);
  EXPECT_EQ(letter.exhausted, Exhausted::attempts);
  EXPECT_EQ(letter.retry_attempts(), 185u);
  EXPECT_EQ(house.attempts.size(), 186u);
  EXPECT_EQ(letter.first_attempt, house.attempted_at["pager"].front());
  EXPECT_EQ(letter.last_attempt, house.attempted_at["pager"].back());
  EXPECT_EQ(letter.received, start);
  EXPECT_EQ(letter.error_code, "ERROR_FROM_TARGET");
  EXPECT_EQ(letter.event, R"({"id":"e1"})");
  EXPECT_EQ(letter.event_id, "e1");
  EXPECT_THAT(house.store.rows("pager"), IsEmpty());
  EXPECT_EQ(house.store.dead(), 1u);
  EXPECT_EQ(house.attempts.back().attempt, 186u);
}

TEST(DeliveryQueue, GivesUpWhenTheEventIsADayOld) {
  House house;
  house.targets[0].retry.attempts_max = 100'000;
  house.restart();
  house.always("pager", unavailable);
  house.accept("pager", 1);
  house.run(hours{24} - Seconds{1});
  EXPECT_THAT(house.letters, IsEmpty());
  house.run(Seconds{2});
  ASSERT_THAT(house.letters, SizeIs(1));
  EXPECT_EQ(house.letters[0].reason, DeadLetterReason::age_exceeded);
  EXPECT_STREQ(exhausted_condition(house.letters[0].exhausted), "MaximumEventAgeInSeconds");
  EXPECT_EQ(house.letters[0].attempts, house.attempts.size());
}

TEST(DeliveryQueue, PutsTheLinksOwnRetryPolicyBeforeTheTargets) {
  House house;
  house.always("pager", unavailable);
  Owed twice = house.row("pager", 1);
  twice.retry_attempts_max = 2;
  Owed never = house.row("pager", 2);
  never.retry_attempts_max = 0;
  Owed brief = house.row("pager", 3);
  brief.retry_age_max = Seconds{60};
  house.accept(twice);
  house.accept(never);
  house.accept(brief);
  house.run(minutes{10});
  ASSERT_THAT(house.letters, SizeIs(3));
  std::map<std::uint64_t, DeadLetter> by_position;
  for (const DeadLetter& letter : house.letters) by_position[letter.position.offset] = letter;
  EXPECT_EQ(by_position[1].attempts, 3u);
  EXPECT_EQ(by_position[2].attempts, 1u);
  EXPECT_EQ(by_position[3].reason, DeadLetterReason::age_exceeded);
  EXPECT_LE(by_position[3].written - by_position[3].received, Nanos{Seconds{61}});
}

TEST(DeliveryQueue, BuriesARefusedDeliveryAtOnce) {
  House house;
  house.always("pager", refused);
  house.accept("pager", 1);
  house.run(Seconds{1});
  ASSERT_THAT(house.letters, SizeIs(1));
  EXPECT_EQ(house.letters[0].reason, DeadLetterReason::permanent);
  EXPECT_EQ(house.letters[0].error_code, "NO_RESOURCE");
  EXPECT_EQ(house.letters[0].exhausted, Exhausted::nothing);
  EXPECT_EQ(house.attempts.size(), 1u);
  EXPECT_EQ(house.status("pager").dead_letters[static_cast<std::size_t>(DeadLetterReason::permanent)], 1u);
}

TEST(DeliveryQueue, CostsADeadHostOneProbeAMinuteAndNotOneAttemptPerEvent) {
  House house;
  house.always("pager", unavailable);
  for (std::uint64_t i = 0; i < 20'000; ++i) house.accept("pager", i);
  house.run(hours{1});
  EXPECT_TRUE(house.status("pager").breaker_open);
  EXPECT_THAT(house.attempts, SizeIs(AllOf(Ge(60u), Le(80u))));
  EXPECT_EQ(house.status("pager").owed_deliveries, 20'000u);
  const auto before = house.attempts.size();
  house.always("pager", ok);
  house.run(minutes{11});
  EXPECT_EQ(house.store.delivered(), 20'000u);
  EXPECT_FALSE(house.status("pager").breaker_open);
  EXPECT_LE(house.attempts.size() - before, 20'000u);
}

TEST(DeliveryQueue, ExpiresTheBacklogOfATargetThatStaysDown) {
  House house({webhook("pager")}, {.target_rows = 64, .load_rows = 32, .letters_pending = 8, .breaker = {}});
  house.always("pager", unavailable);
  for (std::uint64_t i = 0; i < 1'000; ++i) house.accept("pager", i);
  house.run(hours{24} - minutes{2});
  EXPECT_LE(house.letters.size(), 100u) << "only those whose 185 retries ran out";
  house.run(minutes{3});
  EXPECT_THAT(house.letters, SizeIs(1'000));
  EXPECT_EQ(house.store.dead(), 1'000u);
  for (const DeadLetter& letter : house.letters) EXPECT_EQ(letter.error_code, "ERROR_FROM_TARGET");
}

TEST(DeliveryQueue, TriesOnceWhatGotOldWhileTheDaemonWasDown) {
  House house;
  house.store.put(house.row("pager", 1));
  house.clock.pass(hours{50});
  house.restart();
  house.run(Seconds{1});
  EXPECT_EQ(house.store.delivered(), 1u);
  EXPECT_THAT(house.letters, IsEmpty());
}

TEST(DeliveryQueue, LetsADeadTargetOfTenSlowNobody) {
  std::vector<TargetConfig> ten;
  for (int i = 0; i < 10; ++i) ten.push_back(webhook("t" + std::to_string(i)));
  House house(ten);
  house.hang("t3");
  house.always("t4", unavailable);
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    for (int t = 0; t < 10; ++t) house.accept("t" + std::to_string(t), i);
  }
  house.run(Millis{1});
  for (int t = 0; t < 10; ++t) {
    if (t == 3 || t == 4) continue;
    EXPECT_THAT(house.attempted_at["t" + std::to_string(t)], SizeIs(1'000)) << t;
  }
  EXPECT_THAT(house.attempted_at["t3"], SizeIs(1)) << "it starts gently, and the first never answered";
}

TEST(DeliveryQueue, AsksARecoveredTargetGently) {
  House house;
  house.always("pager", unavailable);
  for (std::uint64_t i = 0; i < 100; ++i) house.accept("pager", i);
  house.run(minutes{5});
  ASSERT_TRUE(house.status("pager").breaker_open);
  house.hang("pager");
  std::vector<std::size_t> together;
  house.run(minutes{2});
  for (int round = 0; round < 6; ++round) {
    const auto pending = std::exchange(house.hanging, {});
    together.push_back(pending.size());
    for (const auto& [ticket, delivery] : pending) house.queue->finished(ticket, ok, house.now());
    house.run(Millis{500});
  }
  EXPECT_THAT(together, ElementsAre(1, 1, 2, 8, 16, 16));
}

TEST(DeliveryQueue, StallsATargetWhoseDeadLettersCannotBeWrittenAndRecovers) {
  House house({webhook("pager"), webhook("chat")});
  house.always("pager", refused);
  house.log_refuses = true;
  for (std::uint64_t i = 0; i < 100; ++i) {
    house.accept("pager", i);
    house.accept("chat", i);
  }
  house.run(minutes{10});
  EXPECT_TRUE(house.status("pager").stalled);
  EXPECT_THAT(house.status("pager").last_error, HasSubstr("dead letters cannot be written: the disk is full"));
  EXPECT_LE(house.letters_offered, 150);
  EXPECT_EQ(house.store.dead(), 0u);
  EXPECT_EQ(house.store.delivered(), 100u) << "chat";
  EXPECT_THAT(house.store.rows("pager"), SizeIs(100));
  house.log_refuses = false;
  house.run(minutes{2});
  EXPECT_FALSE(house.status("pager").stalled);
  EXPECT_THAT(house.letters, SizeIs(100));
  EXPECT_EQ(house.store.dead(), 100u);
}

TEST(DeliveryQueue, HonoursRetryAfterUpToTheCap) {
  House house;
  Attempt later = unavailable;
  later.retry_after = Seconds{30};
  house.always("pager", later);
  house.accept("pager", 1);
  house.run(Seconds{29});
  EXPECT_THAT(house.attempts, SizeIs(1));
  house.run(Seconds{2});
  EXPECT_THAT(house.attempts, SizeIs(2));
  later.retry_after = Seconds::max();
  house.always("pager", later);
  house.run(Seconds{30});
  EXPECT_THAT(house.attempts, SizeIs(3));
  house.run(minutes{9});
  EXPECT_THAT(house.attempts, SizeIs(3));
  house.run(minutes{1});
  EXPECT_THAT(house.attempts, SizeIs(4));
}

TEST(DeliveryQueue, TurnsWhatIsOwedToARemovedTargetIntoDeadLetters) {
  House house({webhook("pager"), webhook("chat")});
  house.always("chat", unavailable);
  house.hang("pager");
  for (std::uint64_t i = 0; i < 3'000; ++i) house.accept("pager", i);
  house.accept("chat", 1);
  house.run(Seconds{1});
  ASSERT_THAT(house.hanging, SizeIs(1));
  house.targets = {webhook("chat")};
  const auto removed = house.queue->configure(house.targets, {}, house.now());
  ASSERT_THAT(removed, SizeIs(1));
  EXPECT_EQ(removed[0].target, "pager");
  EXPECT_EQ(removed[0].deliveries, 3'000u);
  house.run(Seconds{1});
  EXPECT_THAT(house.letters, SizeIs(2'999)) << "one is still under way";
  EXPECT_THAT(house.letters, Each(Field(&DeadLetter::reason, DeadLetterReason::target_removed)));
  house.queue->finished(house.hanging[0].first, unavailable, house.now());
  house.run(Seconds{1});
  EXPECT_THAT(house.letters, SizeIs(3'000));
  EXPECT_THAT(house.store.rows("pager"), IsEmpty());
  EXPECT_THAT(house.store.rows("chat"), SizeIs(1));
}

TEST(DeliveryQueue, FindsRemovedTargetsAfterARestart) {
  House house({webhook("pager")});
  house.always("pager", unavailable);
  for (std::uint64_t i = 0; i < 20; ++i) house.accept("pager", i);
  house.run(Seconds{2});  // some were tried, most were not
  house.targets = {webhook("other")};
  house.restart();
  ASSERT_THAT(house.removed, SizeIs(1));
  EXPECT_EQ(house.removed[0].deliveries, 20u);
  house.run(Seconds{1});
  EXPECT_THAT(house.letters, SizeIs(20));
  EXPECT_EQ(house.store.unknown(), 0u);
}

TEST(DeliveryQueue, OwesATargetOfAnotherTypeOnlyWhatCameAfterTheChange) {
  House house;
  house.always("pager", unavailable);
  for (std::uint64_t i = 0; i < 20; ++i) house.accept("pager", i);
  house.run(Seconds{1});
  house.always("pager", ok);
  house.targets = {file("pager")};
  const auto removed = house.queue->configure(house.targets, {0, 20}, house.now());
  ASSERT_THAT(removed, SizeIs(1));
  EXPECT_TRUE(removed[0].other_type);
  house.accept("pager", 20);
  house.run(minutes{1});
  EXPECT_THAT(house.letters, SizeIs(20));
  EXPECT_EQ(house.store.delivered(), 1u);
}

TEST(DeliveryQueue, DeliversToATargetThatCameBack) {
  House house({webhook("pager")}, {.target_rows = 4, .load_rows = 2, .letters_pending = 1, .breaker = {}});
  for (std::uint64_t i = 0; i < 100; ++i) house.accept("pager", i);
  house.log_refuses = true;
  (void)house.queue->configure({}, {}, house.now());
  house.run(Seconds{10});
  house.log_refuses = false;
  (void)house.queue->configure(house.targets, {}, house.now());
  house.run(minutes{2});
  EXPECT_GT(house.store.delivered(), 80u);
  EXPECT_EQ(house.store.delivered() + house.store.dead(), 100u);
}

TEST(DeliveryQueue, LeavesCancelledAttemptsOwedAsIfTheyHadNotBeenMade) {
  House house;
  house.hang("pager");
  for (std::uint64_t i = 0; i < 10; ++i) house.accept("pager", i);
  house.run(Seconds{1});
  ASSERT_THAT(house.hanging, SizeIs(1));
  house.queue->stop();
  house.queue->finished(house.hanging[0].first, {Verdict::retry, cancelled_code, "shutting down"}, house.now());
  EXPECT_FALSE(house.turn()) << "nothing starts any more";
  ASSERT_TRUE(house.queue->flush(house.now()));
  EXPECT_THAT(house.store.rows("pager"), SizeIs(10));
  EXPECT_THAT(house.store.rows("pager"), Each(Field(&Owed::attempts, 0u)));
  house.answers.clear();
  house.restart();
  house.run(Seconds{1});
  EXPECT_EQ(house.store.delivered(), 10u);
}

TEST(DeliveryQueue, RecordsADeliveryThatSucceedsDuringTheShutdown) {
  House house;
  house.hang("pager");
  house.accept("pager", 1);
  house.run(Seconds{1});
  house.queue->stop();
  house.queue->finished(house.hanging.at(0).first, ok, house.now());
  ASSERT_TRUE(house.queue->flush(house.now()));
  EXPECT_EQ(house.store.delivered(), 1u);
}

TEST(DeliveryQueue, NeitherExpiresNorStormsWhenTheWallClockJumps) {
  for (const Nanos jump : {Nanos{hours{1}}, -Nanos{hours{1}}}) {
    House house;
    house.always("pager", unavailable);
    Owed brief = house.row("pager", 1);
    brief.retry_age_max = Seconds{3'000};
    house.accept(brief);
    house.accept("pager", 2);
    house.run(minutes{10});
    const auto before = house.attempts.size();
    house.clock.jump(jump);
    Owed newer = house.row("pager", 3);
    newer.retry_age_max = Seconds{3'000};
    house.accept(newer);
    house.run(Seconds{59});
    EXPECT_THAT(house.letters, IsEmpty()) << jump.count();
    EXPECT_LE(house.attempts.size() - before, 3u) << jump.count();
    EXPECT_GE(house.attempts.size() - before, 1u) << jump.count();
  }
}

TEST(DeliveryQueue, TellsWithEachFailureWhenTheDeliveryIsTriedAgain) {
  House house;
  house.always("pager", unavailable);
  house.accept("pager", 1);
  house.run(hours{1});
  ASSERT_THAT(house.retries_in, SizeIs(Ge(8u)));  // the breaker is open from the fifth on
  const auto& at = house.attempted_at["pager"];
  for (std::size_t i = 0; i + 1 < at.size(); ++i) EXPECT_EQ(house.retries_in[i], at[i + 1] - at[i]) << i;
  house.always("pager", ok);
  house.run(hours{1});
  EXPECT_EQ(house.retries_in.back(), std::nullopt) << "it was made";
  house.always("pager", refused);
  house.accept("pager", 2);
  house.run(Seconds{1});
  EXPECT_EQ(house.retries_in.back(), std::nullopt) << "it is given up";
  house.always("pager", unavailable);
  Owed once = house.row("pager", 3);
  once.retry_attempts_max = 0;
  house.accept(once);
  house.run(Seconds{1});
  EXPECT_EQ(house.retries_in.back(), std::nullopt) << "it is exhausted";
}

TEST(DeliveryQueue, WaitsNoLongerThanTheCapWhenTheClockWasSetBackBetweenTwoRuns) {
  House house;
  house.always("pager", unavailable);
  house.accept("pager", 1);
  house.run(minutes{5});
  const auto before = house.attempts.size();
  house.clock.jump(-hours{5});
  house.restart();
  house.run(minutes{10} + Seconds{1});
  EXPECT_GT(house.attempts.size(), before);
}

TEST(DeliveryQueue, HoldsBackWhileTheStoreTakesNoSettlements) {
  House house;
  house.run(Seconds{1});
  house.store.fail(true);
  for (std::uint64_t i = 0; i < 5; ++i) house.accept("pager", i);
  house.run(Seconds{2});
  const auto before = house.attempts.size();
  for (std::uint64_t i = 5; i < 50; ++i) house.accept("pager", i);
  house.run(Seconds{30});
  EXPECT_EQ(house.attempts.size(), before) << "what cannot be settled would be delivered again";
  EXPECT_THAT(house.status("pager").last_error, HasSubstr("full"));
  house.store.fail(false);
  house.run(Seconds{5});
  EXPECT_EQ(house.store.delivered(), 50u);
  EXPECT_EQ(house.attempts.size(), 50u);
}

TEST(DeliveryQueue, BuriesWhatTheJournalNoLongerHolds) {
  House house;
  house.events.trim({0, 1});
  for (std::uint64_t i = 0; i < 3; ++i) house.store.put(house.row("pager", i));
  house.restart();
  house.run(Seconds{1});
  EXPECT_EQ(house.store.delivered(), 2u);
  ASSERT_THAT(house.letters, SizeIs(1));
  EXPECT_EQ(house.letters[0].reason, DeadLetterReason::permanent);
  EXPECT_THAT(house.letters[0].error_message, HasSubstr("trimmed"));
  EXPECT_EQ(house.letters[0].event, "");
  EXPECT_EQ(house.events.reads(), 3u) << "what is not there is not looked for again";
}

TEST(DeliveryQueue, WaitsForAJournalThatCannotBeReadJustNow) {
  House house;
  house.events.unreadable(true);
  house.store.put(house.row("pager", 1));
  house.restart();
  house.run(minutes{1});
  EXPECT_THAT(house.attempts, IsEmpty());
  EXPECT_LE(house.events.reads(), 62u);
  house.events.unreadable(false);
  house.run(Seconds{2});
  EXPECT_EQ(house.store.delivered(), 1u);
}

// The promise of the whole: whenever the process dies, every row is delivered at least once or has one dead letter.
TEST(DeliveryQueue, LosesNothingWheneverTheProcessDies) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    House house({webhook("pager"), file("log")},
                {.target_rows = 16, .load_rows = 4, .letters_pending = 2, .settlements_max = 8, .breaker = {}});
    const Random random = seeded_random(seed);
    const auto moody = [&](const Delivery&) -> std::optional<Attempt> {
      switch (random(6)) {
        case 0:
          return unavailable;
        case 1:
          return refused;
        case 2:
          return std::nullopt;
        default:
          return ok;
      }
    };
    house.answers["pager"] = house.answers["log"] = moody;
    std::uint64_t offset = 0;
    for (int step = 0; step < 150; ++step) {
      switch (random(8)) {
        case 0:
          house.buried.clear();  // a crash between log and store may offer a letter again: the log knows its id
          house.restart();
          break;
        case 1:
          house.store.fail(random(2) == 0);
          break;
        case 2:
          house.log_refuses = random(2) == 0;
          break;
        case 3:
          for (const auto& [ticket, delivery] : std::exchange(house.hanging, {})) {
            const auto answer = random(2) == 0 ? ok : unavailable;
            if (answer.verdict == Verdict::delivered) ++house.delivered[delivery.target + delivery.id];
            house.queue->finished(ticket, answer, house.now());
          }
          break;
        case 4:
          house.run(Millis{static_cast<std::int64_t>(random(5'000))});
          break;
        default:
          for (std::uint64_t i = random(10); i > 0; --i, ++offset) {
            house.accept("pager", offset);
            house.accept("log", offset);
          }
      }
      house.turn();
    }
    house.store.fail(false);
    house.log_refuses = false;
    house.answers.clear();
    house.buried.clear();
    house.restart();
    house.run(hours{1});
    std::set<std::string> ended;
    for (const auto& [id, times] : house.delivered) ended.insert(id);
    for (const DeadLetter& letter : house.letters) ended.insert(letter.target + letter.delivery_id);
    EXPECT_EQ(ended.size(), 2 * offset) << "seed " << seed;
    EXPECT_EQ(house.store.delivered() + house.store.dead(), 2 * offset) << "seed " << seed;
    EXPECT_EQ(house.store.unknown(), 0u) << "seed " << seed;
    for (const auto& status : house.queue->status()) {
      EXPECT_EQ(status.owed_deliveries, 0u);
      EXPECT_EQ(status.memory_bytes, 0u);
    }
  }
}

}  // namespace
}  // namespace sagewatch
