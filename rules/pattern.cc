// How a pattern is read. Fields add themselves to every conjunction so far; `$or` copies the conjunctions so far once
// for each member and lets the member's fields add themselves to its copy. So the order of the text decides where a
// path repeats: the last value list of a path within one conjunction wins.
//
// AWS's engine reads a pattern twice if the first reading fails: its older compiler knows no `$or`, so that
// {"$or": ["x", "y"]} is a pattern on a field of that name. We do the same; if both readings fail, the first one's
// error is reported, as the service does. What a limit of ours refuses is refused at once.
#include "rules/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "events/utf8.h"
#include "rules/alternative_reader.h"
#include "rules/json_string.h"

namespace sagewatch {
namespace {

constexpr std::string_view or_key = "$or";

// Not to be used as field names inside of `$or`: a member that is an operator is a mistake.
constexpr std::string_view reserved_in_or[] = {"exactly",
                                               "equals-ignore-case",
                                               "prefix",
                                               "suffix",
                                               "anything-but",
                                               "exists",
                                               "wildcard",
                                               "numeric",
                                               "cidr",
                                               "=",
                                               "<",
                                               "<=",
                                               ">",
                                               ">=",
                                               "regex",
                                               "not-wildcard",
                                               "not-equals-ignore-case",
                                               "date-after",
                                               "date-on-or-after",
                                               "date-before",
                                               "date-on-or-before",
                                               "in-date-range",
                                               "ip-address-in-range",
                                               "ip-address-not-in-range"};

using Conjunction = std::map<std::uint32_t, std::uint32_t>;  // path -> value list

struct Reading {
  std::vector<std::string> paths;
  std::vector<std::vector<Alternative>> values;
  std::vector<Conjunction> conjunctions;
};

constexpr std::uint64_t combinations_counted_max = 1'000'000'000'000'000;

void skip_array(JsonReader& json) {
  for (std::size_t depth = 1; depth > 0;) {
    const JsonToken token = json.next();
    if (token == JsonToken::begin_array || token == JsonToken::begin_object) ++depth;
    if (token == JsonToken::end_array || token == JsonToken::end_object) --depth;
    if (token == JsonToken::invalid || token == JsonToken::end) return;
  }
}

std::uint64_t combinations(JsonReader& json);

// The reader stands behind the `[` of an `$or`: each member adds its own combinations.
std::uint64_t combinations_of_or(JsonReader& json) {
  std::uint64_t sum = 0;
  while (json.next() == JsonToken::begin_object) sum = std::min(sum + combinations(json), combinations_counted_max);
  return std::max<std::uint64_t>(sum, 1);
}

// The reader stands behind a `{`: its fields go together, so their combinations multiply.
std::uint64_t combinations(JsonReader& json) {
  std::uint64_t product = 1;
  while (json.next() == JsonToken::key) {
    const bool is_or = json.text() == or_key;
    const JsonToken value = json.next();
    std::uint64_t factor = 1;
    if (value == JsonToken::begin_object) factor = combinations(json);
    if (value == JsonToken::begin_array && is_or) factor = combinations_of_or(json);
    if (value == JsonToken::begin_array && !is_or) skip_array(json);
    product = factor > combinations_counted_max / product ? combinations_counted_max : product * factor;
  }
  return product;
}

class PatternReader {
 public:
  PatternReader(std::string_view json, const PatternLimits& limits, Grammar grammar)
      : json_(json), grammar_(grammar), limits_(limits) {}

  bool read() {
    if (json_.next() != JsonToken::begin_object) return fail("Filter is not an object");
    if (!read_object(read_.conjunctions, "", false)) return false;
    if (json_.next() != JsonToken::end) return fail("");  // the text goes on: the error is the reader's
    return fields_ <= limits_.fields ||
           over_limit(fmt::format("it tests {} fields, at most {} are allowed", fields_, limits_.fields));
  }

  Reading& reading() { return read_; }
  PatternError& error() { return *error_; }
  // Another reading cannot do better.
  bool is_final() const { return over_limit_ || json_.error(); }

 private:
  using Conjunctions = std::vector<Conjunction>;

  bool read_object(Conjunctions& conjunctions, const std::string& parent, bool in_or) {
    bool any = false;
    const std::string before = parent.empty() && depth_ == 0 ? "" : parent + ".";
    ++depth_;
    for (JsonToken token = json_.next(); token != JsonToken::end_object; token = json_.next()) {
      if (token != JsonToken::key) return fail("");
      any = true;
      const std::string name{json_.text()};
      if (name == or_key && grammar_ == Grammar::with_or) {
        if (!read_or(conjunctions, parent)) return false;
      } else if (!read_field(conjunctions, before + name, name, in_or)) {
        return false;
      }
    }
    --depth_;
    return any || fail("Empty objects are not allowed", parent);
  }

