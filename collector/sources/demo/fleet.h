#pragma once
// A small company's SageMaker that does not exist: every kind of resource and every detail-type that sagewatch knows,
// and one that it does not, in events that are formed as AWS forms them. For `sagewatch demo`, and for tests that want
// life without a network. Pure: no clock, no thread; the same seed and the same times give the same bytes on every
// machine.
//
// What happens stands in stories (story.h), a file for each area. Of the stories that may happen to a resource each
// has its turn as often as its weight says, so that rare ones come, too; the seed decides who begins, who is slow and
// what things are called. As AWS does, it sends some events twice, byte for byte, some states again under a new id, and
// some events after the ones that came later. The number of resources alive is bounded, and names come back.
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "collector/sources/demo/dice.h"
#include "collector/sources/demo/story.h"
#include "collector/sources/demo/vocabulary.h"
#include "events/base/time.h"

namespace sagewatch {

// Where the simulated fleet lives.
struct DemoPlace {
  std::string account = "000000000000";
  std::string region = "us-east-1";
};

class DemoFleet {
 public:
  static constexpr std::size_t alive_max = 200;  // resources that are in the middle of a story

  DemoFleet(std::uint64_t seed, DemoPlace place);

  // The fleet's next event, as if it happened at `now`.
  std::string next(UnixNanos now);
  std::size_t alive() const { return actors_.size(); }

 private:
  using Number = std::uint64_t;
  // A family, and whose turn it is in it.
  struct Troupe {
    const DemoFamily* family = nullptr;
    std::uint64_t born = 0;
    std::vector<std::int64_t> credits;  // parallel to the stories
  };
  // Who is due first acts next. Dues only order: they are no time.
  struct Actor {
    Troupe* troupe = nullptr;
    std::uint64_t due = 0;
    std::string situation = "new";
    const DemoStory* story = nullptr;
    std::size_t act = 0;
    int ended_children = 0;
    bool is_waiting = false;  // for a child
    Number parent = 0;        // 0: none; it lasts longer than its children or does not mind
    DemoVocabulary words;
  };
  struct Waiting {
    std::uint64_t at;  // sent as the event of this number
    std::string event;
  };

  Troupe& troupe(std::string_view family);
  Number be_born(Troupe& troupe, std::uint64_t due, UnixNanos now, std::string_view situation, Number parent,
                 const std::vector<DemoSaying>& with);
  const DemoStory& choose(Troupe& troupe, std::string_view situation);
  void start_child(Number number, const DemoAct& act, UnixNanos now);
  void end_story(Number number, UnixNanos now);
  void rest(Actor& actor);
  std::string advance(Number number, UnixNanos now);
  std::string tell(const Actor& actor, const DemoForm& form, UnixNanos now);
  std::string send(std::string event, const Actor& actor, const DemoForm& form, UnixNanos now);
  void keep_back(std::string event, std::uint64_t events);

  DemoDice dice_;
  const DemoPlace place_;
  std::deque<Troupe> troupes_;
  std::map<Number, Actor> actors_;
  Number last_number_ = 0;
  std::uint64_t sent_ = 0;
  std::vector<Waiting> waiting_;
};

}  // namespace sagewatch
