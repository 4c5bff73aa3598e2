#include "rules/value_tests.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "rules/byte_words.h"
#include "rules/comparable_number.h"

namespace sagewatch {
namespace {

// A list is its number of tests; then each is one word of operator and size (bytes, members or an index), and
// its operands: numbers of texts as a word each, strings padded to whole words, numbers as doubles of two words.
enum class Op : std::uint32_t {
  texts,  // any of so many: all of the list are one
  prefix,
  suffix,
  number,
  range_closed,  // both bounds belong to it; open ones were moved to the next double
  word,
  exists,
  absent,
  lower_text,  // ignoring the case of ASCII; the string stands in lower case
  lower_prefix,
  lower_suffix,
  but_texts,
  but_numbers,
  wildcard,  // what stands between the stars; each: a word with the size, then the string
  other,     // index into others_
};

constexpr double infinity = std::numeric_limits<double>::infinity();

constexpr unsigned op_bits = 4;
constexpr std::size_t size_max = UINT32_MAX >> op_bits;

std::uint32_t head(Op op, std::size_t size) {
  return static_cast<std::uint32_t>(size) << op_bits | static_cast<std::uint32_t>(op);
}
std::size_t words_of(std::size_t bytes) {
  return (bytes + 3) / 4;
}

// Words being collected, and what they cannot hold.
struct Writing {
  std::vector<std::uint32_t> words;

  void text(std::uint32_t first, const std::string& bytes) {
    words.push_back(first);
    const std::size_t begin = words.size();
    words.resize(begin + words_of(bytes.size()));
    if (!bytes.empty()) std::memcpy(words.data() + begin, bytes.data(), bytes.size());
  }
  void member(const std::string& bytes) { text(static_cast<std::uint32_t>(bytes.size()), bytes); }
  void number(double value) {
    words.resize(words.size() + 2);
    std::memcpy(words.data() + words.size() - 2, &value, sizeof value);
  }
};

template <class T>
bool all_are(const std::vector<Alternative>& list) {
  for (const Alternative& member : list) {
    if (!std::holds_alternative<T>(member.test)) return false;
  }
  return true;
}

// One overload a kind of alternative. False: it has no flat form.
struct Write {
  Writing& out;
  const ValueTests::IdOf& id_of;

  bool operator()(const Prefix& prefix) const { return text(Op::prefix, prefix.text); }
  bool operator()(const Suffix& suffix) const { return text(Op::suffix, suffix.text); }
  bool operator()(const ExactNumber& exact) const {
    if (!exact.value) return false;
    out.words.push_back(head(Op::number, 0));
    out.number(*exact.value);
    return true;
  }
  bool operator()(const ExactWord& exact) const {
    return out.words.push_back(head(Op::word, static_cast<std::size_t>(exact.word))), true;
  }
  bool operator()(const NumericRange& range) const {
    out.words.push_back(head(Op::range_closed, 0));
    const auto bound = [&](const std::optional<NumericRange::Bound>& given, double outermost) {
      if (!given) return out.number(outermost);
      out.number(given->open ? std::nextafter(given->value, -outermost) : given->value);
    };
    bound(range.bottom, -infinity);
    bound(range.top, infinity);
    return true;
  }
  bool operator()(const EqualsIgnoreCase& test) const { return lower(Op::lower_text, test.text); }
  bool operator()(const PrefixIgnoreCase& test) const { return lower(Op::lower_prefix, test.text); }
  bool operator()(const SuffixIgnoreCase& test) const { return lower(Op::lower_suffix, test.text); }
  bool operator()(const Exists&) const { return out.words.push_back(head(Op::exists, 0)), true; }
  bool operator()(const Absent&) const { return out.words.push_back(head(Op::absent, 0)), true; }
  bool operator()(const AnythingBut& but) const {
    if (all_are<ExactText>(but.excluded)) {
      out.words.push_back(head(Op::but_texts, but.excluded.size()));
      for (const Alternative& member : but.excluded) {
        out.words.push_back(id_of(std::get_if<ExactText>(&member.test)->text));
      }
      return true;
    }
    if (!all_are<ExactNumber>(but.excluded)) return false;
    out.words.push_back(head(Op::but_numbers, but.excluded.size()));
    for (const Alternative& member : but.excluded) out.number(std::get_if<ExactNumber>(&member.test)->value.value());
    return true;
  }
  bool operator()(const Wildcard& wildcard) const {
    out.words.push_back(head(Op::wildcard, wildcard.pieces().size()));
    for (const std::string& piece : wildcard.pieces()) out.member(piece);
    return true;
  }
  bool operator()(const auto&) const { return false; }

