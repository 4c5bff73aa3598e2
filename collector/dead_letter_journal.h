#pragma once
// Dead letters on stable storage: a journal of their own, because they outlive the events' journal, and the store as
// its index. A letter is a delivery id, a target and bytes; what the bytes mean is exporters/dead_letter.h's business.
//
// A letter stays until it is removed or purged. A redriven one stays too, marked, until its new delivery has ended, so
// that losing the store in between costs a second redrive and not the event. Whatever the store's index lacks after a
// crash is read again from the journal at the next open.
//
//   record  u8 version(1)  u8 kind(1 letter, 2 gone)  i64 written  string id  string target  string bytes
//   index   u8 version(1)  u8 redriven  u64 position  i64 written  string target;   under "": u64 positions indexed
//
// Any thread.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "collector/journal/journal.h"
#include "collector/store/checkpoint.h"
#include "collector/store/store.h"
#include "events/base/result.h"
#include "events/base/time.h"

namespace sagewatch {

class DeadLetterJournal {
 public:
  struct Entry {
    std::string id;              // of the delivery
    std::string target;          //
    std::uint64_t position = 0;  // in this journal; orders by age
    UnixNanos written;
    bool redriven = false;  // under way again
  };
  struct Held {
    std::string target;
    std::uint64_t letters = 0;
    UnixNanos oldest;
  };

  // `journal` is for nothing else (segments of 8 MiB; its bytes_max is dead_letters.max_bytes). `store` and `clock`
  // outlive this.
  static Result<std::unique_ptr<DeadLetterJournal>> open(std::unique_ptr<Journal> journal, Store& store,
                                                         const Clock& clock);

  // Never blocks. `done` comes when the letter is on stable storage and indexed. One that is held already (and not
  // being redriven) is not written twice.
  void append(std::string_view id, std::string_view target, std::string_view bytes, std::function<void(Done)> done);
  // The redriven delivery was made, or a person purges this letter. Not before: see above.
  void remove(std::string_view id, std::function<void(Done)> done);
  // After the delivery was put back to what is owed.
  Done mark_redriven(std::string_view id);

  Result<std::string> show(std::string_view id);  // the bytes
  LetterState state(std::string_view id);
  // At most `count`, newest first, positions below `before`; all targets if `target` is empty. Reads the whole index.
  Result<std::vector<Entry>> list(std::string_view target, std::uint64_t before, std::size_t count);
  std::vector<Held> held();  // for gauges, by target; reads the whole index

  // Drops what was written before now - keep, and the oldest while the journal is over its budget, by whole segments.
  // Answers how many letters went.
  Result<std::uint64_t> purge(Nanos keep);

 private:
  DeadLetterJournal(std::unique_ptr<Journal> journal, Store& store, const Clock& clock);
  Done index(std::uint64_t position, std::string_view record);
  Done catch_up();
  Result<Entry> entry(std::string_view id);
  Done each(const std::function<void(Entry)>& each);
  void write(std::string record, std::function<void(Done)> done);

  Store& store_;
  const Clock& clock_;
  std::unique_ptr<Journal> journal_;  // last, so that it calls back nobody who is gone
};

}  // namespace sagewatch
