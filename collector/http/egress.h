#pragma once
// Where our own requests may not go. A target's URL is written by an operator, but a name in it is resolved by
// somebody else, so every address is checked at the moment of connecting, when nothing can change it any more: the
// metadata services of clouds (169.254.169.254, fd00:ec2::254) hand out credentials to whoever asks.
#include <sys/socket.h>

#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {

class EgressRules {
 public:
  // The default: link-local, multicast, unspecified and cloud metadata addresses are denied; loopback and private
  // networks are allowed, because that is where an emulator and a team's own receivers live.
  EgressRules();
  // `deny` adds ranges such as "10.0.0.0/8" or "fd00::/8" (a bare address is a range of one) to the default ones.
  static Result<EgressRules> build(const std::vector<std::string>& deny, bool allow_private);

  // Empty if the connection may be made; else the sentence that says why not. Any thread.
  std::string refusal(const sockaddr& address) const;
  // The ranges that are denied, as they were written.
  std::vector<std::string> denied() const;

 private:
  struct Range {
    unsigned char bytes[16];  // IPv4 as ::ffff:a.b.c.d, so that both spellings of one address meet the same range
    int bits = 0;
    std::string text;
  };
  static Result<Range> parse(const std::string& text);
  void deny(std::initializer_list<const char*> ranges);
  std::vector<Range> ranges_;
};

}  // namespace sagewatch
