#pragma once
// What a reload may keep: two sections of the configuration that mean the same, wherever in the file they stand.
#include "exporters/target_config.h"

namespace sagewatch {

bool same_type(const TargetConfig& a, const TargetConfig& b);   // both webhooks, both files
bool same_place(const TargetConfig& a, const TargetConfig& b);  // and the same receiver, asked in the same way
bool same_target(const TargetConfig& a, const TargetConfig& b);

}  // namespace sagewatch
