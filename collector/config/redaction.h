#pragma once
// Redaction of a configuration's own text, before a message quotes it: whatever a line is quoted for, it may hold
// secrets that somebody wrote into the file.
#include <optional>
#include <string>
#include <string_view>

namespace sagewatch {

// The line with a star for each byte of what is before the @ and behind the ? of a URL, before any other @, and behind
// a key or scheme that usually names a secret, so that what stands behind stays where it is. `from`: the byte where a
// secret is known to begin, which is masked to the end of the line. What `${...}` takes from elsewhere is no secret.
std::string redacted(std::string_view quoted, std::optional<std::size_t> from);

}  // namespace sagewatch
