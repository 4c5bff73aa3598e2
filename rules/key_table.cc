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

std::string_view ascii_beginning(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) { return (c & 0x80) != 0; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}
std::string_view ascii_end(std::string_view text) {
  const auto begin = std::find_if(text.rbegin(), text.rend(), [](char c) { return (c & 0x80) != 0; });
  return text.substr(static_cast<std::size_t>(text.rend() - begin));
}

// From the separator on that values have fewest of, to the end; empty if less is left than tells values apart.
std::string_view best_separated(std::string_view piece) {
  constexpr std::size_t least = 4;
  for (const char separator : separators) {
    const std::size_t at = piece.rfind(separator, piece.size() - std::min(least, piece.size()));
    if (at != std::string_view::npos && piece.size() - at >= least) return piece.substr(at);
  }
  return {};
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

}  // namespace

// ----- affixes and cells -----

struct KeyTable::Measure {
  OfPath& of_path;

  void operator()(const Prefix& prefix) { of_path.prefixes.add(prefix.text); }
  void operator()(const Suffix& suffix) { of_path.suffixes.add(suffix.text); }
  void operator()(const EqualsIgnoreCase& test) {
    if (!is_ascii(test.text.text())) of_path.lower_prefixes.add(ascii_beginning(test.text.text()));
  }
  void operator()(const PrefixIgnoreCase& test) { of_path.lower_prefixes.add(ascii_beginning(test.text.text())); }
  void operator()(const SuffixIgnoreCase& test) { of_path.lower_suffixes.add(ascii_end(test.text.text())); }
  void operator()(const Wildcard& wildcard) {
    if (wildcard.pieces().size() == 1) return;
    of_path.prefixes.add(wildcard.pieces().front());
    of_path.suffixes.add(wildcard.pieces().back());
    for (const std::string& piece : wildcard.pieces()) of_path.infixes.add(best_separated(piece));
  }
  void operator()(const ExactNumber& exact) {
    if (exact.value) of_path.numbers.push_back(*exact.value);
    of_path.spells_numbers = of_path.spells_numbers || !exact.value;
  }
  void operator()(const NumericRange& range) {
    if (range.bottom) of_path.numbers.push_back(range.bottom->value);
    if (range.top) of_path.numbers.push_back(range.top->value);
  }
  void operator()(const AnythingBut& but) {
    for (const Alternative& member : but.excluded) {
      if (const auto* exact = std::get_if<ExactNumber>(&member.test)) (*this)(*exact);
    }
  }
  void operator()(const auto&) {}
};

void KeyTable::measure(PathId path, const Alternative& alternative) {
  of_path(path).tests += 1;
  most_tests_ = std::max(most_tests_, of_path(path).tests);
  std::visit(Measure{of_path(path)}, alternative.test);
}

void KeyTable::settle() {
  constexpr std::size_t cells_max = 4'096;
  for (OfPath& path : paths_) {
    for (AffixLengths* lengths : {&path.prefixes, &path.suffixes, &path.lower_prefixes, &path.lower_suffixes}) {
      lengths->settle(6);
    }
    path.infixes.settle(4);  // each is looked up at several places
    std::vector<double>& numbers = path.numbers;
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    // Bounds are every so many-th of the numbers: where rules look closely, cells are narrow.
    const std::size_t count = std::bit_floor(std::min(cells_max, numbers.size()));
    for (std::size_t i = 1; i < count; ++i) path.cells.push_back(numbers[i * numbers.size() / count]);
  }
}

std::vector<ClassLayout::Beginning> KeyTable::beginnings(PathId path) {
  constexpr std::size_t many = 16;
  std::vector<ClassLayout::Beginning> found;
  if (of_path(path).prefixes.affix_count() < many) return found;
  for (const AffixLengths::Length& length : of_path(path).prefixes.all()) {
    found.push_back({length.length, length.share, length.parts});
  }
  return found;
}

// ----- keys -----

// One overload a kind of alternative; `each(kind, bytes)` for each key that it could be filed under.
template <class Each, class Own>
struct KeyTable::Keys {
  Each& each;
  Own own;
  const OfPath& of_path;

  void operator()(const ExactText& exact) { each(KeyKind::text, exact.text); }
  void operator()(const ExactAddress& exact) { block(KeyKind::address, exact.address, 8U * exact.address.bytes_used); }
  void operator()(const CidrBlock& cidr) { block(KeyKind::block, cidr.address(), cidr.bits()); }
  void operator()(const ExactNumber& exact) {
    if (!exact.value) return each(KeyKind::spelling, exact.spelling);
    std::string bytes(sizeof(double), '\0');
    std::memcpy(bytes.data(), &*exact.value, sizeof(double));
    each(KeyKind::number, own(std::move(bytes)));
  }
  void operator()(const ExactWord& exact) {
    constexpr std::string_view words[] = {"t", "f", "n"};
    each(KeyKind::word, words[static_cast<int>(exact.word) - static_cast<int>(Scalar::Kind::true_value)]);
  }
  void operator()(const Prefix& prefix) { begins(KeyKind::prefix, prefix.text, of_path.prefixes); }
  void operator()(const Suffix& suffix) { ends(KeyKind::suffix, suffix.text, of_path.suffixes); }
  void operator()(const EqualsIgnoreCase& test) {
    if (is_ascii(test.text.text())) return each(KeyKind::lower_text, own(ascii_lower(test.text.text())));
    begins(KeyKind::lower_prefix, own(ascii_lower(ascii_beginning(test.text.text()))), of_path.lower_prefixes);
  }
  void operator()(const PrefixIgnoreCase& test) {
    begins(KeyKind::lower_prefix, own(ascii_lower(ascii_beginning(test.text.text()))), of_path.lower_prefixes);
  }
  void operator()(const SuffixIgnoreCase& test) {
    ends(KeyKind::lower_suffix, own(ascii_lower(ascii_end(test.text.text()))), of_path.lower_suffixes);
  }
  void operator()(const Wildcard& wildcard) {
    const std::vector<std::string>& pieces = wildcard.pieces();
    if (pieces.size() == 1) return each(KeyKind::text, pieces.front());
    begins(KeyKind::prefix, pieces.front(), of_path.prefixes);
    ends(KeyKind::suffix, pieces.back(), of_path.suffixes);
    for (const std::string& piece : pieces) infixes(piece);
  }
  void operator()(const auto&) {}

