// Whatever the door lets in can be read by everything behind it: the reader, the table, the row, and, completed, the
// door itself. And the slow reader that explains refusals agrees with the parser on what is JSON.
#include <cstdint>
#include <string>

#include "events/base/result.h"
#include "events/cloudtrail_record.h"
#include "events/envelope.h"
#include "events/event.h"
#include "events/frame.h"
#include "events/json_fault.h"
#include "events/resource_key.h"
#include "events/resource_table.h"

namespace {

using namespace sagewatch;

void must_be_readable(const Checked& checked) {
  static EventReader reader;
  const Event& event = reader.read(checked.json, {1'800'000'000'000'000'000});
  SW_MUST(event.source == checked.source && event.detail_type == checked.detail_type, "both read the same envelope");
  SW_MUST(event.id == checked.id && event.happened == checked.happened, "both read the same envelope");
  if (event.resource == nullptr) return;

  ResourceTable table;
  const Effect effect = table.apply(table.lock(), *event.resource, {0, 1}, event.received);
  SW_MUST(event.resource->key.empty() || checked.resource_key == resource_key_of_arn(event.resource->key),
          "the door sends an event to the shard of its resource");
  SW_MUST(!event.resource->key.empty() || effect.no_resource, "without an ARN there is no resource");
  std::vector<std::pair<std::string, std::string>> puts;
  std::vector<std::string> gone;
  table.take_changes(table.lock(), puts, gone);
  for (const auto& [key, row] : puts) {
    const auto resource = Resource::decode(row);
    SW_MUST(resource && resource->encode() == row, "a row is what it was made of");
    SW_MUST((resource->is_gone || table.find(key)), "a row is found by its key");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Envelope envelope{{.event_bytes = 64 << 10, .depth = 8, .object_keys = 16, .string_bytes = 256}};
  static Envelope roomy{{.event_bytes = 128 << 10, .depth = 8, .object_keys = 32, .string_bytes = 256}};
  static const JsonLimits no_limits{.depth = 8, .object_keys = ~std::size_t{0}, .string_bytes = ~std::size_t{0}};

  std::string text{reinterpret_cast<const char*>(data), size};
  text.append(frame_padding, '\0');
  const std::string_view view = std::string_view{text}.substr(0, size);
  const auto checked = envelope.check(view);
  if (!checked) {
    SW_MUST(!checked.error().what.empty(), "every refusal has its sentence");
    const Reason reason = checked.error().reason;
    const bool is_json = reason != Reason::malformed_json && reason != Reason::not_utf8;
    SW_MUST(is_json || checked.error().what.ends_with("it must be a JSON object with source, detail-type and detail") ||
                find_json_fault(view, no_limits),
            "what the parser refuses is explained");
    static CloudTrailRecord record;
    if (reason != Reason::missing_field && reason != Reason::wrong_type) return 0;
    const auto wrapped = record.as_event(ValidJson::checked_when_accepted(view));
    if (!wrapped) return 0;
    const auto as_event = roomy.check(*wrapped);
    SW_MUST(as_event ||
                (as_event.error().reason != Reason::missing_field && as_event.error().reason != Reason::malformed_json),
            "a bare record becomes an event, or one that is too deep or too large");
    if (as_event) must_be_readable(*as_event);
    return 0;
  }
  SW_MUST(!find_json_fault(view, no_limits), "what was accepted is JSON for both readers");
  must_be_readable(*checked);

  std::string whole = Envelope::complete(
      *checked, {.id = "id\"\\", .time = {1'790'000'000'000'000'000}, .account = "1", .region = "r"});
  const std::size_t whole_size = whole.size();
  whole.append(frame_padding, '\0');
  const auto again = roomy.check(std::string_view{whole}.substr(0, whole_size));
  SW_MUST(again && !again->missing.any() && again->resource_key, "a completed event is a whole event");
  return 0;
}
