#pragma once
// One walk, or two, over the resources for one page: finds each resource's subjects, renders what names it once, and
// lets the families of the subject add their series. Lives for one page.
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "exporters/series_page.h"
#include "exporters/shown_resources.h"

namespace sagewatch {

class ResourcePass : public SeriesSink {
 public:
  ResourcePass(const ResourceSeriesConfig& config, UnixNanos now, SeriesPage& page);

  void walk(const ResourceView& resources);

  // Of the family and resource that are looked at.
  void add(double value, std::initializer_list<std::string_view> extra) override;

 private:
  // Resources of one kind by their status.
  struct Tally {
    const ResourceKind* kind = nullptr;
    std::vector<std::uint64_t> counts;
  };
  // A subject with the columns of its families, so that a resource meets no others.
  struct Part {
    const Subject* subject;
    std::vector<std::string> keys;  // `,endpoint="`
    std::vector<FamilyColumn*> columns;
    FamilyColumn* tally = nullptr;
    std::map<std::string, Tally> tallies;  // by the labels that it keeps
    bool is_second = false;                // needs what the first walk surveys
  };
  Part& part_of(const Subject& subject);
  void look(const Resource& resource, bool is_second_walk);
  void render(const Resource& resource, Part& part, const SubjectNames& names);
  void append_names(const Resource& resource, const Part& part, const SubjectNames& names, std::size_t count);
  void count(const Resource& resource, Part& part, const SubjectNames& names);
  void add_tallies();
  std::uint64_t hash_of_name();

  const ResourceSeriesConfig& config_;
  SeriesPage& page_;
  ShownResources shown_;
  std::vector<std::unique_ptr<Part>> parts_;
  std::unordered_map<const ResourceKind*, std::vector<Part*>> parts_of_;
  std::unordered_set<std::uint64_t> seen_;
  FamilyColumn* column_ = nullptr;
  std::string_view labels_;
  bool refuse_ = false;
  std::string names_, rest_, lower_, tag_text_;  // scratch
};

}  // namespace sagewatch
