#include "collector/dispatcher.h"

#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "collector/clock.h"
#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_owed_store.h"
#include "tests/target_contract.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// Answers on a thread of its own, as real targets do; or holds everything, or refuses everything.
class ThreadedTarget : public Target {
 public:
  enum class Mood : std::uint8_t { deliver, hold, refuse };
  ~ThreadedTarget() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }
  void attempt(const Delivery& delivery, std::function<void(Attempt)> done) override {
    {
      std::lock_guard lock(mutex_);
      waiting_.emplace_back(delivery.id, std::move(done));
    }
    wake_.notify_one();
  }
  void set(Mood mood) {
    {
      std::lock_guard lock(mutex_);
      mood_ = mood;
    }
    wake_.notify_one();
  }
  std::size_t delivered() {
    std::lock_guard lock(mutex_);
    return delivered_.size();
  }
  std::size_t waiting() {
    std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  void run() {
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return stopping_ || (mood_ != Mood::hold && !waiting_.empty()); });
      if (stopping_) return;
      const Attempt answer = mood_ == Mood::deliver ? Attempt{Verdict::delivered, "", ""}
                                                    : Attempt{Verdict::give_up, "NO_RESOURCE", "HTTP 404"};
      auto batch = std::exchange(waiting_, {});
      if (mood_ == Mood::deliver) {
        for (const auto& [id, done] : batch) delivered_.insert(id);
      }
      lock.unlock();
      for (const auto& [id, done] : batch) done(answer);
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<std::string, std::function<void(Attempt)>>> waiting_;
  std::set<std::string> delivered_;
  Mood mood_ = Mood::deliver;
  bool stopping_ = false;
  std::thread thread_{[this] { run(); }};
};

class KeptLetters : public DeadLetterLog {
 public:
  void append(DeadLetter letter, std::function<void(Done)> done) override {
    const bool refused = refusing_;
    if (!refused) {
      std::lock_guard lock(mutex_);
      letters_.push_back(std::move(letter));
    }
    done(refused ? Done(not_now("the disk is full")) : Done());
  }
  std::size_t size() {
    std::lock_guard lock(mutex_);
    return letters_.size();
  }
  std::atomic<bool> refusing_{false};

 private:
  std::mutex mutex_;
  std::vector<DeadLetter> letters_;
};

class DispatcherTest : public testing::Test {
 protected:
  DispatcherParts parts() { return parts(clock); }
  DispatcherParts parts(const Clock& time) {
    return {.owed = store,
            .events = events,
            .dead_letters = letters,
            .clock = time,
            .instruments = instruments,
            .make_target = [this](const TargetConfig& config) -> Result<std::shared_ptr<Target>> {
              if (config.name == "bad") return no("targets.bad: the directory does not exist");
              ++made;
              auto& target = targets[config.name];
              target = std::make_shared<ThreadedTarget>();
              return std::shared_ptr<Target>(target);
            }};
  }
  static TargetConfig config(const std::string& name, std::uint32_t concurrency = 16) {
    TargetConfig target;
    target.name = name;
    target.type = WebhookConfig{.url = "http://127.0.0.1:9000/" + name, .shown_url = "", .headers = {}};
    target.send.concurrency_max = concurrency;
    return target;
  }
  std::vector<Arrival> apply(const std::string& target, std::uint64_t from, std::uint64_t to) {
    std::vector<Arrival> arrivals;
    for (std::uint64_t i = from; i < to; ++i) {
      Owed row;
      row.target = target;
      row.position = {0, i};
      row.bus = "default";
      row.rule = "r";
      row.target_id = "id";
      row.received = clock.now();
      row.bytes = 10;
      store.put(row);
      arrivals.push_back({row, std::make_shared<const std::string>(FakeEvents::json(row.position))});
    }
    return arrivals;
  }
  static std::uint64_t owed(const Dispatcher& dispatcher, const std::string& target) {
    for (const auto& status : dispatcher.status()) {
      if (status.target == target) return status.owed_deliveries;
    }
    return 0;
  }
  double figure(const std::string& family, const std::string& target, const std::string& label = "") {
    for (const auto& each : instruments.registry.Collect()) {
      if (each.name != family) continue;
      for (const auto& metric : each.metric) {
        bool mine = false;
        bool right = label.empty();
        for (const auto& pair : metric.label) {
          mine = mine || (pair.name == "target" && pair.value == target);
          right = right || pair.value == label;
        }
        if (mine && right)
          return each.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
      }
    }
    return -1;
  }

  SystemClock clock;
  FakeOwedStore store;
  FakeEvents events;
  KeptLetters letters;
  Instruments instruments;
  std::map<std::string, std::shared_ptr<ThreadedTarget>> targets;
  int made = 0;
};

