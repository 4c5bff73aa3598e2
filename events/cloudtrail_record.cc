#include "events/cloudtrail_record.h"

#include <algorithm>
#include <array>

#include "events/frame.h"

namespace sagewatch {
namespace {

enum Key : std::uint8_t { k_version, k_source, k_name, k_type, k_id, k_time, k_region, k_account, k_identity, k_max };
constexpr std::array<std::string_view, k_max> keys{"eventVersion", "eventSource", "eventName", "eventType",
                                                   "eventID",      "eventTime",   "awsRegion", "recipientAccountId",
                                                   "userIdentity"};

// "sagemaker" of "sagemaker.amazonaws.com". S3's notifications have records of a like shape, from "aws:s3": not these.
std::string_view service_of(std::string_view event_source) {
  return event_source.substr(0, std::min(event_source.find(".amazonaws.com"), event_source.size()));
}
bool is_service(std::string_view event_source) {
  const std::string_view service = service_of(event_source);
  return !service.empty() && service.size() < event_source.size();
}

// EventBridge's names for CloudTrail's types. Other types are not known to be delivered there: they keep their own.
std::string detail_type_of(std::string_view raw_type) {
  struct Named {
    std::string_view type, name;
  };
  constexpr Named named[] = {
      {"", "AWS API Call"},  // records before version 1.02 have no type, and are calls
      {"AwsApiCall", "AWS API Call"},
      {"AwsServiceEvent", "AWS Service Event"},
      {"AwsConsoleAction", "AWS Console Action"},
      {"AwsConsoleSignIn", "AWS Console Sign In"},
      {"AwsCloudTrailInsight", "AWS Insight"},
  };
  const auto* const found =
      std::find_if(std::begin(named), std::end(named), [&](const Named& each) { return each.type == raw_type; });
  return std::string{found != std::end(named) ? found->name : raw_type}.append(" via CloudTrail");
}

}  // namespace

// Strings are copied as they are written, escapes and all, from one JSON text into the other.
std::optional<std::string> CloudTrailRecord::as_event(ValidJson text) {
  if (!walk_.begin(text) || walk_.type() != '{') return std::nullopt;
  std::array<std::string_view, k_max> raw;
  std::string_view caller_account;
  bool is_wrapped = false;
  walk_.object([&](std::string_view raw_key) {
    const std::string_view key = walk_.unescaped(raw_key);
    is_wrapped |= key == "detail-type";
    const auto* const found = std::find(keys.begin(), keys.end(), key);
    if (found == keys.begin() + k_identity && walk_.type() == '{') {
      return walk_.object([&](std::string_view inner) {
        if (inner == "accountId" && walk_.type() == '"')
          caller_account = walk_.raw_string();
        else
          walk_.skip();
      });
    }
    if (found == keys.end() || walk_.type() != '"') return walk_.skip();
    raw[static_cast<std::size_t>(found - keys.begin())] = walk_.raw_string();
  });
  const std::string_view event_source = raw[k_source];  // a host name: nobody escapes any of it
  if (is_wrapped || raw[k_version].empty() || raw[k_name].empty() || !is_service(event_source)) return std::nullopt;

  std::string event;
  event.reserve(text.text().size() + 320);
  event.append(R"({"version":"0")");
  const auto add = [&event](std::string_view key, std::string_view value) {
    if (!value.empty()) event.append(",\"").append(key).append("\":\"").append(value).append("\"");
  };
  add("id", raw[k_id]);
  add("detail-type", detail_type_of(raw[k_type]));
  event.append(R"(,"source":"aws.)").append(service_of(event_source)).append("\"");
  add("account", raw[k_account].empty() ? caller_account : raw[k_account]);
  add("time", raw[k_time]);
  add("region", raw[k_region]);
  event.append(R"(,"resources":[],"detail":)").append(text.text()).append("}");
  event.reserve(event.size() + frame_padding);
  return event;
}

}  // namespace sagewatch
