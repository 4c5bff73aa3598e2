#pragma once
// The reading end of server-sent events (WHATWG HTML, section 9.2), for the command line.
#include <functional>
#include <string>
#include <string_view>

#include "events/base/result.h"

namespace sagewatch {

struct StreamedEvent {
  std::string id;  // the last that was told, also by an earlier one
  std::string type = "message";
  std::string data;
};

// Bytes as they come become events. Comments, and events without data, only move the id on.
class EventStreamReader {
 public:
  static constexpr std::size_t event_bytes_max = 16u << 20;
  explicit EventStreamReader(std::function<void(const StreamedEvent&)> on_event) : on_event_(std::move(on_event)) {}
  // False: the event is larger than event_bytes_max, or an earlier one was.
  bool feed(std::string_view bytes);

 private:
  void take_line(std::string_view line);
  std::function<void(const StreamedEvent&)> on_event_;
  std::string line_;
  bool begins_with_lf_ = false;  // the other half of a CR LF
  bool has_data_ = false;
  StreamedEvent event_;
};

struct StreamEnd {
  int status = 0;
  std::string body;  // of a status other than 200; at most 64 KiB
};
// Asks for `url` and calls `on_event` until the other end closes. Waits; gives up when nothing came for 45 s. An Error:
// nobody listens there, or the connection was lost.
Result<StreamEnd> read_event_stream(const std::string& url, const std::string& last_event_id,
                                    const std::function<void(const StreamedEvent&)>& on_event);

}  // namespace sagewatch