TEST_F(DispatcherTest, DeliversWhatManyShardsBringToManyTargetsOnce) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a"), config("b"), config("c")}, {}));
  {
    std::vector<std::jthread> shards;
    shards.reserve(4);
    for (std::uint64_t shard = 0; shard < 4; ++shard) {
      shards.emplace_back([&, shard] {
        for (std::uint64_t batch = 0; batch < 20; ++batch) {
          for (const char* target : {"a", "b", "c"}) {
            const std::uint64_t from = (shard * 20 + batch) * 25;
            dispatcher.arrived(apply(target, from, from + 25));
          }
        }
      });
    }
  }
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 6'000; })) << store.delivered();
  EXPECT_EQ(store.unknown(), 0u);
  for (auto& [name, target] : targets) EXPECT_EQ(target->delivered(), 2'000u);
  EXPECT_TRUE(comes_true([&] { return owed(dispatcher, "a") == 0; }));
  EXPECT_TRUE(comes_true([&] { return figure("sagewatch_target_deliveries_total", "a", "delivered") == 2'000; }));
  EXPECT_EQ(figure("sagewatch_target_attempts_total", "a", "success"), 2'000);
  EXPECT_EQ(figure("sagewatch_target_owed_deliveries", "a"), 0);
}

TEST_F(DispatcherTest, ShowsEveryFigureOfATargetFromTheStart) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  for (const char* outcome : {"delivered", "dead_letter"}) {
    EXPECT_EQ(figure("sagewatch_target_deliveries_total", "a", outcome), 0) << outcome;
  }
  for (const char* kind : {"success", "retriable", "permanent"}) {
    EXPECT_EQ(figure("sagewatch_target_attempts_total", "a", kind), 0) << kind;
  }
  for (const auto reason : dead_letter_reasons) {
    EXPECT_EQ(figure("sagewatch_dead_letters_written_total", "a", to_string(reason)), 0);
  }
  EXPECT_EQ(figure("sagewatch_target_breaker_open", "a"), 0);
  EXPECT_EQ(figure("sagewatch_target_oldest_owed_age_seconds", "a"), 0);
}

TEST_F(DispatcherTest, ShowsTheFiguresOfATargetThatIsGoneForAWhileAndThenNoMore) {
  FakeClock time;
  Dispatcher dispatcher(parts(time));
  ASSERT_TRUE(dispatcher.configure({config("a"), config("b")}, {}));
  dispatcher.arrived(apply("b", 0, 3));
  EXPECT_TRUE(comes_true([&] {
    time.pass(Millis{100});
    return figure("sagewatch_target_deliveries_total", "b", "delivered") == 3;
  }));
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  EXPECT_EQ(figure("sagewatch_target_deliveries_total", "b", "delivered"), 3);
  time.pass(std::chrono::minutes{15});
  EXPECT_TRUE(comes_true([&] { return figure("sagewatch_target_owed_deliveries", "b") == -1; }));
  for (const auto& family : instruments.registry.Collect()) {
    if (family.name == "sagewatch_dead_letters") continue;
    for (const auto& metric : family.metric) {
      for (const auto& label : metric.label) EXPECT_NE(label.value, "b") << family.name;
    }
  }
  EXPECT_EQ(figure("sagewatch_target_owed_deliveries", "a"), 0);
  ASSERT_TRUE(dispatcher.configure({config("a"), config("b")}, {}));
  EXPECT_EQ(figure("sagewatch_target_deliveries_total", "b", "dead_letter"), 0) << "it is back";
}

TEST_F(DispatcherTest, LosesNothingWhenTheMailboxIsFull) {
  auto small = parts();
  small.mailbox_bytes_max = 2'000;  // three rows
  Dispatcher dispatcher(std::move(small));
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  for (std::uint64_t i = 0; i < 50; ++i) dispatcher.arrived(apply("a", i * 20, i * 20 + 20));
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 1'000; })) << store.delivered();
  EXPECT_EQ(store.unknown(), 0u);
  EXPECT_TRUE(comes_true([&] { return owed(dispatcher, "a") == 0; }));
}

TEST_F(DispatcherTest, LetsAHangingTargetSlowNobody) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a"), config("b")}, {}));
  targets["a"]->set(ThreadedTarget::Mood::hold);
  dispatcher.arrived(apply("a", 0, 500));
  dispatcher.arrived(apply("b", 0, 500));
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 500; }));
  EXPECT_EQ(targets["b"]->delivered(), 500u);
  EXPECT_TRUE(comes_true([&] { return owed(dispatcher, "a") == 500; }));
}

TEST_F(DispatcherTest, WritesDeadLettersAndStallsWhileItCannot) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  targets["a"]->set(ThreadedTarget::Mood::refuse);
  letters.refusing_ = true;
  dispatcher.arrived(apply("a", 0, 10));
  EXPECT_TRUE(comes_true([&] { return dispatcher.status().front().stalled; }));
  EXPECT_EQ(store.dead(), 0u);
  letters.refusing_ = false;
  EXPECT_TRUE(comes_true([&] { return store.dead() == 10; }));
  EXPECT_EQ(letters.size(), 10u);
  EXPECT_TRUE(comes_true([&] { return figure("sagewatch_dead_letters_written_total", "a", "permanent") == 10; }));
}

