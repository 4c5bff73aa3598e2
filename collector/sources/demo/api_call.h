#pragma once
// Calls of SageMaker's API as CloudTrail tells of them, for the stories in which somebody makes one.
#include <string_view>

#include "collector/sources/demo/story.h"

namespace sagewatch {

// `request` and `response` are forms of CloudTrail's lowerCamelCase objects; "null": there is none.
DemoAct demo_api_call(std::string_view name, std::string_view request, std::string_view response, int wait = 1);
// A call that was refused: an error's code, its message, and no answer.
DemoAct demo_refused_call(std::string_view name, std::string_view code, std::string_view message);

}  // namespace sagewatch
