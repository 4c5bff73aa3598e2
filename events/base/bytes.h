#pragma once
// Numbers and strings as bytes, for everything that we put on a disk. Little-endian fixed width, except the
// big-endian twin for keys that must sort. A reader never trusts a length: it is checked against what is left.
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace sagewatch {

static_assert(std::endian::native == std::endian::little,
              "the formats on disk are little-endian and copied as they are");

template <class T>
  requires std::is_integral_v<T>
void put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

inline void put_string(std::string& out, std::string_view text) {
  put<std::uint32_t>(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

// Sorts as the number does.
inline void put_key(std::string& out, std::uint64_t value) {
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(static_cast<char>(value >> shift));
}
inline std::uint64_t key_number(std::string_view eight_bytes) {
  std::uint64_t value = 0;
  for (const char byte : eight_bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

// Reads what put() wrote. After the first read beyond the end every further one answers nothing and ok() is false, so
// that a decoder may read all fields and ask once.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  template <class T>
    requires std::is_integral_v<T>
  T number() {
    T value{};
    if (rest_.size() < sizeof value) {
      fail();
      return value;
    }
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }
  std::string_view bytes(std::size_t count) {
    if (rest_.size() < count) {
      fail();
      return {};
    }
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::string_view string() {
    const auto length = number<std::uint32_t>();
    return bytes(length);
  }

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }

 private:
  void fail() {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace sagewatch
