// What each published sample leaves behind, as text: events/testdata/golden_states.txt. The file is for reading; a
// change of it says what a change of the tables means to people.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "events/event_fixture.h"
#include "events/resource_table.h"
#include "events/tags.h"
#include "tests/golden.h"

namespace sagewatch {
namespace {

constexpr UnixNanos received{1'800'000'000'000'000'000};

void put_line(std::string& out, std::string_view what, std::string_view value) {
  if (!value.empty()) out += fmt::format("  {:<12} {}\n", what, value);
}
void put_time(std::string& out, std::string_view what, UnixNanos time) {
  if (time.known()) put_line(out, what, rfc3339(time));
}

std::string statuses(const Resource& of, const Statuses& status, bool is_present) {
  std::string text;
  for (std::size_t i = 0; i < of.kind->axes.size(); ++i) {
    const std::string_view name = is_present ? of.status_name(i) : of.status_name(i, status[i]);
    if (status[i] != no_status) text += fmt::format("{}{}={}", text.empty() ? "" : " ", of.kind->axes[i].name, name);
  }
  return text.empty() ? "no status" : text;
}

void put_part(std::string& out, const Resource& of, const Part& part) {
  std::string text = part.name.empty() ? "(no name)" : part.name;
  for (std::size_t i = 0; i < of.kind->part_texts.size(); ++i)
    if (!part.texts[i].empty()) text += fmt::format(", {} {}", of.kind->part_texts[i], part.texts[i]);
  for (std::size_t i = 0; i < of.kind->part_numbers.size(); ++i)
    if (!std::isnan(part.numbers[i])) text += fmt::format(", {} {}", of.kind->part_numbers[i], part.numbers[i]);
  put_line(out, "part", text);
}

void put_resource(std::string& out, const Resource& of) {
  put_line(out, "kind", of.kind->kind);
  put_line(out, "arn", of.arn);
  put_line(out, "name", of.name);
  put_line(out, "where", fmt::format("{} {}", of.account, of.region));
  put_line(out, "state", statuses(of, of.status, true));
  put_line(out, "is", of.is_failure() ? "a failure" : of.is_terminal() ? "at an end or at rest" : "");
  put_line(out, "before", of.status_name(0, of.previous));
  put_line(out, "reason", of.reason == ReasonClass::none ? "" : reason_class_name(of.reason));
  put_line(out, "reason text", of.reason_text);
  put_time(out, "created", of.created);
  put_time(out, "started", of.started);
  put_time(out, "ended", of.ended);
  put_time(out, "modified", of.modified);
  for (std::size_t i = 0; i < of.labels.size(); ++i)
    if (!of.labels[i].empty()) put_line(out, "label", fmt::format("{}={}", of.kind->labels[i], of.labels[i]));
  for (std::size_t i = 0; i < of.numbers.size(); ++i)
    if (!std::isnan(of.numbers[i])) put_line(out, "number", fmt::format("{}={}", of.kind->numbers[i], of.numbers[i]));
  for (const Part& part : of.parts) put_part(out, of, part);
  put_line(out, "parent", of.parent);
  each_tag(of.tags, [&](std::string_view key, std::string_view value) {
    put_line(out, "tag", fmt::format("{}={}", key, value));
  });
  for (const Transition& past : of.history)
    put_line(out, "history", fmt::format("{} {}", rfc3339(past.time), statuses(of, past.status, false)));
}

void put_counted(std::string& out, const Observation& seen) {
  put_line(out, "kind", fmt::format("{}, an occurrence: counted, no state", seen.kind->kind));
  for (std::size_t i = 0; i < seen.counted.size(); ++i)
    if (!seen.counted[i].empty())
      put_line(out, "counted", fmt::format("{}={}", seen.event_kind->counted[i].name, seen.counted[i]));
}

std::string_view told(const Effect& effect) {
  if (effect.no_resource) return "nothing";
  if (effect.removed) return "it is gone";
  if (effect.late) return "older than what is known";
  if (effect.created) return "a first sight";
  if (effect.transition) return "a transition";
  return effect.same_state ? "the same state" : "no other state";
}

// What one sample does to an empty table, and then once more.
std::string after(const std::string& text) {
  std::string out;
  Envelope envelope;
  const Padded padded{text};
  const auto checked = envelope.check(padded.text());
  if (!checked) return fmt::format("  refused: {}\n", checked.error().what);
  EventReader reader{{"project", "Env", "aws:cloudformation:stack-name"}};
  ResourceTable table;
  const Event& event = reader.read(checked->json, received);
  put_line(out, "detail-type", event.detail_type);
  if (event.resource == nullptr) return out + "  speaks of no resource\n";
  const Observation& seen = *event.resource;
  const Effect first = table.apply(table.lock(), seen, {1, 1}, received);
  const Effect again = table.apply(table.lock(), seen, {1, 2}, received);
  const auto kept = table.find(seen.arn);
  if (kept)
    put_resource(out, *kept);
  else
    put_counted(out, seen);
  for (const std::string_view path : seen.incomplete) put_line(out, "lacks", path);
  put_line(out, "effect", fmt::format("{}; told again: {}", told(first), told(again)));
  return out;
}

TEST(PublishedSamples, LeaveTheStatesThatStandInTheGoldenFile) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(source_dir) + "/events/testdata/samples"))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  ASSERT_GT(files.size(), 30u);
  std::string text = "# What each sample of events/testdata/samples leaves behind in an empty table.\n";
  for (const auto& file : files)
    text +=
        fmt::format("\n{}\n{}", file.filename().string(), after(read_testdata("samples/" + file.filename().string())));
  expect_golden(text, "events/testdata/golden_states.txt");
}

}  // namespace
}  // namespace sagewatch
