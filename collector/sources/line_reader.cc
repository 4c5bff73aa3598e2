#include "collector/sources/line_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::string_view opening = R"({"Records":[)";
constexpr std::size_t opening_bytes_max = 256;  // with blanks

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// How many characters of `opening` a text has in front, blanks between its tokens aside; npos: something else.
std::size_t opened(std::string_view text) {
  std::size_t at = 0;
  for (const char c : text) {
    const bool is_between = at < 2 || at == opening.find(':') || at + 1 == opening.size();
    if (is_between && is_blank(c)) continue;
    if (c != opening[at++]) return std::string_view::npos;
  }
  return at;
}

}  // namespace

std::size_t LineReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !full()) {
    const std::string_view rest = bytes.substr(taken);
    if (mode_ == Mode::opening)
      taken += take_opening(rest[0]);
    else if (mode_ == Mode::line)
      taken += take_line(rest);
    else if (mode_ == Mode::between)
      taken += take_between(rest[0]);
    else if (mode_ == Mode::record)
      taken += take_record(rest);
    else
      taken += take_closing(rest[0]);
  }
  return taken;
}

// Almost every line shows within a few bytes that it begins no document.
std::size_t LineReader::take_opening(char next) {
  opening_.push_back(next);
  const std::size_t found = opening_.size() <= opening_bytes_max ? opened(opening_) : std::string_view::npos;
  const bool is_blank_line = found == 0 && next == '\n';
  if (found == std::string_view::npos) {
    opening_.pop_back();  // read again, as what it is
    if (opening_.empty()) mode_ = Mode::line;
    give_opening();
    return 0;
  }
  if (is_blank_line) {
    give_opening();
  } else if (found == opening.size()) {
    for (const char c : opening_) pass(c);
    opening_.clear();
    mode_ = Mode::between;
  }
  return 1;
}

// It was a line, or several.
void LineReader::give_opening() {
  std::string text;
  text.swap(opening_);
  std::string_view rest = text;
  while (!rest.empty()) rest.remove_prefix(take_line(rest));
}

std::size_t LineReader::take_line(std::string_view bytes) {
  const auto* end = static_cast<const char*>(std::memchr(bytes.data(), '\n', bytes.size()));
  const auto length = end == nullptr ? bytes.size() : static_cast<std::size_t>(end - bytes.data());
  add(bytes.substr(0, length));
  offset_ += length + (end != nullptr);
  mode_ = end != nullptr ? Mode::opening : Mode::line;
  if (end != nullptr) end_line();
  return length + (end != nullptr);
}

void LineReader::pass(char next) {
  ++offset_;
  line_ += next == '\n';
}

std::size_t LineReader::take_between(char next) {
  if (!is_blank(next) && next != ',' && next != ']') {
    mode_ = Mode::record;
    depth_ = 0;
    in_string_ = is_escaped_ = false;
    return 0;
  }
  pass(next);
  if (next == ']') mode_ = Mode::closing;
  return 1;
}

// Brackets are counted, not compared: whether the record is good JSON is the sink's to say.
std::size_t LineReader::take_record(std::string_view bytes) {
  std::size_t at = 0;
  bool has_ended = false;
  for (; at < bytes.size() && !has_ended; ++at) {
    const char c = bytes[at];
    line_ += c == '\n';
    if (in_string_) {
      in_string_ = is_escaped_ || c != '"';
      is_escaped_ = !is_escaped_ && c == '\\';
      has_ended = !in_string_ && depth_ == 0;
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (depth_ > 0) {
      depth_ -= c == '}' || c == ']';
      has_ended = depth_ == 0;
    } else if (c == ',' || c == ']' || is_blank(c)) {  // behind a number or a word
      line_ -= c == '\n';
      has_ended = true;
      break;
    }
  }
  add(bytes.substr(0, at));
  offset_ += at;
  if (has_ended) end_record();
  return at;
}

std::size_t LineReader::take_closing(char next) {
  if (!is_blank(next) && next != '}') {
    end_document();
    mode_ = Mode::line;  // other members, which no document of records has
    return 0;
  }
  pass(next);
  if (next == '}') end_document();
  return 1;
}

void LineReader::add(std::string_view piece) {
  if (batch_.bytes.capacity() == 0) batch_.bytes.reserve(bytes_max + bytes_max / 8);
  // Two bytes more than allowed: one shows that it is too long, one may be the CR of a line that just fits.
  const auto room = line_bytes_max_ + 2 - std::min(line_bytes_max_ + 2, batch_.bytes.size() - begin_);
  batch_.bytes.append(piece.substr(0, room));
}

void LineReader::end_line() {
  ++line_;
  end_ = {offset_, line_, 0};
  auto length = batch_.bytes.size() - begin_;
  if (length > 0 && length <= line_bytes_max_ + 1 && batch_.bytes.back() == '\r') --length;
  length = std::min(length, line_bytes_max_ + 1);
  const auto line = std::string_view(batch_.bytes).substr(begin_, length);
  if (line.find_first_not_of(" \t\r") == std::string_view::npos) {
    batch_.bytes.resize(begin_);
    return;
  }
  batch_.events.push_back({begin_, length, line_});
  begin_ = batch_.bytes.size();
}

// Its place is its number in the document: that is mostly one long line.
void LineReader::end_record() {
  mode_ = Mode::between;
  if (++record_ <= records_to_skip_) {
    batch_.bytes.resize(begin_);
    return;
  }
  end_.records = record_;
  const auto length = std::min(batch_.bytes.size() - begin_, line_bytes_max_ + 1);
  batch_.events.push_back({begin_, length, record_});
  begin_ = batch_.bytes.size();
}

void LineReader::end_document() {
  end_ = {offset_, line_, 0};
  record_ = records_to_skip_ = 0;
  mode_ = Mode::opening;
}

void LineReader::finish() {
  if (mode_ == Mode::opening) give_opening();
  if (mode_ == Mode::opening || mode_ == Mode::line) {
    if (offset_ != end_.offset) end_line();
    return;
  }
  end_record();  // what is there of it, perhaps nothing: the document ends too early, and the sink says so
  end_document();
}

Batch LineReader::batch() {
  Batch next;
  next.bytes.reserve(bytes_max + bytes_max / 8);
  next.bytes.append(batch_.bytes, begin_, std::string::npos);
  batch_.bytes.resize(begin_);
  begin_ = 0;
  return std::exchange(batch_, std::move(next));
}

}  // namespace sagewatch