  bool read_field(Conjunctions& conjunctions, const std::string& path, const std::string& name, bool in_or) {
    if (in_or && std::find(std::begin(reserved_in_or), std::end(reserved_in_or), name) != std::end(reserved_in_or)) {
      return fail(name + " is Ruler reserved fieldName which cannot be used inside $or.", path);
    }
    switch (json_.next()) {
      case JsonToken::begin_object:
        return read_object(conjunctions, path, in_or);
      case JsonToken::begin_array:
        return read_values(conjunctions, path);
      default:
        return fail(fmt::format("\"{}\" must be an object or an array", name), path);
    }
  }

  bool read_values(Conjunctions& conjunctions, const std::string& path) {
    AlternativeReader reader{json_, grammar_, limits_};
    std::vector<Alternative> values;
    if (!reader.read(values)) {
      error_ = reader.error();
      error_->path = path;
      over_limit_ = reader.over_limit();
      return false;
    }
    const auto value = static_cast<std::uint32_t>(read_.values.size());
    read_.values.push_back(std::move(values));
    if (conjunctions.empty()) conjunctions.emplace_back();
    for (Conjunction& conjunction : conjunctions) {
      conjunction[path_index(path)] = value;
      fields_ = std::max(fields_, conjunction.size());
    }
    return true;
  }

  bool read_or(Conjunctions& conjunctions, const std::string& parent) {
    if (json_.next() != JsonToken::begin_array) return fail("It must be an Array followed with $or.", parent);
    const Conjunctions before = conjunctions.empty() ? Conjunctions{{}} : std::move(conjunctions);
    conjunctions.clear();
    int members = 0;
    for (JsonToken token = json_.next(); token != JsonToken::end_array; token = json_.next()) {
      ++members;
      if (token != JsonToken::begin_object) {
        return fail("Only JSON object is allowed in array of $or relationship.", parent);
      }
      Conjunctions member = before;
      // The member stands where the `$or` stands, so it opens no level of its own.
      --depth_;
      const bool ok = read_object(member, parent, true);
      ++depth_;
      if (!ok) return false;
      if (conjunctions.size() + member.size() > limits_.conjunctions) {
        return over_limit(fmt::format("$or makes {} combinations, at most {} are allowed", count_combinations(),
                                      limits_.conjunctions));
      }
      std::move(member.begin(), member.end(), std::back_inserter(conjunctions));
    }
    return members >= 2 || fail("There must have at least 2 Objects in $or relationship.", parent);
  }

  // Of the whole pattern, without making them.
  std::string count_combinations() const {
    JsonReader json{json_.source()};
    json.next();
    const std::uint64_t count = combinations(json);
    return count < combinations_counted_max ? fmt::format("{}", count) : "too many";
  }

  std::uint32_t path_index(const std::string& path) {
    const auto [place, is_new] = path_index_.try_emplace(path, static_cast<std::uint32_t>(read_.paths.size()));
    if (is_new) read_.paths.push_back(path);
    return place->second;
  }

  bool fail(std::string reason, std::string path = {}) {
    if (!error_)
      error_ = PatternError{.reason = json_.error().value_or(std::move(reason)),
                            .place = json_.place(),
                            .path = std::move(path),
                            .at = json_.at(),
                            .opened = json_.opened()};
    return false;
  }
  bool over_limit(std::string reason) {
    error_ = PatternError{.reason = std::move(reason), .place = std::nullopt, .path = {}};
    over_limit_ = true;
    return false;
  }

  JsonReader json_;
  Grammar grammar_;
  const PatternLimits& limits_;
  int depth_ = 0;
  std::size_t fields_ = 0;  // of the conjunction with the most
  Reading read_;
  std::map<std::string, std::uint32_t> path_index_;
  std::optional<PatternError> error_;
  bool over_limit_ = false;
};

// Paths in the order in which AWS's engine judges them, and the new place of each.
std::vector<std::uint32_t> sort_paths(std::vector<std::string>& paths) {
  std::vector<std::u16string> units;
  units.reserve(paths.size());
  for (const std::string& path : paths) units.push_back(utf16(path));
  std::vector<std::uint32_t> order(paths.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return units[a] < units[b]; });
  std::vector<std::string> sorted;
  std::vector<std::uint32_t> place(paths.size());
  for (const std::uint32_t old : order) {
    place[old] = static_cast<std::uint32_t>(sorted.size());
    sorted.push_back(std::move(paths[old]));
  }
  paths = std::move(sorted);
  return place;
}

// What Jackson quotes of a text: 500 of Java's characters, of which one beyond U+FFFF takes two. Half of one is not
// told.
struct Excerpt {
  std::string_view text;
  std::size_t left_out = 0;  // of Java's characters
};
Excerpt jackson_excerpt(std::string_view text) {
  constexpr std::size_t shown_max = 500;
  std::size_t shown = 0;
  std::size_t units = 0;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t length = std::max<std::size_t>(1, utf8_length(text.substr(i)));
    // Half a pair, as rules/json_string.h keeps it.
    if (text.size() - i >= 3 && text[i] == '\xed' && static_cast<unsigned char>(text[i + 1]) >= 0xa0) length = 3;
    units += length == 4 ? 2 : 1;
    i += length;
    if (units <= shown_max) shown = i;
  }
  return {text.substr(0, shown), units > shown_max ? units - shown_max : 0};
}

