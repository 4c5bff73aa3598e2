#include "collector/version.h"

namespace sagewatch {

const char* const version = SAGEWATCH_VERSION;
const char* const revision = SAGEWATCH_REVISION;

}  // namespace sagewatch
