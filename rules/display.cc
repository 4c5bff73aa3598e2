#include "rules/display.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <variant>

#include "events/utf8.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

constexpr std::size_t members_max = 8;  // shown of a list inside anything-but
constexpr std::string_view cut_mark = "…";

std::uint32_t code_point(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return lead;
  std::uint32_t code = lead & (0x7fU >> character.size());
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
  return code;
}

bool is_unseen(std::uint32_t code) {
  static constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 9> ranges{{{0, 0x1f},
                                                                                  {0x7f, 0xa0},
                                                                                  {0xad, 0xad},
                                                                                  {0x61c, 0x61c},
                                                                                  {0x2000, 0x200f},
                                                                                  {0x2028, 0x202f},
                                                                                  {0x2060, 0x206f},
                                                                                  {0x3000, 0x3000},
                                                                                  {0xfeff, 0xfeff}}};
  return std::any_of(ranges.begin(), ranges.end(),
                     [code](const auto& range) { return code >= range.first && code <= range.second; });
}

// A lone surrogate, as rules/json_string.h keeps it.
bool is_surrogate(std::string_view text) {
  return text.size() >= 3 && text[0] == '\xed' && static_cast<unsigned char>(text[1]) >= 0xa0;
}

void append_character(std::string& out, std::string_view character) {
  const std::uint32_t code = code_point(character);
  if (code == '"' || code == '\\' || is_unseen(code)) {
    append_json_escape(out, code);
  } else {
    out += character;
  }
}

void append_visible(std::string& out, std::string_view text) {
  while (!text.empty()) {
    if (const std::size_t length = utf8_length(text); length > 0) {
      append_character(out, text.substr(0, length));
      text.remove_prefix(length);
    } else if (is_surrogate(text)) {
      // Not as an escape: many readers of JSON refuse half a pair.
      fmt::format_to(std::back_inserter(out), "\\\\u{:04x}", code_point(text.substr(0, 3)));
      text.remove_prefix(3);
    } else {
      out += "\\ufffd";
      text.remove_prefix(1);
    }
  }
}

std::string in_quotes(std::string_view text) {
  std::string out = "\"";
  append_visible(out, text);
  out.push_back('"');
  return out;
}

std::string_view word(Scalar::Kind kind) {
  return kind == Scalar::Kind::true_value ? "true" : kind == Scalar::Kind::false_value ? "false" : "null";
}

std::string range_text(const NumericRange& range) {
  std::string inside;
  if (range.bottom) inside = fmt::format(R"("{}", {})", range.bottom->open ? ">" : ">=", range.bottom->value);
  if (range.top) {
    inside += fmt::format(R"({}"{}", {})", inside.empty() ? "" : ", ", range.top->open ? "<" : "<=", range.top->value);
  }
  return fmt::format(R"({{"numeric": [{}]}})", inside);
}

std::string operation(std::string_view name, std::string_view operand) {
  return fmt::format(R"({{"{}": {}}})", name, operand);
}

// The operand alone where the operator is said once for a whole list, and the operator's name.
struct Parts {
  std::string_view name;  // empty: a plain value
  std::string operand;
};

