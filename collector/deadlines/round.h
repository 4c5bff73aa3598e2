#pragma once
// One look of the watch: what it goes by, and what it found to tell. Belongs to the watch's thread.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "collector/deadlines/book.h"
#include "collector/deadlines/notice.h"
#include "events/base/time.h"
#include "exporters/delivery_queue.h"

namespace sagewatch {

// Where a look began: what stands in the journal from `end` on was accepted after `moment`.
struct LookBegin {
  Moment moment;
  std::uint64_t end = 0;
};

class Round {
 public:
  static constexpr std::size_t notices_max = 1000;
  static constexpr std::size_t overdue_max = 100'000;
  // After a start, and for what was learned late: how long nothing is told, or the deadline's own time if that is less.
  static constexpr Nanos patience = Seconds{60};

  // `before`: the look before, or the begin of this process. `looked`: when the shards had caught up with `when`.
  // `steady_for`: how long this process has run with a wall clock
  // that did not jump. `refused`: refusal_key() of what must not be tried again. `told`: occurrences that were told and
  // are not over.
  Round(LookBegin before, Moment when, Moment looked, Nanos steady_for,
        std::shared_ptr<const std::vector<DeadlineBook::InForce>> deadlines, std::set<std::string> refused,
        std::size_t told)
      : look_before(before),
        moment(when),
        looked_at(looked),
        in_force(std::move(deadlines)),
        steady_for_(steady_for),
        refused_(std::move(refused)),
        told_(told) {}

  // Over a bound it waits for a later look, and is counted.
  void tell(Notice notice) {
    if (!refused_.empty() && refused_.contains(refusal_key(notice))) return;
    const bool is_new = notice.count == 1;
    if (is_full() || (is_new && told_ >= overdue_max)) return count_waiting(notice.deadline);
    if (is_new) ++told_;
    notices.push_back(std::move(notice));
  }
  bool is_full() const { return notices.size() >= notices_max; }
  void count_waiting(const std::string& deadline) { ++waiting[deadline]; }
  // Whether a deadline of this length may be told to be missed.
  bool is_settled(Nanos limit) const { return steady_for_ >= std::min(limit, patience); }

  static std::string refusal_key(const Notice& notice) {
    return notice.kind == Notice::Kind::configured ? notice.deadline + '\n' + notice.definition : notice.id();
  }

  const LookBegin look_before;
  // What passed had passed by `moment`: the shards show all that was accepted until then. They show more, and what is
  // new since then is measured from `looked_at`.
  const Moment moment, looked_at;
  const std::shared_ptr<const std::vector<DeadlineBook::InForce>> in_force;
  std::vector<Notice> notices;
  std::map<std::string, std::size_t> waiting;  // by deadline: due, and not told in this look
  std::map<std::string, std::size_t> overdue;  // by deadline: told and not over

 private:
  const Nanos steady_for_;
  const std::set<std::string> refused_;
  std::size_t told_;
};

}  // namespace sagewatch
