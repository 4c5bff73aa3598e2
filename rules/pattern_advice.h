#pragma once
// What to do about a pattern that was refused: AWS's reasons say what is wrong, in the words of its parser.
#include <string>

#include "rules/pattern.h"

namespace sagewatch {

// A sentence without its full stop; empty if the reason says it all.
std::string advice(const PatternError& error);

}  // namespace sagewatch
