// The block: u16 number of the ARN's head, u16 length + the rest of the ARN, then one bit for each field that is there,
// then the fields themselves (u16 length + bytes, or 8 bytes), then the parts. A name, an account and a region that are
// the ARN's are left out: most are. Lengths have 16 bits: every text is cut to texts_max when it is read, and a longer
// one of a foreign row is cut here, because unpack() trusts the lengths.
//
// A block that has a history has room for some transitions more: getting a block somewhat larger and giving up the one
// before is dearer than all else that an update does, because malloc looks at the neighbours of both, which no cache
// holds. So a job's life takes two blocks instead of six.
#include "events/resource_facts.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "events/base/bytes.h"
#include "events/resource_key.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

constexpr double unknown_number = std::numeric_limits<double>::quiet_NaN();

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}
bool same(const PartSeen& a, const PartSeen& b) {
  return a.name == b.name && a.texts == b.texts &&
         std::equal(a.numbers.begin(), a.numbers.end(), b.numbers.begin(),
                    [](double x, double y) { return same(x, y); });
}

// The texts in the order of their bits.
template <class Facts, class Each>
void each_text(Facts& facts, Each&& each) {
  each(facts.name);
  each(facts.account);
  each(facts.region);
  each(facts.parent);
  each(facts.tags);
  each(facts.reason_text);
  each(facts.history);
  each(facts.calls);
  for (auto& text : facts.status_verbatim) each(text);
  for (auto& label : facts.labels) each(label);
}
constexpr std::size_t texts = 8 + axes_max + facts_max;
static_assert(texts + facts_max <= 32, "one bit for each text and number");

void put_text(std::string& out, std::string_view text) {
  text = cut_utf8(text, std::numeric_limits<std::uint16_t>::max());
  put<std::uint16_t>(out, static_cast<std::uint16_t>(text.size()));
  out.append(text);
}
void put_double(std::string& out, double value) {
  put<std::uint64_t>(out, std::bit_cast<std::uint64_t>(value));
}

constexpr std::size_t growth = 3 * past_bytes;
constexpr std::size_t malloc_header = 8, malloc_step = 16;
// `size` or somewhat more: as much as malloc sets aside for it anyway.
std::uint32_t whole_steps(std::size_t size) {
  return static_cast<std::uint32_t>((size + malloc_header + malloc_step - 1) / malloc_step * malloc_step -
                                    malloc_header);
}

// What of a resource its ARN tells.
struct ArnPieces {
  std::string_view region, account, name;
};
ArnPieces pieces_of(std::string_view arn, const ArnHead& head) {
  if (!head.text.empty()) return {head.region, head.account, arn.substr(head.text.size())};
  const Arn read = Arn::read(arn);
  return {read.region, read.account, read.text.empty() ? arn : read.name};
}

class Unpacker {
 public:
  explicit Unpacker(const char* at) : at_(at) {}
  template <class T>
  T number() {
    T value;
    std::memcpy(&value, at_, sizeof value);
    at_ += sizeof value;
    return value;
  }
  double real() { return std::bit_cast<double>(number<std::uint64_t>()); }
  std::string_view text() {
    const std::size_t size = number<std::uint16_t>();
    at_ += size;
    return {at_ - size, size};
  }

 private:
  const char* at_;
};

}  // namespace

ResourceFacts::ResourceFacts() {
  numbers.fill(unknown_number);
}

void ResourceFacts::clear() {
  each_text(*this, [](std::string_view& text) { text = {}; });
  arn = {};
  numbers.fill(unknown_number);
  parts.clear();
}

bool ResourceFacts::operator==(const ResourceFacts& other) const {
  if (name != other.name || account != other.account || region != other.region || parent != other.parent ||
      tags != other.tags || calls != other.calls || history != other.history ||
      status_verbatim != other.status_verbatim || reason_text != other.reason_text || labels != other.labels ||
      parts.size() != other.parts.size())
    return false;
  for (std::size_t i = 0; i < facts_max; ++i)
    if (!same(numbers[i], other.numbers[i])) return false;
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (!same(parts[i], other.parts[i])) return false;
  return true;
}

