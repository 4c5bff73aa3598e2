#pragma once
// How a sagewatch function says no: a value, or an Error whose `what` is a sentence for the person who has to act on
// it. Three kinds of failure, never mixed: a person's input and the world answer with Result, our own bugs with
// SW_MUST.
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace sagewatch {

struct [[nodiscard]] Error {
  std::string what;    // what, where, how to fix: `rules.yaml:14:7: detail.ModelName: "prefix" needs a string, found 7`
  bool retry = false;  // for failures of the world: trying again may help
};

template <class T>
using Result = tl::expected<T, Error>;
using Done = Result<void>;  // nothing to hand back, except that it worked

inline tl::unexpected<Error> no(std::string what) {
  return tl::unexpected<Error>{Error{std::move(what), false}};
}
inline tl::unexpected<Error> not_now(std::string what) {
  return tl::unexpected<Error>{Error{std::move(what), true}};
}
inline tl::unexpected<Error> no(Error error) {
  return tl::unexpected<Error>{std::move(error)};
}

// Prints the claim, the place and the reason, then aborts. On in release builds: a wrong page is worse than a restart,
// and the journal makes the restart harmless.
[[noreturn]] void must_have_held(const char* claim, const char* why, const char* file, int line);

}  // namespace sagewatch

// An invariant of ours. `why` says why it must hold.
#define SW_MUST(claim, why) \
  (static_cast<bool>(claim) ? void() : ::sagewatch::must_have_held(#claim, why, __FILE__, __LINE__))
