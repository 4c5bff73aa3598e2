#include "collector/config/deadlines.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <span>

#include "collector/config/names.h"
#include "collector/config/pattern_value.h"
#include "collector/config/showable.h"
#include "collector/config/yaml_numbers.h"
#include "events/resource_kind.h"

namespace sagewatch {
namespace {

constexpr std::string_view because = "a deadline is shown and journaled";
constexpr std::size_t wildcard_bytes_max = 256;
constexpr Nanos shortest = Seconds{1};
constexpr Nanos longest = std::chrono::hours{24 * 365};

class DeadlineReader {
 public:
  DeadlineReader(const ConfigNode::Member& member, const SourceTexts& texts, ConfigErrors& errors,
                 ConfigErrors& warnings)
      : who_(fmt::format("deadline \"{}\"", member.key)),
        reader_(&member.value, "deadlines." + member.key, errors),
        place_(member.place),
        texts_(texts),
        errors_(errors),
        warnings_(warnings) {
    deadline_.name = member.key;
  }

  Deadline read() {
    const ConfigNode* stuck = reader_.map("stuck");
    const ConfigNode* missing = reader_.map("missing");
    if (stuck != nullptr && missing != nullptr) {
      reader_.wrong(*missing, "missing stands beside stuck", "write two deadlines", "SW2025");
    } else if (stuck != nullptr) {
      read_stuck(*stuck);
    } else if (missing != nullptr) {
      read_missing(*missing);
    } else if (!reader_.has("stuck") && !reader_.has("missing")) {
      add_error(errors_, {place_, static_cast<int>(deadline_.name.size()), "SW2013",
                          fmt::format("{} says nothing", reader_.path()), "",
                          "write stuck: { kind: training_job, status: InProgress, longer_than: 6h }, or missing: "
                          "{ pattern: { ... }, every: 15m }"});
    }
    deadline_.repeat = reader_.duration("repeat", shortest, longest);
    reader_.finish();
    return std::move(deadline_);
  }

 private:
  void read_stuck(const ConfigNode& node) {
    ConfigReader reader(&node, reader_.path() + ".stuck", errors_);
    StuckDeadline stuck;
    for (const char* key : {"kind", "status", "longer_than"}) reader.required(key);
    const ResourceKind* kind = read_kind(reader);
    const ConfigNode* status = reader.any("status");
    const ConfigNode* secondary = reader.any("secondary_status");
    if (kind != nullptr) {
      stuck.kind = kind->kind;
      if (status != nullptr) stuck.statuses = read_statuses(reader, "status", kind->axes[0].values);
      const bool has_secondary = kind->axes.size() > 1 && kind->axes[1].name == "secondary_status";
      if (secondary != nullptr && !has_secondary) {
        reader.wrong(*secondary, fmt::format("{} has no secondary status", kind->kind), "remove the key");
      } else if (secondary != nullptr) {
        stuck.secondary = read_statuses(reader, "secondary_status", kind->axes[1].values);
      }
    }
    stuck.name = read_wildcard(reader, "name");
    stuck.account = read_wildcard(reader, "account");
    stuck.region = read_wildcard(reader, "region");
    stuck.longer_than = reader.duration("longer_than", shortest, longest).value_or(shortest);
    reader.finish();
    deadline_.condition = std::move(stuck);
  }

  const ResourceKind* read_kind(ConfigReader& reader) {
    std::vector<std::string> known;
    for (const ResourceKind* kind : resource_kinds())
      if (!kind->axes.empty()) known.emplace_back(kind->kind);
    const auto name = reader.one_of("kind", known);
    return name ? find_resource_kind(*name) : nullptr;
  }

