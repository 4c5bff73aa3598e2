#include "collector/resource_listings.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "events/base/hash.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

// Places looked at under one lock: some 20 µs. Finding a resource again costs as much.
constexpr std::size_t chunk = 64;

std::uint64_t key_of(const Resource& resource, std::string& scratch) {
  put_resource_key(resource.arn, scratch);
  return hash64(scratch);
}

// What `next` says: "3f-100".
struct Place {
  std::uint64_t listing = 0;
  std::size_t entry = 0;
  static std::optional<Place> parse(std::string_view text) {
    Place place;
    const char* const end = text.data() + text.size();
    const auto listing = std::from_chars(text.data(), end, place.listing, 16);
    if (listing.ec != std::errc{} || listing.ptr == end || *listing.ptr != '-') return std::nullopt;
    const auto entry = std::from_chars(listing.ptr + 1, end, place.entry);
    if (entry.ec != std::errc{} || entry.ptr != end) return std::nullopt;
    return place;
  }
  std::string text() const { return fmt::format("{:x}-{}", listing, entry); }
};

ResourceFilter::Words sorted(ResourceFilter::Words words) {
  std::sort(words.begin(), words.end());
  return words;
}

}  // namespace

ResourceListings::ResourceListings(const ResourceView& fleet, const Clock& clock, std::function<std::uint64_t()> bits,
                                   ResourceListingsConfig config)
    : fleet_(fleet), clock_(clock), bits_(std::move(bits)), config_(config) {}

ResourceListings::Page ResourceListings::begin(ResourceFilter filter, ResourceFilter::Words words, std::size_t limit,
                                               const Look& look) {
  forget_old();
  Listing listing{.id = bits_(),
                  .filter = std::move(filter),
                  .words = sorted(std::move(words)),
                  .entries = {},
                  .used = clock_.instant()};
  listing.entries = matching(listing.filter);
  const Page page = tell(listing, 0, limit, look);
  if (page.next.empty()) return page;
  listings_.push_back(std::move(listing));
  forget_old();
  return page;
}

Result<ResourceListings::Page> ResourceListings::go_on(std::string_view next, const ResourceFilter::Words& words,
                                                       std::size_t limit, const Look& look) {
  forget_old();
  const auto place = Place::parse(next);
  if (!place) return no("next is not what a page of resources said; take it as it stands in the page before");
  const auto listing =
      std::find_if(listings_.begin(), listings_.end(), [&](const auto& each) { return each.id == place->listing; });
  if (listing == listings_.end()) {
    return no(Error{.what = fmt::format("this list is not known any more: nobody asked for its next page for {}, too "
                                        "many others began, or the daemon was started anew; ask again without next",
                                        format_duration(config_.kept)),
                    .retry = true});
  }
  if (!words.empty() && sorted(words) != listing->words)
    return no("the filters are others than those this list began with; repeat them, or give next without any");
  listing->used = clock_.instant();
  listings_.splice(listings_.end(), listings_, listing);
  return tell(*listing, place->entry, limit, look);
}

std::vector<ResourceListings::Entry> ResourceListings::matching(const ResourceFilter& filter) const {
  struct Found {
    std::uint64_t changed;  // the position of the event that changed it last: one order for the whole fleet
    Entry entry;
  };
  std::vector<Found> found;
  std::string scratch;
  std::size_t from = 0;
  do {
    const std::size_t place = from;
    from = fleet_.visit(place, chunk, [&](const Resource& resource) {
      if (filter.matches(resource)) found.push_back({resource.position.offset, {place, key_of(resource, scratch)}});
    });
  } while (from != 0);
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.changed != b.changed ? a.changed > b.changed : a.entry.key < b.entry.key;
  });
  std::vector<Entry> entries;
  entries.reserve(found.size());
  for (const Found& each : found) entries.push_back(each.entry);
  return entries;
}

ResourceListings::Page ResourceListings::tell(const Listing& listing, std::size_t from, std::size_t limit,
                                              const Look& look) const {
  std::size_t told = 0;
  std::size_t next = std::min(from, listing.entries.size());
  const std::size_t end = next + std::min(listing.entries.size() - next, config_.looked_at_max);
  for (; next < end && told < limit; ++next) told += tell(listing, listing.entries[next], look);
  Page page{.matched = listing.entries.size(), .next = {}};
  if (next < listing.entries.size()) page.next = Place{listing.id, next}.text();
  return page;
}

// Whether it is still there and matches.
bool ResourceListings::tell(const Listing& listing, const Entry& entry, const Look& look) const {
  bool told = false;
  std::string scratch;
  fleet_.visit(entry.place, chunk, [&](const Resource& resource) {
    if (told || key_of(resource, scratch) != entry.key || !listing.filter.matches(resource)) return;
    look(resource);
    told = true;
  });
  return told;
}

void ResourceListings::forget_old() {
  const Instant now = clock_.instant();
  std::size_t entries = 0;
  for (const Listing& listing : listings_) entries += listing.entries.size();
  while (!listings_.empty()) {
    const Listing& oldest = listings_.front();
    const bool is_too_much =
        listings_.size() > config_.listings_max || (entries > config_.entries_max && listings_.size() > 1);
    if (!is_too_much && now - oldest.used <= config_.kept) return;
    entries -= oldest.entries.size();
    listings_.pop_front();
  }
}

}  // namespace sagewatch
