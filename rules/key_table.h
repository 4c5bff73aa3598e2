#pragma once
// While rules are compiled: every access key (access_key.h) that some rule could be filed under, how often rules use
// it, and which are the best for an alternative. How often *events* have a key is not known then; how often rules spell
// it out, among all that rules spell out at the path, is the best guess at hand: a status that half of the rules name
// is no rare status.
//
// Borrows from the patterns.
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/access_key.h"
#include "rules/affix_lengths.h"
#include "rules/alternative.h"
#include "rules/class_word.h"

namespace sagewatch {

class KeyTable {
 public:
  using Id = std::uint32_t;

  struct Key {
    std::uint64_t hash = 0;
    std::string_view bytes;  // as compared
    PathId path = no_path;
    KeyKind kind = KeyKind::text;
    std::uint32_t uses = 0;
    std::uint32_t ordinal = 0;  // text: among the texts of its path
  };
  // Where a rule would hang for one alternative.
  struct Choice {
    Id key = 0;
    std::vector<Id> more;  // and under these: a range of numbers
    double share = 1;      // of events, guessed
  };

  // First for all alternatives: how long their prefixes and suffixes are, and which numbers they name.
  void measure(PathId path, const Alternative& alternative);
  // Then, once: which lengths are filed, and the cells of numbers.
  void settle();
  // Then for all: counts one more use of all keys that the alternative could be filed under, and of the texts that it
  // excludes.
  void count(PathId path, const Alternative& alternative);
  // Then: the rarest; nothing if only the presence of a value says something.
  std::optional<Choice> choose(PathId path, const Alternative& alternative);

  const std::deque<Key>& keys() const { return keys_; }
  Id text(PathId path, std::string_view bytes) { return intern(path, KeyKind::text, bytes); }
  const std::vector<std::string_view>& texts(PathId path) { return of_path(path).texts; }
  // All numbers with a value that the path's alternatives name, ascending, each once.
  const std::vector<double>& numbers(PathId path) { return of_path(path).numbers; }
  // Lengths of beginnings that are asked for, if many are, and what share of these are at least as long.
  std::vector<ClassLayout::Beginning> beginnings(PathId path);
  bool spells_numbers(PathId path) { return of_path(path).spells_numbers; }  // some without a value
  // Bounds of cells, ascending: a number's cell is how many of them it reaches. Empty: ranges are not filed.
  const std::vector<double>& cells(PathId path) { return of_path(path).cells; }

 private:
  struct OfPath {
    std::vector<std::string_view> texts;
    std::vector<Id> named;  // texts and prefixes
    double tests = 0;       // alternatives
    double uses = 0;        // of all keys but infixes
    double infix_uses = 0;
    AffixLengths prefixes, lower_prefixes;
    AffixLengths suffixes{AffixLengths::End::back}, lower_suffixes{AffixLengths::End::back};
    AffixLengths infixes;  // that begin with a separator
    std::vector<double> numbers;
    std::vector<double> cells;
    bool spells_numbers = false;
    // All texts and prefixes, sorted, with how often they are used, summed up to each: made when first asked for.
    std::vector<std::pair<std::string_view, double>> beginnings;
  };
  double presence(PathId path) const;
  // How many uses at the path begin with these bytes.
  double uses_beginning(PathId path, std::string_view bytes);

  // Calls each(kind, bytes) for every key of the alternative; owned bytes are in owned_.
  template <class Each>
  void each_key(PathId path, const Alternative& alternative, Each each);
  std::optional<Choice> choose_range(PathId path, const NumericRange& range);
  struct Measure;
  template <class Each, class Own>
  struct Keys;
  Id intern(PathId path, KeyKind kind, std::string_view bytes);
  OfPath& of_path(PathId path);
  std::string_view own(std::string bytes);

  std::deque<Key> keys_;
  std::vector<Id> table_{std::vector<Id>(64, 0)};  // open addressing: 1 + id
  std::deque<OfPath> paths_;
  double most_tests_ = 1;
  std::deque<std::string> owned_;
  std::string padded_;
};

}  // namespace sagewatch
