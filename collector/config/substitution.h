#pragma once
// `${env:NAME}`, `${file:path}` and `${credential:name}` in values (never in keys) become what they name, and the value
// becomes a secret: no message prints it. `$${` is a literal `${`. A credential is a file in $CREDENTIALS_DIRECTORY,
// where systemd's LoadCredential= puts it; one line end at the end of a file does not count. What is missing, and any
// other `${...}`, is an error that names it.
#include "collector/config/surroundings.h"
#include "events/base/config_node.h"

namespace sagewatch {

// `directory`: what a relative path of `${file:}` starts from; empty: the process's own.
void substitute(ConfigNode& tree, const std::string& directory, const Surroundings& surroundings, ConfigErrors& errors);

// Files that belong to the configuration (rule_files, ${file:}) are found from the directory of the file that names
// them; what the daemon reads and writes (data_dir, a source's or target's path), from its working directory.
std::string directory_of(const std::string& file);
std::string path_from(const std::string& directory, const std::string& path);

}  // namespace sagewatch
