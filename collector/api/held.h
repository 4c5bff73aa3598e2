#pragma once
// What waits for a person, over HTTP: dead letters (list, show, redrive) and quarantine (list, show). Reads the disk,
// so it answers from a thread of its own, one request after the other.
#include <functional>

#include "collector/dead_letters.h"
#include "collector/http/server.h"
#include "collector/incomplete_events.h"
#include "collector/quarantine.h"

namespace sagewatch {

struct HeldParts {
  DeadLetters& letters;
  Quarantine& quarantine;
  // Accepted events with missing fields at positions below the first, newest first, at most so many.
  std::function<std::vector<Incomplete>(std::uint64_t, std::size_t)> incomplete;
  std::function<void(std::vector<Arrival>)> owe_again;  // the dispatcher
  std::function<bool(std::function<void()>)> run;       // on a thread that may wait for the disk; false: too much waits
};

// GET  /api/v1/dead-letters?target=&before=&limit=   {"dead_letters": [...], "next": position}
// GET  /api/v1/dead-letters/ID                       the letter with its event
// POST /api/v1/dead-letters/redrive?id=&target=      {"redriven": n}
// GET  /api/v1/quarantine?before=&limit=             {"entries": [...], "next": id}
// GET  /api/v1/quarantine/ID                         the entry with its bytes
// GET  /api/v1/quarantine?incomplete=true            {"incomplete": [...], "next": position}: nothing was refused of
// them
void add_held(HttpServer& server, HeldParts parts);

}  // namespace sagewatch
