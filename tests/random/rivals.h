#pragma once
// The fast matcher against the reference: the same patterns given to both, each event asked of both. What they differ
// about is shrunk to the least that shows it.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "rules/json_check.h"
#include "rules/matcher.h"
#include "rules/reference.h"
#include "tests/random/placed_text.h"
#include "tests/random/shrinking.h"

namespace sagewatch {

class Rivals {
 public:
  explicit Rivals(std::vector<Pattern> patterns)
      : patterns_(std::move(patterns)), matcher_(Matcher::compile(patterns_)) {
    for (const Pattern& pattern : patterns_) {
      std::vector<PathId>& paths = paths_.emplace_back();
      for (const std::string& path : pattern.paths()) paths.push_back(trie_.add(path));
    }
  }

  // What is wrong with the matcher's answer: a sentence, or nothing. The event must be JSON.
  std::string fault(const std::string& event, Placement placement, MatchScratch& scratch) {
    ask_reference(event);
    const PlacedText placed{event, placement};
    std::vector<std::uint32_t> matched{7, 7};  // to be cleared
    matcher_.match(ValidJson::checked_when_accepted(placed.text()), scratch, matched);
    std::vector<std::uint32_t> checked{7, 7};
    if (!matcher_.check_and_match(placed.text(), scratch, checked)) return "checked on the way it is no JSON object";
    if (checked != matched) {
      return fmt::format("checked on the way it matches {}, else {}", fmt::join(checked, ", "),
                         fmt::join(matched, ", "));
    }
    std::vector<std::uint32_t> again{7, 7};  // its shape is known by now, if it can be
    matcher_.match(ValidJson::checked_when_accepted(placed.text()), scratch, again);
    if (again != matched) {
      return fmt::format("the third time it matches {}, else {}", fmt::join(again, ", "), fmt::join(matched, ", "));
    }
    if (std::adjacent_find(matched.begin(), matched.end(), std::greater_equal<>{}) != matched.end()) {
      return fmt::format("the answer is not ascending: {}", fmt::join(matched, ", "));
    }
    if (!matched.empty() && matched.back() >= patterns_.size()) {
      return fmt::format("there is no pattern {}", matched.back());
    }
    for (std::uint32_t i = 0; i < patterns_.size(); ++i) {
      if (findings_[i] == Finding::unsettled) continue;
      const bool wanted = findings_[i] == Finding::match;
      if (std::binary_search(matched.begin(), matched.end(), i) == wanted) continue;
      disputed_ = i;
      return fmt::format("pattern {}: the reference says {}, the matcher {}", i, wanted, !wanted);
    }
    return {};
  }

  // Of the last event: what the reference says of each pattern, and which pattern the fault is about.
  const std::vector<Finding>& findings() const { return findings_; }
  std::size_t disputed() const { return disputed_; }

 private:
  void ask_reference(const std::string& event) {
    std::string padded = event;
    padded.append(frame_padding, '\0');
    flat_.flatten(ValidJson::checked_when_accepted(std::string_view{padded}.substr(0, event.size())), trie_);
    findings_.clear();
    for (std::size_t i = 0; i < patterns_.size(); ++i) {
      findings_.push_back(reference_.evaluate(patterns_[i], paths_[i], flat_));
    }
  }

  std::vector<Pattern> patterns_;
  Matcher matcher_;
  std::vector<std::vector<PathId>> paths_;
  PathTrie trie_;
  FlatEvent flat_;
  Reference reference_;
  std::vector<Finding> findings_;
  std::size_t disputed_ = 0;
};

// A question that the two may answer differently. It stands alone: nothing was matched before it.
struct Question {
  std::vector<std::string> patterns;
  std::string event;
  Placement placement;

  // Nothing if they agree, or if this is no question: a pattern is refused, the event is no JSON.
  std::string fault() const {
    std::vector<Pattern> parsed;
    for (const std::string& text : patterns) {
      auto pattern = Pattern::parse(text);
      if (!pattern) return {};
      parsed.push_back(std::move(*pattern));
    }
    if (JsonCheck::refusal(event)) return {};
    MatchScratch scratch;
    return Rivals{std::move(parsed)}.fault(event, placement, scratch);
  }
  bool shows_fault() const { return !fault().empty(); }

  // The least question that still shows a fault.
  Question shrunk() const {
    Question least = *this;
    for (std::size_t before = 0; before != least.size();) {
      before = least.size();
      least.drop_patterns();
      least.shorten([](Question& question) -> std::string& { return question.event; });
      for (std::size_t i = 0; i < least.patterns.size(); ++i) {
        least.shorten([i](Question& question) -> std::string& { return question.patterns[i]; });
      }
      least.shorten_names();
      least.place_plainly();
    }
    return least;
  }

  std::string text() const {
    std::string out = "event, at " + fmt::format("{} modulo 64, between bytes {:#04x}:\n  {}\n", placement.alignment,
                                                 static_cast<unsigned char>(placement.around), event);
    for (std::size_t i = 0; i < patterns.size(); ++i) out += fmt::format("pattern {}:\n  {}\n", i, patterns[i]);
    return out;
  }

 private:
  std::size_t size() const {
    std::size_t sum = event.size();
    for (const std::string& pattern : patterns) sum += pattern.size() + 1;
    return sum;
  }
  void drop_patterns() {
    for (const std::string& pattern : patterns) {  // mostly it is one alone
      Question alone{{pattern}, event, placement};
      if (patterns.size() > 1 && alone.shows_fault()) {
        *this = std::move(alone);
        return;
      }
    }
    for (std::size_t chunk = patterns.size() / 2; chunk > 0; chunk /= 2) {
      for (std::size_t at = 0; at + chunk <= patterns.size();) {
        Question fewer = *this;
        const auto from = fewer.patterns.begin() + static_cast<std::ptrdiff_t>(at);
        fewer.patterns.erase(from, from + static_cast<std::ptrdiff_t>(chunk));
        if (fewer.shows_fault()) {
          *this = std::move(fewer);
        } else {
          at += chunk;
        }
      }
    }
  }
  template <class Select>
  void shorten(Select select) {
    Question candidate = *this;
    const auto shows = [&](const std::string& text) {
      select(candidate) = text;
      return candidate.shows_fault();
    };
    select(*this) = JsonShrinker{shows}.shrink(select(*this));
  }
  // A key or value that event and patterns share can only be shortened in all of them at once.
  void shorten_names() {
    std::vector<std::string> names;
    JsonReader json{event};
    for (JsonToken token = json.next(); token != JsonToken::end && token != JsonToken::invalid; token = json.next()) {
      if (token != JsonToken::key && token != JsonToken::string) continue;
      names.push_back(event.substr(json.begin(), json.end() - json.begin()));
    }
    for (const std::string& name : names) {
      for (const std::string short_name : {"\"a\"", "\"b\"", "\"c\"", "\"d\""}) {
        if (name.size() <= short_name.size()) break;
        Question renamed{{}, replaced(event, name, short_name), placement};
        for (const std::string& pattern : patterns) renamed.patterns.push_back(replaced(pattern, name, short_name));
        if (!renamed.shows_fault()) continue;
        *this = std::move(renamed);
        break;
      }
    }
  }
  static std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
    return text;
  }
  void place_plainly() {
    Question plain{patterns, event, {}};
    if (plain.shows_fault()) placement = {};
  }
};

}  // namespace sagewatch
