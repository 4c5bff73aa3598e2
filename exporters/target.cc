#include "exporters/target.h"

#include "events/base/bytes.h"
#include "events/base/hash.h"

namespace sagewatch {

std::string delivery_id(Position position, std::string_view bus, std::string_view rule, std::string_view target_id) {
  std::string key;
  put<std::uint32_t>(key, position.journal);
  put<std::uint64_t>(key, position.offset);
  put_string(key, bus);
  put_string(key, rule);
  put_string(key, target_id);
  return hash_hex(key);
}

}  // namespace sagewatch
