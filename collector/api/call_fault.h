#pragma once
// What is wrong with a call as a whole, in the words of AWS's serializer and of its model's constraints, which clients
// show and compare.
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace sagewatch {

struct CallFault {
  std::string_view code;  // of AWS's errors; borrows from the program
  std::string message;
};

// The body, or a type in it, is not what the operation takes.
CallFault serialization_fault(std::string message);
CallFault validation_fault(std::string message);

// `Value 'x' at 'path' failed to satisfy constraint: <rule>`; `value` comes with its quotes, or is null.
std::string unmet_constraint(std::string_view value, std::string_view path, std::string_view rule);
inline constexpr std::string_view must_be_there = "Member must not be null";
std::string must_not_be_longer(std::size_t longest);
// `'the beginning of it...'`: how a constraint quotes a value that is too long.
std::string clipped(std::string_view value);

// `2 validation errors detected: ...; ...`, of at least one unmet constraint.
CallFault constraints_fault(const std::vector<std::string>& unmet);

}  // namespace sagewatch
