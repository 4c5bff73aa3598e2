#include "events/base/config_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

namespace sagewatch {
namespace {

constexpr std::size_t shown_bytes_max = 60;
// Beyond so many errors nobody reads a suggestion, and looking for one costs time.
constexpr std::size_t suggestions_max = 100;
constexpr std::size_t suggestion_bytes_max = 64;

std::string_view kind_name(ConfigNode::Kind kind) {
  static constexpr std::string_view names[] = {"nothing", "a single value", "a list", "a map"};
  return names[static_cast<std::size_t>(kind)];
}

// Quotes and `${...}` say what is text; what comes out of `${...}` may be any scalar.
bool may_be_number(const ConfigNode& node) {
  return !node.quoted || node.secret;
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct SizeUnit {
  std::string_view name;
  int shift;
};
constexpr SizeUnit size_units[] = {{"B", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}, {"TiB", 40}};

// "64MB", "64m", "64 MiB": what was probably meant.
std::string size_meant(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view unit = text.substr(end);
  while (!unit.empty() && unit.front() == ' ') unit.remove_prefix(1);
  if (end == 0 || unit.empty()) return {};
  for (const SizeUnit& known : size_units) {
    if ((unit.front() | 0x20) == (known.name.front() | 0x20) && unit.size() <= known.name.size())
      return fmt::format("{}{}", text.substr(0, end), known.name);
  }
  return {};
}

std::string question(const std::string& guess) {
  return guess.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", guess);
}

char plain_letter(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c + 32);
  return c == '-' ? '_' : c;
}

// Edits between two words: insert, delete, replace, swap neighbours. Case and `-` against `_` cost nothing.
std::size_t edits(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = plain_letter(a[i - 1]) == plain_letter(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0u : 1u)});
      if (i > 1 && j > 1 && plain_letter(a[i - 1]) == plain_letter(b[j - 2]) &&
          plain_letter(a[i - 2]) == plain_letter(b[j - 1]))
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(above);
    above.swap(row);
  }
  return above[b.size()];
}

}  // namespace

void add_error(ConfigErrors& errors, ConfigError error) {
  if (errors.size() < config_errors_max) errors.push_back(std::move(error));
}

const ConfigNode* ConfigNode::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

