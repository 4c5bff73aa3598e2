#pragma once
// Where in an event things stand, for explanations: the places of values that rules/flat_event.h found (it knows paths,
// not places), and what stands near a path that the event lacks. One walk over the text, with memory bounded by what
// was asked, whatever the event holds.
//
// Ask first, then run() once, then read. Borrows the trie.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/valid_json.h"
#include "rules/path_trie.h"

namespace sagewatch {

// What stands at a path; of several, the last of this list.
enum class Shape : std::uint8_t { nothing, scalar, string, empty_array, array, empty_object, object };

struct ValuePlace {
  std::string place;                // "detail.ProductionVariants[0].VariantName"
  std::vector<std::string> arrays;  // "detail.ProductionVariants"; one for each of FlatEvent::membership()
};

// What there is where, or instead of where, a path without values leads.
struct Neighbourhood {
  Shape shape = Shape::nothing;         // of the path itself
  std::string holder;                   // the part of the path that is there; empty: the event itself
  Shape holder_shape = Shape::nothing;  // a string has nothing inside
  std::string missing;                  // the name that `holder` lacks

  struct Found {
    std::string path;
    std::string value;  // as JSON; empty: no scalar
  };
  Found nearest;  // a name like the missing one, beside it
  bool is_near_but_for_case = false;
  Found elsewhere;  // the path's last name at another place
};

class EventSurvey {
 public:
  explicit EventSurvey(const PathTrie& paths) : trie_(paths) {}

  // The `occurrence`-th value of a path, counted from 0 in the order of the text.
  void want_place(PathId path, std::uint32_t occurrence);
  void want_neighbours(const std::string& path);
  void run(ValidJson event);

  const ValuePlace& place(PathId path, std::uint32_t occurrence) const { return places_.at({path, occurrence}); }
  Neighbourhood neighbours(const std::string& path) const;

 private:
  friend class SurveyWalk;
  using Node = PathTrie::Node;
  struct Level {  // what stands at a path that leads to a wanted one
    Shape shape = Shape::nothing;
    std::vector<std::string> names;   // of the objects there, names_max at most
    std::vector<std::string> values;  // what they hold, as JSON; empty: no scalar
  };
  struct Elsewhere {
    Neighbourhood::Found found;
    bool is_exact = false;  // spelled alike, not only alike but for case
  };

  const PathTrie& trie_;
  std::map<std::pair<PathId, std::uint32_t>, ValuePlace> places_;
  std::unordered_map<PathId, std::uint32_t> seen_;  // occurrences so far, of paths in places_
  std::unordered_map<Node, Level> levels_;
  std::map<std::string, Elsewhere, std::less<>> elsewhere_;         // by path
  std::unordered_multimap<std::string, std::string> by_last_name_;  // in lower case -> path
};

}  // namespace sagewatch
