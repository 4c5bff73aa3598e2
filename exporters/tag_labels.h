#pragma once
// Labels made of tags. Only tags whose keys the configuration lists become labels, and only of `_info` families, so
// that a tag can neither multiply series nor, where it is missing, take one away.
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"

namespace sagewatch {

// "costCenter" is tag_cost_center, "aws:createdBy" tag_aws_created_by: lower case, whatever is no letter or digit
// becomes one '_', words that begin with a capital are set apart. "" for a key without any letter or digit.
std::string tag_label(std::string_view key);

class TagLabels {
 public:
  TagLabels() = default;
  // An Error, for a person: a key that makes no label, or two that make the same one.
  static Result<TagLabels> of(const std::vector<std::string>& keys);

  // Appends `,tag_team="search"` for each listed tag, in the order of the list; `tags` are packed (events/tags.h).
  void append(std::string& labels, std::string_view tags) const;

 private:
  std::vector<std::pair<std::string, std::string>> keys_;  // the tag's key, `,tag_team="`
};

}  // namespace sagewatch
