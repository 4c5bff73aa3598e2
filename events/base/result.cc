#include "events/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace sagewatch {

void must_have_held(const char* claim, const char* why, const char* file, int line) {
  std::fprintf(stderr, "sagewatch: bug: %s:%d: `%s` does not hold, although %s\n", file, line, claim, why);
  std::abort();
}

}  // namespace sagewatch
