// Random histories of all kinds: what events leave behind does not depend on their order, on repeats or on restarts.
#include <gmock/gmock.h>

#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "events/event_fixture.h"
#include "events/fleet_counters.h"
#include "events/resource_table.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::int64_t start_ms = 1'700'000'000'000;

// Puts a value at the first of a row's paths.
void put_at(Json& detail, std::string_view paths, const Json& value) {
  if (paths.empty()) return;
  std::string_view path = paths.substr(0, paths.find('|'));
  Json* at = &detail;
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string key{path.substr(0, slash)};
    at = &(*at)[key == "*" ? "any" : key];
    if (slash == std::string_view::npos) break;
    path.remove_prefix(slash + 1);
  }
  *at = value;
}

struct Told {
  const EventKind* row;
  std::string name;
  std::int64_t step = 0;  // its place in the history: the later, the newer
  std::array<std::size_t, axes_max> status{};
  std::string json;

  // The resource's own, in the order in which it must end up: first how far it has come, then when.
  std::pair<int, std::int64_t> order() const {
    if (row->kind->course == Course::comes_and_goes || row->kind->axes.empty()) return {0, step};
    const Status& now = row->kind->axes[0].values[status[0]];
    return {now.api == "DeleteFailed" ? 3 : now.api == "Deleting" ? 2 : now.terminal ? 1 : 0, step};
  }
};

std::string arn_of(const Told& told) {
  const ResourceKind& kind = *told.row->kind;
  std::string arn = "arn:aws:sagemaker:eu-west-1:111122223333:" + std::string{kind.arn_type} + "/";
  if (kind.arn_holds.empty()) return arn + (kind.part.empty() ? told.name : "whole");
  return arn + "whole" + std::string{kind.arn_holds} + (kind.part.empty() ? told.name : "1");
}

void write(Told& told) {
  const EventKind& row = *told.row;
  Json detail = Json::object();
  put_at(detail, row.arn_path, arn_of(told));
  put_at(detail, row.name_path, told.name);
  put_at(detail, row.part_path, told.name);
  for (std::size_t i = 0; i < row.kind->axes.size(); ++i) {
    const auto values = row.kind->axes[i].values;
    const std::string value =
        values.empty() ? "v" + std::to_string(told.status[i]) : std::string{values[told.status[i]].event};
    put_at(detail, row.axis_paths[i], value);
  }
  put_at(detail, row.created_path, start_ms);
  put_at(detail, row.modified_path, start_ms + told.step * 1000);
  const Json event{{"source", "aws.sagemaker"},
                   {"detail-type", row.detail_type},
                   {"id", std::to_string(told.step)},
                   {"time", rfc3339_seconds({(start_ms + told.step * 1000) * 1'000'000})},
                   {"resources", Json::array({arn_of(told)})},
                   {"detail", detail}};
  told.json = event.dump();
}

std::vector<Told> history(std::mt19937_64& random, const EventKind& row, const std::string& name) {
  std::vector<Told> events;
  const auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  const std::size_t count = 1 + below(6);
  for (std::size_t i = 0; i < count; ++i) {
    Told told{.row = &row, .name = name, .step = static_cast<std::int64_t>(i + 1), .json = {}};
    for (std::size_t axis = 0; axis < row.kind->axes.size(); ++axis) {
      const auto values = row.kind->axes[axis].values;
      const bool must_run = row.kind->course == Course::one_way && i + 1 < count;  // a run ends once
      // Whether one comes in at all while it is being deleted depends on the order, and may.
      const auto fits = [&](const Status& status) {
        return axis > 0 || (status.api != "Deleting" && !(must_run && status.terminal));
      };
      do told.status[axis] = below(values.empty() ? 3 : values.size());
      while (!values.empty() && !fits(values[told.status[axis]]));
    }
    write(told);
    events.push_back(told);
  }
  return events;
}

// A table and counters with the rows that a store would hold.
struct Kept {
  std::unique_ptr<ResourceTable> table = std::make_unique<ResourceTable>();
  std::unique_ptr<FleetCounters> counters = std::make_unique<FleetCounters>();
  EventReader reader;
  std::map<std::string, std::string> resources, counts;
  std::uint64_t offset = 0;

