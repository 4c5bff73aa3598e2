#include "collector/version.h"

#include <curl/curlver.h>
#include <fmt/format.h>
#include <rocksdb/version.h>
#include <simdjson.h>

#include <boost/version.hpp>

#include "collector/cli/commands.h"

namespace sagewatch {

int run_version(bool json) {
  const std::string rocksdb = fmt::format("{}.{}.{}", ROCKSDB_MAJOR, ROCKSDB_MINOR, ROCKSDB_PATCH);
  if (json) {
    fmt::print(R"({{"version":"{}","revision":"{}","simdjson":"{}","rocksdb":"{}","curl":"{}","boost":"{}"}})"
               "\n",
               version, revision, STRINGIFY(SIMDJSON_VERSION), rocksdb, LIBCURL_VERSION, BOOST_LIB_VERSION);
  } else {
    fmt::print("sagewatch {} ({})\nsimdjson {}, RocksDB {}, libcurl {}, Boost {}\n", version, revision,
               STRINGIFY(SIMDJSON_VERSION), rocksdb, LIBCURL_VERSION, BOOST_LIB_VERSION);
  }
  return exit_ok;
}

}  // namespace sagewatch