// Jackson shows control characters as escapes, but for line ends.
std::string without_controls(std::string_view text) {
  std::string shown;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool is_c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (is_c1) {
      shown += fmt::format("\\u{:04X}", static_cast<unsigned char>(text[++i]));
    } else if ((byte < 0x20 && byte != '\n' && byte != '\r') || byte == 0x7f) {
      shown += fmt::format("\\u{:04X}", byte);
    } else {
      shown.push_back(text[i]);
    }
  }
  return shown;
}

}  // namespace

tl::expected<Pattern, PatternError> Pattern::parse(std::string_view json, const PatternLimits& limits) {
  if (json.size() > limits.characters && utf8_count(json) > limits.characters) {
    return tl::unexpected{PatternError{
        .reason = fmt::format("it is {} characters long; at most {} are allowed", utf8_count(json), limits.characters),
        .place = std::nullopt,
        .path = {}}};
  }
  PatternReader first{json, limits, Grammar::with_or};
  PatternReader second{json, limits, Grammar::without_or};
  PatternReader* reader = &first;
  if (!first.read()) {
    if (first.is_final() || !second.read()) return tl::unexpected{std::move(first.error())};
    reader = &second;
  }
  Reading& reading = reader->reading();
  Pattern pattern;
  const std::vector<std::uint32_t> place = sort_paths(reading.paths);
  pattern.paths_ = std::move(reading.paths);
  pattern.values_ = std::move(reading.values);
  for (const Conjunction& conjunction : reading.conjunctions) {
    auto& tests = pattern.conjunctions_.emplace_back();
    for (const auto& [path, value] : conjunction) tests.push_back({place[path], value});
    std::sort(tests.begin(), tests.end(), [](const FieldTest& a, const FieldTest& b) { return a.path < b.path; });
  }
  return pattern;
}

Pattern Pattern::narrowed(std::size_t conjunction, std::size_t test, std::size_t alternative) const {
  Pattern part;
  part.paths_ = paths_;
  auto& tests = part.conjunctions_.emplace_back(conjunctions_[conjunction]);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    const std::vector<Alternative>& all = values_[tests[i].value];
    tests[i].value = static_cast<std::uint32_t>(i);
    part.values_.push_back(i == test ? std::vector{all[alternative]} : all);
  }
  return part;
}

// Jackson's own words for a place.
std::string PatternError::aws_text(std::string_view pattern) const {
  const Excerpt quote = jackson_excerpt(pattern);
  const std::string cut = quote.left_out > 0 ? fmt::format("[truncated {} chars]", quote.left_out) : "";
  const std::string quoted = without_controls(quote.text);
  const auto told = [&](const TextPlace& there) {
    return fmt::format("at [Source: (String)\"{}\"{}; line: {}, column: {}]", quoted, cut, there.line, there.column);
  };
  std::string text = "Event pattern is not valid. Reason: " + reason;
  if (opened) {
    const std::string plain = fmt::format("at line {}, column {})", opened->line, opened->column);
    if (text.ends_with(plain)) text.replace(text.size() - plain.size(), plain.size(), told(*opened) + ")");
  }
  if (place) text += "\n " + told(*place);
  if (place_again) text += "\n " + told(*place_again);
  return text;
}

std::string PatternError::text_without_place() const {
  const std::string text = "Event pattern is not valid. Reason: " + reason;
  return path.empty() ? text : fmt::format("{} (in {})", text, path);
}

std::string PatternError::text() const {
  std::string text = "Event pattern is not valid. Reason: " + reason;
  std::string where;
  if (place) where = fmt::format("line {}, column {}", place->line, place->column);
  if (!path.empty()) where += (where.empty() ? "in " : ", in ") + path;
  return where.empty() ? text : fmt::format("{} ({})", text, where);
}

}  // namespace sagewatch
