#pragma once
// What a record of CloudTrail says, wrapped into an EventBridge event: whose call, of which resource, and what became
// of it. Read twice, by the same code: at the door, where the resource chooses the shard, and in the shard.
//
// Nothing else of a record is looked at: keys, tokens and parameters of calls stay where they are.
#include <string>
#include <string_view>

#include "events/base/time.h"
#include "events/cloudtrail_calls.h"
#include "events/json_walk.h"
#include "events/valid_json.h"

namespace sagewatch {

// Borrows from the event's text and from the reader: good until its next read(). "" is not known.
struct CallSeen {
  bool is_sagemaker = false;  // by eventSource; by the envelope's source where the record has none
  bool is_failed = false;     // denied or in error: it changed nothing
  Call call;
  std::string_view event_name, event_id;
  // Of the resource: what the answer says, else made of the request, else the first SageMaker ARN of the record's own
  // list (data events). `name`: what the caller wrote.
  std::string_view arn, name;
  std::string_view actor;  // events/calls.h
  UnixNanos time;          // eventTime; not known if unreadable
};

class CallReader {
 public:
  // `event` has the record as its `detail`.
  const CallSeen& read(ValidJson event);

 private:
  struct Member {
    char type = 0;          // as JsonWalk::type(); 0: absent
    std::string_view text;  // of a string, unescaped; of a number
    JsonWalk::Place place = nullptr;
  };
  struct Record;

  void members(const Member& object, const std::string_view* keys, Member* into, std::size_t count);
  Member member(const Member& object, std::string_view key);
  void read_actor(const Member& identity);
  void read_resource(const Record& record);
  std::string_view joined_name(const Member& parameters, std::string_view members);
  std::string_view made_arn(std::string_view name, const Record& record);
  std::string_view listed_arn(const Member& resources);

  JsonWalk walk_;
  CallSeen seen_;
  std::string arn_, name_, actor_;
};

}  // namespace sagewatch
