#include "collector/config/sections.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "events/resource_table.h"
#include "events/tags.h"
#include "exporters/tag_labels.h"

namespace sagewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::uint64_t kib = 1024, mib = 1024 * kib, gib = 1024 * mib, tib = 1024 * gib;
constexpr Nanos day = hours{24};
constexpr std::size_t deny_max = 1000;

// One line per key: what the file says, if it says it well, replaces the default.
void set(ConfigReader& reader, std::string_view key, std::uint32_t& value, std::int64_t least, std::int64_t most) {
  if (const auto read = reader.integer(key, least, most)) value = static_cast<std::uint32_t>(*read);
}
void set(ConfigReader& reader, std::string_view key, Nanos& value, Nanos least, Nanos most) {
  if (const auto read = reader.duration(key, least, most)) value = *read;
}
void set_size(ConfigReader& reader, std::string_view key, std::uint64_t& value, std::uint64_t least,
              std::uint64_t most) {
  if (const auto read = reader.size(key, least, most)) value = *read;
}

// Host and port of "127.0.0.1:9477" or "[::1]:9477".
struct Listen {
  std::string host;
  std::uint16_t port = 0;
};
std::optional<Listen> parse_listen(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  Listen listen;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), listen.port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  if (host.starts_with('[') != host.ends_with(']') || host.empty()) return std::nullopt;
  if (host.front() == '[') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;  // an IPv6 address without brackets: which part is the port?
  }
  listen.host = host == "localhost" ? "127.0.0.1" : host;
  return listen;
}

