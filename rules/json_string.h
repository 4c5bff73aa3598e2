#pragma once
// JSON strings as the rules layer keeps them: unescaped bytes in which every UTF-16 code unit of the text is still
// there. A lone surrogate (`"\ud83d"`) is kept as the three bytes that UTF-8 forbids for it (WTF-8), so two strings are
// equal byte for byte exactly if their code units are.
#include <cstdint>
#include <string>
#include <string_view>

namespace sagewatch {

// Appends what `raw` (between the quotes, escapes known to be well formed) stands for. Never longer than `raw`.
void append_unescaped(std::string& out, std::string_view raw);

// How many bytes of `raw` stand for the first `bytes` of what append_unescaped() makes of it.
std::size_t escaped_size(std::string_view raw, std::size_t bytes);

// Appends the escape for a character below U+10000, the short one where writers of JSON use it: \" \\ \n \r \t.
void append_json_escape(std::string& out, std::uint32_t code);

// Appends `text` in quotes, escaping what JSON demands and nothing else. Lone surrogates become escapes again.
void append_quoted(std::string& out, std::string_view text);

// One code point, or one surrogate, in (generalised) UTF-8.
void append_code_point(std::string& out, std::uint32_t code);

// The code units that Java would see: what paths are sorted by and what ignoring case goes through one by one.
std::u16string utf16(std::string_view text);

}  // namespace sagewatch
