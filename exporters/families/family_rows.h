#pragma once
// How rows of families are written: the rows of one subject, and the values that families of all areas have.
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "events/utf8.h"
#include "exporters/resource_family.h"

namespace sagewatch {

// The rows of one subject. Texts are literals: a row borrows them for ever.
class FamilyRows {
 public:
  using Series = void (*)(const Resource&, SeriesSink&);
  explicit FamilyRows(const Subject& subject) : subject_(subject) {}

  // `extra`: the labels behind those that name the resource.
  FamilyRows& add(std::string_view name, std::string_view help, Series series,
                  std::initializer_list<std::string_view> extra = {}) {
    ResourceFamily row{&subject_, {name, FamilyType::gauge, help, {"account_id", "region"}}, series};
    row.head.labels.insert(row.head.labels.end(), subject_.labels.begin(), subject_.labels.end());
    row.head.labels.insert(row.head.labels.end(), extra);
    rows_.push_back(std::move(row));
    return *this;
  }
  void move_to(std::vector<ResourceFamily>& all) {
    for (ResourceFamily& row : rows_) all.push_back(std::move(row));
    rows_.clear();
  }

 private:
  const Subject& subject_;
  std::vector<ResourceFamily> rows_;
};

inline void add_time(UnixNanos time, SeriesSink& sink) {
  if (time.known()) sink.add(time.seconds());
}
inline void created_time(const Resource& resource, SeriesSink& sink) {
  add_time(resource.created, sink);
}
inline void started_time(const Resource& resource, SeriesSink& sink) {
  add_time(resource.started, sink);
}
inline void ended_time(const Resource& resource, SeriesSink& sink) {
  add_time(resource.ended, sink);
}
inline void transition_time(const Resource& resource, SeriesSink& sink) {
  add_time(resource.last_transition, sink);
}
inline void always_one(const Resource&, SeriesSink& sink) {
  sink.add(1);
}

// All values of the enumeration, exactly one is 1; a status outside it is a value of its own.
template <std::size_t axis>
void every_value(const Resource& resource, SeriesSink& sink) {
  if (resource.status[axis] == no_status) return;
  const auto values = resource.kind->axes[axis].values;
  for (std::size_t i = 0; i < values.size(); ++i) sink.add(i == resource.status[axis] ? 1 : 0, {values[i].api});
  if (resource.status[axis] == other_status) sink.add(1, {resource.status_verbatim[axis]});
}

// A long enumeration, or one that the API says may change: the present value alone.
template <std::size_t axis>
void current_value(const Resource& resource, SeriesSink& sink) {
  if (resource.status[axis] != no_status && axis < resource.kind->axes.size())
    sink.add(1, {resource.status_name(axis)});
}

// A status of a part is kept as it came: at most as much of it as of any other.
inline std::string_view shown_status(std::string_view text) {
  return cut_utf8(text, texts_max.status);
}

// A number of each part, with the part's name.
template <std::size_t number>
void per_part(const Resource& resource, SeriesSink& sink) {
  for (const Part& part : resource.parts) sink.add(part.numbers[number], {part.name});
}

// Subjects with one label: the resource's own name.
inline bool own_name(const Resource& resource, SubjectNames& names) {
  names[0] = resource.name;
  return !resource.name.empty();
}

}  // namespace sagewatch
