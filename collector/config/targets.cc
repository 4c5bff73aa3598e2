#include "collector/config/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <map>
#include <optional>

#include "collector/config/names.h"

namespace sagewatch {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

const std::vector<std::string> supported{"file", "webhook"};
const std::vector<std::string> designed{"event_bus", "kafka", "lambda", "sns", "sqs", "workflow"};
constexpr std::size_t headers_max = 64;

std::string lower(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

SendConfig read_send(const ConfigNode* node, const std::string& path, ConfigErrors& errors) {
  SendConfig send;
  ConfigReader reader(node, path, errors);
  if (const auto timeout = reader.duration("timeout", Millis{10}, minutes{10})) send.timeout = *timeout;
  if (const auto connect = reader.duration("connect_timeout", Millis{10}, minutes{1})) send.connect_timeout = *connect;
  ConfigReader concurrency(reader.map("concurrency"), path + ".concurrency", errors);
  if (const auto most = concurrency.integer("max", 1, 1000)) send.concurrency_max = static_cast<std::uint32_t>(*most);
  concurrency.not_yet("adaptive");
  concurrency.finish();
  reader.not_yet("sign");
  reader.finish();
  return send;
}

// The presets are EventBridge's: "Classic" and the shorter one of its subscribers (v2).
RetryConfig read_retry(const ConfigNode* node, const std::string& path, ConfigErrors& errors) {
  RetryConfig retry;
  ConfigReader reader(node, path, errors);
  const auto preset = reader.one_of("preset", {"eventbridge-classic", "eventbridge-v2"});
  if (preset == "eventbridge-v2") {
    retry.age_max = Seconds{300};
    retry.attempts_max = 5;
  }
  if (const auto age = reader.duration("max_age", Seconds{1}, hours{24 * 14}))
    retry.age_max = std::chrono::duration_cast<Seconds>(*age);
  if (const auto attempts = reader.integer("max_attempts", 0, 10'000))
    retry.attempts_max = static_cast<std::uint32_t>(*attempts);
  if (const auto base = reader.duration("base", Millis{10}, hours{1})) retry.base = *base;
  if (const auto cap = reader.duration("cap", Millis{10}, hours{24})) retry.cap = *cap;
  if (retry.cap < retry.base)
    reader.refuse(reader.has("cap") ? "cap" : "base", "makes cap shorter than base", "the waits grow from base to cap");
  const ConfigNode* permanent = reader.any("on_permanent");
  if (permanent != nullptr && (permanent->text == "retry" || permanent->text == "drop")) {
    reader.refuse("on_permanent", "is not yet supported", "supported: dead_letter", "SW2012");
  } else {
    reader.one_of("on_permanent", {"dead_letter"});
  }
  reader.finish();
  return retry;
}

// Why a URL cannot be a webhook's, or nothing. `literal`: how much of it stands in the file itself.
std::optional<std::string> refused_url(const std::string& text, std::size_t literal) {
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return "is not a URL";
  const boost::urls::url_view& url = *parsed;
  if (lower(url.scheme()) != "http" && lower(url.scheme()) != "https") return "must begin with http:// or https://";
  if (url.has_userinfo()) return "holds a user or password";
  if (url.host().empty()) return "has no host";
  if (url.has_port() && url.port_number() == 0) return "has a bad port";
  if (url.has_fragment()) return "has a fragment (#...), which is never sent";
  const std::size_t authority_end = text.find_first_of("/?#", text.find("//") + 2);
  if (literal < std::min(authority_end, text.size())) return "takes its scheme, host or port from ${...}";
  return std::nullopt;
}

void read_url(ConfigReader& reader, WebhookConfig& webhook) {
  reader.required("url");
  const ConfigNode* node = reader.any("url");
  const auto url = reader.string("url");
  if (!url) return;
  webhook.url = *url;
  const std::size_t literal = node->secret ? node->literal : url->size();
  webhook.shown_url = node->secret ? url->substr(0, literal) + "[REDACTED]" : url->substr(0, url->find('?'));
  const auto reason = refused_url(*url, literal);
  if (!reason) return;
  constexpr const char* cure =
      "write http://host:port/path or https://host/path; ${...} may stand in the path; credentials belong in headers";
  // Whoever mistypes a URL must not have its password told, nor what its query holds.
  ConfigNode told = *node;
  told.text = webhook.shown_url;
  told.secret = node->secret || url->find('@') != std::string::npos;
  add_error(reader.errors(), {node->place, shown_width(*node), "SW2021",
                              fmt::format("{}.url: {} {}", reader.path(), shown(told), *reason), "", cure,
                              url->find('@') != std::string::npos});
}

bool is_header_name(std::string_view name) {
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
  });
}

// Headers that the client sets itself; a second one would make the request mean two things.
bool is_ours(const std::string& lower_name) {
  static constexpr std::string_view ours[] = {"host",    "content-length", "transfer-encoding", "connection", "te",
                                              "upgrade", "expect",         "trailer",           "keep-alive"};
  return std::find(std::begin(ours), std::end(ours), lower_name) != std::end(ours);
}
bool holds_secrets(const std::string& lower_name) {
  return lower_name.find("auth") != std::string::npos || lower_name.find("token") != std::string::npos ||
         lower_name.find("secret") != std::string::npos || lower_name.find("api-key") != std::string::npos ||
         lower_name == "cookie";
}

void read_headers(const ConfigNode* section, const std::string& path, WebhookConfig& webhook, ConfigErrors& errors,
                  ConfigErrors& warnings) {
  ConfigReader reader(section, path, errors);
  if (section == nullptr) return;
  if (section->members.size() > headers_max)
    return reader.wrong(*section, fmt::format("more than {} headers", headers_max));
  std::map<std::string, bool> seen;
  for (const ConfigNode::Member& member : section->members) {
    const auto value = reader.string(member.key);
    const std::string name = lower(member.key);
    const auto refuse = [&](std::string_view what) {
      add_error(errors, {member.place, static_cast<int>(member.key.size()), "SW2024", fmt::format("{}: {}", path, what),
                         "", ""});
    };
    if (!is_header_name(member.key)) {
      refuse("a header's name is letters, digits and -");
    } else if (is_ours(name)) {
      refuse(member.key + " is set by sagewatch itself");
    } else if (seen[name]) {
      refuse(member.key + " stands twice (names ignore case)");
    }
    seen[name] = true;
    if (!value) continue;
    if (std::any_of(value->begin(), value->end(),
                    [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }))
      reader.wrong(member.value, member.key + " holds a control character or a line end");
    if (holds_secrets(name) && !member.value.secret)
      add_error(warnings, {member.value.place, shown_width(member.value), "SW2102",
                           fmt::format("{}.{} looks like a secret written into the file", path, member.key), "",
                           "prefer ${env:NAME}, ${file:path} or ${credential:name}", true});
    webhook.headers.emplace_back(member.key, *value);
  }
}

WebhookConfig read_webhook(ConfigReader& reader, ConfigErrors& warnings) {
  WebhookConfig webhook;
  read_url(reader, webhook);
  read_headers(reader.map("headers"), reader.path() + ".headers", webhook, reader.errors(), warnings);
  reader.not_yet("body");
  reader.not_yet("tls");
  return webhook;
}

FileTargetConfig read_file(ConfigReader& reader) {
  FileTargetConfig file;
  reader.required("path");
  if (const auto path = reader.string("path")) {
    if (path->empty()) reader.refuse("path", "is empty", "name the file to append to");
    file.path = *path;
  }
  return file;
}

std::optional<TargetConfig> read_target(const ConfigNode::Member& member, ConfigErrors& errors,
                                        ConfigErrors& warnings) {
  ConfigReader reader(&member.value, "targets." + member.key, errors);
  if (member.value.kind == ConfigNode::Kind::null)
    add_error(errors, {member.place, static_cast<int>(member.key.size()), "SW2013",
                       fmt::format("targets.{} is empty", member.key), "", "a target needs the key \"type\""});
  reader.required("type");
  const ConfigNode* type_node = reader.any("type");
  if (type_node != nullptr && std::find(designed.begin(), designed.end(), type_node->text) != designed.end()) {
    reader.refuse("type", "is not yet supported", "supported: " + listed(supported), "SW2012");
    return std::nullopt;
  }
  const auto type = reader.one_of("type", supported);
  if (!type) return std::nullopt;
  TargetConfig target;
  target.name = member.key;
  target.origin = origin_of(member.place);
  if (const auto arn = reader.string("arn")) {
    if (!is_arn(*arn))
      reader.refuse("arn", "is not an ARN", "an ARN is arn:partition:service:region:account:resource", "SW2023");
    target.arn = *arn;
  }
  target.send = read_send(reader.map("send"), reader.path() + ".send", errors);
  target.retry = read_retry(reader.map("retry"), reader.path() + ".retry", errors);
  reader.not_yet("backlog");
  reader.not_yet("ordering");
  if (*type == "webhook") target.type = read_webhook(reader, warnings);
  if (*type == "file") target.type = read_file(reader);
  reader.finish();
  return target;
}

}  // namespace

std::vector<TargetConfig> read_targets(const ConfigNode* section, ConfigErrors& errors, ConfigErrors& warnings) {
  std::vector<TargetConfig> targets;
  if (section == nullptr) return targets;
  std::map<std::string, std::string> arns;
  for (const ConfigNode::Member& member : section->members) {
    if (!check_name(member, "target", errors)) continue;
    auto target = read_target(member, errors, warnings);
    if (!target) continue;
    if (!target->arn.empty()) {
      const auto [first, fresh] = arns.emplace(target->arn, target->name);
      if (!fresh) {
        const ConfigNode* node = member.value.find("arn");
        add_error(errors,
                  {node->place, shown_width(*node), "SW2025",
                   fmt::format("targets.{}.arn: target \"{}\" has this ARN already", target->name, first->second), "",
                   "an ARN means one target"});
      }
    }
    targets.push_back(std::move(*target));
  }
  return targets;
}

}  // namespace sagewatch
