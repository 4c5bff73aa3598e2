#pragma once
// JSON lines from a file: once to its end, or following it as it grows and is rotated. Records of CloudTrail may stand
// in it as lines or in documents of {"Records": [...]}; a gzip file, known by its first bytes, is opened on the way.
//
// Its cursor names the file by inode and by a fingerprint of its first bytes, and says how far it was read. On a start
// it is looked up: the same file goes on where it was; a file that was renamed away meanwhile is found again in its
// directory and read to its end before the new one; a file that was cut or rewritten is read from its beginning.
// Reading a line twice is possible after a crash, missing one is not, except where a rotation by copy and truncate
// takes what was not read yet.
//
//   cursor  "1 <inode> <offset> <lines> <length of the head> <hash of the head>[ <records>]"
//
// Of a gzip file offset and lines are those of what it opens to, so going on means opening it again from its beginning.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "collector/source.h"
#include "events/base/time.h"

namespace sagewatch {

struct FileCursor {
  std::uint64_t inode = 0;
  std::uint64_t offset = 0;      // behind the last line or document handed over
  std::uint64_t lines = 0;       // before it
  std::uint64_t head_bytes = 0;  // how many first bytes the fingerprint covers
  std::string head;
  std::uint64_t records = 0;  // handed over of the document that begins at `offset`
  std::string text() const;
  static std::optional<FileCursor> parse(std::string_view text);
};

struct FileReading {
  std::string name;  // "file:jobs"
  std::string path;
  std::string bus = "default";
  bool follow = false;                   // wait for more; else the end of the file is the end
  std::string cursor = {};               // where the last run got to; empty: the first run
  bool from_end = false;                 // the first run takes only what is appended from now on
  Millis poll{200};                      // follow: how often to look for more
  std::size_t line_bytes_max = 1 << 20;  // limits.event
  // What one gzip file may open to. CloudTrail's own stay below a tenth of it; a bomb must not fill the journal for
  // days.
  std::uint64_t opened_bytes_max = 4ull << 30;
};

class FileSource : public Source {
 public:
  explicit FileSource(FileReading config) : config_(std::move(config)) {}
  std::string_view name() const override { return config_.name; }
  Done run(BatchSink& sink, std::stop_token stop) override;

 private:
  FileReading config_;
};

}  // namespace sagewatch
