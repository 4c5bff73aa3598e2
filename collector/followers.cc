#include "collector/followers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "collector/http/answers.h"
#include "collector/http/stream.h"
#include "collector/thread_name.h"
#include "exporters/resource_json.h"

namespace sagewatch {
namespace {

constexpr std::size_t read_at_once = 256;
constexpr int reads_per_turn = 64;  // then heartbeats and those who are new have their turn
constexpr Millis idle_turn{1'000};
constexpr Millis full_turn{50};  // while somebody's stream is full

struct EventId {
  std::uint64_t run = 0, number = 0;
};
std::string text_of(EventId id) {
  return fmt::format("{:x}-{}", id.run, id.number);
}
std::optional<EventId> parse_id(std::string_view text) {
  EventId id;
  const char* const end = text.data() + text.size();
  const auto run = std::from_chars(text.data(), end, id.run, 16);
  if (run.ec != std::errc{} || run.ptr == end || *run.ptr != '-') return std::nullopt;
  const auto number = std::from_chars(run.ptr + 1, end, id.number);
  if (number.ec != std::errc{} || number.ptr != end) return std::nullopt;
  return id;
}

// Comments keep proxies awake; the id moves on also where the filter takes nothing.
std::string heartbeat(EventId id) {
  return fmt::format(": heartbeat\nid: {}\n\n", text_of(id));
}

std::string gap(EventId id, bool same_run) {
  return fmt::format(
      "id: {}\nevent: gap\ndata: {{\"reason\":\"{}\",\"what\":\"transitions behind your Last-Event-ID were missed: {}; "
      "what follows is all that is still known. For the present state ask GET /api/v1/resources, then read on\"}}\n\n",
      text_of(id), same_run ? "too_old" : "other_run",
      same_run ? "it is older than what is kept" : "the daemon was started anew, or nobody followed for some minutes");
}

std::string message(const ToldTransition& told, const Resource& resource, EventId id) {
  return fmt::format(
      "id: {0}\nevent: transition\ndata: {{\"id\":\"{0}\",\"position\":{1},\"received\":\"{2}\",\"before\":{3},"
      "\"after\":{4},\"resource\":{5}}}\n\n",
      text_of(id), told.position.offset, rfc3339(told.received), told.before.empty() ? "null" : told.before,
      told.gone ? "null" : statuses_json(resource), resource_json(resource));
}

}  // namespace

struct Followers::Follower {
  ResourceFilter filter;
  std::shared_ptr<HttpStream> stream;
  std::uint64_t run = 0, next = 0;  // in the feed
  Instant last_put{};
  bool is_blocked = false;  // for this turn
  bool is_gone = false;

  EventId last_id() const { return {run, next - 1}; }
  // Whether it was taken.
  bool put(std::string_view bytes, Instant now) {
    const HttpStream::Put answer = stream->put(bytes);
    is_blocked = answer != HttpStream::Put::taken;
    if (answer == HttpStream::Put::taken) last_put = now;
    return answer == HttpStream::Put::taken;
  }
};

Followers::Followers(TransitionFeed& feed, const Clock& clock, Instruments& instruments, FollowersConfig config)
    : feed_(feed), clock_(clock), instruments_(instruments), config_(config), alone_since_(clock.instant()) {
  for (const char* reason : {"overtaken", "stalled", "too_many"})
    instruments_.followers_dropped.Add({{"reason", reason}});
  instruments_.followers.Add({});
  thread_ = std::jthread([this] {
    name_this_thread("followers");
    run();
  });
}

Followers::~Followers() {
  stop();
}

HttpResponse Followers::add(ResourceFilter filter, std::string_view last_id) {
  const auto wanted = parse_id(last_id);
  if (!last_id.empty() && !wanted)
    return error_answer(400, "Last-Event-ID is none that was sent; leave it out to follow from now on");
  auto follower = std::make_unique<Follower>();
  follower->filter = std::move(filter);
  follower->stream = std::make_shared<HttpStream>(config_.stream_bytes_max);
  const auto stream = follower->stream;
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_) return busy_answer("the daemon is going down");
    if (count_ >= config_.followers_max) {
      instruments_.followers_dropped.Add({{"reason", "too_many"}}).Increment();
      return busy_answer(fmt::format("{} follow already, which is the limit", config_.followers_max));
    }
    feed_.start(static_cast<std::uint64_t>(clock_.now().count));
    const TransitionFeed::Window window = feed_.window();
    follower->run = window.run;
    follower->next = window.next;
    const bool same_run = wanted && wanted->run == window.run;
    const bool is_gap = wanted && !(same_run && wanted->number + 1 >= window.first && wanted->number < window.next);
    if (wanted) follower->next = is_gap ? window.first : wanted->number + 1;
    follower->last_put = clock_.instant();
    stream->put(fmt::format(": following\nretry: 2000\nid: {}\n\n", text_of(follower->last_id())));
    if (is_gap) stream->put(gap(follower->last_id(), same_run));
    ++count_;
    instruments_.followers.Add({}).Set(static_cast<double>(count_));
    new_.push_back(std::move(follower));
  }
  feed_.wake();
  return {.content_type = "text/event-stream", .body = {}, .headers = {}, .stream = stream};
}

