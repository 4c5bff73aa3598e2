#pragma once
// A configuration value that remembers where it stands, and the reader by which a component takes its own section
// apart. Components see only this; the YAML library is known to one file of collector/config. All errors of all files
// are collected, none ends the reading.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/base/time.h"

namespace sagewatch {

// A place in a configuration file; line and column count from 1. `file` is shared by all nodes of that file.
struct Place {
  std::shared_ptr<const std::string> file;
  int line = 0;
  int column = 0;
};

struct ConfigError {
  Place place;
  int width = 1;      // how many characters the caret underlines
  std::string code;   // "SW2014": stable, listed in docs/errors.md
  std::string what;   // rule "training-failed": unknown target "slak"
  std::string under;  // beside the caret: did you mean "slack"?
  std::string help;   // known targets: audit, slack
  // What stands there must not be shown: whoever quotes the line masks what the caret underlines.
  bool is_secret = false;
};
using ConfigErrors = std::vector<ConfigError>;

// Adds an error, up to config_errors_max: a hostile file must not fill the memory with complaints. Whoever shows a full
// list says "at least".
inline constexpr std::size_t config_errors_max = 1000;
void add_error(ConfigErrors& errors, ConfigError error);

class ConfigNode {
 public:
  enum class Kind : std::uint8_t { null, scalar, list, map };
  struct Member;

  Kind kind = Kind::null;
  Place place;
  std::string text;               // scalar: as written, without quotes, after ${env:X} and ${file:X}
  bool quoted = false;            // scalar: was in quotes, so never a number or a boolean
  bool secret = false;            // scalar: came from ${env:}, ${file:} or ${credential:}; never printed
  std::size_t literal = 0;        // secret: so many bytes at the start of `text` stand in the file itself
  std::vector<ConfigNode> items;  // list
  std::vector<Member> members;    // map, in the order of the file
  const ConfigNode* find(std::string_view key) const;  // map: nullptr if absent
};
struct ConfigNode::Member {
  std::string key;
  Place place;  // of the key
  ConfigNode value;
};

// Reads one map. Every getter names a key that the component knows; finish() then refuses the others, naming the
// nearest known one. A getter answers nothing if the key is absent or wrong (wrong is recorded as an error).
class ConfigReader {
 public:
  // `path` is the dotted name of this map for messages: "targets.slack". `node` may be null (absent: all defaults).
  ConfigReader(const ConfigNode* node, std::string path, ConfigErrors& errors);

  std::optional<std::string> string(std::string_view key);
  std::optional<bool> boolean(std::string_view key);  // true or false; YAML 1.1's yes, no, on, off are refused
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<Nanos> duration(std::string_view key, Nanos least, Nanos most);  // "10s": the unit is required
  std::optional<std::uint64_t> size(std::string_view key, std::uint64_t least, std::uint64_t most);  // "64MiB"
  std::optional<std::string> one_of(std::string_view key, const std::vector<std::string>& allowed);
  std::optional<std::vector<std::string>> strings(std::string_view key);  // a list of strings
  const ConfigNode* map(std::string_view key);                            // a nested map, for a reader of its own
  const ConfigNode* any(std::string_view key);                            // whatever stands there
  void required(std::string_view key);                                    // an error if the key is absent
  // The key is documented but not built: refused, never ignored.
  void not_yet(std::string_view key);
  // For what a component checks itself: `path.key: "value" what`, at the value; the key must be there.
  void refuse(std::string_view key, std::string_view what, std::string help = {}, std::string code = "SW2024");
  void wrong(const ConfigNode& at, std::string what, std::string help = {}, std::string code = "SW2024");
  void finish();

  const std::string& path() const { return path_; }
  ConfigErrors& errors() { return errors_; }
  bool has(std::string_view key) const;

 private:
  const ConfigNode* take(std::string_view key);
  const ConfigNode* node_;
  std::string path_;
  ConfigErrors& errors_;
  std::vector<std::string> known_;
  std::vector<std::string> refused_;  // by not_yet()
};

// How a message quotes a value: clipped, control characters made visible, a secret as [REDACTED].
std::string shown(const ConfigNode& scalar);
// How many characters of the file a scalar takes, for the caret.
int shown_width(const ConfigNode& node);
// "a, b, c and 7 more": at most `most` names.
std::string listed(const std::vector<std::string>& names, std::size_t most = 20);
// One of the words that YAML 1.1 takes for a boolean and people for text: yes, no, on, off, True ...
bool looks_boolean(std::string_view text);
// "64MiB" to bytes: B KiB MiB GiB TiB, the unit is required.
std::optional<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);
// The member of `known` that `wrong` was probably meant to be, or empty.
std::string nearest(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace sagewatch
