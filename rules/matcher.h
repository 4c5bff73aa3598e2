#pragma once
// Many patterns at once: which of them does an event match? Compiled, immutable, shared by any number of threads, each
// with a scratch of its own. Its verdicts are those of rules/reference.h, which says what they mean; how it finds them
// without asking every pattern stands in matcher.cc.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "events/valid_json.h"
#include "rules/pattern.h"

namespace sagewatch {

// Working memory of matching, kept from event to event: once it has grown to what the events need, matching does not
// allocate. One per thread; good for any number of matchers.
class MatchScratch {
 public:
  MatchScratch();
  ~MatchScratch();
  struct Parts;
  Parts& parts() { return *parts_; }
  // A second list of matches, for whoever asks two matchers about one event.
  std::vector<std::uint32_t>& beside() { return beside_; }

 private:
  std::unique_ptr<Parts> parts_;
  std::vector<std::uint32_t> beside_;
};

class Matcher {
 public:
  // The patterns are numbered from 0 in the order given and only needed during the call.
  static Matcher compile(std::span<const Pattern> patterns);
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;
  ~Matcher();

  // Numbers of the patterns that match, ascending, each once, in `matched` (cleared first). An event that is no object
  // matches nothing.
  void match(ValidJson event, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;

  // Checks the text as JsonCheck does and matches it, on fewer passes than one after the other. False: it is no JSON
  // object, and nothing matches. The text must be followed by frame_padding readable bytes (events/frame.h).
  bool check_and_match(std::string_view text, MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;

  std::size_t pattern_count() const;
  // Memory that it holds, in bytes.
  std::size_t bytes() const;

 private:
  struct Parts;
  void match_values(MatchScratch& scratch, std::vector<std::uint32_t>& matched) const;
  explicit Matcher(std::unique_ptr<const Parts> parts);
  std::unique_ptr<const Parts> parts_;
};

}  // namespace sagewatch
