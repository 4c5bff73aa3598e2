#pragma once
// The segments that a journal holds, as its readers, its committer and trimming share them. The last one may be active:
// then only what stands before its durable end exists for readers. Any thread; holds its lock only to look or to add.
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "collector/disk.h"
#include "collector/journal/segment_reader.h"

namespace sagewatch {

// A segment opened for look-ups, shared by those who look.
struct OpenSegment {
  std::mutex mutex;            // guards file
  std::unique_ptr<File> file;  //
  SegmentContents contents;    // of a sealed one
};

class SegmentList {
 public:
  struct Held {
    SegmentName name;
    std::uint64_t bytes = 0;  // sealed: the file's; active: up to the durable end
    UnixNanos created;        // not known: nobody asked yet
    bool active = false;
    auto operator<=>(const Held& other) const { return name <=> other.name; }
  };
  // `disk` outlives it.
  SegmentList(Disk& disk, std::string directory) : disk_(disk), directory_(std::move(directory)) {}

  void add_sealed(SegmentName name, std::uint64_t bytes);
  void begin_active(SegmentName name, UnixNanos created);
  void extend_active(const SegmentIndex& index);  // what is durable now
  void seal_active(std::uint64_t bytes);
  void set_next_position(std::uint64_t position);
  // Name for a segment that begins at the next position.
  SegmentName next_name() const;

  std::uint64_t first_position() const;
  std::uint64_t next_position() const;
  std::uint64_t bytes() const;
  std::vector<Held> held() const;
  // The last segment whose first position is at or before `position`; or strictly before it.
  std::optional<Held> holding(std::uint64_t position) const;
  std::optional<Held> beginning_before(std::uint64_t position) const;
  std::optional<Held> behind(SegmentName name) const;
  std::optional<Held> find(SegmentName name) const;
  // Where the next segment begins: what `name` does not hold up to there, nobody does. Nothing if it was trimmed, and
  // with it perhaps the next one.
  std::optional<std::uint64_t> position_behind(SegmentName name) const;
  // Takes the oldest out of the list; never the newest.
  bool forget_oldest(SegmentName name);

  struct Place {
    SegmentName name;
    SegmentIndex::Entry from;  // first frame to look at
    std::uint64_t end = 0;     // of what may be read
    std::optional<std::uint64_t> nonce;
    std::shared_ptr<OpenSegment> segment;
  };
  // Where in that segment to begin in order to find the frame of a position (`exact`), or all behind it.
  Result<Place> locate(const Held& held, std::uint64_t position, bool exact);
  // The newest frame of a type in that segment.
  Result<std::optional<Frame>> newest_in(const Held& held, std::uint8_t type);
  Result<std::shared_ptr<OpenSegment>> open(const Held& held);
  Result<UnixNanos> created(const Held& held);
  std::string path(SegmentName name) const { return directory_ + "/" + name.text(); }

 private:
  static constexpr std::size_t open_max = 16;  // files; each with an index of at most 64 KiB for 128 MiB of segment

  Disk& disk_;
  std::string directory_;
  mutable std::mutex mutex_;  // guards all below
  std::vector<Held> held_;
  SegmentIndex active_index_;
  std::uint64_t next_position_ = 0;
  std::mutex open_mutex_;  // guards open_; never taken together with mutex_
  struct Cached {
    SegmentName name;
    bool active = false;
    std::shared_ptr<OpenSegment> segment;
  };
  std::vector<Cached> open_;  // the one used last is last
};

}  // namespace sagewatch
