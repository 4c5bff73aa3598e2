#pragma once
// Tags of a resource as one text: u8 length and key, u16 length and value, for each. Only keys that somebody asked for
// are kept, so a resource does not grow with what people write on it. AWS's own limits: 128 and 256 characters.
#include <cstdint>
#include <string>
#include <string_view>

#include "events/base/bytes.h"
#include "events/utf8.h"

namespace sagewatch {

inline constexpr std::size_t tag_key_max = 128, tag_value_max = 256;  // bytes; what is longer is cut
inline constexpr std::size_t tags_max = 16;                           // of one resource

inline void put_tag(std::string& tags, std::string_view key, std::string_view value) {
  key = cut_utf8(key, tag_key_max);
  value = cut_utf8(value, tag_value_max);
  put<std::uint8_t>(tags, static_cast<std::uint8_t>(key.size()));
  tags.append(key);
  put<std::uint16_t>(tags, static_cast<std::uint16_t>(value.size()));
  tags.append(value);
}

// Calls each(key, value) in the order in which they were put. `tags` is what put_tag made.
template <class Each>
void each_tag(std::string_view tags, Each&& each) {
  const auto take = [&tags](std::size_t size) {
    const std::string_view text = tags.substr(0, size);
    tags.remove_prefix(text.size());
    return text;
  };
  while (tags.size() > 1) {
    const auto key_size = static_cast<unsigned char>(take(1)[0]);
    const std::string_view key = take(key_size), size = take(2);
    if (size.size() < 2) return;
    const auto low = static_cast<unsigned char>(size[0]), high = static_cast<unsigned char>(size[1]);
    each(key, take(static_cast<std::size_t>(low | high << 8)));
  }
}

}  // namespace sagewatch
