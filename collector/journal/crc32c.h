#pragma once
// CRC-32C (Castagnoli), as in iSCSI, ext4 and RocksDB. One answer from two implementations: SSE 4.2's instruction where
// the machine has it, asked once at run time, and a table everywhere else.
#include <cstdint>
#include <string_view>

namespace sagewatch {

// `before` is the answer for the bytes in front of these: crc32c("ab") == crc32c("b", crc32c("a")).
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before = 0);

}  // namespace sagewatch
