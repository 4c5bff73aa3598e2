#pragma once
// The rest of an answer that goes on: bytes put from any thread, sent as fast as the client reads them. What waits is
// bounded, and put() never waits: it says that there is no room, and whoever feeds the stream decides what to do.
//
// The service makes it, keeps a share of it, and gives the other with its HttpResponse. Any thread.
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace sagewatch {

class HttpStream {
 public:
  explicit HttpStream(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  HttpStream(const HttpStream&) = delete;
  HttpStream& operator=(const HttpStream&) = delete;

  // --- whoever feeds it ---
  enum class Put : std::uint8_t {
    taken,
    full,    // nothing was taken; try again later
    ended,   // end() was called, or the client or the server closed the connection
    stalled  // the client took nothing for so long that the server closed the connection
  };
  // What is longer than bytes_max is taken when nothing else waits.
  Put put(std::string_view bytes);
  Put state();  // what put() answers when there is room
  void end();   // behind what was put: the connection closes

  // --- the connection ---
  // `wake` is called (from any thread, without a lock of the stream) when there is something to take.
  void open(std::function<void()> wake);
  struct Taken {
    std::string bytes;
    bool at_end = false;  // and no more comes behind these
  };
  Taken take();
  void close(Put why);  // ended or stalled; what waits is dropped

 private:
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::string waiting_;         // guarded by mutex_
  Put state_ = Put::taken;      // guarded by mutex_; what put() will answer if there is room
  std::function<void()> wake_;  // guarded by mutex_; empty before open() and after close()
};

}  // namespace sagewatch