  // One that begins with a separator; if there is none, or it stands at the end, those of everywhere.
  void infixes(std::string_view piece) {
    const std::string_view separated = best_separated(piece);
    if (const std::uint32_t size = of_path.infixes.fitting(separated.size()); size > 0) {
      return each(KeyKind::infix, separated.substr(0, size));
    }
    const std::uint32_t size = longest_fitting(infix_lengths, piece.size());
    for (std::size_t i = 0; size > 0 && i + size <= piece.size(); ++i) {
      each(KeyKind::infix, piece.substr(i, size));
    }
  }
  void begins(KeyKind kind, std::string_view text, const AffixLengths& lengths) {
    const std::uint32_t size = lengths.fitting(text.size());
    if (size > 0) each(kind, text.substr(0, size));
  }
  void ends(KeyKind kind, std::string_view text, const AffixLengths& lengths) {
    const std::uint32_t size = lengths.fitting(text.size());
    if (size > 0) each(kind, text.substr(text.size() - size));
  }
  void block(KeyKind kind, const IpAddress& address, unsigned bits) {
    each(kind, own(std::string{BlockKey{address, bits}.bytes(), BlockKey::size}));
  }
};

template <class Each>
void KeyTable::each_key(PathId path, const Alternative& alternative, Each each) {
  const auto own_bytes = [this](std::string bytes) { return own(std::move(bytes)); };
  std::visit(Keys<Each, decltype(own_bytes)>{each, own_bytes, of_path(path)}, alternative.test);
}

void KeyTable::count(PathId path, const Alternative& alternative) {
  each_key(path, alternative, [&](KeyKind kind, std::string_view bytes) {
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
  if (const auto* range = std::get_if<NumericRange>(&alternative.test)) return choose_range(path, *range);
  std::optional<Choice> best;
  each_key(path, alternative, [&](KeyKind kind, std::string_view bytes) {
    const Id id = intern(path, kind, bytes);
    const OfPath& all = of_path(path);
    const double of = (kind == KeyKind::infix ? all.infix_uses : all.uses) + unspoken(kind);
    const double uses = kind == KeyKind::prefix ? uses_beginning(path, bytes) : keys_[id].uses;
    const double share = std::max(1.0, uses) / of * presence(path);
    // An infix is looked for at many places of a value, if not at all: other look-ups are worth more.
    const double weight = kind != KeyKind::infix ? 1 : is_separator(bytes.front()) ? 2 : 8;
    if (!best || share * weight < best->share) best = Choice{id, {}, share * weight};
  });
  return best;
}

// Paths that rules often ask for are taken for those that events often have.
double KeyTable::presence(PathId path) const {
  constexpr double least = 0.05;
  return std::clamp(paths_[path].tests / most_tests_, least, 1.0);
}

double KeyTable::uses_beginning(PathId path, std::string_view bytes) {
  auto& all = of_path(path).beginnings;
  if (all.empty()) {
    for (const Id id : of_path(path).named) all.emplace_back(keys_[id].bytes, keys_[id].uses);
    std::sort(all.begin(), all.end());
    double sum = 0;
    for (auto& [text, uses] : all) uses = sum += uses;
  }
  const auto begin = std::lower_bound(all.begin(), all.end(), std::pair{bytes, 0.0});
  const auto end = std::partition_point(begin, all.end(), [&](const auto& at) { return at.first.starts_with(bytes); });
  const double before = begin == all.begin() ? 0 : std::prev(begin)->second;
  return end == begin ? 0 : std::prev(end)->second - before;
}

std::optional<KeyTable::Choice> KeyTable::choose_range(PathId path, const NumericRange& range) {
  const std::vector<double>& cells = of_path(path).cells;
  if (cells.empty()) return std::nullopt;
  const auto cell = [&](double number) {
    return static_cast<std::uint32_t>(std::upper_bound(cells.begin(), cells.end(), number) - cells.begin());
  };
  const auto last = static_cast<std::uint32_t>(cells.size());
  const std::uint32_t from = range.bottom ? cell(range.bottom->value) : 0;
  const std::uint32_t to = range.top ? cell(range.top->value) : last;
  std::uint32_t level = 0;
  while ((to >> level) - (from >> level) >= range_nodes) level += range_levels;
  const auto node = [&](std::uint32_t at) { return intern(path, KeyKind::range, own(range_key(level, at))); };
  Choice choice{node(from >> level), {}, 0};
  for (std::uint32_t at = (from >> level) + 1; at <= to >> level; ++at) choice.more.push_back(node(at));
  const double covered = static_cast<double>((choice.more.size() + 1) << level) / (last + 1);
  choice.share = std::min(1.0, covered) * presence(path);
  return choice;
}

KeyTable::Id KeyTable::intern(PathId path, KeyKind kind, std::string_view bytes) {
  padded_.assign(bytes);
  padded_.append(8, '\0');
  const std::uint64_t seed = key_seed(path, kind);
  const std::uint64_t hash = hash_bytes(seed, padded_.data(), bytes.size());
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
  if (kind == KeyKind::text || kind == KeyKind::prefix) all.named.push_back(id);
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