Transition in_words_of(const StatusWords& from, StatusWords& to, Transition past) {
  for (std::uint8_t& status : past.status)
    if (StatusWords::is_code(status)) status = to.code_of(from.word(status));
  return past;
}

void PackedFacts::pack(const ResourceFacts& facts, ArnHeads& heads, std::string& out) {
  // What is packed again has the same ARN, or once in a life another spelling of it.
  ArnHeads::Number head = block_ ? Unpacker{block_.get()}.number<ArnHeads::Number>() : ArnHeads::none;
  if (head == ArnHeads::none || !facts.arn.starts_with(heads[head].text)) head = heads.number_of(facts.arn);
  const ArnPieces arn = pieces_of(facts.arn, heads[head]);
  out.clear();
  put(out, head);
  put_text(out, facts.arn.substr(heads[head].text.size()));
  const std::size_t bits_at = out.size();
  std::uint32_t bits = 0, bit = 1;
  put(out, bits);
  each_text(facts, [&](const std::string_view& text) {
    const bool is_of_arn = (&text == &facts.name && text == arn.name) ||
                           (&text == &facts.account && text == arn.account) ||
                           (&text == &facts.region && text == arn.region);
    if (!text.empty() && !is_of_arn) {
      bits |= bit;
      put_text(out, text);
    }
    bit <<= 1;
  });
  for (const double number : facts.numbers) {
    if (!std::isnan(number)) {
      bits |= bit;
      put_double(out, number);
    }
    bit <<= 1;
  }
  std::memcpy(out.data() + bits_at, &bits, sizeof bits);
  put<std::uint8_t>(out, static_cast<std::uint8_t>(facts.parts.size()));
  for (const PartSeen& part : facts.parts) {
    put_text(out, part.name);
    for (const std::string_view text : part.texts) put_text(out, text);
    for (const double number : part.numbers) put_double(out, number);
  }
  // `facts` may be views into the block that is given up here: all was copied to `out`.
  if (out.size() > room_ || out.size() < room_ / 2) {
    room_ = whole_steps(out.size() + (facts.history.empty() ? 0 : growth));
    block_ = std::make_unique_for_overwrite<char[]>(room_);
  }
  size_ = static_cast<std::uint32_t>(out.size());
  std::memcpy(block_.get(), out.data(), size_);
}

std::size_t PackedFacts::bytes() const {
  return block_ ? room_ + malloc_header : 0;
}

std::string PackedFacts::arn(const ArnHeads& heads) const {
  Unpacker block{block_.get()};
  std::string arn = heads[block.number<ArnHeads::Number>()].text;
  return arn.append(block.text());
}

bool PackedFacts::is_of(std::string_view key, const ArnHeads& heads) const {
  Unpacker block{block_.get()};
  const std::string_view lower = heads[block.number<ArnHeads::Number>()].lower;
  return key.starts_with(lower) && is_resource_key_of(key.substr(lower.size()), block.text());
}

void PackedFacts::unpack(const ArnHeads& heads, std::string& arn, ResourceFacts& facts) const {
  Unpacker block{block_.get()};
  const ArnHead& head = heads[block.number<ArnHeads::Number>()];
  arn.assign(head.text).append(block.text());
  facts.arn = arn;
  const auto [region, account, name] = pieces_of(arn, head);
  const auto bits = block.number<std::uint32_t>();
  std::uint32_t bit = 1;
  each_text(facts, [&](std::string_view& text) {
    text = bits & bit ? block.text() : std::string_view{};
    bit <<= 1;
  });
  if (facts.name.empty()) facts.name = name;
  if (facts.account.empty()) facts.account = account;
  if (facts.region.empty()) facts.region = region;
  for (double& number : facts.numbers) {
    number = bits & bit ? block.real() : unknown_number;
    bit <<= 1;
  }
  facts.parts.resize(block.number<std::uint8_t>());
  for (PartSeen& part : facts.parts) {
    part.name = block.text();
    for (std::string_view& text : part.texts) text = block.text();
    for (double& number : part.numbers) number = block.real();
  }
}

}  // namespace sagewatch
