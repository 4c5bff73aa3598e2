#include "collector/cli/cli.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "collector/cli/commands.h"

namespace sagewatch {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Of words that are refused: what is told.
std::string told(std::vector<std::string> words) {
  words.insert(words.begin(), "sagewatch");
  std::vector<char*> argv;
  argv.reserve(words.size());
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_command_line(static_cast<int>(argv.size()), argv.data()), exit_usage);
  return testing::internal::GetCapturedStderr();
}

TEST(CommandLine, NamesTheCommandThatWasProbablyMeant) {
  EXPECT_THAT(told({"rnu"}),
              StartsWith("sagewatch has no command \"rnu\"; did you mean run?\nIts commands: run, check,"));
  EXPECT_THAT(told({"Check", "sagewatch.yaml"}), StartsWith("sagewatch has no command \"Check\"; did you mean check?"));
  EXPECT_THAT(told({"dead-letter", "list"}),
              StartsWith("sagewatch has no command \"dead-letter\"; did you mean dead-"));
  EXPECT_EQ(told({"journal", "verfy"}),
            "sagewatch journal has no command \"verfy\"; did you mean verify?\nIts commands: verify, stat, dump\n");
  EXPECT_THAT(told({"frobnicate"}), StartsWith("sagewatch has no command \"frobnicate\"\nIts commands: run, "));
}

TEST(CommandLine, NamesTheOptionThatWasProbablyMeant) {
  EXPECT_EQ(
      told({"run", "--lsiten", "127.0.0.1:1"}),
      "sagewatch run has no option \"--lsiten\"; did you mean --listen?\n`sagewatch run --help` tells those that it "
      "has\n");
  EXPECT_THAT(told({"--vresion"}), StartsWith("sagewatch has no option \"--vresion\"; did you mean --version?"));
  EXPECT_THAT(told({"resources", "list", "--stauts=Failed"}), HasSubstr("\"--stauts\"; did you mean --status?"));
  EXPECT_THAT(told({"run", "extra"}), HasSubstr("extra"));
}

TEST(CommandLine, SaysWhatMustStandBehindACommandOfSeveral) {
  EXPECT_EQ(told({"quarantine"}), "sagewatch quarantine must be followed by one of: list, show\n");
  EXPECT_EQ(told({"quarantine", "--json"}), "sagewatch quarantine must be followed by one of: list, show\n");
}

// To the C library, -1 is the largest number there is, 010 is eight, and what is too large is the largest.
TEST(CommandLine, TakesNoNumberForAnother) {
  for (const char* wrong : {"-1", "5x", "0x5", "1.5", "+5", "99999999999999999999", "abc"}) {
    const std::string number = wrong;
    EXPECT_THAT(told({"resources", "list", "--limit=" + number}),
                StartsWith("--limit: \"" + number + "\" is not a number from 0 to 18446744073709551615\n"));
    EXPECT_THAT(told({"journal", "dump", "--from=" + number}),
                StartsWith("--from: \"" + number + "\" is not a number"));
    EXPECT_THAT(told({"journal", "dump", "--to=" + number}), StartsWith("--to: \"" + number + "\" is not a number"));
    EXPECT_THAT(told({"explain", "--last=" + number}), HasSubstr("is not a number from 1 to 10000"));
  }
  EXPECT_THAT(told({"explain", "--last=10001"}), HasSubstr("is not a number from 1 to 10000"));
  EXPECT_THAT(told({"explain", "--last=010"}), Not(HasSubstr("number"))) << "the rest of it is missing";
}

TEST(CommandLine, TakesNoDurationForAnother) {
  for (const char* wrong : {"nan", "inf", "-1", "5x", "1e999"})
    EXPECT_THAT(told({"bench", std::string("--seconds=") + wrong}), HasSubstr("is not a number of seconds, such as 5"));
  for (const char* wrong : {"5", "-5s", "soon"})
    EXPECT_THAT(told({"run", std::string("--shutdown-grace=") + wrong}), HasSubstr("is not a duration, such as 30s"));
}

}  // namespace
}  // namespace sagewatch
