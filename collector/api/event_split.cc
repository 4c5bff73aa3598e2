#include "collector/api/event_split.h"

#include <fmt/format.h>

#include <algorithm>

namespace sagewatch {
namespace {

constexpr std::string_view blanks = " \t\r\n";

std::size_t skip_blanks(std::string_view body, std::size_t at) {
  return std::min(body.find_first_not_of(blanks, at), body.size());
}

// Behind the closing quote of the string whose opening quote stands at `at`; npos if it does not end.
std::size_t string_end(std::string_view body, std::size_t at) {
  for (++at; at < body.size(); ++at) {
    if (body[at] == '\\')
      ++at;
    else if (body[at] == '"')
      return at + 1;
  }
  return std::string_view::npos;
}

// Behind the value that begins at `at`: its brackets balanced, whatever they hold. npos if it does not end.
std::size_t value_end(std::string_view body, std::size_t at) {
  if (body[at] != '{' && body[at] != '[') {
    if (body[at] == '"') return string_end(body, at);
    return std::min(body.find_first_of(",]} \t\r\n", at), body.size());
  }
  std::size_t depth = 0;
  while (at < body.size()) {
    const char c = body[at];
    if (c == '"') {
      at = string_end(body, at);
      if (at == std::string_view::npos) return at;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// Where the list of a document of records begins: behind {"Records": npos: it is none.
std::size_t records_begin(std::string_view text) {
  std::size_t at = skip_blanks(text, 0);
  for (const std::string_view token : {"{", "\"Records\"", ":"}) {
    if (!text.substr(at).starts_with(token)) return std::string_view::npos;
    at = skip_blanks(text, at + token.size());
  }
  return at < text.size() && text[at] == '[' ? at : std::string_view::npos;
}

Result<EventSplit> split_array(std::string_view body, std::size_t at, std::size_t events_max, BodyForm form);

// The events of a line that is such a document, or the line itself.
void open_line(std::string_view body, const Incoming& line, std::size_t events_max, EventSplit& split) {
  const std::string_view text = body.substr(line.begin, line.length);
  const std::size_t begin = records_begin(text);
  const auto records = begin != std::string_view::npos ? split_array(text, begin, events_max, BodyForm::records)
                                                       : Result<EventSplit>{no("")};
  if (!records) return split.events.push_back(line);
  for (const Incoming& record : records->events)
    split.events.push_back({line.begin + record.begin, record.length, line.place});
  split.too_many |= records->too_many;
}

EventSplit split_lines(std::string_view body, std::size_t events_max) {
  EventSplit split{BodyForm::lines, {}, false};
  std::size_t begin = 0;
  for (std::uint64_t line = 1; begin < body.size(); ++line) {
    const std::size_t end = std::min(body.find('\n', begin), body.size());
    const std::size_t first = std::min(skip_blanks(body, begin), end);
    const std::size_t last = body.substr(first, end - first).find_last_not_of(blanks);
    begin = end + 1;
    if (last == std::string_view::npos) continue;
    if (split.events.size() >= events_max) {
      split.too_many = true;
      break;
    }
    open_line(body, {first, last + 1, line}, events_max, split);
  }
  split.too_many |= split.events.size() > events_max;
  return split;
}

// Behind the "]" of a document of records its "}" must follow.
Result<EventSplit> split_array(std::string_view body, std::size_t at, std::size_t events_max, BodyForm form) {
  EventSplit split{form, {}, false};
  at = skip_blanks(body, at + 1);
  const bool empty = at < body.size() && body[at] == ']';
  while (!empty) {
    const std::uint64_t number = split.events.size() + 1;
    if (at >= body.size()) return no(fmt::format("the array ends before event {}; a \"]\" is missing", number));
    if (split.events.size() == events_max) {
      split.too_many = true;
      return split;
    }
    const std::size_t end = value_end(body, at);
    if (end == std::string_view::npos || end == at)
      return no(fmt::format("event {} of the array, at byte {}, does not end", number, at));
    split.events.push_back({at, end - at, number});
    at = skip_blanks(body, end);
    if (at >= body.size()) return no(fmt::format("the array ends behind event {}; a \"]\" is missing", number));
    if (body[at] == ']') break;
    if (body[at] != ',')
      return no(fmt::format("\",\" or \"]\" must follow event {} of the array, at byte {}", number, at));
    at = skip_blanks(body, at + 1);
  }
  at = skip_blanks(body, at + 1);
  if (form == BodyForm::records) {
    if (at >= body.size() || body[at] != '}')
      return no(fmt::format("\"}}\" must follow the array of Records, at byte {}; it holds nothing else", at));
    at = skip_blanks(body, at + 1);
  }
  if (at != body.size()) return no(fmt::format("something follows the end of the array, at byte {}", at));
  return split;
}

bool says_lines(std::string_view content_type) {
  return content_type.find("ndjson") != std::string_view::npos ||
         content_type.find("jsonl") != std::string_view::npos ||
         content_type.find("json-lines") != std::string_view::npos;
}

// The first line is an object of its own, and more follows it.
bool begins_with_a_line(std::string_view body, std::size_t at) {
  const std::size_t end_of_line = body.find('\n', at);
  if (end_of_line == std::string_view::npos || skip_blanks(body, end_of_line) == body.size()) return false;
  const std::string_view line = body.substr(at, end_of_line - at);
  return line.substr(0, line.find_last_not_of(blanks) + 1).ends_with('}');
}

}  // namespace

Result<EventSplit> split_events(std::string_view body, std::string_view content_type, std::size_t events_max) {
  const std::size_t first = skip_blanks(body, 0);
  if (first == body.size()) return no("the body holds no event");
  if (says_lines(content_type)) return split_lines(body, events_max);
  if (body[first] == '[') return split_array(body, first, events_max, BodyForm::array);
  if (const std::size_t begin = records_begin(body); begin != std::string_view::npos) {
    // Lines may be such documents, too: then the first ends before the body does.
    const std::size_t end = value_end(body, first);
    const bool is_body = end == std::string_view::npos || skip_blanks(body, end) == body.size();
    return is_body ? split_array(body, begin, events_max, BodyForm::records) : split_lines(body, events_max);
  }
  if (begins_with_a_line(body, first)) return split_lines(body, events_max);
  const std::size_t last = body.find_last_not_of(blanks);
  return EventSplit{BodyForm::one, {{first, last + 1 - first, 1}}, false};
}

}  // namespace sagewatch
