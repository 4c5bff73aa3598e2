// resources: asks the daemon what it knows, and shows it to people or as the API's JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "collector/cli/commands.h"
#include "collector/cli/remote.h"
#include "collector/cli/table.h"
#include "collector/clock.h"
#include "collector/http/event_stream.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

using Json = nlohmann::ordered_json;
using Rows = std::vector<std::vector<std::string>>;

constexpr std::uint64_t page_max = 1'000;
constexpr std::size_t reason_bytes = 80;  // of its text, in a table

// A wrong filter is a wrong command line; the rest is the world's.
int failed(const Error& error, int status = 0) {
  fmt::print(stderr, "{}\n", error.what);
  return status == 400 ? exit_usage : exit_no;
}

std::string text(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  if (found == object.end() || found->is_null()) return "-";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

// The first axis, and the others in brackets: "InProgress (Training)".
std::string statuses(const Json& by_name) {
  std::string first, others;
  for (const auto& [name, value] : by_name.items())
    (first.empty() ? first : others) += (others.empty() ? "" : ", ") + value.get<std::string>();
  if (first.empty()) return "-";
  return others.empty() ? first : fmt::format("{} ({})", first, others);
}

std::string reason(const Json& resource) {
  const auto found = resource.find("reason");
  if (found == resource.end() || found->is_null()) return "-";
  const std::string what = text(*found, "class");
  std::string why = text(*found, "text");
  if (why == "-") return what;
  if (why.size() > reason_bytes) why = std::string{cut_utf8(why, reason_bytes)} + "...";
  // The text begins with its class mostly; a text without any stands alone.
  return what == "none" || why.starts_with(what) ? why : what + ": " + why;
}

std::string age_of(const Json& resource, UnixNanos now) {
  return age(parse_iso8601(text(resource, "since")).value_or(UnixNanos{}), now);
}

std::string query_of(const ResourcesOptions& options) {
  std::string query;
  for (const auto& [name, value] : options.filters) query += "&" + name + "=" + url_escaped(value);
  return query;
}

int list(const ResourcesOptions& options) {
  Json all{{"resources", Json::array()}};
  for (;;) {
    const std::uint64_t have = all["resources"].size();
    const std::uint64_t want = options.limit == 0 ? page_max : std::min(page_max, options.limit - have);
    std::string path = fmt::format("/api/v1/resources?limit={}{}", want, query_of(options));
    if (all.contains("next")) path += "&next=" + url_escaped(text(all, "next"));
    int status = 0;
    const auto answer = asked(options.server, "GET", path, &status);
    if (!answer) return failed(answer.error(), status);
    Json page = Json::parse(*answer, nullptr, false);
    if (page.is_discarded()) return failed(Error{options.server + " answered something that is not JSON"});
    for (Json& each : page["resources"]) all["resources"].push_back(std::move(each));
    all["matched"] = page["matched"];
    all.erase("next");
    if (!page.contains("next")) break;
    all["next"] = page["next"];
    if (options.limit != 0 && all["resources"].size() >= options.limit) break;
  }
  if (options.json) return fmt::print("{}\n", all.dump()), exit_ok;
  const UnixNanos now = SystemClock{}.now();
  Rows rows{{"KIND", "NAME", "STATUS", "FOR", "REASON", "ARN"}};
  for (const Json& each : all["resources"]) {
    rows.push_back({text(each, "kind"), text(each, "name"), statuses(each["statuses"]), age_of(each, now), reason(each),
                    text(each, "arn")});
  }
  print_table(rows, "no resource that is known matches");
  if (all.contains("next"))
    fmt::print(stderr, "{} of {} shown; --limit 0 shows all\n", rows.size() - 1, text(all, "matched"));
  return exit_ok;
}

Rows history_rows(const Json& history) {
  Rows rows{{"SINCE", "STATUS", "REASON"}};
  for (const Json& each : history) rows.push_back({text(each, "time"), statuses(each["statuses"]), reason(each)});
  return rows;
}

void show_fields(const Json& resource) {
  Rows rows{{"ARN", text(resource, "arn")}, {"KIND", text(resource, "kind")}, {"NAME", text(resource, "name")}};
  rows.push_back({"STATUS", statuses(resource["statuses"])});
  rows.push_back({"SINCE", fmt::format("{} ({} ago)", text(resource, "since"), age_of(resource, SystemClock{}.now()))});
  const auto add = [&](const std::string& name, const std::string& value) {
    if (value != "-") rows.push_back({name, value});
  };
  add("PREVIOUS STATUS", text(resource, "previous_status"));
  if (!resource["reason"].is_null()) {
    add("REASON", text(resource["reason"], "class"));
    add("REASON'S TEXT", text(resource["reason"], "text"));
  }
  add("PARENT", text(resource, "parent"));
  add("CREATED BY", text(resource, "created_by"));
  if (const Json& call = resource["last_call"]; !call.is_null())
    add("LAST CALL", text(call, "name") + " by " + text(call, "by") + " " + text(call, "time"));
  if (!resource["started"].is_null())
    add("STARTED", text(resource["started"], "arn") + " " + text(resource["started"], "status"));
  for (const char* facts : {"times", "labels", "numbers", "tags"})
    for (const auto& [name, value] : resource[facts].items())
      add(name, value.is_string() ? value.get<std::string>() : value.is_null() ? "-" : value.dump());
  for (const Json& part : resource["parts"]) {
    std::string facts;
    for (const auto& [name, value] : part.items())
      if (name != "name" && !value.is_null())
        facts += fmt::format("{}{} {}", facts.empty() ? "" : ", ", name, text(part, name.c_str()));
    add("part " + text(part, "name"), facts);
  }
  print_table(rows, "");
}

int show(const ResourcesOptions& options) {
  const bool is_history = options.what == ResourcesOptions::What::history;
  int status = 0;
  const auto answer = asked(options.server, "GET",
                            "/api/v1/resources/" + url_escaped(options.arn) + (is_history ? "/history" : ""), &status);
  if (!answer) return failed(answer.error(), status);
  if (options.json) return fmt::print("{}", *answer), exit_ok;
  const Json resource = Json::parse(*answer, nullptr, false);
  if (resource.is_discarded()) return failed(Error{options.server + " answered something that is not JSON"});
  if (!is_history) {
    show_fields(resource);
    const Json& children = resource["children"];
    Rows rows{{"CHILD", "STATUS", "ARN"}};
    for (const Json& each : children) rows.push_back({text(each, "name"), text(each, "status"), text(each, "arn")});
    if (!children.empty()) fmt::print("\n{}", table(rows, ""));
    if (text(resource, "children_cut") != "0") fmt::print("and {} more\n", text(resource, "children_cut"));
    fmt::print("\n");
  }
  return print_table(history_rows(resource["history"]), "nothing is known of its history");
}

void print_transition(const StreamedEvent& event, bool json) {
  if (json) {
    fmt::print("{}\n", event.data);
  } else if (const Json told = Json::parse(event.data, nullptr, false); told.is_object()) {
    const Json& resource = told["resource"];
    const auto side = [&](const char* key, const char* none) {
      return told[key].is_null() ? std::string{none} : statuses(told[key]);
    };
    // The head is for the widths only: rows come one by one.
    const std::string why = reason(resource);
    const std::string lines = table({{""},
                                     {fmt::format("{}  {:14}  {:38}  {} -> {}{}", text(told, "received").substr(0, 19),
                                                  text(resource, "kind"), text(resource, "name"), side("before", "new"),
                                                  side("after", "gone"), why == "-" ? "" : "  " + why)}},
                                    "");
    fmt::print("{}", lines.substr(lines.find('\n') + 1));
  }
  std::fflush(stdout);
}

int follow(const ResourcesOptions& options) {
  std::string query = query_of(options);
  if (!query.empty()) query[0] = '?';
  bool was_told_of_the_end = false;
  const auto end = read_event_stream(options.server + "/api/v1/resources/events" + query, options.last_event_id,
                                     [&](const StreamedEvent& event) {
                                       if (event.type == "transition") return print_transition(event, options.json);
                                       const Json told = Json::parse(event.data, nullptr, false);
                                       fmt::print(stderr, "{}: {}\n", event.type, text(told, "what"));
                                       was_told_of_the_end = was_told_of_the_end || event.type == "end";
                                     });
  if (!end)
    return failed(Error{fmt::format("{}: {}; is the daemon running there? Name another with --server", options.server,
                                    end.error().what)});
  if (end->status != 200) return failed(Error{sentence_of({end->status, end->body})}, end->status);
  if (was_told_of_the_end) return exit_ok;
  return failed(Error{"the daemon cut the connection; go on with --last-event-id and the `id` of the last transition"});
}

}  // namespace

int run_resources(const ResourcesOptions& options) {
  if (options.what == ResourcesOptions::What::list) return list(options);
  if (options.what == ResourcesOptions::What::follow) return follow(options);
  return show(options);
}

}  // namespace sagewatch
