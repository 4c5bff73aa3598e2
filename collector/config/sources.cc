#include "collector/config/sources.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include "collector/config/names.h"

namespace sagewatch {
namespace {

const std::vector<std::string> supported{"demo", "file", "stdin"};
const std::vector<std::string> designed{"cloudwatch", "firehose", "kafka", "kinesis", "sns", "sqs"};

// "5/s"
std::optional<double> parse_rate(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || std::string_view{end, static_cast<std::size_t>(text.data() + text.size() - end)} != "/s")
    return std::nullopt;
  return value;
}

void read_rate(ConfigReader& reader, double& rate) {
  const auto text = reader.string("rate");
  if (!text) return;
  const auto value = parse_rate(*text);
  if (!value) {
    reader.refuse("rate", "is not a rate", "a rate is written 5/s", "SW2009");
  } else if (!(*value >= 0.01 && *value <= 100'000)) {
    reader.refuse("rate", "is out of range", "allowed: 0.01/s to 100000/s", "SW2010");
  } else {
    rate = *value;
  }
}

FileSourceConfig read_file(ConfigReader& reader) {
  FileSourceConfig file;
  reader.required("path");
  if (const auto path = reader.string("path")) {
    if (path->empty()) reader.refuse("path", "is empty", "name the file to read");
    file.path = *path;
  }
  if (const auto follow = reader.boolean("follow")) file.follow = *follow;
  if (const auto start = reader.one_of("start", {"beginning", "end"})) file.from_beginning = *start == "beginning";
  return file;
}

DemoSourceConfig read_demo(ConfigReader& reader) {
  DemoSourceConfig demo;
  read_rate(reader, demo.events_per_second);
  if (const auto seed = reader.integer("seed", 0, std::numeric_limits<std::int64_t>::max()))
    demo.seed = static_cast<std::uint64_t>(*seed);
  return demo;
}

// The source's type, or nothing with an error recorded.
std::optional<std::string> read_type(ConfigReader& reader) {
  reader.required("type");
  const ConfigNode* node = reader.any("type");
  if (node != nullptr && std::find(designed.begin(), designed.end(), node->text) != designed.end()) {
    reader.refuse("type", "is not yet supported", "supported: " + listed(supported), "SW2012");
    return std::nullopt;
  }
  return reader.one_of("type", supported);
}

}  // namespace

std::vector<SourceConfig> read_sources(const ConfigNode* section, ConfigErrors& errors) {
  std::vector<SourceConfig> sources;
  if (section == nullptr) return sources;
  bool has_stdin = false;
  for (const ConfigNode::Member& member : section->members) {
    if (!check_name(member, "source", errors)) continue;
    ConfigReader reader(&member.value, "sources." + member.key, errors);
    if (member.value.kind == ConfigNode::Kind::null)
      add_error(errors, {member.place, static_cast<int>(member.key.size()), "SW2013",
                         fmt::format("sources.{} is empty", member.key), "", "a source needs the key \"type\""});
    const auto type = read_type(reader);
    if (!type) continue;
    SourceConfig source;
    source.name = member.key;
    source.origin = origin_of(member.place);
    source.bus = read_bus(reader);
    if (*type == "file") source.type = read_file(reader);
    if (*type == "stdin") source.type = StdinSourceConfig{};
    if (*type == "stdin" && std::exchange(has_stdin, true))
      reader.refuse("type", "is the second source that reads the standard input", "keep one", "SW2025");
    if (*type == "demo") source.type = read_demo(reader);
    reader.finish();
    sources.push_back(std::move(source));
  }
  return sources;
}

}  // namespace sagewatch