void Followers::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  feed_.wake();
  if (thread_.joinable()) thread_.join();
}

bool Followers::is_stopping() {
  const std::lock_guard lock(mutex_);
  return is_stopping_;
}

void Followers::run() {
  bool has_more = false;
  while (!is_stopping()) {
    const bool is_any_full = std::ranges::any_of(followers_, [](const auto& each) { return each->is_blocked; });
    if (!has_more) feed_.wait(std::min(is_any_full ? full_turn : idle_turn, config_.heartbeat));
    const Instant now = clock_.instant();
    take_new();
    has_more = advance(now);
    send_heartbeats(now);
    forget_those_who_went(now);
  }
  take_new();
  for (const auto& follower : followers_) {
    follower->stream->put("event: end\ndata: {\"reason\":\"shutdown\",\"what\":\"the daemon is going down\"}\n\n");
    follower->stream->end();
  }
  followers_.clear();
  feed_.stop();
}

void Followers::take_new() {
  const std::lock_guard lock(mutex_);
  std::ranges::move(new_, std::back_inserter(followers_));
  new_.clear();
}

void Followers::drop(Follower& follower, std::string_view reason) {
  instruments_.followers_dropped.Add({{"reason", std::string{reason}}}).Increment();
  follower.stream->end();
  follower.is_gone = true;
}

// All followers together, transition by transition: most stand at the same place, so that each is read once.
bool Followers::advance(Instant now) {
  for (const auto& follower : followers_) follower->is_blocked = false;
  for (int reads = 0; reads < reads_per_turn; ++reads) {
    const TransitionFeed::Window window = feed_.window();
    std::uint64_t from = window.next;
    for (const auto& follower : followers_) {
      if (follower->is_gone) continue;
      if (follower->next < window.first) {
        drop(*follower, "overtaken");
      } else if (!follower->is_blocked) {
        from = std::min(from, follower->next);
      }
    }
    if (from >= window.next) return false;
    for (const auto& told : feed_.read(from, read_at_once)) {
      const auto resource = Resource::decode(told->row);
      SW_MUST(resource, "the shard encoded it");
      std::string text;
      for (const auto& follower : followers_) {
        if (follower->is_gone || follower->is_blocked || follower->next != told->number) continue;
        if (follower->filter.matches(*resource)) {
          if (text.empty()) text = message(*told, *resource, {follower->run, told->number});
          if (!follower->put(text, now)) continue;
        }
        ++follower->next;
      }
    }
  }
  return true;
}

void Followers::send_heartbeats(Instant now) {
  for (const auto& follower : followers_)
    if (!follower->is_gone && now - follower->last_put >= config_.heartbeat)
      follower->put(heartbeat(follower->last_id()), now);
}

void Followers::forget_those_who_went(Instant now) {
  for (const auto& follower : followers_) {
    const HttpStream::Put state = follower->stream->state();
    if (follower->is_gone || state == HttpStream::Put::taken) continue;
    if (state == HttpStream::Put::stalled) drop(*follower, "stalled");
    follower->is_gone = true;
  }
  std::erase_if(followers_, [](const auto& follower) { return follower->is_gone; });
  const std::lock_guard lock(mutex_);
  count_ = followers_.size() + new_.size();
  instruments_.followers.Add({}).Set(static_cast<double>(count_));
  if (count_ > 0) {
    alone_since_ = now;
  } else if (now - alone_since_ > config_.feed_kept) {
    feed_.stop();
  }
}

}  // namespace sagewatch
