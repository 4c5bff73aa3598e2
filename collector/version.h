#pragma once
// What this program is: the project's version and the revision it was built from, both given by CMake.

namespace sagewatch {

extern const char* const version;
extern const char* const revision;

}  // namespace sagewatch
