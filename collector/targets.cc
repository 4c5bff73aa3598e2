#include "collector/targets.h"

#include "collector/append_file.h"
#include "exporters/webhook.h"

namespace sagewatch {
namespace {

using Made = Result<std::shared_ptr<Target>>;

}  // namespace

TargetFactory target_factory(HttpClient& client, const Clock& clock, std::string version) {
  struct Make {
    HttpClient& client;
    const Clock& clock;
    const std::string& version;
    const TargetConfig& config;

    Made operator()(const WebhookConfig& webhook) const {
      auto built = Webhook::build(webhook, config.send, version, client, clock);
      if (!built) return no("targets." + config.name + ": " + built.error().what);
      return std::shared_ptr<Target>(std::move(*built));
    }
    Made operator()(const FileTargetConfig& file) const {
      auto opened = RealAppendFile::open(file.path);
      if (!opened) return no("targets." + config.name + ": " + opened.error().what);
      return std::make_shared<FileTarget>(std::move(*opened));
    }
  };
  return [&client, &clock, version = std::move(version)](const TargetConfig& config) {
    return std::visit(Make{client, clock, version, config}, config.type);
  };
}

}  // namespace sagewatch
