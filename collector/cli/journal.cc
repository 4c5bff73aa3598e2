#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "collector/cli/commands.h"
#include "collector/config/config.h"
#include "collector/journal/verify.h"
#include "collector/real_disk.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const SegmentReport& segment) {
  Json damage = Json::array();
  for (const Damage& range : segment.damage) {
    damage.push_back({{"begin", range.begin},
                      {"end", range.end},
                      {"position", range.position},
                      {"position_end", range.position_end},
                      {"torn", range.torn}});
  }
  return {{"path", segment.path},
          {"bytes", segment.bytes},
          {"frames", segment.frames},
          {"first_position", segment.first_position},
          {"next_position", segment.next_position},
          {"created", rfc3339(segment.created)},
          {"sealed", segment.sealed},
          {"ok", segment.ok()},
          {"fault", segment.unreadable.empty() ? segment.fault : segment.unreadable},
          {"damage", std::move(damage)}};
}

void print(const SegmentReport& segment) {
  fmt::print("{}  positions {} to {}, {} frames, {} bytes, {}\n", segment.path, segment.first_position,
             segment.next_position, segment.frames, segment.bytes, segment.sealed ? "sealed" : "open");
  if (!segment.unreadable.empty()) fmt::print("  cannot be read: {}\n", segment.unreadable);
  if (!segment.fault.empty()) fmt::print("  {}\n", segment.fault);
  for (const Damage& range : segment.damage) {
    if (range.torn) {
      fmt::print(
          "  torn tail: bytes {} to {}; the next start cuts them off, or calls them damage if somebody knows of "
          "them\n",
          range.begin, range.end);
    } else {
      fmt::print("  corrupt: bytes {} to {}; positions {} to {} may be lost\n", range.begin, range.end, range.position,
                 range.position_end);
    }
  }
}

int report(Disk& disk, const std::string& directory, const JournalOptions& options) {
  const auto read = verify_journal(disk, directory, 0, [] { std::this_thread::sleep_for(Millis{100}); });
  if (!read) return fmt::print(stderr, "{}\n", read.error().what), exit_disk;
  if (options.json) {
    Json body{
        {"ok", read->ok()}, {"segments", Json::array()}, {"gaps", read->gaps}, {"quarantined", read->quarantined}};
    for (const SegmentReport& segment : read->segments) body["segments"].push_back(to_json(segment));
    fmt::print("{}\n", body.dump(2));
  } else {
    std::uint64_t bytes = 0;
    for (const SegmentReport& segment : read->segments) {
      print(segment);
      bytes += segment.bytes;
    }
    for (const auto& [from, to] : read->gaps) fmt::print("positions {} to {} are held by no segment\n", from, to);
    for (const std::string& file : read->quarantined) fmt::print("set aside earlier: {}\n", file);
    const std::uint64_t events =
        read->segments.empty() ? 0 : read->segments.back().next_position - read->segments.front().first_position;
    fmt::print("{} segments, {} events, {} bytes: {}\n", read->segments.size(), events, bytes,
               read->ok() ? "ok" : "damaged");
  }
  return options.what == JournalOptions::What::stat || read->ok() ? exit_ok : exit_no;
}

std::string dump_line(const Json& line) {
  return line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// One JSON object a line: events with their position, control frames with what they say.
void dump_frame(const Frame& frame, std::uint64_t from, std::uint64_t to) {
  if (frame.type != FrameType::events) {
    static constexpr const char* names[] = {"", "events", "rule_set", "checkpoint", "record"};
    Json line{{"type", names[static_cast<std::size_t>(frame.type)]},
              {"position", frame.position},
              {"bytes", frame.payload->size()}};
    if (frame.type == FrameType::rule_set) line["rule_set"] = *frame.payload;
    fmt::print("{}", dump_line(line));
    return;
  }
  FrameReader reader{*frame.payload};
  FramedEvent event;
  for (std::uint64_t position = frame.position; reader.next(event); ++position) {
    if (position < from || position >= to) continue;
    Json line{{"type", "event"},
              {"position", position},
              {"received", rfc3339(event.received)},
              {"source", reader.source()},
              {"bus", event.bus}};
    line["event"] = Json::parse(event.json, nullptr, false);
    fmt::print("{}", dump_line(line));
  }
}

}  // namespace

int run_journal(const JournalOptions& options) {
  std::string data = options.data_dir;
  if (data.empty()) {
    const LoadedConfig loaded = load_config(options.config_files, ProcessSurroundings{});
    if (!loaded.config) return fmt::print(stderr, "{}", error_text(loaded.errors, loaded.texts)), exit_config;
    data = loaded.config->data_dir;
  }
  RealDisk disk;
  const std::string directory = data + "/journal";
  if (!disk.list(directory)) {
    fmt::print(
        stderr,
        "there is no journal in {}; name the data directory with --data-dir, or the configuration that does with "
        "-c\n",
        data);
    return exit_usage;
  }
  if (options.what != JournalOptions::What::dump) return report(disk, directory, options);
  const std::uint64_t end = options.to == UINT64_MAX ? options.to : options.to + 1;
  const auto dumped =
      dump_journal(disk, directory, options.from, end, [&](const std::string&, std::uint64_t, const Frame& frame) {
        dump_frame(frame, options.from, end);
        return std::ferror(stdout) == 0;
      });
  if (!dumped) return fmt::print(stderr, "{}\n", dumped.error().what), exit_disk;
  return exit_ok;
}

}  // namespace sagewatch