// An address as bytes: 4 or 16; empty if it is none.
std::string address_bytes(const std::string& text) {
  std::array<char, 16> bytes{};
  if (text.find('\0') != std::string::npos) return {};
  if (::inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return {bytes.data(), 4};
  if (::inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return {bytes.data(), 16};
  return {};
}
bool is_loopback(const std::string& bytes) {
  if (bytes.size() == 4) return bytes[0] == 127;
  return bytes == std::string(15, '\0') + '\1';
}

void read_listen(ConfigReader& reader, HttpConfig& http) {
  const auto text = reader.string("listen");
  if (!text) return;
  const auto listen = parse_listen(*text);
  const std::string bytes = listen ? address_bytes(listen->host) : "";
  if (bytes.empty()) {
    reader.refuse("listen", "is not an address",
                  "write host:port with a numeric host, such as 127.0.0.1:9477 or [::1]:9477", "SW2019");
  } else if (!is_loopback(bytes)) {
    reader.refuse("listen", "is reachable from other machines",
                  "TLS and authentication are not yet supported, so only 127.0.0.1 and [::1] are allowed", "SW2020");
  } else {
    http.address = listen->host;
    http.port = listen->port;
  }
}

// "10.0.0.0/8", or one address.
bool is_network(const std::string& text) {
  const auto slash = text.find('/');
  const std::string bytes = address_bytes(text.substr(0, slash));
  if (bytes.empty() || slash == std::string::npos) return !bytes.empty();
  const std::string_view digits = std::string_view{text}.substr(slash + 1);
  unsigned bits = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  return error == std::errc{} && end == digits.data() + digits.size() && bits <= bytes.size() * 8;
}

bool is_digits(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}
bool is_region(const std::string& text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

bool set_listen(HttpConfig& http, std::string_view text) {
  const auto listen = parse_listen(text);
  if (!listen || !is_loopback(address_bytes(listen->host))) return false;
  http.address = listen->host;
  http.port = listen->port;
  return true;
}

void read_aws(const ConfigNode* section, AwsConfig& aws, ConfigErrors& errors) {
  ConfigReader reader(section, "aws", errors);
  if (const auto region = reader.string("region")) {
    if (!is_region(*region)) reader.refuse("region", "is not a region", "a region is written us-east-1");
    aws.region = *region;
  }
  if (const auto account = reader.string("account_id")) {
    if (account->size() != 12 || !is_digits(*account)) reader.refuse("account_id", "is not 12 digits");
    aws.account_id = *account;
  }
  reader.finish();
}

void read_http(const ConfigNode* section, HttpConfig& http, ConfigErrors& errors) {
  ConfigReader reader(section, "http", errors);
  read_listen(reader, http);
  ConfigReader limits(reader.map("limits"), "http.limits", errors);
  set(limits, "connections", http.connections_max, 1, 100'000);
  set(limits, "connections_per_address", http.connections_per_address_max, 1, 100'000);
  set(limits, "header_timeout", http.header_timeout, Millis{100}, minutes{5});
  set(limits, "request_timeout", http.request_timeout, Millis{100}, hours{1});
  set(limits, "idle_timeout", http.idle_timeout, Millis{100}, hours{1});
  set_size(limits, "body", http.body_bytes_max, kib, 64 * mib);
  set_size(limits, "inflated_body", http.inflated_bytes_max, kib, 256 * mib);
  set_size(limits, "in_flight", http.in_flight_bytes_max, mib, 64 * gib);
  if (http.in_flight_bytes_max < http.body_bytes_max)
    limits.refuse("in_flight", "is smaller than http.limits.body", "no request of full size would ever be taken");
  limits.not_yet("per_client_rate");
  limits.finish();
  for (const char* key : {"auth", "tls", "separate", "insecure_allow_unauthenticated"}) reader.not_yet(key);
  reader.finish();
}

void read_journal(const ConfigNode* section, JournalConfig& journal, Nanos& keep, ConfigErrors& errors,
                  ConfigErrors& warnings) {
  ConfigReader reader(section, "journal", errors);
  const auto durability = reader.one_of("durability", {"fdatasync", "lose_on_power_cut", "lose_on_crash"});
  if (durability == "lose_on_power_cut") journal.durability = Durability::lose_on_power_cut;
  if (durability == "lose_on_crash") journal.durability = Durability::lose_on_crash;
  if (const std::string_view lost = what_may_be_lost(journal.durability); !lost.empty()) {
    const ConfigNode& node = *reader.any("durability");
    add_error(warnings,
              {node.place, shown_width(node), "SW2105", fmt::format("journal.durability: {}: {}", *durability, lost),
               "", "fdatasync, the default, loses nothing"});
  }
  set_size(reader, "segment_size", journal.segment_bytes, mib, 4 * gib);
  set_size(reader, "max_bytes", journal.bytes_max, 4 * mib, 1024 * tib);
  set_size(reader, "ballast", journal.ballast_bytes, 0, 16 * gib);
  set(reader, "keep", keep, minutes{1}, 3650 * day);
  ConfigReader commit(reader.map("commit"), "journal.commit", errors);
  set(commit, "max_delay", journal.commit_delay, Nanos{0}, Seconds{1});
  set_size(commit, "max_pending", journal.pending_bytes_max, mib, 16 * gib);
  commit.finish();
  if (const auto choice = reader.one_of("on_corruption", {"quarantine", "refuse"}))
    journal.refuse_corruption = *choice == "refuse";
  if (journal.bytes_max < 4 * journal.segment_bytes) {
    reader.refuse(reader.has("max_bytes") ? "max_bytes" : "segment_size",
                  "makes max_bytes less than four times segment_size", "the journal is trimmed by whole segments");
  }
  reader.finish();
}

void read_limits(const ConfigNode* section, LimitsConfig& limits, ConfigErrors& errors) {
  ConfigReader reader(section, "limits", errors);
  set_size(reader, "event", limits.event_bytes_max, kib, 8 * mib);
  set(reader, "json_depth", limits.json_depth_max, 4, 1000);
  set_size(reader, "put_events", limits.put_events_bytes_max, kib, 8 * mib);
  set(reader, "events_per_request", limits.events_per_request_max, 1, 10'000);
  set(reader, "rules", limits.rules_max, 1, 1'000'000);
  reader.not_yet("memory");
  reader.finish();
}

void read_resources(const ConfigNode* section, ResourcesConfig& resources, ConfigErrors& errors) {
  ConfigReader reader(section, "resources", errors);
  if (const auto most = reader.integer("max", 1, 100'000'000)) resources.count_max = static_cast<std::uint64_t>(*most);
  set(reader, "keep_terminal", resources.keep_terminal, minutes{1}, 3650 * day);
  set(reader, "show_terminal", resources.show_terminal, Nanos{0}, 30 * day);
  set(reader, "history", resources.history, 0, history_max);
  const ConfigNode* node = reader.any("tags");
  if (auto tags = reader.strings("tags")) {
    if (tags->size() > tags_max) {
      reader.refuse("tags", fmt::format("more than {} keys", tags_max), "keep those that people look for");
    }
    for (std::size_t i = 0; i < tags->size(); ++i) {
      if (!(*tags)[i].empty() && (*tags)[i].size() <= tag_key_max) continue;
      reader.wrong(node->items[i], fmt::format("tags: {} is no key of a tag", shown(node->items[i])),
                   fmt::format("a key has 1 to {} bytes, such as team or aws:cloudformation:stack-name", tag_key_max),
                   "SW2024");
    }
    // Each key has to make a label of its own.
    if (const auto labels = TagLabels::of(*tags); !labels) {
      reader.wrong(*node, labels.error().what, "labels are lower case, with _ for what is no letter or digit",
                   "SW2025");
    }
    resources.tags = std::move(*tags);
  }
  reader.finish();
}

void read_metrics(const ConfigNode* section, MetricsConfig& metrics, ConfigErrors& errors) {
  ConfigReader reader(section, "metrics", errors);
  constexpr std::int64_t most = 100'000'000;
  if (const auto series = reader.integer("series_max", 1, most))
    metrics.series_max = static_cast<std::uint64_t>(*series);
  if (const auto series = reader.integer("page_series_max", 1, most))
    metrics.page_series_max = static_cast<std::uint64_t>(*series);
  set(reader, "model_package_versions", metrics.package_versions, 1, 1000);
  if (const auto loops = reader.boolean("human_loops")) metrics.human_loops = *loops;
  reader.finish();
}

void read_retention(const ConfigNode* section, const std::string& path, RetentionConfig& retention,
                    ConfigErrors& errors) {
  ConfigReader reader(section, path, errors);
  set(reader, "keep", retention.keep, minutes{1}, 3650 * day);
  set_size(reader, "max_bytes", retention.bytes_max, mib, 1024 * tib);
  reader.finish();
}

void read_egress(const ConfigNode* section, EgressConfig& egress, ConfigErrors& errors) {
  ConfigReader reader(section, "egress", errors);
  if (const auto allow = reader.boolean("allow_private")) egress.allow_private = *allow;
  const ConfigNode* node = reader.any("deny");
  if (auto deny = reader.strings("deny")) {
    if (deny->size() > deny_max) reader.refuse("deny", fmt::format("more than {} entries", deny_max));
    for (std::size_t i = 0; i < deny->size(); ++i) {
      if (is_network((*deny)[i])) continue;
      reader.wrong(node->items[i], fmt::format("deny: {} is not an address range", shown(node->items[i])),
                   "a range is written 10.0.0.0/8 or fd00::/8", "SW2022");
    }
    egress.deny = std::move(*deny);
  }
  reader.finish();
}

void read_logging(const ConfigNode* section, LoggingConfig& logging, ConfigErrors& errors) {
  ConfigReader reader(section, "logging", errors);
  if (auto level = reader.one_of("level", {"debug", "info", "warning", "error"})) logging.level = std::move(*level);
  if (auto format = reader.one_of("format", {"auto", "json", "logfmt"})) logging.format = std::move(*format);
  reader.finish();
}

}  // namespace sagewatch
