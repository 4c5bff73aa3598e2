#pragma once
// What is true of one resource of the demo fleet, as words (texts) and times, and writing events in them. In a form,
// outside of quotes:
//   $word       the text as a JSON string; null if it is empty or not known
//   #word       the text as it stands: a number, true, a list; null if not known
//   ?"Key":..., the member is left out while its first word is empty or not known. Its value holds no comma, and
//   another
//               member follows
// Inside of quotes both are the bare text. A time is written #created.ms (epoch milliseconds), #created.float (the
// same with ".0"), #created.seconds, or, in quotes or behind a $, .iso, .millis, .nanos (ISO 8601 with 0, 3, 9 digits
// of fraction), .day (20261121). $word.lower is the text in lower case.
#include <map>
#include <string>
#include <string_view>

#include "collector/sources/demo/dice.h"
#include "events/base/time.h"

namespace sagewatch {

class DemoVocabulary {
 public:
  // The word means this text from now on, as it stands.
  void say(std::string_view word, std::string text);

  // As an act says it: the text is written in the words known now, and means more:
  //   a|b|c       one of them, by chance
  //   +2, -1, +1%9  the number is that much more or less; %9: from 9 on it begins again at 1
  // Words of another kind: `@word` is a time, and its text "now", or "" to forget it, or the word of a time; `word+`
  // has the text, as a form, put at its end; `word:seconds` becomes the seconds between the times that the text names
  // ("started ended", and behind them a share in percent if not all of them count).
  void set(std::string_view word, std::string_view text, UnixNanos now, DemoDice& dice);

  std::string write(std::string_view form, UnixNanos now, DemoDice& dice) const;  // JSON
  std::string plain(std::string_view text, UnixNanos now, DemoDice& dice) const;  // words only

 private:
  std::string meaning(std::string_view word, UnixNanos now, DemoDice& dice) const;
  bool is_known(std::string_view word) const;
  bool is_empty(std::string_view word) const;

  std::map<std::string, std::string, std::less<>> texts_;
  std::map<std::string, UnixNanos, std::less<>> times_;
};

}  // namespace sagewatch
