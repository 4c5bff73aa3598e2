#pragma once
// While rules are compiled: at which lengths the affixes of one kind at a path are filed. An affix is filed by as much
// of it as the longest of these that fits. Few, because each is a look-up for every value; chosen such that what is
// filed tells as much as it can: of ARNs, the first 18 bytes tell nothing, a few more the region, then the account.
//
// Borrows the affixes until it is settled.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sagewatch {

class AffixLengths {
 public:
  enum class End : std::uint8_t { front, back };
  struct Length {
    std::uint32_t length = 0;
    double share = 0;  // of all affixes: those that are at least as long
    double parts = 1;  // so many different ones of them, of this length
  };

  explicit AffixLengths(End end = End::front) : end_(end) {}
  void add(std::string_view affix);  // nothing, if it is empty
  // No more affixes. At most `most` lengths.
  void settle(std::size_t most);

  std::size_t affix_count() const { return affix_count_; }
  const std::vector<Length>& all() const { return all_; }  // ascending
  // The longest that is no longer than this; 0: none.
  std::uint32_t fitting(std::size_t size) const;

 private:
  double told_apart(const std::vector<std::string_view>& ordered, std::uint32_t length) const;

  End end_;
  std::vector<std::string_view> affixes_;
  std::size_t affix_count_ = 0;
  std::vector<Length> all_;
};

}  // namespace sagewatch