struct PartsOf {
  Parts operator()(const ExactText& exact) const { return {"", quoted(exact.text)}; }
  Parts operator()(const ExactAddress& exact) const { return {"", quoted(display(exact.address))}; }
  Parts operator()(const ExactNumber& exact) const {
    return {"", exact.spelling.size() > shown_bytes_max ? quoted(exact.spelling) : exact.spelling};
  }
  Parts operator()(const ExactWord& exact) const { return {"", std::string{word(exact.word)}}; }
  Parts operator()(const Prefix& prefix) const { return {"prefix", quoted(prefix.text)}; }
  Parts operator()(const Suffix& suffix) const { return {"suffix", quoted(suffix.text)}; }
  Parts operator()(const EqualsIgnoreCase& test) const { return {"equals-ignore-case", quoted(test.text.text())}; }
  Parts operator()(const PrefixIgnoreCase& test) const {
    return {"prefix", operation("equals-ignore-case", quoted(test.text.text()))};
  }
  Parts operator()(const SuffixIgnoreCase& test) const {
    return {"suffix", operation("equals-ignore-case", quoted(test.text.text()))};
  }
  Parts operator()(const Wildcard& wildcard) const { return {"wildcard", quoted(wildcard.text())}; }
  Parts operator()(const NumericRange&) const { return {}; }
  Parts operator()(const CidrBlock& block) const {
    return {"cidr", quoted(fmt::format("{}/{}", display(block.address()), block.bits()))};
  }
  Parts operator()(const Exists&) const { return {"exists", "true"}; }
  Parts operator()(const Absent&) const { return {"exists", "false"}; }
  Parts operator()(const AnythingBut& but) const {
    std::string list;
    std::string_view inner;
    for (std::size_t i = 0; i < but.excluded.size() && i < members_max; ++i) {
      const Parts member = std::visit(*this, but.excluded[i].test);
      inner = member.name;
      list += (i > 0 ? ", " : "") + member.operand;
    }
    if (but.excluded.size() > members_max) {
      list += fmt::format(R"(, "{} {} more")", cut_mark, but.excluded.size() - members_max);
    }
    if (but.excluded.size() > 1) list = "[" + list + "]";
    return {"anything-but", inner.empty() ? list : operation(inner, list)};
  }
};

std::string v6_text(const IpAddress& address) {
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = address.bytes[2 * i] * 256U + address.bytes[2 * i + 1];
  std::size_t longest = 0;
  std::size_t begin = groups.size();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    std::size_t end = i;
    while (end < groups.size() && groups[end] == 0) ++end;
    if (end - i > std::max<std::size_t>(longest, 1)) {
      longest = end - i;
      begin = i;
    }
  }
  std::string text;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (i == begin) {
      text += "::";
      i += longest - 1;
      continue;
    }
    if (!text.empty() && text.back() != ':') text.push_back(':');
    text += fmt::format("{:x}", groups[i]);
  }
  return text;
}

}  // namespace

Display display(const Scalar& value) {
  const bool is_long = value.text.size() > shown_bytes_max;
  switch (value.kind) {
    case Scalar::Kind::string:
      return {in_quotes(cut_utf8(value.text, shown_bytes_max)), is_long ? value.text.size() : 0};
    case Scalar::Kind::number:  // a number that was cut is none
      return is_long ? Display{in_quotes(cut_utf8(value.text, shown_bytes_max)), value.text.size()}
                     : Display{std::string{value.text}, 0};
    default:
      return {std::string{word(value.kind)}, 0};
  }
}

std::string quoted(std::string_view text, std::size_t bytes_max) {
  const std::string_view front = cut_utf8(text, bytes_max);
  std::string out = in_quotes(front);
  if (front.size() < text.size()) out.insert(out.size() - 1, cut_mark);
  return out;
}

std::string display(const Alternative& alternative) {
  if (const auto* range = std::get_if<NumericRange>(&alternative.test)) return range_text(*range);
  const Parts parts = std::visit(PartsOf{}, alternative.test);
  return parts.name.empty() ? parts.operand : operation(parts.name, parts.operand);
}

std::string display(const IpAddress& address) {
  if (address.bytes_used != 4) return v6_text(address);
  const auto& bytes = address.bytes;
  return fmt::format("{}.{}.{}.{}", bytes[0], bytes[1], bytes[2], bytes[3]);
}

std::string display_path(std::string_view path) {
  const bool usual =
      !path.empty() && path.size() <= shown_bytes_max && std::all_of(path.begin(), path.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.' || c == ':' || c == '$' || c == '/' || c == '@';
      });
  return usual ? std::string{path} : quoted(path);
}

}  // namespace sagewatch
