#include "exporters/same_target.h"

#include <tuple>

namespace sagewatch {
namespace {

auto fields(const WebhookConfig& config) {
  return std::tie(config.url, config.headers);
}
auto fields(const FileTargetConfig& config) {
  return std::tie(config.path);
}
auto fields(const SendConfig& config) {
  return std::tie(config.timeout, config.connect_timeout, config.concurrency_max);
}
}  // namespace

bool same_type(const TargetConfig& a, const TargetConfig& b) {
  return a.type.index() == b.type.index();
}

bool same_place(const TargetConfig& a, const TargetConfig& b) {
  return same_type(a, b) &&
         std::visit(
             [&b](const auto& mine) { return fields(mine) == fields(std::get<std::decay_t<decltype(mine)>>(b.type)); },
             a.type);
}

bool same_target(const TargetConfig& a, const TargetConfig& b) {
  return same_place(a, b) && fields(a.send) == fields(b.send);
}

}  // namespace sagewatch
