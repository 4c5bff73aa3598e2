#include "metrics/process_facts.h"

namespace sagewatch {

// Names as every Prometheus client library has them, so that existing dashboards fit.
std::span<const ProcessFamily> process_families() {
  static const std::array<ProcessFamily, 7> families{{
      {{"process_cpu_seconds_total", FamilyType::counter, "User and system CPU time spent, in seconds.", {}},
       &ProcessFacts::cpu_seconds},
      {{"process_max_fds", FamilyType::gauge, "Most file descriptors that may be open.", {}}, &ProcessFacts::max_fds},
      {{"process_open_fds", FamilyType::gauge, "File descriptors open now.", {}}, &ProcessFacts::open_fds},
      {{"process_resident_memory_bytes", FamilyType::gauge, "Resident memory, in bytes.", {}},
       &ProcessFacts::resident_bytes},
      {{"process_start_time_seconds", FamilyType::gauge, "When the process started, in seconds since 1970.", {}},
       &ProcessFacts::start_seconds},
      {{"process_threads", FamilyType::gauge, "Threads of the process.", {}}, &ProcessFacts::threads},
      {{"process_virtual_memory_bytes", FamilyType::gauge, "Virtual memory, in bytes.", {}},
       &ProcessFacts::virtual_bytes},
  }};
  return families;
}

}  // namespace sagewatch
