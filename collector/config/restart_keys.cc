#include "collector/config/restart_keys.h"

namespace sagewatch {

std::vector<std::string> restart_keys(const Config& now, const Config& next) {
  std::vector<std::string> keys;
  const auto compare = [&](bool same, const char* key) {
    if (!same) keys.emplace_back(key);
  };
  compare(now.data_dir == next.data_dir, "data_dir");
  compare(now.http.address == next.http.address && now.http.port == next.http.port, "http.listen");
  compare(now.http.connections_max == next.http.connections_max &&
              now.http.connections_per_address_max == next.http.connections_per_address_max &&
              now.http.header_timeout == next.http.header_timeout &&
              now.http.request_timeout == next.http.request_timeout &&
              now.http.idle_timeout == next.http.idle_timeout && now.http.body_bytes_max == next.http.body_bytes_max &&
              now.http.inflated_bytes_max == next.http.inflated_bytes_max &&
              now.http.in_flight_bytes_max == next.http.in_flight_bytes_max,
          "http.limits");
  compare(now.journal.segment_bytes == next.journal.segment_bytes && now.journal.bytes_max == next.journal.bytes_max &&
              now.journal.durability == next.journal.durability && now.journal_keep == next.journal_keep,
          "journal");
  compare(now.aws.region == next.aws.region && now.aws.account_id == next.aws.account_id, "aws");
  compare(now.limits.event_bytes_max == next.limits.event_bytes_max &&
              now.limits.json_depth_max == next.limits.json_depth_max &&
              now.limits.put_events_bytes_max == next.limits.put_events_bytes_max &&
              now.limits.events_per_request_max == next.limits.events_per_request_max,
          "limits");
  compare(now.resources.count_max == next.resources.count_max &&
              now.resources.keep_terminal == next.resources.keep_terminal &&
              now.resources.show_terminal == next.resources.show_terminal &&
              now.resources.history == next.resources.history && now.resources.tags == next.resources.tags,
          "resources");
  compare(now.dead_letters == next.dead_letters, "dead_letters");
  compare(now.quarantine == next.quarantine, "quarantine");
  compare(now.egress.allow_private == next.egress.allow_private && now.egress.deny == next.egress.deny, "egress");
  return keys;
}

}  // namespace sagewatch
