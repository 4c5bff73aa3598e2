#include "collector/store/rebuild.h"

#include <algorithm>
#include <vector>

namespace sagewatch {

Result<std::string> set_aside(Disk& disk, const std::string& directory, UnixNanos now) {
  auto time = rfc3339_seconds(now);
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  auto aside = directory + ".damaged-" + time;
  if (auto done = disk.rename(directory, aside); !done) return no(std::move(done.error()));
  const auto slash = directory.rfind('/');
  const auto parent =
      slash == std::string::npos ? std::string(".") : directory.substr(0, std::max<std::size_t>(slash, 1));
  if (auto done = disk.sync_directory(parent); !done) return no(std::move(done.error()));
  return aside;
}

Result<std::uint64_t> forget_resolved(Store& store, const ResolvedBefore& resolved) {
  constexpr std::size_t at_once = 1'000;
  std::uint64_t forgotten = 0;
  std::vector<Settlement> settlements;
  Done settled;
  const auto flush = [&] {
    if (settled) settled = store.settle(settlements);
    forgotten += settlements.size();
    settlements.clear();
  };
  auto read = store.each_owed([&](const Owed& row) {
    if (!resolved.contains(row)) return;
    settlements.push_back({Settlement::Kind::delivered, row, {}});
    if (settlements.size() >= at_once) flush();
  });
  if (!read) return no(std::move(read.error()));
  flush();
  if (!settled) return no(std::move(settled.error()));
  return forgotten;
}

}  // namespace sagewatch
