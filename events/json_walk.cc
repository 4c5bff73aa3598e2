#include "events/json_walk.h"

#include <simdjson.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sagewatch {
namespace {

void put_utf8(std::string& out, unsigned code) {
  const auto put = [&out](unsigned byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// At `at` in "uXXXX"; steps behind it.
unsigned code_unit(std::string_view raw, std::size_t& at) {
  unsigned code = 0;
  const std::string_view four = raw.substr(std::min(at + 1, raw.size()), 4);
  std::from_chars(four.data(), four.data() + four.size(), code, 16);
  at += 5;
  return code;
}

// The character there, of one or two units. U+FFFD for half of a pair.
unsigned code_point(std::string_view raw, std::size_t& at) {
  const unsigned first = code_unit(raw, at);
  if (first < 0xD800 || first > 0xDFFF) return first;
  if (first < 0xDC00 && raw.substr(std::min(at, raw.size()), 2) == "\\u") {
    std::size_t behind = at + 1;
    if (const unsigned second = code_unit(raw, behind); second >= 0xDC00 && second <= 0xDFFF) {
      at = behind;
      return 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00);
    }
  }
  return 0xFFFD;
}

char plain_escape(char c) {
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
      return c;  // quote, slash, backslash
  }
}

}  // namespace

struct JsonWalk::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser;
  std::size_t capacity = 0;

  bool hold(std::size_t bytes) {
    if (bytes <= capacity) return true;
    const std::size_t wanted = std::max<std::size_t>(bytes + bytes / 2, 64 << 10);
    constexpr std::size_t depth = 1;  // for the second stage, which is not used here
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(wanted, depth, parser)) return false;
    capacity = wanted;
    return true;
  }
};

JsonWalk::JsonWalk() : stage_(std::make_unique<Stage>()) {}
JsonWalk::~JsonWalk() = default;

bool JsonWalk::begin(ValidJson json) {
  const std::string_view text = json.text();
  text_ = text.data();
  if (!stage_->hold(text.size())) return false;
  // The next event stands behind this one in its frame; bringing it nearer meanwhile saves a third of the first stage.
  constexpr std::size_t cache_line = 64, ahead_max = 2048;
  const auto end = reinterpret_cast<std::uintptr_t>(text.data() + text.size());
  for (std::size_t ahead = 0; ahead < std::min(text.size(), ahead_max); ahead += cache_line)
    __builtin_prefetch(reinterpret_cast<const void*>(end + ahead));  // only a hint: nothing needs to stand there
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
  if (stage_->parser->stage1(bytes, text.size(), simdjson::stage1_mode::regular)) return false;
  at_ = stage_->parser->structural_indexes.get();
  has_escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  unescaped_.clear();
  if (has_escapes_) unescaped_.reserve(2 * text.size());  // each string once as a key and once as a value
  return true;
}

std::string_view JsonWalk::unescape(std::string_view raw) {
  if (raw.find('\\') == std::string_view::npos) return raw;
  if (unescaped_.size() + raw.size() > unescaped_.capacity()) return raw;  // asked for twice; keep what was handed out
  const std::size_t begin = unescaped_.size();
  for (std::size_t at = 0; at < raw.size();) {
    if (raw[at] != '\\') {
      unescaped_.push_back(raw[at++]);
      continue;
    }
    if (++at >= raw.size()) break;
    if (raw[at] != 'u') {
      unescaped_.push_back(plain_escape(raw[at++]));
      continue;
    }
    put_utf8(unescaped_, code_point(raw, at));
  }
  return std::string_view{unescaped_}.substr(begin);
}

}  // namespace sagewatch
