#pragma once
// Those who follow transitions over HTTP: each with a filter, a place in the feed, and a stream that his connection
// empties. One thread moves all of them on: it turns each transition into text once and puts it to all whose filter
// takes it. A follower whose stream is full keeps his place and is tried again; if the feed goes past it, or his
// connection takes nothing for http.request_timeout, he is dropped and counted.
//
// What is sent (server-sent events) and what an id promises stands in docs/api.md, "Following".
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "collector/http/server.h"
#include "collector/transition_feed.h"
#include "exporters/resource_filter.h"
#include "metrics/instruments.h"

namespace sagewatch {

struct FollowersConfig {
  std::size_t followers_max = 32;
  std::size_t stream_bytes_max = 256 * 1024;  // that wait for one connection
  Millis heartbeat{15'000};
  Millis feed_kept{300'000};  // behind the last follower, so that he may come back and miss nothing
};

class Followers {
 public:
  // All outlive it. The feed has no other reader.
  Followers(TransitionFeed& feed, const Clock& clock, Instruments& instruments, FollowersConfig config = {});
  ~Followers();

  // The answer to a request to follow; with a stream, or 503 when there are too many. `last_id` is the id that was
  // received last, or "" for what comes from now on. Any thread; never blocks for long.
  HttpResponse add(ResourceFilter filter, std::string_view last_id);
  // Tells all that this is the end, and takes no more.
  void stop();

 private:
  struct Follower;
  void run();
  void take_new();
  bool advance(Instant now);  // whether there is more to do at once
  void send_heartbeats(Instant now);
  void drop(Follower& follower, std::string_view reason);
  void forget_those_who_went(Instant now);
  bool is_stopping();

  TransitionFeed& feed_;
  const Clock& clock_;
  Instruments& instruments_;
  const FollowersConfig config_;
  std::vector<std::unique_ptr<Follower>> followers_;  // the thread's
  Instant alone_since_;                               // the thread's: without followers
  std::mutex mutex_;
  std::vector<std::unique_ptr<Follower>> new_;  // guarded by mutex_
  std::size_t count_ = 0;                       // guarded by mutex_: of both
  bool is_stopping_ = false;                    // guarded by mutex_
  std::jthread thread_;
};

}  // namespace sagewatch
