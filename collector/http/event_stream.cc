#include "collector/http/event_stream.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace sagewatch {
namespace {

constexpr std::size_t refusal_bytes_max = 64 * 1024;
constexpr long silence_seconds_max = 45;  // three heartbeats

struct Reading {
  CURL* easy;
  EventStreamReader reader;
  StreamEnd end;
};

std::size_t on_bytes(char* bytes, std::size_t, std::size_t count, void* reading) {
  auto& self = *static_cast<Reading*>(reading);
  long status = 0;
  curl_easy_getinfo(self.easy, CURLINFO_RESPONSE_CODE, &status);
  self.end.status = static_cast<int>(status);
  if (status == 200) return self.reader.feed({bytes, count}) ? count : 0;
  self.end.body.append(bytes, std::min(count, refusal_bytes_max - self.end.body.size()));
  return count;
}

}  // namespace

bool EventStreamReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (std::exchange(begins_with_lf_, false) && bytes.front() == '\n') bytes.remove_prefix(1);
    const auto end = bytes.find_first_of("\r\n");
    line_.append(bytes.substr(0, end));
    if (line_.size() + event_.data.size() > event_bytes_max) return false;
    if (end == std::string_view::npos) return true;
    begins_with_lf_ = bytes[end] == '\r';
    bytes.remove_prefix(end + 1);
    take_line(line_);
    line_.clear();
  }
  return true;
}

void EventStreamReader::take_line(std::string_view line) {
  if (line.empty()) {
    if (has_data_) on_event_(event_);
    has_data_ = false;
    event_.type = "message";
    event_.data.clear();
    return;
  }
  const auto colon = std::min(line.find(':'), line.size());
  const std::string_view field = line.substr(0, colon);
  std::string_view value = line.substr(std::min(colon + 1, line.size()));
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    if (std::exchange(has_data_, true)) event_.data += '\n';
    event_.data += value;
  } else if (field == "event") {
    event_.type = value;
  } else if (field == "id" && value.find('\0') == std::string_view::npos) {
    event_.id = value;
  }
}

Result<StreamEnd> read_event_stream(const std::string& url, const std::string& last_event_id,
                                    const std::function<void(const StreamedEvent&)>& on_event) {
  const std::unique_ptr<CURL, void (*)(CURL*)> easy{curl_easy_init(), curl_easy_cleanup};
  if (easy == nullptr) return no("libcurl does not start");
  Reading reading{easy.get(), EventStreamReader{on_event}, {}};
  curl_slist* list = curl_slist_append(nullptr, "Accept: text/event-stream");
  if (!last_event_id.empty()) list = curl_slist_append(list, ("Last-Event-ID: " + last_event_id).c_str());
  const std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{list, curl_slist_free_all};
  curl_easy_setopt(easy.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(easy.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(easy.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(easy.get(), CURLOPT_LOW_SPEED_TIME, silence_seconds_max);
  curl_easy_setopt(easy.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, &on_bytes);
  curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &reading);
  const CURLcode code = curl_easy_perform(easy.get());
  if (code == CURLE_WRITE_ERROR) return no("an event is larger than any that a sagewatch sends");
  if (code != CURLE_OK) return no(curl_easy_strerror(code));
  return std::move(reading.end);
}

}  // namespace sagewatch
