#include "exporters/metrics_page.h"

#include <gmock/gmock.h>

#include <thread>

#include "tests/fakes/fake_clock.h"
#include "tests/fakes/fake_fleet.h"
#include "tests/fakes/fake_process.h"
#include "tests/fakes/sample_fleet.h"
#include "tests/golden.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::string_view prometheus_accepts =
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1";

struct MetricsPageTest : testing::Test {
  Instruments instruments;
  FakeProcess process;
  FakeFleet fleet;
  FakeClock clock{sample_start};
  MetricsPage page{{}, instruments, process, fleet, fleet, clock};

  MetricsPageTest() { fleet.resources = {sample_job(), sample_endpoint()}; }
};

TEST_F(MetricsPageTest, PrintsThePageThatPeopleKnow) {
  fleet.counters = {
      {"sagemaker_jobs_finished_total", {"111122223333", "eu-west-1", "training", "Failed", "AlgorithmError"}, 3}};
  instruments.build_info.Add({{"version", "0.1.0"}, {"revision", "abc\"def\\"}}).Set(1);
  instruments.events_received.Add({{"source", "put_events"}}).Increment(1234567);
  instruments.events_received.Add({{"source", "file:jobs"}});
  instruments.journal_commit_duration.Add({}, duration_buckets()).Observe(0.0011);
  instruments.target_oldest_owed_age.Add({{"target", "pager"}}).Set(0.125);
  for (const Format format : {Format::text, Format::openmetrics}) {
    expect_golden(*page.render(format), "exporters/testdata/metrics." + std::string(format_name(format)) + ".txt");
  }
}

TEST_F(MetricsPageTest, CostsOnceForTwoScrapersAtOnce) {
  const auto first = page.render(Format::text);
  clock.pass(Millis{249});
  EXPECT_EQ(page.render(Format::text), first);
  EXPECT_EQ(fleet.visits, 1);
  clock.pass(Millis{1});
  EXPECT_NE(page.render(Format::text), first);
  EXPECT_EQ(fleet.visits, 2);
}

TEST_F(MetricsPageTest, LetsGoOfPagesTooOldToAnswerWith) {
  const std::weak_ptr<const std::string> made = page.render(Format::text);
  const std::size_t size = made.lock()->size();
  EXPECT_EQ(page.let_go(), 0u);
  EXPECT_FALSE(made.expired());
  clock.pass(Seconds{1});
  EXPECT_EQ(page.let_go(), size);
  EXPECT_TRUE(made.expired());
}

TEST_F(MetricsPageTest, IsTheSameForAllThreadsThatAskTogether) {
  std::vector<std::jthread> scrapers;
  scrapers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    scrapers.emplace_back([this, i] {
      for (int n = 0; n < 20; ++n) {
        const Page got = page.answer(i % 2 ? prometheus_accepts : "", n % 2 ? "gzip" : "");
        ASSERT_TRUE(got.body);
        ASSERT_FALSE(got.body->empty());
      }
    });
  }
  scrapers.clear();
  EXPECT_EQ(fleet.visits, 2);  // once a format: the clock stands still
}

TEST_F(MetricsPageTest, AnswersWhatTheScraperCanRead) {
  const Page plain = page.answer("", "");
  EXPECT_EQ(plain.content_type, content_type(Format::text));
  EXPECT_FALSE(plain.gzipped);
  EXPECT_THAT(*plain.body, Not(HasSubstr("# EOF")));
  const Page open = page.answer(prometheus_accepts, "");
  EXPECT_EQ(open.content_type, content_type(Format::openmetrics));
  EXPECT_TRUE(open.body->ends_with("# EOF\n"));
  const Page zipped = page.answer("", "gzip");
  EXPECT_TRUE(zipped.gzipped);
  EXPECT_LT(zipped.body->size(), plain.body->size() / 2);
  EXPECT_EQ(zipped.body->substr(0, 2), "\x1f\x8b");
  EXPECT_EQ(page.answer("", "gzip").body, zipped.body) << "compressed once";
}

TEST_F(MetricsPageTest, TellsHowManySeriesThisVeryPageHas) {
  EXPECT_THAT(
      *page.render(Format::text),
      testing::AllOf(
          HasSubstr("sagewatch_series{family=\"sagemaker_job_status\"} 6\n"),
          HasSubstr("sagewatch_series{family=\"sagemaker_job_failure_reason\"} 0\n"),
          HasSubstr("sagewatch_series_limit{family=\"sagemaker_job_status\"} 1000000\n"),
          HasSubstr("sagewatch_series_refused_total{family=\"sagemaker_job_status\",reason=\"limit\"} 0\n"),
          HasSubstr("sagewatch_series_refused_total{family=\"sagemaker_job_status\",reason=\"same_name\"} 0\n")));
}

TEST_F(MetricsPageTest, CountsWhatItRefused) {
  MetricsPage small{{.series = {.series_max = 2}}, instruments, process, fleet, fleet, clock};
  EXPECT_THAT(*small.render(Format::text),
              HasSubstr("sagewatch_series_refused_total{family=\"sagemaker_job_status\",reason=\"limit\"} 4\n"));
}

TEST_F(MetricsPageTest, MeasuresItself) {
  const std::size_t size = page.render(Format::text)->size();
  clock.pass(Seconds{1});
  EXPECT_THAT(*page.render(Format::text),
              testing::AllOf(HasSubstr("sagewatch_exposition_duration_seconds_count{format=\"text\"} 1\n"),
                             HasSubstr("sagewatch_exposition_bytes{format=\"text\"} " + std::to_string(size) + "\n")));
}

TEST_F(MetricsPageTest, LeavesOutAProcessFactThatCouldNotBeRead) {
  process.facts.open_fds = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(*page.render(Format::text),
              testing::AllOf(Not(HasSubstr("process_open_fds")), HasSubstr("process_max_fds 1024\n")));
}

}  // namespace
}  // namespace sagewatch
