#pragma once
// The operation PutEvents: up to 10 entries become up to 10 envelopes and one batch, so that the good entries of a
// call are accepted together. An envelope is what EventBridge would deliver: compact, its keys in AWS's order, the
// entry's Detail unescaped and otherwise byte for byte, its id the EventId that is answered.
//
// Limits: whatever is wrong with the call refuses it whole (collector/api/put_events_request.h); whatever is wrong with
// one entry is answered in its place and the others go through. The sink checks every envelope again (depth, sizes,
// UTF-8), and what it refuses is answered in the same way. An entry for a bus that does not exist is answered with
// success and counted, as AWS does.
//
// Belongs to the server's thread; answers may come from any.
#include <memory>
#include <string>
#include <string_view>

#include "collector/api/eventbridge.h"
#include "collector/api/put_events_request.h"

namespace sagewatch {

class PutEvents {
 public:
  // `sink`, `clock` and `uuids` outlive this.
  PutEvents(EventBridgeConfig config, BatchSink& sink, const Clock& clock, UuidSource& uuids,
            EventBridge::OnRejected on_rejected);
  ~PutEvents();

  void serve(std::string body, std::string_view region, const Respond& respond);

 private:
  struct DetailParser;
  struct EntryAnswer;
  EntryAnswer put(const PutEventsEntry& entry, std::string_view region, Batch& batch);
  void append_envelope(const PutEventsEntry& entry, std::string_view id, std::string_view region, std::string& out);
  bool is_object(std::string& bytes, std::size_t begin);

  EventBridgeConfig config_;
  BatchSink& sink_;
  const Clock& clock_;
  UuidSource& uuids_;
  EventBridge::OnRejected on_rejected_;
  PutEventsReader reader_;
  std::unique_ptr<DetailParser> detail_parser_;
};

}  // namespace sagewatch
