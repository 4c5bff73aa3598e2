// A segment file of any bytes: recovery, verification and reading neither crash nor hand out a frame whose checksum
// does not fit, and what recovery leaves behind can be recovered again.
#include <cstddef>
#include <cstdint>
#include <string>

#include "collector/journal/crc32c.h"
#include "collector/journal/recovery.h"
#include "collector/journal/segment_reader.h"
#include "collector/journal/verify.h"
#include "tests/fakes/fake_disk.h"

using namespace sagewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first byte chooses whether another segment follows, so that this one is not the newest.
  const bool newest = size == 0 || (data[0] & 1) == 0;
  const std::string bytes(reinterpret_cast<const char*>(data) + (size > 0 ? 1 : 0), size > 0 ? size - 1 : 0);
  const std::string directory = "/j";
  FakeDisk disk;
  disk.put(directory + "/00000000000000001000.seg", bytes);
  SegmentHeader next;
  next.first_position = 2000;
  if (!newest) disk.put(directory + "/00000000000000002000.seg", next.encode());

  (void)verify_journal(disk, directory);
  std::uint64_t position = 0;
  (void)dump_journal(disk, directory, 0, ~std::uint64_t{0}, [&](const std::string&, std::uint64_t, const Frame& frame) {
    SW_MUST(frame.position >= position && frame.payload->size() <= payload_bytes_max, "frames rise and are bounded");
    position = frame.position;
    return true;
  });
  JournalConfig config;
  config.directory = directory;
  const auto once = recover_journal(disk, config);
  if (!once) return 0;
  const auto again = recover_journal(disk, config);
  SW_MUST(again && again->next_position == once->next_position, "what is recovered stays recovered");
  for (const Damage& damage : again->damage) SW_MUST(!damage.torn, "the torn tail is gone after one start");
  return 0;
}
