#include "collector/api/put_events.h"

#include <fmt/format.h>

#include "collector/http/answers.h"
#include "events/frame.h"
#include "events/json_dom.h"

namespace sagewatch {

// What is said of one entry: its EventId, or why not.
struct PutEvents::EntryAnswer {
  std::string id;
  std::string_view code;  // empty: accepted
  std::string message;
  bool in_batch = false;
};

struct PutEvents::DetailParser {
  JsonDom dom;
};

namespace {

constexpr std::size_t detail_type_max = 128;
constexpr std::size_t envelope_frame_bytes = 400;  // what stands around the entry's own text, generously

// "default" or an ARN of it. Account and region of the ARN are not compared: there is one bus here, and people bring
// the ARNs of the accounts that they test for.
bool is_default_bus(std::string_view bus) {
  if (bus.starts_with("arn:")) {
    constexpr std::string_view type = ":event-bus/";
    const auto at = bus.find(type);
    if (at != std::string_view::npos) bus.remove_prefix(at + type.size());
  }
  return bus.empty() || bus == "default";
}

std::string required(std::string_view argument) {
  return fmt::format("Parameter {0} is not valid. Reason: {0} is a required argument.", argument);
}

// How the sink's refusal is called in EventBridge's words.
std::string_view code_of(Reason reason) {
  switch (reason) {
    case Reason::malformed_json:
    case Reason::not_utf8:
    case Reason::too_deep:
    case Reason::too_many_keys:
    case Reason::string_too_long:
      return "MalformedDetail";
    default:
      return "InvalidArgument";
  }
}

template <class EntryAnswers>
HttpResponse answer_of(const EntryAnswers& entries) {
  std::size_t failed = 0;
  std::string list;
  for (const auto& entry : entries) {
    list += list.empty() ? "{" : ",{";
    if (entry.code.empty()) {
      list += "\"EventId\":";
      append_json_string(list, entry.id);
    } else {
      ++failed;
      list += "\"ErrorCode\":";
      append_json_string(list, entry.code);
      list += ",\"ErrorMessage\":";
      append_json_string(list, entry.message);
    }
    list += '}';
  }
  HttpResponse answer;
  answer.content_type = "application/x-amz-json-1.1";
  answer.body = fmt::format("{{\"FailedEntryCount\":{},\"Entries\":[{}]}}", failed, list);
  return answer;
}

}  // namespace

PutEvents::PutEvents(EventBridgeConfig config, BatchSink& sink, const Clock& clock, UuidSource& uuids,
                     EventBridge::OnRejected on_rejected)
    : config_(std::move(config)),
      sink_(sink),
      clock_(clock),
      uuids_(uuids),
      on_rejected_(std::move(on_rejected)),
      reader_(config_.put_events_bytes_max),
      detail_parser_(std::make_unique<DetailParser>()) {}
PutEvents::~PutEvents() = default;

void PutEvents::serve(std::string body, std::string_view region, const Respond& respond) {
  const auto entries = reader_.read(body);
  if (!entries) return respond(aws_error(400, entries.error().code, entries.error().message));
  Batch batch;
  batch.source = "put_events";
  batch.bytes.reserve(body.size() + entries->size() * envelope_frame_bytes + frame_padding);
  std::vector<EntryAnswer> answers;
  answers.reserve(entries->size());
  for (const PutEventsEntry& entry : *entries) {
    answers.push_back(put(entry, region, batch));
    if (answers.back().in_batch) batch.events.back().place = answers.size();
  }
  if (batch.events.empty()) return respond(answer_of(answers));

  const Offer offer =
      sink_.accept(std::move(batch), [answers = std::move(answers), respond](Result<Receipt> receipt) mutable {
        if (!receipt) return respond(aws_error(500, "InternalException", receipt.error().what));
        auto outcome = receipt->outcomes.begin();
        for (EntryAnswer& answer : answers) {
          if (!answer.in_batch) continue;
          SW_MUST(outcome != receipt->outcomes.end(), "a receipt has one outcome for each event of its batch");
          if (auto* id = std::get_if<std::string>(&*outcome)) {
            answer.id = std::move(*id);
          } else if (auto& rejection = std::get<Rejection>(*outcome); rejection.reason != Reason::unknown_bus) {
            answer.code = code_of(rejection.reason);
            answer.message = std::move(rejection.what);
          }
          ++outcome;
        }
        respond(answer_of(answers));
      });
  if (offer == Offer::taken) return;
  HttpResponse slow_down =
      aws_error(400, "ThrottlingException", "sagewatch is full; nothing of this call was taken, try again");
  slow_down.headers.emplace_back("Retry-After", "1");
  respond(std::move(slow_down));
}

PutEvents::EntryAnswer PutEvents::put(const PutEventsEntry& entry, std::string_view region, Batch& batch) {
  const auto refuse = [&](Reason reason, std::string_view code, std::string message) {
    on_rejected_(reason);
    return EntryAnswer{{}, code, std::move(message), false};
  };
  if (entry.source.empty()) return refuse(Reason::missing_field, "InvalidArgument", required("Source"));
  if (entry.detail_type.empty()) return refuse(Reason::missing_field, "InvalidArgument", required("DetailType"));
  if (entry.detail.empty()) return refuse(Reason::missing_field, "InvalidArgument", required("Detail"));
  if (entry.detail_type.size() > detail_type_max)
    return refuse(Reason::string_too_long, "InvalidArgument",
                  "Parameter DetailType is not valid. Reason: DetailType is longer than 128 characters.");
  EntryAnswer answer;
  answer.id = uuids_.next();
  const std::size_t begin = batch.bytes.size();
  append_envelope(entry, answer.id, region, batch.bytes);
  // The Detail alone must be an object: `{},"source":"x"` would read well inside the envelope.
  const std::size_t detail = batch.bytes.size() - entry.detail.size();
  if (!is_object(batch.bytes, detail)) {
    batch.bytes.resize(begin);
    return refuse(Reason::malformed_json, "MalformedDetail", "Detail is malformed.");
  }
  if (!is_default_bus(entry.bus)) {
    batch.bytes.resize(begin);
    on_rejected_(Reason::unknown_bus);
    return answer;
  }
  batch.bytes.push_back('}');
  batch.events.push_back({begin, batch.bytes.size() - begin, 0});
  answer.in_batch = true;
  return answer;
}

// All but the last brace, so that the Detail stands at the end and can be looked at alone.
void PutEvents::append_envelope(const PutEventsEntry& entry, std::string_view id, std::string_view region,
                                std::string& out) {
  out += R"({"version":"0","id":")";
  out += id;
  out += R"(","detail-type":)";
  append_json_string(out, entry.detail_type);
  out += R"(,"source":)";
  append_json_string(out, entry.source);
  out += R"(,"account":)";
  append_json_string(out, config_.account);
  out += R"(,"time":")";
  out += rfc3339_seconds(entry.time.value_or(clock_.now()));
  out += R"(","region":)";
  append_json_string(out, region);
  out += R"(,"resources":[)";
  for (const std::string_view& resource : entry.resources) {
    if (&resource != entry.resources.data()) out += ',';
    append_json_string(out, resource);
  }
  out += R"(],"detail":)";
  out += entry.detail;
}

bool PutEvents::is_object(std::string& bytes, std::size_t begin) {
  constexpr std::size_t kept_capacity = 1 << 20;
  detail_parser_->dom.keep_at_most(kept_capacity);
  bytes.reserve(bytes.size() + frame_padding);  // the parser reads that far
  simdjson::dom::element detail;
  return detail_parser_->dom.parse(std::string_view{bytes}.substr(begin), detail) == simdjson::SUCCESS &&
         detail.is_object();
}

}  // namespace sagewatch
