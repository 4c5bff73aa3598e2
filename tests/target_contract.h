#pragma once
// What every Target promises; each target's own test calls this with one that works.
#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "exporters/target.h"

namespace sagewatch {

inline Delivery contract_delivery(std::uint64_t offset) {
  return {.id = delivery_id({0, offset}, "default", "failed-jobs", "id"),
          .position = {0, offset},
          .received = {1'790'000'000'000'000'000},
          .bus = "default",
          .rule = "failed-jobs",
          .target_id = "id",
          .target = "pager",
          .attempt = 1,
          .json = std::make_shared<const std::string>(R"({"id":"e)" + std::to_string(offset) +
                                                      R"(","detail":{"a":"b\nc"}})")};
}

// Waits for a fact, not for a time; the deadline only names a test that hangs.
template <class Fact>
bool comes_true(const Fact& fact) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!fact()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

inline void expect_target_contract(Target& target) {
  constexpr int threads = 4;
  constexpr int each = 50;
  std::vector<std::atomic<int>> answers(threads * each);
  std::atomic<int> delivered{0};
  {
    std::vector<std::jthread> senders;
    for (int thread = 0; thread < threads; ++thread) {
      senders.emplace_back([&, thread] {
        for (int i = 0; i < each; ++i) {
          const int number = thread * each + i;
          // The delivery goes right after the call: a target that needs it later has copied it.
          auto delivery = std::make_unique<Delivery>(contract_delivery(static_cast<std::uint64_t>(number)));
          target.attempt(*delivery, [&, number](const Attempt& attempt) {
            if (attempt.verdict == Verdict::delivered) ++delivered;
            ++answers[static_cast<std::size_t>(number)];
          });
        }
      });
    }
  }
  const auto all_answered = [&] {
    int count = 0;
    for (const auto& answer : answers) count += answer.load() > 0 ? 1 : 0;
    return count == threads * each;
  };
  ASSERT_TRUE(comes_true(all_answered)) << "an attempt got no answer";
  for (const auto& answer : answers) EXPECT_EQ(answer.load(), 1) << "an attempt is answered once";
  EXPECT_EQ(delivered.load(), threads * each);
}

}  // namespace sagewatch
