#pragma once
// How a delivery owed stands in the store. The key says which one it is and when its turn comes, the value what
// happened to it so far; nothing is written twice.
//
//   owed    key    target 0 order                 order: Owed::order() = journal, position, bus 0 rule 0 target Id
//                                               [0 redriven, 8 bytes big-endian]
//   retry   key    target 0 due order             due: 8 bytes big-endian, so that rows sort by due time
//   both    value  u8 version(1)  i64 received  u32 bytes  u8 has  [u32 attempts_max]  [i64 age_max_s]
//                  u32 attempts  [i64 first_attempt  i64 last_attempt  i64 due  string code  string error]
//
// `has` bit 0: attempts_max follows, bit 1: age_max follows, bit 2: the history in the last brackets follows.
// Names never hold a NUL byte: AWS's do not, and the configuration refuses it.
#include <string>
#include <string_view>

#include "events/base/result.h"
#include "exporters/owed.h"

namespace sagewatch {

std::string owed_key(const Owed& owed);
std::string retry_key(const Owed& owed);
std::string owed_value(const Owed& owed);

Result<Owed> read_owed(std::string_view key, std::string_view value);
Result<Owed> read_retry(std::string_view key, std::string_view value);

// What can be told from a key alone; empty and 0 for a key that we did not write.
std::string_view target_of(std::string_view key);
std::string_view order_of_owed(std::string_view key);
std::string_view order_of_retry(std::string_view key);
UnixNanos due_of(std::string_view retry_key);
std::uint64_t offset_of(std::string_view order);

}  // namespace sagewatch