TEST_F(DispatcherTest, TellsTheLogOnceThatATargetFailsAndOnceThatItDeliversAgain) {
  testing::internal::CaptureStderr();
  {
    Dispatcher dispatcher(parts());
    ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
    targets["a"]->set(ThreadedTarget::Mood::refuse);
    dispatcher.arrived(apply("a", 0, 10));
    EXPECT_TRUE(comes_true([&] { return figure("sagewatch_dead_letters_written_total", "a", "permanent") == 10; }));
    auto longer = config("a");
    longer.retry.attempts_max = 3;
    ASSERT_TRUE(dispatcher.configure({longer}, {}));  // the same target, which is still failing
    targets["a"]->set(ThreadedTarget::Mood::deliver);
    dispatcher.arrived(apply("a", 10, 20));
    EXPECT_TRUE(comes_true([&] { return store.delivered() == 10; }));
  }
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log,
              testing::ContainsRegex("level=warn component=delivery code=SW5002 msg=.target a fails: HTTP 404; the "
                                     "delivery of rule r is given up"));
  EXPECT_THAT(log, testing::ContainsRegex("level=info component=delivery code=SW5003 msg=.target a delivers again, "));
  EXPECT_THAT(log, HasSubstr("(failed attempts: 10, dead letters: 10)"));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
}

TEST_F(DispatcherTest, KeepsUnchangedTargetsOverAReloadAndBuriesWhatTheGoneOnesOwe) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a"), config("b")}, {}));
  EXPECT_EQ(made, 2);
  targets["b"]->set(ThreadedTarget::Mood::hold);
  dispatcher.arrived(apply("b", 0, 100));
  // What is owed may be read from the store and tried before it has arrived, and a reload goes before arrivals.
  EXPECT_TRUE(comes_true([&] { return targets["b"]->waiting() > 0 && owed(dispatcher, "b") == 100; }));
  auto longer = config("a");
  longer.retry.attempts_max = 3;
  const auto removed = dispatcher.configure({longer}, {});
  ASSERT_TRUE(removed);
  EXPECT_EQ(made, 2) << "a is still what it was";
  ASSERT_THAT(*removed, SizeIs(1));
  EXPECT_EQ(removed->front().deliveries, 100u);
  EXPECT_TRUE(comes_true([&] { return letters.size() == 99; })) << "one is under way";
  targets["b"]->set(ThreadedTarget::Mood::deliver);
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 1; }));
  EXPECT_TRUE(comes_true([&] { return store.rows("b").empty(); }));
}

TEST_F(DispatcherTest, ChangesNothingWhenATargetCannotBeMade) {
  Dispatcher dispatcher(parts());
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  const auto refused = dispatcher.configure({config("b"), config("bad")}, {});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().what, HasSubstr("targets.bad"));
  dispatcher.arrived(apply("a", 0, 10));
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 10; }));
}

TEST_F(DispatcherTest, StopsWithoutWaitingForTargetsThatHangAndKeepsTheirsOwed) {
  {
    Dispatcher dispatcher(parts());
    ASSERT_TRUE(dispatcher.configure({config("a"), config("b")}, {}));
    targets["a"]->set(ThreadedTarget::Mood::hold);
    dispatcher.arrived(apply("a", 0, 10));
    dispatcher.arrived(apply("b", 0, 10));
    EXPECT_TRUE(comes_true([&] { return targets["a"]->waiting() > 0 && targets["b"]->delivered() == 10; }));
    dispatcher.stop(Millis{10});
    EXPECT_THAT(store.rows("a"), SizeIs(10));
    EXPECT_FALSE(dispatcher.configure({config("a")}, {})) << "stopped";
  }
  EXPECT_EQ(store.rows("b").size(), 0u) << "what was answered is settled";
  targets["a"]->set(ThreadedTarget::Mood::deliver);  // answers now, to nobody
  EXPECT_TRUE(comes_true([&] { return targets["a"]->delivered() == 1; }));
  EXPECT_THAT(store.rows("a"), SizeIs(10));
}

TEST_F(DispatcherTest, DeliversTheBacklogOfThePreviousRun) {
  (void)apply("a", 0, 3'000);
  Dispatcher dispatcher(parts());
  EXPECT_EQ(owed(dispatcher, "a"), 3'000u);
  ASSERT_TRUE(dispatcher.configure({config("a")}, {}));
  EXPECT_TRUE(comes_true([&] { return store.delivered() == 3'000; }));
}

}  // namespace
}  // namespace sagewatch