std::string shown(const ConfigNode& scalar) {
  if (scalar.secret) return "[REDACTED]";
  std::string text = "\"";
  for (const char c : scalar.text) {
    if (text.size() > shown_bytes_max) {
      while (text.size() > 1 && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
      if (static_cast<unsigned char>(text.back()) >= 0xc0) text.pop_back();
      return text + "...\"";
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      text += c == '\n' ? "\\n" : fmt::format("\\x{:02x}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  return text + "\"";
}

int shown_width(const ConfigNode& node) {
  if (node.kind != ConfigNode::Kind::scalar || node.secret) return 1;
  const auto letters = std::count_if(node.text.begin(), node.text.end(),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; });
  return std::max(1, static_cast<int>(letters) + (node.quoted ? 2 : 0));
}

std::string listed(const std::vector<std::string>& names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > most) text += fmt::format(" and {} more", names.size() - most);
  return text;
}

bool looks_boolean(std::string_view text) {
  static constexpr std::string_view words[] = {"true", "false", "yes", "no", "on", "off"};
  if (text.empty() || text.size() > 5) return false;
  std::string lower{text};
  for (char& c : lower) c = plain_letter(c);
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  const std::string_view name{end, static_cast<std::size_t>(text.data() + text.size() - end)};
  for (const SizeUnit& unit : size_units) {
    if (name != unit.name) continue;
    if (value > std::numeric_limits<std::uint64_t>::max() >> unit.shift) return std::nullopt;
    return value << unit.shift;
  }
  return std::nullopt;
}

std::string format_size(std::uint64_t bytes) {
  for (std::size_t i = std::size(size_units); i-- > 1;) {
    if (bytes != 0 && bytes % (std::uint64_t{1} << size_units[i].shift) == 0)
      return fmt::format("{}{}", bytes >> size_units[i].shift, size_units[i].name);
  }
  return fmt::format("{}B", bytes);
}

std::string nearest(std::string_view wrong, const std::vector<std::string>& known) {
  if (wrong.empty() || wrong.size() > suggestion_bytes_max) return {};
  std::size_t least = std::min<std::size_t>(3, std::max<std::size_t>(1, wrong.size() / 3)) + 1;
  std::string best;
  for (const std::string& name : known) {
    if (name.size() > suggestion_bytes_max || name.size() + least <= wrong.size() ||
        wrong.size() + least <= name.size())
      continue;
    if (const std::size_t distance = edits(wrong, name); distance < least) {
      least = distance;
      best = name;
    }
  }
  return best;
}

ConfigReader::ConfigReader(const ConfigNode* node, std::string path, ConfigErrors& errors)
    : node_(node), path_(std::move(path)), errors_(errors) {
  if (node_ == nullptr || node_->kind == ConfigNode::Kind::map) return;
  if (node_->kind != ConfigNode::Kind::null) {
    add_error(errors_,
              {node_->place, shown_width(*node_), "SW2007",
               fmt::format("{} must be a map, found {}", path_.empty() ? "the file" : path_, kind_name(node_->kind)),
               "", "a map is written as indented `key: value` lines"});
  }
  node_ = nullptr;
}

const ConfigNode* ConfigReader::take(std::string_view key) {
  known_.emplace_back(key);
  return node_ == nullptr ? nullptr : node_->find(key);
}

bool ConfigReader::has(std::string_view key) const {
  return node_ != nullptr && node_->find(key) != nullptr;
}

namespace {

std::string dotted(const std::string& path, std::string_view key) {
  return path.empty() ? std::string{key} : fmt::format("{}.{}", path, key);
}

// The scalar that a getter wants, or nullptr with an error recorded.
const ConfigNode* scalar(const ConfigNode* node, const std::string& name, std::string_view wanted,
                         ConfigErrors& errors) {
  if (node == nullptr || node->kind == ConfigNode::Kind::scalar) return node;
  const bool empty = node->kind == ConfigNode::Kind::null;
  add_error(errors, {node->place, 1, "SW2007",
                     empty ? fmt::format("{} has no value", name)
                           : fmt::format("{} must be {}, found {}", name, wanted, kind_name(node->kind)),
                     "", empty ? fmt::format("write {}, or leave the key out", wanted) : ""});
  return nullptr;
}

bool is_text(const ConfigNode& node, const std::string& name, ConfigErrors& errors) {
  if (node.quoted || node.secret || !looks_boolean(node.text)) return true;
  add_error(errors,
            {node.place, shown_width(node), "SW2008",
             fmt::format("{} must be a string, and {} without quotes may be read as a boolean", name, node.text),
             fmt::format("write \"{}\"", node.text), ""});
  return false;
}

}  // namespace

std::optional<std::string> ConfigReader::string(std::string_view key) {
  const ConfigNode* node = scalar(take(key), dotted(path_, key), "a string", errors_);
  if (node == nullptr || !is_text(*node, dotted(path_, key), errors_)) return std::nullopt;
  return node->text;
}

std::optional<bool> ConfigReader::boolean(std::string_view key) {
  const ConfigNode* node = scalar(take(key), dotted(path_, key), "true or false", errors_);
  if (node == nullptr) return std::nullopt;
  if (may_be_number(*node) && node->text == "true") return true;
  if (may_be_number(*node) && node->text == "false") return false;
  std::string meant;
  if (!node->secret && looks_boolean(node->text)) {
    const char first = plain_letter(node->text[0]);
    const bool yes = first == 't' || first == 'y' || (first == 'o' && node->text.size() == 2);
    meant = yes ? "true" : "false";
  }
  add_error(errors_,
            {node->place, shown_width(*node), meant.empty() ? "SW2007" : "SW2008",
             fmt::format("{} must be true or false, found {}", dotted(path_, key), shown(*node)),
             meant.empty() ? "" : fmt::format("write {}{}", meant, node->quoted ? " without quotes" : ""), ""});
  return std::nullopt;
}

std::optional<std::int64_t> ConfigReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const std::string name = dotted(path_, key);
  const ConfigNode* node = scalar(take(key), name, "a whole number", errors_);
  if (node == nullptr) return std::nullopt;
  const auto value = may_be_number(*node) ? whole_number(node->text) : std::nullopt;
  if (!value) {
    const bool quoted = !may_be_number(*node) && whole_number(node->text).has_value();
    add_error(errors_, {node->place, shown_width(*node), "SW2007",
                        fmt::format("{} must be a whole number, found {}", name, shown(*node)),
                        quoted ? fmt::format("write {} without quotes", node->text) : "", ""});
    return std::nullopt;
  }
  if (*value < least || *value > most) {
    add_error(errors_,
              {node->place, shown_width(*node), "SW2010", fmt::format("{}: {} is out of range", name, shown(*node)), "",
               least == most ? fmt::format("allowed: {}", least) : fmt::format("allowed: {} to {}", least, most)});
    return std::nullopt;
  }
  return value;
}

std::optional<Nanos> ConfigReader::duration(std::string_view key, Nanos least, Nanos most) {
  const std::string name = dotted(path_, key);
  const ConfigNode* node = scalar(take(key), name, "a duration such as 30s", errors_);
  if (node == nullptr) return std::nullopt;
  const auto value = parse_duration(node->text);
  if (!value) {
    const bool bare = !node->secret && all_digits(node->text) && node->text.size() < 12;
    add_error(errors_, {node->place, shown_width(*node), "SW2009",
                        bare ? fmt::format("{}: {} has no unit", name, node->text)
                             : fmt::format("{}: {} is not a duration", name, shown(*node)),
                        bare ? question(node->text + "s") : "", "units: ns us ms s m h d"});
    return std::nullopt;
  }
  if (*value < least || *value > most) {
    add_error(errors_,
              {node->place, shown_width(*node), "SW2010", fmt::format("{}: {} is out of range", name, shown(*node)), "",
               fmt::format("allowed: {} to {}", format_duration(least), format_duration(most))});
    return std::nullopt;
  }
  return value;
}

std::optional<std::uint64_t> ConfigReader::size(std::string_view key, std::uint64_t least, std::uint64_t most) {
  const std::string name = dotted(path_, key);
  const ConfigNode* node = scalar(take(key), name, "a size such as 64MiB", errors_);
  if (node == nullptr) return std::nullopt;
  const auto value = parse_size(node->text);
  if (!value) {
    const bool bare = !node->secret && all_digits(node->text);
    add_error(errors_, {node->place, shown_width(*node), "SW2009",
                        bare ? fmt::format("{}: {} has no unit", name, shown(*node))
                             : fmt::format("{}: {} is not a size", name, shown(*node)),
                        node->secret ? "" : question(size_meant(node->text)), "units: B KiB MiB GiB TiB"});
    return std::nullopt;
  }
  if (*value < least || *value > most) {
    add_error(errors_,
              {node->place, shown_width(*node), "SW2010", fmt::format("{}: {} is out of range", name, shown(*node)), "",
               fmt::format("allowed: {} to {}", format_size(least), format_size(most))});
    return std::nullopt;
  }
  return value;
}

std::optional<std::string> ConfigReader::one_of(std::string_view key, const std::vector<std::string>& allowed) {
  const std::string name = dotted(path_, key);
  const ConfigNode* node = scalar(take(key), name, "one of " + listed(allowed), errors_);
  if (node == nullptr || !is_text(*node, name, errors_)) return std::nullopt;
  if (std::find(allowed.begin(), allowed.end(), node->text) != allowed.end()) return node->text;
  add_error(errors_, {node->place, shown_width(*node), "SW2011",
                      fmt::format("{}: {} is not one of the values it may have", name, shown(*node)),
                      node->secret ? "" : question(nearest(node->text, allowed)), "allowed: " + listed(allowed)});
  return std::nullopt;
}

std::optional<std::vector<std::string>> ConfigReader::strings(std::string_view key) {
  const std::string name = dotted(path_, key);
  const ConfigNode* node = take(key);
  if (node == nullptr) return std::nullopt;
  if (node->kind != ConfigNode::Kind::list) {
    add_error(errors_, {node->place, shown_width(*node), "SW2007",
                        fmt::format("{} must be a list of strings, found {}", name, kind_name(node->kind)), "",
                        "a list is written [a, b]"});
    return std::nullopt;
  }
  std::vector<std::string> texts;
  bool good = true;
  for (const ConfigNode& item : node->items) {
    const std::string item_name = fmt::format("{}[{}]", name, texts.size());
    const ConfigNode* text = scalar(&item, item_name, "a string", errors_);
    if (text == nullptr || !is_text(*text, item_name, errors_)) good = false;
    texts.push_back(text == nullptr ? std::string{} : text->text);
  }
  return good ? std::optional{std::move(texts)} : std::nullopt;
}

const ConfigNode* ConfigReader::map(std::string_view key) {
  const ConfigNode* node = take(key);
  if (node == nullptr || node->kind == ConfigNode::Kind::map || node->kind == ConfigNode::Kind::null) return node;
  add_error(errors_, {node->place, shown_width(*node), "SW2007",
                      fmt::format("{} must be a map, found {}", dotted(path_, key), kind_name(node->kind)), "",
                      "a map is written as indented `key: value` lines"});
  return nullptr;
}

const ConfigNode* ConfigReader::any(std::string_view key) {
  return take(key);
}

void ConfigReader::required(std::string_view key) {
  if (node_ == nullptr || has(key)) return;
  add_error(errors_,
            {node_->place, 1, "SW2013", fmt::format("{} is missing", dotted(path_, key)), "", "it has no default"});
}

void ConfigReader::not_yet(std::string_view key) {
  refused_.emplace_back(key);
  if (node_ == nullptr) return;
  for (const ConfigNode::Member& member : node_->members) {
    if (member.key != key) continue;
    add_error(errors_, {member.place, static_cast<int>(key.size()), "SW2012",
                        fmt::format("{} is not yet supported", dotted(path_, key)), "", "leave the key out"});
  }
}

void ConfigReader::wrong(const ConfigNode& at, std::string what, std::string help, std::string code) {
  add_error(errors_, {at.place, shown_width(at), std::move(code), path_.empty() ? what : path_ + ": " + what, "",
                      std::move(help)});
}

void ConfigReader::refuse(std::string_view key, std::string_view what, std::string help, std::string code) {
  const ConfigNode* node = take(key);
  if (node == nullptr) return;
  const std::string value = node->kind == ConfigNode::Kind::scalar ? " " + shown(*node) : "";
  add_error(errors_, {node->place, shown_width(*node), std::move(code),
                      fmt::format("{}:{} {}", dotted(path_, key), value, what), "", std::move(help)});
}

void ConfigReader::finish() {
  if (node_ == nullptr) return;
  std::vector<std::string> sorted = known_;
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  for (const ConfigNode::Member& member : node_->members) {
    if (std::binary_search(sorted.begin(), sorted.end(), member.key) ||
        std::find(refused_.begin(), refused_.end(), member.key) != refused_.end())
      continue;
    ConfigNode key;
    key.kind = ConfigNode::Kind::scalar;
    key.text = member.key;
    const std::string guess = errors_.size() < suggestions_max ? nearest(member.key, sorted) : "";
    add_error(errors_, {member.place, shown_width(key), "SW2006",
                        path_.empty() ? fmt::format("unknown key {}", shown(key))
                                      : fmt::format("{}: unknown key {}", path_, shown(key)),
                        question(guess), "known keys: " + listed(sorted, 40)});
  }
}

}  // namespace sagewatch
