#include "collector/sources/record_reader.h"

#include <utility>

namespace sagewatch {
namespace {

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

}  // namespace

bool RecordReader::is_for(std::string_view head) {
  std::string packed;
  for (const char c : head)
    if (!is_blank(c)) packed.push_back(c);
  return packed.starts_with("{\"Records\":[");
}

RecordReader::RecordReader(std::uint64_t offset, std::uint64_t records, std::size_t record_bytes_max)
    : state_(records == 0 ? State::before : State::between),
      record_bytes_max_(record_bytes_max),
      offset_(offset),
      end_{offset, records} {}

std::size_t RecordReader::take(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && !full()) {
    ++offset_;
    step(bytes[taken++]);
  }
  return taken;
}

void RecordReader::step(char c) {
  switch (state_) {
    case State::before:
      if (c == '[') state_ = State::between;
      return;
    case State::between:
      if (c == ']') state_ = State::behind;
      if (is_blank(c) || c == ',' || c == ']') return;
      state_ = State::inside;
      [[fallthrough]];
    case State::inside:
      // Something that is no object ends at the comma or bracket behind it.
      if (depth_ == 0 && !in_string_ && (c == ',' || c == ']')) {
        end_record();
        state_ = c == ']' ? State::behind : State::between;
        return;
      }
      keep(c);
      if (in_string_) {
        if (is_escaped_)
          is_escaped_ = false;
        else if (c == '\\')
          is_escaped_ = true;
        else if (c == '"')
          in_string_ = false;
        return;
      }
      in_string_ = c == '"';
      if (c == '{' || c == '[') ++depth_;
      if ((c == '}' || c == ']') && --depth_ == 0) {
        end_record();
        state_ = State::between;
      }
      return;
    case State::behind:
      return;
  }
}

void RecordReader::keep(char c) {
  if (batch_.bytes.size() - begin_ <= record_bytes_max_) batch_.bytes.push_back(c);
}

void RecordReader::end_record() {
  end_ = {offset_, end_.count + 1};
  batch_.events.push_back({begin_, batch_.bytes.size() - begin_, end_.count});
  begin_ = batch_.bytes.size();
}

// A file that was cut: what is there of the last record is handed over, to be refused and kept with its reason.
void RecordReader::finish() {
  if (state_ == State::inside) end_record();
}

Batch RecordReader::batch() {
  Batch next;
  next.bytes.append(batch_.bytes, begin_, std::string::npos);
  batch_.bytes.resize(begin_);
  begin_ = 0;
  return std::exchange(batch_, std::move(next));
}

}  // namespace sagewatch
