#include "exporters/series_column.h"

#include <cstring>
#include <utility>

namespace sagewatch {

std::string_view LabelTexts::keep(std::string_view text) {
  if (text.size() > room_) {
    room_ = std::max(block, text.size());
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(room_));
    free_ = blocks_.back().get();
  }
  std::memcpy(free_, text.data(), text.size());
  const std::string_view kept{free_, text.size()};
  free_ += text.size();
  room_ -= text.size();
  return kept;
}

void SeriesColumn::add(std::string_view labels, std::string_view rest) {
  ++openings_;
  text_bytes_ += labels.size() + rest.size();
  put({labels.data(), static_cast<std::uint32_t>(labels.size()), static_cast<std::uint32_t>(rest.size())}, rest);
}

void SeriesColumn::add_line(std::string_view line) {
  text_bytes_ += line.size();
  put({nullptr, 0, static_cast<std::uint32_t>(line.size())}, line);
}

// Blocks, because one string for all would be copied and its memory fetched anew each time it doubles.
void SeriesColumn::put(Sample sample, std::string_view rest) {
  if (filling_.size() + sizeof sample + rest.size() > filling_.capacity()) {
    if (!filling_.empty()) full_.push_back(std::move(filling_));
    filling_ = {};
    filling_.reserve(std::max(block, sizeof sample + rest.size()));
  }
  filling_.append(reinterpret_cast<const char*>(&sample), sizeof sample);
  filling_.append(rest);
}

void SeriesColumn::move_to(std::string& page, std::string_view opening) {
  if (!filling_.empty()) full_.push_back(std::move(filling_));
  filling_ = {};
  for (std::string& each : full_) {
    for (const char* place = each.data(); place != each.data() + each.size();) {
      Sample sample;
      std::memcpy(&sample, place, sizeof sample);
      place += sizeof sample;
      if (sample.labels != nullptr) {
        page += opening;
        page.append(sample.labels, sample.labels_size);
      }
      page.append(place, sample.rest_size);
      place += sample.rest_size;
    }
    each = {};
  }
  full_.clear();
}

}  // namespace sagewatch
