#include "rules/key_table.h"

#include <algorithm>
#include <cstring>

namespace sagewatch {
namespace {

template <std::size_t n>
std::uint32_t longest_fitting(const std::uint32_t (&lengths)[n], std::size_t size) {
  std::uint32_t best = 0;
  for (const std::uint32_t length : lengths) best = length <= size ? length : best;
  return best;
}

std::string_view prefix_key(std::string_view text) {
  return text.substr(0, longest_fitting(affix_lengths, text.size()));
}
std::string_view suffix_key(std::string_view text) {
  return text.substr(text.size() - longest_fitting(affix_lengths, text.size()));
}
std::string_view ascii_beginning(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}
std::string_view ascii_end(std::string_view text) {
  const auto begin = std::find_if(text.rbegin(), text.rend(), [](char c) { return (c & 0x80) != 0; });
  return text.substr(static_cast<std::size_t>(text.rend() - begin));
}

// What is assumed beside what rules spell out: the smaller, the more a rare use counts as common.
double unspoken(KeyKind kind) {
  switch (kind) {
    case KeyKind::text:
    case KeyKind::lower_text:
    case KeyKind::number:
    case KeyKind::address:
    case KeyKind::spelling:
      return 8;
    case KeyKind::infix:
    case KeyKind::word:
      return 1;
    default:
      return 4;
  }
}

// One overload a kind of alternative; `each(kind, bytes, decides)` for each key that it could be filed under.
template <class Each, class Own>
struct Keys {
  Each& each;
  Own own;

  void operator()(const ExactText& exact) { each(KeyKind::text, exact.text, true); }
  void operator()(const ExactAddress& exact) { block(KeyKind::address, exact.address, 8U * exact.address.bytes_used); }
  void operator()(const CidrBlock& cidr) { block(KeyKind::block, cidr.address(), cidr.bits()); }
  void operator()(const ExactNumber& exact) {
    if (!exact.value) return each(KeyKind::spelling, exact.spelling, false);
    std::string bytes(sizeof(double), '\0');
    std::memcpy(bytes.data(), &*exact.value, sizeof(double));
    each(KeyKind::number, own(std::move(bytes)), true);
  }
  void operator()(const ExactWord& exact) {
    constexpr std::string_view words[] = {"t", "f", "n"};
    each(KeyKind::word, words[static_cast<int>(exact.word) - static_cast<int>(Scalar::Kind::true_value)], false);
  }
  void operator()(const Prefix& prefix) { affix(KeyKind::prefix, prefix_key(prefix.text), prefix.text.size()); }
  void operator()(const Suffix& suffix) { affix(KeyKind::suffix, suffix_key(suffix.text), suffix.text.size()); }
  void operator()(const EqualsIgnoreCase& test) {
    if (is_ascii(test.text.text())) return each(KeyKind::lower_text, own(ascii_lower(test.text.text())), false);
    affix(KeyKind::lower_prefix, own(ascii_lower(prefix_key(ascii_beginning(test.text.text())))), 0);
  }
  void operator()(const PrefixIgnoreCase& test) {
    affix(KeyKind::lower_prefix, own(ascii_lower(prefix_key(ascii_beginning(test.text.text())))), 0);
  }
  void operator()(const SuffixIgnoreCase& test) {
    affix(KeyKind::lower_suffix, own(ascii_lower(suffix_key(ascii_end(test.text.text())))), 0);
  }
  void operator()(const Wildcard& wildcard) {
    const std::vector<std::string>& pieces = wildcard.pieces();
    if (pieces.size() == 1) return each(KeyKind::text, pieces.front(), true);
    affix(KeyKind::prefix, prefix_key(pieces.front()), 0);
    affix(KeyKind::suffix, suffix_key(pieces.back()), 0);
    for (const std::string& piece : pieces) {
      const std::uint32_t size = longest_fitting(infix_lengths, piece.size());
      for (std::size_t i = 0; size > 0 && i + size <= piece.size(); ++i) {
        each(KeyKind::infix, std::string_view{piece}.substr(i, size), false);
      }
    }
  }
  void operator()(const auto&) {}

  // `whole`: how long the affix itself is; the key decides if it is all of it.
  void affix(KeyKind kind, std::string_view key, std::size_t whole) {
    if (!key.empty()) each(kind, key, key.size() == whole);
  }
  void block(KeyKind kind, const IpAddress& address, unsigned bits) {
    each(kind, own(std::string{BlockKey{address, bits}.bytes(), BlockKey::size}), false);
  }
};

}  // namespace

template <class Each>
void KeyTable::each_key(const Alternative& alternative, Each each) {
  const auto own_bytes = [this](std::string bytes) { return own(std::move(bytes)); };
  std::visit(Keys<Each, decltype(own_bytes)>{each, own_bytes}, alternative.test);
}

void KeyTable::count(PathId path, const Alternative& alternative) {
  each_key(alternative, [&](KeyKind kind, std::string_view bytes, bool) {
    ++keys_[intern(path, kind, bytes)].uses;
    (kind == KeyKind::infix ? of_path(path).infix_uses : of_path(path).uses) += 1;
  });
  if (const auto* but = std::get_if<AnythingBut>(&alternative.test)) {
    for (const Alternative& member : but->excluded) {
      if (const auto* exact = std::get_if<ExactText>(&member.test)) text(path, exact->text);
    }
  }
}

std::optional<KeyTable::Choice> KeyTable::choose(PathId path, const Alternative& alternative) {
  std::optional<Choice> best;
  each_key(alternative, [&](KeyKind kind, std::string_view bytes, bool decides) {
    const Id id = intern(path, kind, bytes);
    const OfPath& all = of_path(path);
    const double of = (kind == KeyKind::infix ? all.infix_uses : all.uses) + unspoken(kind);
    const double share = std::max(1U, keys_[id].uses) / of;
    // An infix is looked for at every place of a value: one look-up is worth more.
    const double weight = kind == KeyKind::infix ? 2 : 1;
    if (!best || share * weight < best->share) best = Choice{id, decides, share * weight};
  });
  return best;
}

KeyTable::Id KeyTable::intern(PathId path, KeyKind kind, std::string_view bytes) {
  padded_.assign(bytes);
  padded_.append(8, '\0');
  const std::uint64_t hash = hash_bytes(key_seed(path, kind), padded_.data(), bytes.size());
  std::size_t mask = table_.size() - 1;
  std::size_t at = hash & mask;
  for (; table_[at] != 0; at = (at + 1) & mask) {
    const Key& key = keys_[table_[at] - 1];
    if (key.hash == hash && key.path == path && key.kind == kind && key.bytes == bytes) return table_[at] - 1;
  }
  const auto id = static_cast<Id>(keys_.size());
  OfPath& all = of_path(path);
  keys_.push_back({hash, bytes, path, kind, 0, static_cast<std::uint32_t>(all.texts.size())});
  if (kind == KeyKind::text) all.texts.push_back(bytes);
  table_[at] = id + 1;
  if (2 * keys_.size() > table_.size()) {
    table_.assign(4 * table_.size(), 0);
    mask = table_.size() - 1;
    for (Id i = 0; i < keys_.size(); ++i) {
      std::size_t place = keys_[i].hash & mask;
      while (table_[place] != 0) place = (place + 1) & mask;
      table_[place] = i + 1;
    }
  }
  return id;
}

KeyTable::OfPath& KeyTable::of_path(PathId path) {
  while (paths_.size() <= path) paths_.emplace_back();
  return paths_[path];
}

std::string_view KeyTable::own(std::string bytes) {
  return owned_.emplace_back(std::move(bytes));
}

}  // namespace sagewatch