 private:
  // Within ASCII each letter has just its two cases, so that comparing lower case with lower case is the whole rule.
  bool lower(Op op, const IgnoreCase& test) const {
    return is_ascii(test.text()) && text(op, ascii_lower(test.text()));
  }
  bool text(Op op, const std::string& bytes) const {
    if (bytes.size() > size_max) return false;
    out.text(head(op, bytes.size()), bytes);
    return true;
  }
};

const char* bytes_at(const std::uint32_t* word) {
  return reinterpret_cast<const char*>(word);
}
double number_at(const std::uint32_t* word) {
  double number = 0;
  std::memcpy(&number, word, sizeof number);
  return number;
}

// Each moves `at` behind its operands.
bool is_among(const std::uint32_t*& at, std::size_t members, const EventValue& value) {
  bool found = false;
  for (std::size_t i = 0; i < members; ++i) found = found || at[i] == value.text_id;
  at += members;
  return found;
}
bool excludes_number(const std::uint32_t*& at, std::size_t members, const EventValue& value) {
  bool excluded = false;
  for (std::size_t i = 0; i < members; ++i)
    excluded = excluded || (value.comparable && value.number == number_at(at + 2 * i));
  at += 2 * members;
  return excluded;
}

std::string_view next_text(const std::uint32_t*& at) {
  const std::size_t size = *at++;
  const std::string_view text{bytes_at(at), size};
  at += words_of(size);
  return text;
}
// As Wildcard::matches(), but both ends first: they are what nearly every stranger differs in.
bool fits_wildcard(const std::uint32_t*& at, std::size_t pieces, const EventValue& value) {
  const std::string_view first = next_text(at);
  const std::uint32_t* between = at;
  std::string_view last = first;
  for (std::size_t i = 1; i < pieces; ++i) last = next_text(at);
  if (value.kind != Scalar::Kind::string) return false;
  std::string_view left = value.view();
  if (pieces == 1) return left == first;
  if (left.size() < first.size() + last.size() || !equal_bytes(first.data(), left.data(), first.size()) ||
      !equal_bytes(last.data(), left.data() + (left.size() - last.size()), last.size())) {
    return false;
  }
  left = left.substr(first.size(), left.size() - first.size() - last.size());
  for (std::size_t i = 1; i + 1 < pieces; ++i) {
    const std::string_view piece = next_text(between);
    const std::size_t found = left.find(piece);
    if (found == std::string_view::npos) return false;
    left.remove_prefix(found + piece.size());
  }
  return true;
}

}  // namespace

ValueTests::List ValueTests::add(std::span<const Alternative> alternatives, const IdOf& id_of) {
  std::vector<std::uint32_t> texts;
  for (const Alternative& alternative : alternatives) {
    if (const auto* exact = std::get_if<ExactText>(&alternative.test)) texts.push_back(id_of(exact->text));
  }
  const std::size_t tests = alternatives.size() - texts.size() + (texts.empty() ? 0 : 1);
  Writing writing{{static_cast<std::uint32_t>(tests)}};
  if (!texts.empty()) {
    writing.words.push_back(head(Op::texts, texts.size()));
    writing.words.insert(writing.words.end(), texts.begin(), texts.end());
  }
  const std::size_t others_before = others_.size();
  for (const Alternative& alternative : alternatives) {
    if (std::holds_alternative<ExactText>(alternative.test)) continue;
    if (std::visit(Write{writing, id_of}, alternative.test)) continue;
    writing.words.push_back(head(Op::other, others_.size()));
    others_.push_back(alternative);
  }
  const auto list = static_cast<List>(ends_.size() - 1);
  if (others_.size() == others_before) {
    std::string content(reinterpret_cast<const char*>(writing.words.data()), writing.words.size() * 4);
    const auto [known, is_new] = known_.try_emplace(std::move(content), list);
    if (!is_new) return known->second;
  }
  words_.insert(words_.end(), writing.words.begin(), writing.words.end());
  ends_.push_back(words_.size());
  return list;
}

bool accepts(const std::uint32_t* list, std::span<const Alternative> others, const EventValue& value) {
  const std::uint32_t* at = list;
  const bool is_string = value.kind == Scalar::Kind::string;
  for (std::uint32_t left = *at++; left > 0; --left) {
    const auto op = static_cast<Op>(*at & ((1U << op_bits) - 1));
    const std::size_t size = *at >> op_bits;
    ++at;
    bool accepted = false;
    switch (op) {
      case Op::texts:
        accepted = is_among(at, size, value);
        break;
      case Op::prefix:
        // Of several the end first: names that begin alike differ there, and most are strangers.
        accepted = is_string && value.length >= size &&
                   (left == 1 || tail_word(bytes_at(at), size) == tail_word(value.text, size)) &&
                   equal_bytes(bytes_at(at), value.text, size);
        at += words_of(size);
        break;
      case Op::suffix:
        accepted =
            is_string && value.length >= size && equal_bytes(bytes_at(at), value.text + (value.length - size), size);
        at += words_of(size);
        break;
      case Op::number:
        accepted = value.comparable && value.number == number_at(at);
        at += 2;
        break;
      case Op::range_closed:
        accepted = value.comparable && value.number >= number_at(at) && value.number <= number_at(at + 2);
        at += 4;
        break;
      case Op::word:
        accepted = static_cast<std::size_t>(value.kind) == size;
        break;
      case Op::exists:
        accepted = true;
        break;
      case Op::absent:
        break;
      case Op::but_texts:
        accepted = !is_among(at, size, value);
        break;
      case Op::but_numbers:
        accepted = !excludes_number(at, size, value);
        break;
      case Op::lower_text:
        accepted = is_string && value.length == size && equal_lower(bytes_at(at), value.text, size);
        at += words_of(size);
        break;
      case Op::lower_prefix:
        accepted = is_string && value.length >= size && equal_lower(bytes_at(at), value.text, size);
        at += words_of(size);
        break;
      case Op::lower_suffix:
        accepted =
            is_string && value.length >= size && equal_lower(bytes_at(at), value.text + (value.length - size), size);
        at += words_of(size);
        break;
      case Op::wildcard:
        accepted = fits_wildcard(at, size, value);
        break;
      case Op::other: {
        const bool is_number = value.kind == Scalar::Kind::number;
        Scalar scalar{value.kind, is_number ? number_spelling(value.text) : value.view(), {}};
        if (value.comparable) scalar.number = value.number;
        accepted = sagewatch::accepts(others[size], scalar);
        break;
      }
    }
    if (accepted) return true;
  }
  return false;
}

std::size_t memory_of(const Alternative& alternative) {
  constexpr std::size_t of_a_unit = 72;  // two spellings
  if (const auto* test = std::get_if<EqualsIgnoreCase>(&alternative.test)) return of_a_unit * test->text.text().size();
  if (const auto* test = std::get_if<PrefixIgnoreCase>(&alternative.test)) return of_a_unit * test->text.text().size();
  if (const auto* test = std::get_if<SuffixIgnoreCase>(&alternative.test)) return of_a_unit * test->text.text().size();
  std::size_t sum = 0;
  if (const auto* but = std::get_if<AnythingBut>(&alternative.test)) {
    for (const Alternative& member : but->excluded) sum += sizeof(Alternative) + memory_of(member);
  }
  return sum;
}

}  // namespace sagewatch
