#pragma once
// Five rules of one operator alone, for the SageMaker-like events.
#include <string>
#include <string_view>
#include <vector>

namespace sagewatch::corpus {

std::vector<std::string_view> operator_names();
std::vector<std::string> operator_rules(std::string_view name);  // empty: there is no such operator

}  // namespace sagewatch::corpus