  // A status, or a list of them, in the API's spelling.
  std::vector<std::string> read_statuses(ConfigReader& reader, const std::string& key, std::span<const Status> known) {
    std::vector<std::string> names;
    for (const Status& status : known) names.emplace_back(status.api);
    std::vector<std::string> read;
    const auto take = [&](const ConfigNode& item) {
      if (item.kind != ConfigNode::Kind::scalar) {
        reader.wrong(item, key + ": a status is a word", "write InProgress, or [InProgress, Stopping]", "SW2007");
      } else if (std::find(names.begin(), names.end(), item.text) == names.end()) {
        unknown_status(item, reader.path() + "." + key, names);
      } else if (std::find(read.begin(), read.end(), item.text) != read.end()) {
        reader.wrong(item, fmt::format("{}: {} stands twice", key, shown(item)), "remove one", "SW2025");
      } else {
        read.push_back(item.text);
      }
    };
    const ConfigNode& node = *reader.any(key);
    if (node.kind != ConfigNode::Kind::list) {
      take(node);
    } else if (node.items.empty()) {
      reader.wrong(node, key + " is an empty list", "name a status");
    }
    for (const ConfigNode& item : node.items) take(item);
    std::sort(read.begin(), read.end());
    return read;
  }

  void unknown_status(const ConfigNode& item, const std::string& path, const std::vector<std::string>& names) {
    const std::string guess = nearest(item.text, names);
    add_error(
        errors_,
        {item.place, shown_width(item), "SW2011", fmt::format("{}: there is no status {}", path, shown(item)),
         guess.empty() || item.secret ? "" : fmt::format("did you mean \"{}\"?", guess), "known: " + listed(names)});
  }

  std::optional<Wildcard> read_wildcard(ConfigReader& reader, std::string_view key) {
    const ConfigNode* node = reader.any(key);
    const auto text = reader.string(key);
    if (!text || !is_showable(*node, who_, because, errors_)) return std::nullopt;
    if (text->size() > wildcard_bytes_max) {
      reader.refuse(key, fmt::format("has {} bytes", text->size()), fmt::format("at most {}", wildcard_bytes_max),
                    "SW2010");
      return std::nullopt;
    }
    auto wildcard = Wildcard::parse(*text);
    if (wildcard) return std::move(*wildcard);
    reader.refuse(key, "is not a wildcard: " + wildcard.error(), "* stands for any characters, \\* for a star");
    return std::nullopt;
  }

  void read_missing(const ConfigNode& node) {
    ConfigReader reader(&node, reader_.path() + ".missing", errors_);
    MissingDeadline missing;
    for (const char* key : {"pattern", "every"}) reader.required(key);
    if (const ConfigNode* pattern = reader.any("pattern")) {
      warn_of_yaml_numbers(*pattern, warnings_);
      missing.pattern = read_pattern_value(*pattern, who_, because, texts_, errors_, errors_).value_or("");
    }
    missing.every = reader.duration("every", shortest, longest).value_or(shortest);
    reader.finish();
    deadline_.condition = std::move(missing);
  }

  const std::string who_;
  ConfigReader reader_;
  const Place place_;
  const SourceTexts& texts_;
  ConfigErrors& errors_;
  ConfigErrors& warnings_;
  Deadline deadline_;
};

}  // namespace

std::vector<Deadline> read_deadlines(const ConfigNode* section, const SourceTexts& texts, ConfigErrors& errors,
                                     ConfigErrors& warnings) {
  std::vector<Deadline> deadlines;
  if (section == nullptr) return deadlines;
  if (section->members.size() > deadlines_max)
    add_error(errors, {section->place, 1, "SW2010", fmt::format("{} deadlines", section->members.size()), "",
                       fmt::format("at most {}", deadlines_max)});
  for (std::size_t i = 0; i < section->members.size() && i < deadlines_max; ++i) {
    const ConfigNode::Member& member = section->members[i];
    if (check_name(member, "deadline", errors))
      deadlines.push_back(DeadlineReader(member, texts, errors, warnings).read());
  }
  std::sort(deadlines.begin(), deadlines.end(), [](const Deadline& a, const Deadline& b) { return a.name < b.name; });
  return deadlines;
}

}  // namespace sagewatch
