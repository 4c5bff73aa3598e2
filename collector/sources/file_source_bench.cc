// How fast a file of 1.1 KB lines is read into batches when the sink takes everything at once: what the source itself
// costs, without parsing and journal.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>

#include "collector/sources/file_source.h"

namespace sagewatch {
namespace {

class WillingSink : public BatchSink {
 public:
  Offer accept(Batch batch, OnDurable on_durable) override {
    lines += batch.events.size();
    on_durable(Receipt{});
    return Offer::taken;
  }
  std::size_t lines = 0;
};

void read_file(benchmark::State& state) {
  const auto path = std::filesystem::temp_directory_path() / "sagewatch-file-source-bench.jsonl";
  {
    std::ofstream out(path);
    const std::string line = "{\"detail\":\"" + std::string(1'085, 'x') + "\"}\n";
    for (int i = 0; i < 200'000; ++i) out << line;
  }
  std::size_t lines = 0;
  for (auto _ : state) {
    WillingSink sink;
    FileSource source({.name = "file:bench", .path = path.string()});
    if (!source.run(sink, {})) state.SkipWithError("the file was not read");
    lines += sink.lines;
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(lines));
  std::filesystem::remove(path);
}
BENCHMARK(read_file)->UseRealTime();

}  // namespace
}  // namespace sagewatch
