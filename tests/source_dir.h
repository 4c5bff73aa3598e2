#pragma once
// Where the sources lie, for tests that read golden files. A variable and not a macro, so that the objects of all other
// files are the same in every checkout and ccache finds them.

namespace sagewatch {

extern const char* const source_dir;  // absolute, without a slash at the end; written by CMake

}  // namespace sagewatch
