#pragma once
// What stands in front of the names in a table's ARNs ("arn:aws:sagemaker:us-east-1:111122223333:training-job/"), each
// once: a fleet of a million has some dozens, and their 50 bytes are a seventh of what a resource takes. Never forgets
// one; what comes when there are `max` is not split. Belongs to its table, under the table's lock.
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sagewatch {

struct ArnHead {
  std::string text;                  // as first spelt; the name follows
  std::string lower;                 // as keys have it
  std::string_view region, account;  // of `text`
};

class ArnHeads {
 public:
  using Number = std::uint16_t;
  static constexpr Number none = 0;  // the head "", of ARNs that are not split
  static constexpr std::size_t max = 16'384;

  ArnHeads() : heads_(1) {}
  // Of the ARN; takes its head in where it is new. `none`: no ARN, or one head too many.
  Number number_of(std::string_view arn);
  const ArnHead& operator[](Number number) const { return heads_[number]; }
  std::size_t bytes() const { return bytes_; }

 private:
  std::deque<ArnHead> heads_;  // they never move: they have views into themselves
  std::unordered_map<std::string_view, Number> numbers_;
  std::size_t bytes_ = 0;
};

}  // namespace sagewatch
