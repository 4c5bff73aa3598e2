#include "exporters/resource_pass.h"

#include <algorithm>
#include <cmath>

#include "events/base/hash.h"
#include "events/resource_key.h"

namespace sagewatch {
namespace {

constexpr std::size_t chunk = 1024;  // resources per visit: some 100 µs under the table's lock

}  // namespace

ResourcePass::ResourcePass(const ResourceSeriesConfig& config, UnixNanos now, SeriesPage& page)
    : config_(config), page_(page), shown_(now - config.show_terminal, config.package_versions) {
  for (FamilyColumn& column : page_.columns()) {
    if (column.family->row != nullptr) {
      const Subject& subject = *column.family->row->subject;
      if (!subject.on_request || config_.human_loops) part_of(subject).columns.push_back(&column);
    } else if (column.family->tally != nullptr) {
      part_of(*column.family->tally->subject).tally = &column;
    }
  }
}

ResourcePass::Part& ResourcePass::part_of(const Subject& subject) {
  for (const auto& part : parts_)
    if (part->subject == &subject) return *part;
  Part& part = *parts_.emplace_back(std::make_unique<Part>());
  part.subject = &subject;
  part.is_second = ShownResources::needs_survey(subject.shown);
  for (const std::string_view label : subject.labels) part.keys.push_back(',' + std::string(label) + "=\"");
  for (const ResourceKind* kind : subject.kinds) parts_of_[kind].push_back(&part);
  return part;
}

void ResourcePass::walk(const ResourceView& resources) {
  for (const bool is_second_walk : {false, true}) {
    if (is_second_walk && !shown_.has_surveyed()) break;
    std::size_t place = 0;
    do {
      place = resources.visit(place, chunk, [&](const Resource& resource) { look(resource, is_second_walk); });
    } while (place != 0);
    shown_.finish_survey();
  }
  add_tallies();
}

void ResourcePass::look(const Resource& resource, bool is_second_walk) {
  const auto found = parts_of_.find(resource.kind);
  if (found == parts_of_.end()) return;
  for (Part* part : found->second) {
    if (is_second_walk && !part->is_second) continue;
    SubjectNames names;
    if (!part->subject->name(resource, names)) continue;
    if (part->is_second && !is_second_walk)
      shown_.survey(resource, part->subject->shown, names);
    else if (shown_.is_shown(resource, part->subject->shown, names))
      render(resource, *part, names);
  }
}

void ResourcePass::render(const Resource& resource, Part& part, const SubjectNames& names) {
  if (part.tally != nullptr) count(resource, part, names);
  if (part.columns.empty()) return;
  append_names(resource, part, names, part.keys.size());
  refuse_ = !seen_.insert(hash_of_name()).second;
  labels_ = refuse_ ? std::string_view{} : page_.labels().keep(names_);
  tag_text_.clear();
  config_.tags.append(tag_text_, resource.tags);
  for (FamilyColumn* column : part.columns) {
    column_ = column;
    column->family->row->series(resource, *this);
  }
}

void ResourcePass::add(double value, std::initializer_list<std::string_view> extra) {
  if (std::isnan(value)) return;
  if (refuse_) {
    ++column_->count.same_name;
    return;
  }
  if (!page_.admit(*column_)) return;
  rest_.clear();
  auto key = column_->family->keys.begin();
  for (const std::string_view part : extra) append_label(rest_, *key++, part);
  if (column_->family->has_tags) rest_ += tag_text_;
  if (value == 1) {  // most are: a text costs less than a number
    rest_ += "} 1\n";
  } else {
    rest_ += "} ";
    append_number(rest_, value);
    rest_ += '\n';
  }
  column_->samples.add(labels_, rest_);
}

// Rendered once, used for all families of the resource.
void ResourcePass::append_names(const Resource& resource, const Part& part, const SubjectNames& names,
                                std::size_t count) {
  names_.clear();
  append_label(names_, "account_id=\"", resource.account);
  append_label(names_, ",region=\"", resource.region);
  for (std::size_t i = 0; i < count; ++i) append_label(names_, part.keys[i], names[i]);
}

// Names that differ in case are one name, so their series would be one series twice.
std::uint64_t ResourcePass::hash_of_name() {
  lower_.assign(names_);
  for (char& c : lower_) c = lower_ascii(c);
  return hash64(lower_);
}

void ResourcePass::count(const Resource& resource, Part& part, const SubjectNames& names) {
  const auto values = resource.kind->axes[0].values;
  if (resource.status[0] >= values.size()) return;
  append_names(resource, part, names, part.tally->family->tally->names);
  Tally& tally = part.tallies[names_];
  if (tally.kind == nullptr) tally = {resource.kind, std::vector<std::uint64_t>(values.size())};
  ++tally.counts[resource.status[0]];
}

void ResourcePass::add_tallies() {
  refuse_ = false;
  for (const auto& part : parts_) {
    column_ = part->tally;
    for (const auto& [names, tally] : part->tallies) {
      labels_ = page_.labels().keep(names);
      for (std::size_t i = 0; i < tally.counts.size(); ++i)
        add(static_cast<double>(tally.counts[i]), {tally.kind->axes[0].values[i].api});
    }
  }
}

}  // namespace sagewatch
