#include "exporters/owed.h"

#include "events/base/bytes.h"

namespace sagewatch {

std::string Owed::order() const {
  std::string key;
  put_key(key, position.journal);
  put_key(key, position.offset);
  key.append(bus).push_back('\0');
  key.append(rule).push_back('\0');
  key.append(target_id);
  if (redriven != 0) {
    key.push_back('\0');
    put_key(key, redriven);
  }
  return key;
}

}  // namespace sagewatch
