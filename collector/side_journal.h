#pragma once
// Watches a journal beside the main one (dead letters, quarantine). It has nothing to tell shards, only whether its
// disk works: after a failed flush the process must end and recover by a restart, and a full disk is full for the main
// journal too. Called on that journal's committer.
#include <functional>
#include <string>
#include <utility>

#include "collector/journal/journal.h"
#include "collector/log.h"

namespace sagewatch {

class SideJournal : public JournalObserver {
 public:
  SideJournal(std::string name, std::function<void(const Error&, bool fatal)> refused)
      : name_(std::move(name)), refused_(std::move(refused)) {}
  void committed(std::span<const Frame>) override {}
  void flushed(Nanos, std::uint64_t, std::uint64_t) override {}
  void failed(const Error& error, bool fatal) override {
    log_error(name_, "SW4203", "{}; what should be kept there waits", error.what);
    refused_(error, fatal);
  }
  void damaged(const Damage& damage) override {
    if (damage.torn) return;
    log_warn(name_, "SW4206", "{}; what stood there is lost{}{}", sentence_of(damage),
             damage.quarantined.empty() ? "" : ", the bytes are kept in ", damage.quarantined);
  }

 private:
  const std::string name_;
  const std::function<void(const Error&, bool)> refused_;
};

}  // namespace sagewatch
