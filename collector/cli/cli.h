#pragma once
// The command line: reads the words, calls the command, answers its exit code.

namespace sagewatch {

int run_command_line(int argc, char** argv);

}  // namespace sagewatch
