#include "rules/alternative.h"

#include <algorithm>

namespace sagewatch {
namespace {

using Kind = Scalar::Kind;

// One overload a kind of alternative; string operators see only strings, numeric ones only comparable numbers.
struct Accepts {
  const Scalar& value;

  bool is_string() const { return value.kind == Kind::string; }
  bool operator()(const ExactText& exact) const { return is_string() && value.text == exact.text; }
  bool operator()(const ExactAddress& exact) const {
    return is_string() && IpAddress::parse(value.text) == exact.address;
  }
  bool operator()(const ExactNumber& exact) const {
    if (value.kind != Kind::number) return false;
    return exact.value ? value.number == exact.value : value.text == exact.spelling;
  }
  bool operator()(const ExactWord& exact) const { return value.kind == exact.word; }
  bool operator()(const Prefix& prefix) const { return is_string() && value.text.starts_with(prefix.text); }
  bool operator()(const Suffix& suffix) const { return is_string() && value.text.ends_with(suffix.text); }
  bool operator()(const EqualsIgnoreCase& test) const { return is_string() && test.text.equals(value.text); }
  bool operator()(const PrefixIgnoreCase& test) const { return is_string() && test.text.begins(value.text); }
  bool operator()(const SuffixIgnoreCase& test) const { return is_string() && test.text.ends(value.text); }
  bool operator()(const Wildcard& wildcard) const { return is_string() && wildcard.matches(value.text); }
  bool operator()(const NumericRange& range) const {
    if (value.kind != Kind::number || !value.number) return false;
    const double number = *value.number;
    if (range.bottom && (range.bottom->open ? number <= range.bottom->value : number < range.bottom->value)) {
      return false;
    }
    return !range.top || (range.top->open ? number < range.top->value : number <= range.top->value);
  }
  bool operator()(const CidrBlock& block) const {
    if (!is_string()) return false;
    const auto address = IpAddress::parse(value.text);
    return address && block.contains(*address);
  }
  bool operator()(const Exists&) const { return true; }
  bool operator()(const Absent&) const { return false; }
  bool operator()(const AnythingBut& but) const {
    return std::none_of(but.excluded.begin(), but.excluded.end(),
                        [&](const Alternative& excluded) { return accepts(excluded, value); });
  }
};

}  // namespace

bool accepts(const Alternative& alternative, const Scalar& value) {
  return std::visit(Accepts{value}, alternative.test);
}

}  // namespace sagewatch
