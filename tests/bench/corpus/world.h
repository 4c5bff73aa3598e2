#pragma once
// What a corpus is made of. An event is drawn as one number for each group; every value that rules may ask for is a
// facet, a function of its group's number. Groups are independent of each other, so the share of the events that a rule
// will match is known when the rule is made, and a rule set can be made to match a given number of times an event.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/corpus/seeded_random.h"

namespace sagewatch::corpus {

using Draw = std::vector<std::uint32_t>;  // one number for each group

// How rules may ask for a facet.
enum Ask : unsigned {
  ask_exact = 1,
  ask_prefix = 2,
  ask_suffix = 4,
  ask_wildcard = 8,
  ask_number = 16,  // values are spelled numbers that grow with the group's number
};
// In which rule sets a facet appears. Rules of `unseen` are for measuring only: nothing may be tuned with them.
enum Set : unsigned { set_mixed = 1, set_unseen = 2, set_both = 3 };

struct Facet {
  std::string path;         // dotted
  std::uint32_t kinds = 0;  // bit k: events of kind k have it
  std::size_t group = 0;
  unsigned sets = set_both;
  unsigned asks = ask_exact;
  std::function<std::string(std::uint32_t)> text;
  // Wildcards on ARNs: this, then a piece of `name`, then a star.
  std::string wildcard_head = {};
  std::function<std::string(std::uint32_t)> name = {};
  std::uint32_t shown = 1;     // so many neighbouring values stand in one event, in an array
  std::string pair_path = {};  // a second field of the same array element, which must be `pair_text`
  std::string pair_text = {};
};

// A field that narrows nothing: every event of those kinds has it.
struct Decoration {
  std::uint32_t kinds = 0;
  std::string path;
  std::string text;
};

struct World {
  std::vector<std::uint32_t> groups;  // how many numbers each has; group 0 chooses the kind
  std::vector<std::uint32_t> shares;  // of the kinds, parts of group 0
  std::size_t identity = 0;           // the group of names, which many rules single out
  std::vector<Facet> facets;
  std::vector<Decoration> decorations;
  std::vector<std::string> absent;  // paths that no event has
  // One compact JSON object. `noise` is for what no rule asks for.
  std::function<void(std::string& out, const Draw& draw, SeededRandom& noise)> write;

  std::size_t kind_of(const Draw& draw) const {
    std::uint32_t left = draw[0];
    std::size_t kind = 0;
    while (left >= shares[kind]) left -= shares[kind++];
    return kind;
  }
  std::uint32_t all_kinds() const { return (1U << shares.size()) - 1; }
};

World sagemaker_world();  // state changes of jobs, endpoints, pipelines, clusters, ...: some 1,125 bytes each
World lots_world();       // a city's lots as GeoJSON features: some 900 bytes each

}  // namespace sagewatch::corpus