  void apply(const std::string& json) {
    const Padded text{json};
    const Event& event = reader.read(text.json(), {(start_ms + 3'600'000) * 1'000'000});
    const Effect effect = table->apply(table->lock(), *event.resource, {0, ++offset}, event.received);
    counters->count(*event.resource, effect);
  }
  void write() {
    std::vector<std::pair<std::string, std::string>> puts;
    std::vector<std::string> gone;
    table->take_changes(table->lock(), puts, gone);
    for (auto& [key, row] : puts) resources[key] = row;
    for (const std::string& key : gone) resources.erase(key);
    puts.clear();
    counters->take_changes(puts);
    for (auto& [name, value] : puts) counts[name] = value;
  }
  void restart() {
    write();
    table = std::make_unique<ResourceTable>();
    counters = std::make_unique<FleetCounters>();
    for (const auto& [key, row] : resources) {
      const Done loaded = table->load(table->lock(), key, row);
      ASSERT_TRUE(loaded) << loaded.error().what;
    }
    for (const auto& [name, value] : counts) ASSERT_TRUE(counters->load(name, value));
  }
};

std::vector<const EventKind*> kept_rows() {
  std::vector<const EventKind*> rows;
  for (const EventKind& row : event_kinds())
    if (row.kind->is_kept && row.status.empty() && row.axes_required > 0) rows.push_back(&row);
  return rows;
}

void expect_state(const Kept& kept, const Told& last, std::uint64_t seed) {
  const std::string part =
      last.row->kind->part.empty() ? "" : "#" + std::string{last.row->kind->part} + "/" + last.name;
  const auto resource = kept.table->find(arn_of(last) + part);
  ASSERT_TRUE(resource) << last.json << " seed " << seed;
  for (std::size_t axis = 0; axis < last.row->kind->axes.size(); ++axis) {
    if (last.row->axis_paths[axis].empty()) continue;
    const auto values = last.row->kind->axes[axis].values;
    const std::string expected =
        values.empty() ? "v" + std::to_string(last.status[axis]) : std::string{values[last.status[axis]].api};
    EXPECT_EQ(resource->status_name(axis), expected) << last.json << " seed " << seed;
  }
  ASSERT_EQ(resource->history.empty(), last.row->kind->axes.empty());
  if (!resource->history.empty()) {
    EXPECT_EQ(resource->history.back().status, resource->status);
    EXPECT_EQ(resource->history.back().time, resource->last_transition);
  }
  EXPECT_EQ(resource->encode(), Resource::decode(resource->encode())->encode());
}

TEST(Histories, OfAllKindsEndInTheSameStateInWhateverOrderTheyAreTold) {
  const auto rows = kept_rows();
  EXPECT_GE(rows.size(), 20u);
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random{seed};
    std::vector<Told> events, last;
    for (std::size_t i = 0; i < 6; ++i) {
      const auto told = history(random, *rows[random() % rows.size()], "r" + std::to_string(i));
      last.push_back(*std::max_element(told.begin(), told.end(),
                                       [](const Told& a, const Told& b) { return a.order() < b.order(); }));
      events.insert(events.end(), told.begin(), told.end());
    }
    for (std::size_t i = 0, once = events.size(); i < once; ++i)
      if (random() % 3 == 0) events.push_back(events[i]);
    std::shuffle(events.begin(), events.end(), random);
    Kept kept;
    for (const Told& told : events) {
      kept.apply(told.json);
      if (random() % 8 == 0) kept.restart();
    }
    for (const Told& told : last) expect_state(kept, told, seed);
  }
}

TEST(Histories, LeaveTheSameRowsWithRestartsAsWithoutAny) {
  std::vector<const EventKind*> rows;
  for (const EventKind& row : event_kinds()) rows.push_back(&row);  // occurrences, too
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    std::mt19937_64 random{seed};
    Kept steady, restarted;
    std::vector<Told> before;
    for (int i = 0; i < 60; ++i) {
      const EventKind& row = *rows[random() % rows.size()];
      Told told = history(random, row, "r" + std::to_string(random() % 4)).back();
      if (!before.empty() && random() % 4 == 0) told = before[random() % before.size()];
      before.push_back(told);
      steady.apply(told.json);
      restarted.apply(told.json);
      if (random() % 5 == 0) restarted.restart();
    }
    steady.write();
    restarted.write();
    ASSERT_EQ(steady.resources, restarted.resources) << "seed " << seed;
    ASSERT_EQ(steady.counts, restarted.counts) << "seed " << seed;
  }
}

}  // namespace
}  // namespace sagewatch
