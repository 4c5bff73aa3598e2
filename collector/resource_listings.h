#pragma once
// Lists of resources, page by page. The first page looks through the fleet once and notes which resources match, newest
// change first; the pages behind it go along that note. So a listing tells each resource that lives and matches all the
// while exactly once, as it is when its page is asked for, whatever changes meanwhile; what appears later is not in it,
// and what stopped matching is left out. Asking for the same page again is fine.
//
// A note takes 16 bytes for each resource that matched. Notes are kept until nobody asked for `kept`, the newest
// `listings_max` of them, and together at most `entries_max` entries (one alone may have more: it is bounded by the
// fleet). Looks in small chunks, so that no shard waits for long. Belongs to one thread, which may wait.
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "events/base/result.h"
#include "exporters/fleet_view.h"
#include "exporters/resource_filter.h"

namespace sagewatch {

struct ResourceListingsConfig {
  Nanos kept = std::chrono::minutes{10};
  std::size_t listings_max = 32;
  std::size_t entries_max = 2'000'000;
  std::size_t looked_at_max = 16'384;  // entries for one page: some 0.3 s where hardly one still matches
};

class ResourceListings {
 public:
  // `bits` are random; what they come from must be good enough that nobody guesses another's listing by accident.
  ResourceListings(const ResourceView& fleet, const Clock& clock, std::function<std::uint64_t()> bits,
                   ResourceListingsConfig config = {});

  struct Page {
    std::uint64_t matched = 0;  // when the listing began
    std::string next;           // for go_on(); "": no more
  };
  using Look = std::function<void(const Resource&)>;

  // `words` are those that the filter was read from: go_on() compares them. Calls `look` for at most `limit` resources;
  // for fewer, or none, where many stopped matching, though `next` says that there are more.
  Page begin(ResourceFilter filter, ResourceFilter::Words words, std::size_t limit, const Look& look);
  // An Error: there is no such listing (any more), `retry` is set then and starting again helps; or `words` are given
  // and are others than those the listing began with.
  Result<Page> go_on(std::string_view next, const ResourceFilter::Words& words, std::size_t limit, const Look& look);

 private:
  // Where a resource was seen: in the chunk that begins at `place`, with this key. It never moves while it lives.
  struct Entry {
    std::uint64_t place, key;
  };
  struct Listing {
    std::uint64_t id = 0;
    ResourceFilter filter;
    ResourceFilter::Words words;  // sorted
    std::vector<Entry> entries;
    Instant used;
  };
  std::vector<Entry> matching(const ResourceFilter& filter) const;
  Page tell(const Listing& listing, std::size_t from, std::size_t limit, const Look& look) const;
  bool tell(const Listing& listing, const Entry& entry, const Look& look) const;
  void forget_old();

  const ResourceView& fleet_;
  const Clock& clock_;
  std::function<std::uint64_t()> bits_;
  const ResourceListingsConfig config_;
  std::list<Listing> listings_;  // the one used last is the last
};

}  // namespace sagewatch
