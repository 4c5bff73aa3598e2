#include "collector/watchdog.h"

namespace sagewatch {

std::vector<std::string> Watchdog::check(Instant now) {
  std::vector<std::string> stuck;
  for (Part& part : parts_) {
    const Pulse pulse = part.pulse();
    if (!pulse.has_work || !part.waiting || pulse.progress != part.progress) {
      part.since = now;
      part.progress = pulse.progress;
      part.waiting = pulse.has_work;
    } else if (now - part.since > patience_) {
      stuck.push_back(part.name);
    }
  }
  return stuck;
}

}  // namespace sagewatch
