// dead-letters and quarantine: both ask the daemon and print what it answers.
#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/cli/commands.h"
#include "collector/cli/remote.h"
#include "collector/cli/table.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;

Result<Json> asked_json(const std::string& server, const std::string& method, const std::string& path) {
  const auto answer = asked(server, method, path);
  if (!answer) return no(answer.error());
  auto body = Json::parse(*answer, nullptr, false);
  if (body.is_discarded()) return no(fmt::format("{} answered something that is not JSON", server));
  return body;
}

// All pages of a list, joined under `key`.
Result<Json> all_pages(const std::string& server, const std::string& path, const std::string& key) {
  Json all{{key, Json::array()}};
  std::string before;
  for (;;) {
    auto page = asked_json(server, "GET", before.empty() ? path : fmt::format("{}&before={}", path, before));
    if (!page) return page;
    for (auto& entry : (*page)[key]) all[key].push_back(std::move(entry));
    if (!page->contains("next")) return all;
    before = (*page)["next"].dump();
  }
}

int failed(const Error& error) {
  return fmt::print(stderr, "{}\n", error.what), exit_no;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || found->is_null()) return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace

int run_dead_letters(const DeadLetterOptions& options) {
  const std::string target = options.target.empty() ? "" : "&target=" + url_escaped(options.target);
  if (options.what == DeadLetterOptions::What::redrive) {
    const std::string id = options.id.empty() ? "" : "&id=" + url_escaped(options.id);
    const auto done = asked_json(options.server, "POST", "/api/v1/dead-letters/redrive?" + id + target);
    if (!done) return failed(done.error());
    fmt::print("{} deliveries are owed again\n", (*done)["redriven"].dump());
    return exit_ok;
  }
  if (options.what == DeadLetterOptions::What::show) {
    const auto letter = asked_json(options.server, "GET", "/api/v1/dead-letters/" + url_escaped(options.id));
    if (!letter) return failed(letter.error());
    fmt::print("{}\n", letter->dump(options.json ? -1 : 2));
    return exit_ok;
  }
  const auto letters = all_pages(options.server, "/api/v1/dead-letters?limit=1000" + target, "dead_letters");
  if (!letters) return failed(letters.error());
  if (options.json) return fmt::print("{}\n", letters->dump()), exit_ok;
  std::vector<std::vector<std::string>> rows = {{"DELIVERY", "WRITTEN", "TARGET", "RULE", "REASON", "ERROR"}};
  for (const Json& letter : (*letters)["dead_letters"]) {
    rows.push_back({text(letter, "deliveryId"), text(letter, "written").substr(0, 19), text(letter, "target"),
                    text(letter, "rule"), text(letter, "reason"),
                    text(letter, "errorCode") + " " + text(letter, "errorMessage")});
  }
  return print_table(rows, "no dead letters: everything was delivered or is still owed");
}

namespace {

int list_incomplete(const QuarantineOptions& options) {
  const auto events = all_pages(options.server, "/api/v1/quarantine?incomplete=true&limit=1000", "incomplete");
  if (!events) return failed(events.error());
  if (options.json) return fmt::print("{}\n", events->dump()), exit_ok;
  std::vector<std::vector<std::string>> rows = {
      {"POSITION", "RECEIVED", "KIND", "ARN", "FIELDS MISSING OR OF ANOTHER TYPE"}};
  for (const Json& event : (*events)["incomplete"]) {
    std::string fields;
    for (const Json& field : event["fields"]) fields += (fields.empty() ? "" : ", ") + field.get<std::string>();
    rows.push_back({text(event, "position"), text(event, "received").substr(0, 19), text(event, "kind"),
                    text(event, "arn"), fields});
  }
  return print_table(rows, "no incomplete events: each had all fields of its kind");
}

}  // namespace

int run_quarantine(const QuarantineOptions& options) {
  if (options.what == QuarantineOptions::What::show) {
    const auto entry = asked_json(options.server, "GET", "/api/v1/quarantine/" + url_escaped(options.id));
    if (!entry) return failed(entry.error());
    fmt::print("{}\n", entry->dump(options.json ? -1 : 2));
    return exit_ok;
  }
  if (options.incomplete) return list_incomplete(options);
  const auto entries = all_pages(options.server, "/api/v1/quarantine?limit=1000", "entries");
  if (!entries) return failed(entries.error());
  if (options.json) return fmt::print("{}\n", entries->dump()), exit_ok;
  std::vector<std::vector<std::string>> rows = {{"ID", "TIME", "SOURCE", "PLACE", "REASON", "ERROR"}};
  for (const Json& entry : (*entries)["entries"]) {
    rows.push_back({text(entry, "id"), text(entry, "time").substr(0, 19), text(entry, "source"), text(entry, "place"),
                    text(entry, "reason"), text(entry, "error")});
  }
  return print_table(rows, "the quarantine is empty: no input was refused");
}

}  // namespace sagewatch
