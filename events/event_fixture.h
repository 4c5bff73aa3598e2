#pragma once
// What the tests of this folder share: the published samples, texts with the padding that parsers want, and a way to
// read an event and keep what it says.
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "events/envelope.h"
#include "events/event.h"
#include "events/frame.h"
#include "tests/source_dir.h"

namespace sagewatch {

// A text followed by frame_padding readable bytes, none of which is JSON.
class Padded {
 public:
  explicit Padded(std::string text) : size_(text.size()), bytes_(std::move(text)) { bytes_.append(frame_padding, '"'); }
  std::string_view text() const { return std::string_view{bytes_}.substr(0, size_); }
  ValidJson json() const { return ValidJson::checked_when_accepted(text()); }

 private:
  std::size_t size_;
  std::string bytes_;
};

inline std::string read_testdata(const std::string& path) {
  std::ifstream file{std::string{source_dir} + "/events/testdata/" + path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}
inline Padded sample(const std::string& name) {
  return Padded{read_testdata("samples/" + name + ".json")};
}

// The sentence with which a text is refused, or "accepted".
inline std::string refusal(const std::string& text, JsonLimits limits = {}) {
  Envelope envelope{limits};
  const Padded padded{text};
  const auto checked = envelope.check(padded.text());
  return checked ? "accepted" : std::string{reason_name(checked.error().reason)} + ": " + checked.error().what;
}

// An event being read, with all that it borrows from.
struct Reading {
  explicit Reading(Padded of, UnixNanos received = {1'800'000'000'000'000'000})
      : text(std::make_unique<Padded>(std::move(of))),
        reader(std::make_unique<EventReader>()),
        event(&reader->read(text->json(), received)) {}
  const Observation& seen() const { return *event->resource; }

  std::unique_ptr<Padded> text;
  std::unique_ptr<EventReader> reader;
  const Event* event;
};

}  // namespace sagewatch
