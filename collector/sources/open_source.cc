#include "collector/sources/open_source.h"

#include "collector/sources/demo_source.h"
#include "collector/sources/file_source.h"
#include "collector/sources/stdin_source.h"

namespace sagewatch {
namespace {

struct Opening {
  const SourceConfig& source;
  const Config& config;
  const std::string& cursor;
  const Clock& clock;

  Result<std::unique_ptr<Source>> operator()(const FileSourceConfig& file) const {
    return std::make_unique<FileSource>(FileReading{.name = source.name,
                                                    .path = file.path,
                                                    .bus = source.bus,
                                                    .follow = file.follow,
                                                    .cursor = cursor,
                                                    .from_end = !file.from_beginning,
                                                    .line_bytes_max = config.limits.event_bytes_max});
  }
  Result<std::unique_ptr<Source>> operator()(const StdinSourceConfig&) const {
    return std::make_unique<StdinSource>(source.name, source.bus);
  }
  Result<std::unique_ptr<Source>> operator()(const DemoSourceConfig& demo) const {
    auto opened = DemoSource::open({.name = source.name,
                                    .bus = source.bus,
                                    .events_per_second = demo.events_per_second,
                                    .seed = demo.seed,
                                    .place = {.account = config.aws.account_id, .region = config.aws.region}},
                                   clock);
    if (!opened) return no(opened.error());
    return std::move(*opened);
  }
};

}  // namespace

Result<std::unique_ptr<Source>> open_source(const SourceConfig& source, const Config& config, const std::string& cursor,
                                            const Clock& clock) {
  return std::visit(Opening{source, config, cursor, clock}, source.type);
}

}  // namespace sagewatch
