#pragma once
// Which series a resource has: one row per family, so that a new family is a new row and no new branch. Names, labels
// and meanings follow kube-state-metrics: `_status` 0/1 for every value, `_info` always 1, times as unix seconds. The
// rows are in exporters/families/, one file for each area.
#include <array>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "events/resource.h"
#include "metrics/family_head.h"

namespace sagewatch {

// Takes the series of one resource and one family.
class SeriesSink {
 public:
  virtual ~SeriesSink() = default;
  // `extra`: values of the labels that stand behind those which name the resource. NaN: no series.
  virtual void add(double value, std::initializer_list<std::string_view> extra = {}) = 0;
};

inline constexpr std::size_t subject_labels_max = 3;
using SubjectNames = std::array<std::string_view, subject_labels_max>;

// Which of a subject's resources are on the page. Of all: what is being deleted leaves it `show_terminal` after that
// was told, because nothing tells that it is gone.
enum class Shown : std::uint8_t {
  while_known,
  until_ended,      // what has ended leaves it, likewise
  last_run,         // until_ended, and of all that have the first name only the one that ended last and those that run
  with_its_run,     // a part of such a run, as long as that is shown
  newest_versions,  // of all that have the first name those whose second name is one of the highest numbers
};

// What names a resource: the labels with which all its families begin.
struct Subject {
  std::vector<std::string_view> labels;  // behind account_id and region; at most subject_labels_max
  std::vector<const ResourceKind*> kinds;
  // Puts the labels' values, views into the resource; false: it does not tell them, and has no series.
  bool (*name)(const Resource& resource, SubjectNames& names);
  Shown shown = Shown::while_known;
  bool on_request = false;  // not on the page unless the configuration asks for it
};

struct ResourceFamily {
  const Subject* subject;
  FamilyHead head;
  void (*series)(const Resource& resource, SeriesSink& sink);
};

// Resources counted by the value of their first status, every value, for each subject: where one series for each
// resource would be too many.
struct TallyFamily {
  const Subject* subject;
  std::size_t names;  // how many of the subject's labels it keeps, the first ones
  FamilyHead head;    // the last label is the status
};

}  // namespace sagewatch
