#include "collector/api/ingest.h"

#include <fmt/format.h>

#include <algorithm>

#include "collector/api/event_split.h"
#include "collector/http/answers.h"

namespace sagewatch {
namespace {

std::string_view word_of(BodyForm form) {
  if (form == BodyForm::records) return "record";
  return form == BodyForm::lines ? "line" : "event";
}

// "line 3", "event 3", "record 3", or "the event" where there is only one.
std::string place_of(BodyForm form, std::uint64_t place) {
  if (form == BodyForm::one) return "the event";
  return fmt::format("{} {}", word_of(form), place);
}

void append_refusal(std::string& out, BodyForm form, std::uint64_t place, const Rejection& rejection) {
  out += fmt::format("{{\"{}\":{},\"reason\":\"{}\",\"error\":", word_of(form), place, reason_name(rejection.reason));
  append_json_string(out, rejection.what);
  out += '}';
}

HttpResponse answer_of(BodyForm form, const std::vector<std::uint64_t>& places, const Receipt& receipt) {
  SW_MUST(places.size() == receipt.outcomes.size(), "a receipt has one outcome for each event of its batch");
  std::string list;
  std::string first_refusal;
  std::size_t refused = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) list += ',';
    if (const auto* id = std::get_if<std::string>(&receipt.outcomes[i])) {
      list += "{\"id\":";
      append_json_string(list, *id);
      list += '}';
      continue;
    }
    const Rejection& rejection = std::get<Rejection>(receipt.outcomes[i]);
    if (refused++ == 0) first_refusal = place_of(form, places[i]) + ": " + rejection.what;
    append_refusal(list, form, places[i], rejection);
  }
  const std::size_t accepted = places.size() - refused;
  HttpResponse answer;
  answer.body = "{";
  if (accepted == 0) {
    answer.status = 400;
    answer.body += "\"error\":";
    append_json_string(answer.body, first_refusal);
    answer.body += ',';
  }
  answer.body += fmt::format("\"accepted\":{},\"refused\":{},\"events\":[{}]}}\n", accepted, refused, list);
  return answer;
}

}  // namespace

void Ingest::serve(HttpRequest&& request, const Respond& respond) {
  auto split = split_events(request.body, request.header("content-type"), config_.events_per_request);
  if (!split) return respond(error_answer(400, split.error().what));
  if (split->too_many)
    return respond(
        error_answer(413, fmt::format("a request may hold {} events; send these in several, nothing was taken",
                                      config_.events_per_request)));
  if (split->events.empty())
    return respond({200, "application/json", "{\"accepted\":0,\"refused\":0,\"events\":[]}\n", {}});
  Batch batch;
  batch.source = "http";
  batch.bytes = std::move(request.body);
  batch.events = std::move(split->events);
  std::vector<std::uint64_t> places(batch.events.size());
  std::transform(batch.events.begin(), batch.events.end(), places.begin(),
                 [](const Incoming& event) { return event.place; });
  const Offer offer = sink_.accept(std::move(batch),
                                   [form = split->form, places = std::move(places), respond](Result<Receipt> receipt) {
                                     if (!receipt) return respond(error_answer(500, receipt.error().what));
                                     respond(answer_of(form, places, *receipt));
                                   });
  if (offer == Offer::full) respond(busy_answer("sagewatch is full; nothing of this request was taken, try again"));
}

}  // namespace sagewatch
