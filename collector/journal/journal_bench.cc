// The journal against the least that anybody could do: one pwrite and one fdatasync of the same bytes, into a file that
// has its room. Real disk, under TMPDIR or /tmp.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "collector/clock.h"
#include "collector/journal/crc32c.h"
#include "collector/journal/journal.h"
#include "collector/real_disk.h"
#include "events/base/result.h"
#include "events/frame.h"

namespace sagewatch {
namespace {

constexpr std::size_t record_bytes = 1024;

class Silence : public JournalObserver {
 public:
  void committed(std::span<const Frame>) override {}
  void flushed(Nanos, std::uint64_t, std::uint64_t) override {}
  void failed(const Error& error, bool) override { SW_MUST(error.what.empty(), "the benchmark's disk works"); }
};

class Directory {
 public:
  Directory() : path_(std::filesystem::temp_directory_path() / ("journal_bench-" + std::to_string(::getpid()))) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct Bench {
  Directory directory;
  RealDisk disk;
  SystemClock clock;
  Silence observer;
  std::unique_ptr<Journal> journal;
  Bench() {
    JournalConfig config;
    config.directory = directory / "journal";
    config.ballast_bytes = 0;
    auto opened = Journal::open(disk, clock, observer, config);
    SW_MUST(opened, "the benchmark's disk works");
    journal = std::move(*opened);
  }
  void trim() { SW_MUST(journal->trim(journal->next_position(), clock.now()), "the benchmark's disk works"); }
};

std::shared_ptr<const std::string> payload(std::size_t bytes) {
  auto text = std::make_shared<std::string>();
  text->reserve(bytes + frame_padding);
  for (std::size_t i = 0; i < bytes; ++i) text->push_back(static_cast<char>(i * 2654435761u >> 13));
  return text;
}

void wait_for(const std::atomic<std::uint64_t>& answered, std::uint64_t target) {
  for (std::uint64_t now = answered; now < target; now = answered) answered.wait(now);
}

// `records` frames at once, then wait for all: what a busy intake does.
void append_frames(benchmark::State& state) {
  Bench bench;
  const auto records = static_cast<std::uint64_t>(state.range(0));
  const auto text = payload(record_bytes);
  std::atomic<std::uint64_t> answered{0};
  std::uint64_t sent = 0;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < records; ++i)
      SW_MUST(bench.journal->append(FrameType::record, 1, text,
                                    [&](const auto&) {
                                      ++answered;
                                      answered.notify_one();
                                    }) == Offer::taken,
              "there is room");
    sent += records;
    wait_for(answered, sent);
    if (bench.journal->stat().segments > 8) bench.trim();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(sent * record_bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(sent));
}
BENCHMARK(append_frames)->Arg(1)->Arg(8)->Arg(64)->Arg(100)->UseRealTime();

// One frame of 100 records: what accepted batches are.
void append_batch_of_100(benchmark::State& state) {
  Bench bench;
  const auto text = payload(100 * record_bytes);
  std::atomic<std::uint64_t> answered{0};
  std::uint64_t sent = 0;
  for (auto _ : state) {
    SW_MUST(bench.journal->append(FrameType::events, 100, text,
                                  [&](const auto&) {
                                    ++answered;
                                    answered.notify_one();
                                  }) == Offer::taken,
            "there is room");
    wait_for(answered, ++sent);
    if (bench.journal->stat().segments > 8) bench.trim();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(sent * 100 * record_bytes));
}
BENCHMARK(append_batch_of_100)->UseRealTime();

void plain_pwrite_fdatasync(benchmark::State& state) {
  const Directory directory;
  const std::string path = directory / "plain";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  constexpr off_t size = 128 << 20;
  SW_MUST(descriptor >= 0 && ::posix_fallocate(descriptor, 0, size) == 0, "the benchmark's disk works");
  const auto text = payload(static_cast<std::size_t>(state.range(0)) * record_bytes);
  const auto bytes = static_cast<off_t>(text->size());
  off_t at = 0;
  for (auto _ : state) {
    if (at + bytes > size) {  // unwritten again, as a new segment is
      SW_MUST(::ftruncate(descriptor, 0) == 0 && ::posix_fallocate(descriptor, 0, size) == 0, "the disk works");
      at = 0;
    }
    SW_MUST(::pwrite(descriptor, text->data(), text->size(), at) == bytes && ::fdatasync(descriptor) == 0,
            "the benchmark's disk works");
    at += bytes;
  }
  ::close(descriptor);
  state.SetBytesProcessed(state.iterations() * bytes);
}
BENCHMARK(plain_pwrite_fdatasync)->Arg(1)->Arg(100)->UseRealTime();

void read_history(benchmark::State& state) {
  Bench bench;
  const auto text = payload(100 * record_bytes);
  std::atomic<std::uint64_t> answered{0};
  for (int i = 0; i < 2000; ++i)
    SW_MUST(bench.journal->append(FrameType::events, 100, text,
                                  [&](const auto&) {
                                    ++answered;
                                    answered.notify_one();
                                  }) == Offer::taken ||
                i > 0,
            "there is room");
  wait_for(answered, 600);
  std::uint64_t bytes = 0;
  for (auto _ : state)
    SW_MUST(bench.journal->read(0,
                                [&](const Frame& frame) {
                                  bytes += frame.payload->size();
                                  return true;
                                }),
            "the benchmark's disk works");
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(read_history)->UseRealTime();

void frame_at(benchmark::State& state) {
  Bench bench;
  const auto text = payload(record_bytes);
  std::atomic<std::uint64_t> answered{0};
  constexpr std::uint64_t frames = 30'000;
  for (std::uint64_t i = 0; i < frames; ++i)
    SW_MUST(bench.journal->append(FrameType::record, 1, text,
                                  [&](const auto&) {
                                    ++answered;
                                    answered.notify_one();
                                  }) == Offer::taken,
            "there is room");
  wait_for(answered, frames);
  std::uint64_t position = 0;
  for (auto _ : state) {
    position = (position + 7919) % frames;
    SW_MUST(bench.journal->frame_at(position), "the benchmark's disk works");
  }
}
BENCHMARK(frame_at);

void crc32c_of_1_kib(benchmark::State& state) {
  const auto text = payload(record_bytes);
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(*text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(record_bytes));
}
BENCHMARK(crc32c_of_1_kib);

}  // namespace
}  // namespace sagewatch
