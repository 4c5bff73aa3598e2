#include "collector/cli/cli.h"

int main(int argc, char** argv) {
  return sagewatch::run_command_line(argc, argv);
}
