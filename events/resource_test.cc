#include "events/resource.h"

#include <gmock/gmock.h>

#include <bit>

#include "events/base/bytes.h"
#include "events/sagemaker_kinds.h"

namespace sagewatch {
namespace {

using testing::ElementsAre;

std::uint8_t status(const ResourceKind& kind, std::size_t axis, std::string_view name) {
  const Status* found = find_status(kind.axes[axis].values, name);
  return found != nullptr ? static_cast<std::uint8_t>(found - kind.axes[axis].values.data()) : other_status;
}

const ResourceKind& jobs = *find_resource_kind("training_job");
const std::uint8_t in_progress = status(jobs, 0, "InProgress"), failed = status(jobs, 0, "Failed");
const std::uint8_t training = status(jobs, 1, "Training");

Resource job() {
  Resource job;
  job.kind = &jobs;
  job.arn = "arn:aws:sagemaker:us-east-1:111122223333:training-job/j";
  job.status = {failed, other_status, no_status};
  job.status_verbatim[1] = "Exploded";
  job.history = {{{1}, {in_progress, training, no_status}, ReasonClass::none},
                 {{2}, {other_status, no_status, no_status}, ReasonClass::none},
                 {{3}, {failed, other_status, no_status}, ReasonClass::algorithm_error}};
  return job;
}

TEST(ResourceRow, KeepsTheHistoryWithStatusesThatNobodyKnowsAndThatWereNotTold) {
  const auto read = Resource::decode(job().encode());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->history, job().history);
}

TEST(ResourceRow, NamesEachStatusOfItsHistoryOnce) {
  Resource now = job();
  const std::size_t before = now.encode().size();
  for (int i = 0; i < 50; ++i) now.history.push_back(now.history[0]);
  EXPECT_EQ(now.encode().size(), before + 50 * 12);
}

TEST(ResourceRow, GoesByTheNamesInItsHistoryWhateverTheirNumbersWereWhenItWasWritten) {
  std::string row = job().encode();
  const auto number_of = [&](std::string_view name) -> char& { return row[row.rfind(name) - 2]; };
  // As a program wrote it that has these two the other way round.
  std::swap(number_of("InProgress"), number_of("Failed"));
  auto read = Resource::decode(row);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->history[0].status[0], failed);
  EXPECT_EQ(read->history[2].status[0], in_progress);
  EXPECT_EQ(read->status[0], failed);

  row[row.rfind("Training")] = 'D';  // what this program does not have
  row[row.rfind("Algorithm")] = 'L';
  read = Resource::decode(row);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_TRUE(StatusWords::is_code(read->history[0].status[1]));
  EXPECT_EQ(read->status_name(1, read->history[0].status[1]).substr(0, 8), "Draining");
  EXPECT_EQ(read->history[2].reason, ReasonClass::other);
}

TEST(ResourceRow, LeavesOutWhatTheArnTellsAndKeepsWhatItTellsOtherwise) {
  Resource now = job();
  now.name = "j";
  now.account = "111122223333";
  now.region = "us-east-1";
  EXPECT_EQ(now.encode().size(), job().encode().size());
  auto read = Resource::decode(now.encode());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->name, "j");
  EXPECT_EQ(read->account, "111122223333");
  EXPECT_EQ(read->region, "us-east-1");

  now.name = "J";
  now.account = "444455556666";
  now.region = "eu-west-1";
  read = Resource::decode(now.encode());
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->name, "J");
  EXPECT_EQ(read->account, "444455556666");
  EXPECT_EQ(read->region, "eu-west-1");
}

TEST(ResourceRow, KeepsTextsOfAnyLength) {
  for (const std::size_t size : {0u, 1u, 127u, 128u, 253u, 254u, 255u, 256u, 1024u, 70'000u}) {
    Resource now = job();
    now.reason_text.assign(size, 'x');
    now.tags = "behind it";
    const auto read = Resource::decode(now.encode());
    ASSERT_TRUE(read) << size << ": " << read.error().what;
    EXPECT_EQ(read->reason_text, now.reason_text);
    EXPECT_EQ(read->tags, "behind it");
  }
}

TEST(ResourceRow, OfTheVersionBeforeIsReadToo) {
  std::string row;
  const auto put_status = [&](std::string_view text, std::uint8_t tag) {
    put<std::uint8_t>(row, tag);
    if (tag > 0) put_string(row, text);
  };
  put<std::uint8_t>(row, 2);
  for (const char* text : {"training_job", "arn:aws:sagemaker:us-east-1:111122223333:training-job/j", "J", "4", "here"})
    put_string(row, text);
  put_status("Failed", 1);
  put_status("Exploded", 2);
  put_status("", 0);
  put_status("InProgress", 1);
  put_string(row, "AlgorithmError");
  put_string(row, "the reason");
  for (std::int64_t time = 1; time <= 7; ++time) put(row, time);
  put<std::uint32_t>(row, 8);
  put<std::uint64_t>(row, 9);
  put<std::uint32_t>(row, 1);
  put_string(row, jobs.labels[0]);
  put_string(row, "a label");
  put<std::uint32_t>(row, 1);
  put_string(row, jobs.numbers[0]);
  put<std::uint64_t>(row, std::bit_cast<std::uint64_t>(1.5));
  put<std::uint32_t>(row, 0);
  put_string(row, "the parent");
  put_string(row, "the tags");
  const auto put_past = [&](std::int64_t time, std::string_view first, std::uint8_t first_tag, std::string_view second,
                            std::uint8_t second_tag, std::string_view reason) {
    put(row, time);
    put_status(first, first_tag);
    put_status(second, second_tag);
    put_status("", 0);
    put_string(row, reason);
  };
  put<std::uint32_t>(row, 3);
  put_past(1, "InProgress", 1, "Training", 1, "none");
  put_past(2, "", 2, "", 0, "none");
  put_past(3, "Failed", 1, "", 2, "AlgorithmError");
  put_string(row, "the calls");
  put<std::uint8_t>(row, 1);

  const auto read = Resource::decode(row);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_THAT((std::vector{read->name, read->account, read->region, read->reason_text, read->labels[0], read->parent,
                           read->tags, read->calls}),
              ElementsAre("J", "4", "here", "the reason", "a label", "the parent", "the tags", "the calls"));
  EXPECT_EQ(read->history, job().history);
  EXPECT_THAT(read->status, ElementsAre(failed, other_status, no_status));
  EXPECT_EQ(read->status_verbatim[1], "Exploded");
  EXPECT_EQ(read->previous, in_progress);
  EXPECT_EQ(read->reason, ReasonClass::algorithm_error);
  EXPECT_EQ(read->created.count, 1);
  EXPECT_EQ(read->learned.count, 7);
  EXPECT_EQ(read->position, (Position{8, 9}));
  EXPECT_EQ(read->numbers[0], 1.5);
  EXPECT_TRUE(read->is_gone);
  EXPECT_EQ(Resource::decode(read->encode())->encode(), read->encode());
}

TEST(ResourceRow, OfAVersionThatIsNotKnownIsRefusedWithThoseThatAre) {
  std::string row = job().encode();
  for (const int version : {0, 1, 4, 255}) {
    row[0] = static_cast<char>(version);
    const auto read = Resource::decode(row);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().what, testing::HasSubstr("it reads 2 and 3"));
  }
}

}  // namespace
}  // namespace sagewatch
