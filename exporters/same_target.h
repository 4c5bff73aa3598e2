#pragma once
// What a reload may keep, by what two sections of the configuration say, wherever in the file they stand.
#include "exporters/target_config.h"

namespace sagewatch {

bool same_type(const TargetConfig& a, const TargetConfig& b);    // both webhooks, both files
bool same_place(const TargetConfig& a, const TargetConfig& b);   // and the same receiver: its breaker is kept
bool same_target(const TargetConfig& a, const TargetConfig& b);  // and asked in the same way: the Target is kept

}  // namespace sagewatch
