#include "rules/json_string.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace sagewatch {
namespace {

std::uint32_t hex4(std::string_view digits) {
  std::uint32_t value = 0;
  for (const char c : digits.substr(0, 4)) {
    const auto digit = c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value << 4 | static_cast<std::uint32_t>(digit);
  }
  return value;
}

bool is_high(std::uint32_t unit) {
  return unit >= 0xd800 && unit < 0xdc00;
}
bool is_low(std::uint32_t unit) {
  return unit >= 0xdc00 && unit < 0xe000;
}

char simple_escape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;  // quote, backslash, slash
  }
}

// One code point of well-formed (generalised) UTF-8, and moves behind it.
std::uint32_t take_code_point(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  std::uint32_t code = length == 1 ? lead : lead & (0x7fU >> length);
  for (std::size_t i = 1; i < length && i < text.size(); ++i) {
    code = code << 6 | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(length < text.size() ? length : text.size());
  return code;
}

}  // namespace

void append_code_point(std::string& out, std::uint32_t code) {
  const auto tail = [&](int shift) { out.push_back(static_cast<char>(0x80 | (code >> shift & 0x3f))); };
  if (code < 0x80) {
    out.push_back(static_cast<char>(code));
  } else if (code < 0x800) {
    out.push_back(static_cast<char>(0xc0 | code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | code >> 12));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
}

void append_unescaped(std::string& out, std::string_view raw) {
  while (!raw.empty()) {
    const std::size_t plain = std::min(raw.find('\\'), raw.size());
    out.append(raw.substr(0, plain));
    raw.remove_prefix(plain);
    if (raw.size() < 2) return;
    if (raw[1] != 'u') {
      out.push_back(simple_escape(raw[1]));
      raw.remove_prefix(2);
      continue;
    }
    std::uint32_t code = hex4(raw.substr(2));
    raw.remove_prefix(std::min<std::size_t>(6, raw.size()));
    if (is_high(code) && raw.size() >= 6 && raw[0] == '\\' && raw[1] == 'u' && is_low(hex4(raw.substr(2)))) {
      code = 0x10000 + ((code - 0xd800) << 10) + (hex4(raw.substr(2)) - 0xdc00);
      raw.remove_prefix(6);
    }
    append_code_point(out, code);
  }
}

std::size_t escaped_size(std::string_view raw, std::size_t bytes) {
  std::size_t size = 0;
  std::string made;
  while (made.size() < bytes && size < raw.size()) {
    std::size_t step = 1;
    if (raw[size] == '\\') {
      const std::string_view rest = raw.substr(size);
      step = rest.size() > 1 && rest[1] == 'u' ? 6 : 2;
      // Two escapes that make one character together.
      if (step == 6 && rest.size() >= 12 && is_high(hex4(rest.substr(2))) && rest.substr(6, 2) == "\\u" &&
          is_low(hex4(rest.substr(8)))) {
        step = 12;
      }
    }
    append_unescaped(made, raw.substr(size, step));
    size += step;
  }
  return std::min(size, raw.size());
}

void append_json_escape(std::string& out, std::uint32_t code) {
  switch (code) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", code);
  }
}

void append_quoted(std::string& out, std::string_view text) {
  out.push_back('"');
  while (!text.empty()) {
    const std::string_view before = text;
    const std::uint32_t code = take_code_point(text);
    if (code == '"' || code == '\\' || code < 0x20 || is_high(code) || is_low(code)) {
      append_json_escape(out, code);
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  out.push_back('"');
}

std::u16string utf16(std::string_view text) {
  std::u16string units;
  units.reserve(text.size());
  while (!text.empty()) {
    const std::uint32_t code = take_code_point(text);
    if (code < 0x10000) {
      units.push_back(static_cast<char16_t>(code));
    } else {
      units.push_back(static_cast<char16_t>(0xd800 + ((code - 0x10000) >> 10)));
      units.push_back(static_cast<char16_t>(0xdc00 + ((code - 0x10000) & 0x3ff)));
    }
  }
  return units;
}

}  // namespace sagewatch
