#include "events/arn_heads.h"

#include "events/resource_key.h"

namespace sagewatch {

ArnHeads::Number ArnHeads::number_of(std::string_view arn) {
  const Arn read = Arn::read(arn);
  if (read.text.empty()) return none;
  const auto size = static_cast<std::size_t>(read.name.data() - arn.data());
  if (const auto known = numbers_.find(arn.substr(0, size)); known != numbers_.end()) return known->second;
  if (heads_.size() > max) return none;
  const auto number = static_cast<Number>(heads_.size());
  ArnHead& head = heads_.emplace_back();
  head.text = arn.substr(0, size);
  put_resource_key(head.text, head.lower);
  const auto piece = [&](std::string_view of) {
    return std::string_view{head.text}.substr(static_cast<std::size_t>(of.data() - arn.data()), of.size());
  };
  head.region = piece(read.region);
  head.account = piece(read.account);
  numbers_.emplace(head.text, number);
  constexpr std::size_t node_and_bucket = 64;
  bytes_ += sizeof(ArnHead) + 2 * size + node_and_bucket;
  return number;
}

}  // namespace sagewatch
