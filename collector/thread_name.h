#pragma once
// What `top -H`, a profiler and a core dump call a thread. Without it all bear the program's name.
#include <pthread.h>

#include <string>

namespace sagewatch {

// The calling thread. The system keeps 15 characters, so the telling ones come first.
inline void name_this_thread(const std::string& name) {
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
}

}  // namespace sagewatch
