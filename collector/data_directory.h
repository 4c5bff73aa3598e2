#pragma once
// The directory that holds everything durable: made with mode 0700, and locked for as long as this lives, so that two
// daemons never write one journal.
#include <string>

#include "events/base/result.h"

namespace sagewatch {

class DataDirectory {
 public:
  // An Error says who is in the way: no permission, not a directory, in use by another daemon.
  static Result<DataDirectory> lock(std::string path);
  DataDirectory(DataDirectory&& other) noexcept;
  DataDirectory& operator=(DataDirectory&&) = delete;
  ~DataDirectory();

  std::string below(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  DataDirectory(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  std::string path_;
  int descriptor_ = -1;
};

}  // namespace sagewatch
