#pragma once
// The series of one family while a page is made. A page must hold each family in one piece, but resources come one by
// one with all their families; so a page is made of columns, joined at its end.
//
// What names a resource is the longer part of its samples and the same in all of them: it is kept once (LabelTexts),
// and a column holds where it is and what follows. That is a fifth of the page, which matters because every page is new
// memory, and getting that from the system costs more than writing it.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch {

// Texts that stay where they are until the whole goes.
class LabelTexts {
 public:
  std::string_view keep(std::string_view text);

 private:
  static constexpr std::size_t block = 64 * 1024;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* free_ = nullptr;
  std::size_t room_ = 0;
};

class SeriesColumn {
 public:
  // One sample: the family's opening, `labels`, which outlive the column, and `rest`, which is copied.
  void add(std::string_view labels, std::string_view rest);
  // A sample that is all in `line`.
  void add_line(std::string_view line);

  // Bytes that it will put on a page.
  std::size_t bytes(std::string_view opening) const { return text_bytes_ + openings_ * opening.size(); }
  // Gives each of its blocks back once that is on the page.
  void move_to(std::string& page, std::string_view opening);

 private:
  struct Sample {
    const char* labels;  // nullptr: a whole line
    std::uint32_t labels_size, rest_size;
  };
  void put(Sample sample, std::string_view rest);

  static constexpr std::size_t block = 64 * 1024;
  std::vector<std::string> full_;
  std::string filling_;
  std::size_t text_bytes_ = 0, openings_ = 0;
};

}  // namespace sagewatch
