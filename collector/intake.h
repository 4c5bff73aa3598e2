#pragma once
// The door. Every event of every source comes through here: it is checked, completed, framed with the others of its
// batch, and acknowledged when the journal holds it. What is refused goes back to the sender, or into quarantine where
// nobody waits for an answer. A bare record of CloudTrail is made into EventBridge's event of it first.
//
// Memory: the bytes of all events accepted but not yet applied are bounded. The budget is taken when a batch is
// offered and given back when the last holder of the frame's payload lets go of it; over it the answer is `full`, and
// the source waits. So nothing behind this door needs a bound of its own, and nothing behind it ever has to drop.
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "collector/journal/journal.h"
#include "events/base/time.h"
#include "events/batch.h"
#include "events/envelope.h"
#include "metrics/instruments.h"

namespace sagewatch {

class Quarantine;
struct Refused;

struct IntakeConfig {
  JsonLimits limits;
  std::string account = "000000000000";  // for events that name none
  std::string region = "us-east-1";
  std::uint64_t in_flight_bytes_max = 64ull << 20;
};

class Intake : public BatchSink {
 public:
  // `new_id` gives a fresh EventId for events without one; any thread. All outlive the intake.
  Intake(IntakeConfig config, Journal& journal, Quarantine& quarantine, const Clock& clock,
         std::function<std::string()> new_id, Instruments& instruments);
  ~Intake() override;

  Offer accept(Batch batch, OnDurable on_durable) override;
  // Batches of this source may come: what is counted of it stands at 0 from now on.
  void expect(const std::string& source) { counters(source); }

  // From now on everything is `full`: the daemon is going down.
  void close() { closed_ = true; }
  std::uint64_t in_flight_bytes() const { return in_flight_->load(); }

 private:
  struct SourceCounters;
  struct Draft;  // a batch on its way to the journal
  struct Door;   // what it takes to check an event

  Draft draft(const Batch& batch, UnixNanos received);
  SourceCounters& counters(const std::string& source);
  std::vector<Refused> refused_of(const Batch& batch, const Draft& draft) const;
  void keep(std::vector<Refused> refused, Draft draft, bool has_frame, OnDurable on_durable);
  void count(const Batch& batch, const Draft& draft);
  std::shared_ptr<const std::string> budgeted(std::string payload);
  std::unique_ptr<Door> borrow_door();
  void give_back(std::unique_ptr<Door> door);

  const IntakeConfig config_;
  Journal& journal_;
  Quarantine& quarantine_;
  const Clock& clock_;
  const std::function<std::string()> new_id_;
  Instruments& instruments_;
  std::atomic<bool> closed_ = false;
  // Shared with every payload in flight, which may outlive the intake.
  std::shared_ptr<std::atomic<std::uint64_t>> in_flight_ = std::make_shared<std::atomic<std::uint64_t>>(0);
  std::mutex mutex_;
  std::vector<std::unique_ptr<Door>> idle_;  // guarded by mutex_: parsers for each thread that comes
  std::unordered_map<std::string, std::unique_ptr<SourceCounters>> counters_;  // guarded by mutex_
};

}  // namespace sagewatch
