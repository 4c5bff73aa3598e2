#include "collector/sources/demo/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {
namespace {

bool is_of_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

// "created.ms" at the beginning of the text: a dot belongs to the word only in front of the name of a way to write it.
std::string_view word_at(std::string_view text) {
  constexpr std::string_view ways[] = {"ms", "float", "seconds", "iso", "millis", "nanos", "day", "lower"};
  const auto end_of_word = [&](std::size_t from) {
    while (from < text.size() && is_of_word(text[from])) ++from;
    return from;
  };
  const std::size_t end = end_of_word(0);
  if (end == text.size() || text[end] != '.') return text.substr(0, end);
  const std::size_t end_of_way = end_of_word(end + 1);
  const std::string_view way = text.substr(end + 1, end_of_way - end - 1);
  return text.substr(0, std::find(std::begin(ways), std::end(ways), way) != std::end(ways) ? end_of_way : end);
}

std::string_view stem(std::string_view word) {
  return word.substr(0, word.find('.'));
}

std::string as_time(UnixNanos time, std::string_view way) {
  const std::int64_t ms = time.count / 1'000'000;
  std::string whole = rfc3339_seconds(time);  // 2026-11-21T02:16:31Z
  const std::string_view second = std::string_view(whole).substr(0, 19);
  if (way == "ms") return fmt::format("{}", ms);
  if (way == "float") return fmt::format("{}.0", ms);
  if (way == "seconds") return fmt::format("{}", ms / 1000);
  if (way == "millis") return fmt::format("{}.{:03}Z", second, ms % 1000);
  if (way == "nanos") return fmt::format("{}.{:09}Z", second, time.count % 1'000'000'000);
  if (way == "day") return fmt::format("{}{}{}", second.substr(0, 4), second.substr(5, 2), second.substr(8, 2));
  return whole;
}

void put_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

std::int64_t number(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// "+1%9" of "8" is "9", of "9" is "1".
std::string counted(std::string_view before, std::string_view step) {
  const std::size_t percent = std::min(step.find('%'), step.size());
  const std::string_view by = step.substr(1, percent - 1);
  const std::int64_t after = number(before) + (step[0] == '-' ? -number(by) : number(by));
  const std::int64_t last = percent < step.size() ? number(step.substr(percent + 1)) : 0;
  return std::to_string(last > 0 && after > last ? 1 : after);
}

bool is_step(std::string_view text) {
  return text.size() > 1 && (text[0] == '+' || text[0] == '-') && text[1] >= '0' && text[1] <= '9';
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = std::min(text.find(at), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

void DemoVocabulary::say(std::string_view word, std::string text) {
  texts_.insert_or_assign(std::string(word), std::move(text));
}

void DemoVocabulary::set(std::string_view word, std::string_view text, UnixNanos now, DemoDice& dice) {
  if (word.front() == '@') {
    const auto other = times_.find(text);
    const UnixNanos time = text == "now" ? now : other != times_.end() ? other->second : UnixNanos{};
    times_.insert_or_assign(std::string(word.substr(1)), time);
  } else if (word.back() == '+') {
    word.remove_suffix(1);
    say(word, meaning(word, now, dice) + write(text, now, dice));
  } else if (word.ends_with(":seconds")) {
    const auto names = split(text, ' ');
    const auto from = times_.find(names.at(0)), to = times_.find(names.at(1));
    SW_MUST(from != times_.end() && to != times_.end(), "a story measures between times that it has set");
    const std::int64_t share = names.size() > 2 ? number(names[2]) : 100;
    const auto seconds = std::chrono::duration_cast<Seconds>(to->second - from->second).count();
    say(word.substr(0, word.find(':')), std::to_string(seconds * share / 100));
  } else if (is_step(text)) {
    say(word, counted(meaning(word, now, dice), text));
  } else {
    const auto choices = split(text, '|');
    say(word, plain(choices[choices.size() == 1 ? 0 : dice.below(choices.size())], now, dice));
  }
}

bool DemoVocabulary::is_known(std::string_view word) const {
  word = stem(word);
  if (word == "now" || word == "uuid") return true;
  const auto time = times_.find(word);
  if (time != times_.end()) return time->second.known();
  return texts_.contains(word);
}

bool DemoVocabulary::is_empty(std::string_view word) const {
  const auto text = texts_.find(stem(word));
  return text != texts_.end() ? text->second.empty() : !is_known(word);
}

std::string DemoVocabulary::meaning(std::string_view word, UnixNanos now, DemoDice& dice) const {
  const std::string_view name = stem(word);
  const std::string_view way = word.substr(std::min(name.size() + 1, word.size()));
  if (name == "uuid") return dice.uuid();
  if (name == "now") return as_time(now, way);
  if (const auto time = times_.find(name); time != times_.end())
    return time->second.known() ? as_time(time->second, way) : std::string();
  const auto text = texts_.find(name);
  if (text == texts_.end()) return {};
  std::string meant = text->second;
  if (way == "lower")
    for (char& c : meant) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return meant;
}

std::string DemoVocabulary::plain(std::string_view text, UnixNanos now, DemoDice& dice) const {
  std::string out;
  while (!text.empty()) {
    const std::size_t mark = std::min(text.find_first_of("$#"), text.size());
    out += text.substr(0, mark);
    text.remove_prefix(mark);
    if (text.empty()) break;
    const std::string_view word = word_at(text.substr(1));
    out += meaning(word, now, dice);
    text.remove_prefix(1 + word.size());
  }
  return out;
}

std::string DemoVocabulary::write(std::string_view form, UnixNanos now, DemoDice& dice) const {
  std::string out;
  bool is_quoted = false;
  while (!form.empty()) {
    const char c = form.front();
    if (c == '"') is_quoted = !is_quoted;
    if (c == '?' && !is_quoted) {
      const std::string_view member = form.substr(1, form.find(','));  // with its comma
      const bool is_told = !is_empty(word_at(member.substr(member.find_first_of("$#") + 1)));
      form.remove_prefix(is_told ? 1 : 1 + member.size());
    } else if (c == '$' || c == '#') {
      const std::string_view word = word_at(form.substr(1));
      const std::string text = meaning(word, now, dice);
      const bool is_null = !is_quoted && (c == '$' ? text.empty() : !is_known(word));
      const bool is_string = !is_quoted && !is_null && c == '$';
      if (is_string) out += '"';
      if (is_null)
        out += "null";
      else if (c == '$' || is_quoted)
        put_escaped(out, text);
      else
        out += text;
      if (is_string) out += '"';
      form.remove_prefix(1 + word.size());
    } else {
      out += c;
      form.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace sagewatch
