#pragma once
// POST /api/v1/events: raw events, for programs that have no AWS SDK. The events of a request are one batch and become
// one frame of the journal: the good ones together, the bad ones answered each in its place.
//
// Belongs to the server's thread; answers may come from any.
#include "collector/http/server.h"
#include "events/batch.h"

namespace sagewatch {

struct IngestConfig {
  std::size_t events_per_request = 1000;
};

class Ingest {
 public:
  // `sink` outlives this.
  Ingest(IngestConfig config, BatchSink& sink) : config_(config), sink_(sink) {}
  void serve(HttpRequest&& request, const Respond& respond);

 private:
  IngestConfig config_;
  BatchSink& sink_;
};

}  // namespace sagewatch
