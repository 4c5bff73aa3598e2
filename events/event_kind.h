#pragma once
// Which events tell of which resources, and where in their details the facts stand: one row per detail-type, so that a
// new kind of event is a new row. The rows are AWS's documented events and what public samples show; a field that an
// event does not have is simply not told.
//
// Paths are keys below `detail`, separated by '/'. '*' stands for any one key; a list on the way is entered, and the
// first value found in it counts. Of two paths with '|' between them the one that is there counts.
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "events/resource_kind.h"

namespace sagewatch {

// How a label or number is made of the value at its path.
enum class ReadAs : std::uint8_t {
  as_it_is,   // a string; true and false; a whole number without its fraction
  arn_tail,   // the name inside of an ARN
  presence,   // "true" if there is an object
  first_key,  // an object's first key in lower case: {"Eks": {...}} is "eks"
  seconds,    // numbers: a time, as unix seconds
};

struct Fact {
  std::string_view path;
  std::string_view name;  // one of the kind's labels or numbers; of a parent: its type
  ReadAs read_as = ReadAs::as_it_is;
};

// The list that a resource has several of, and the paths inside its elements.
struct PartPaths {
  std::string_view list{};  // empty: this event tells of none
  std::string_view more{};  // a second list, of what is being deployed: its texts win
  std::string_view name{};
  std::string_view texts[part_texts_max]{};      // parallel to the kind's part_texts
  std::string_view numbers[part_numbers_max]{};  // parallel to the kind's part_numbers
};

struct EventKind {
  std::string_view detail_type;  // "SageMaker Training Job State Change"
  const ResourceKind* kind;
  std::string_view arn_path{};              // "": the first of the envelope's resources of the kind's ARN type
  std::string_view name_path{};             // "": the ARN's tail
  std::string_view part_path{};             // the name of the part (a node, a step), for kinds that are one
  std::string_view axis_paths[axes_max]{};  // parallel to the kind's axes
  std::size_t axes_required = 1;            // how many of them every event must tell
  std::string_view status{};                // told by the detail-type itself: "Creating"
  std::string_view previous_path{};         // the status before; pipelines alone tell it
  std::string_view reason_path{};
  std::string_view created_path{}, started_path{}, ended_path{}, modified_path{};
  bool created_required = false;
  std::string_view tags_path{};
  std::span<const Fact> labels{}, numbers{};
  // ARNs of what may have started it or what it belongs to; the first that is told counts.
  std::span<const Fact> parents{};
  PartPaths parts{};
  std::span<const Fact> counted{};     // texts that a counter asks for and no resource keeps
  bool is_occurrence = false;          // counted each time; a repeat is known by
  std::string_view occurrence_path{};  // its own id where it has one, else by all of its text
  bool is_call = false;                // the detail is a record of CloudTrail: events/cloudtrail.h
};

std::span<const EventKind> event_kinds();
// nullptr: a detail-type without a row.
const EventKind* find_event_kind(std::string_view detail_type);
// For detail-types of aws.sagemaker without a row: told is an ARN, nothing else.
const EventKind& other_event_kind();
// The fields that an event of the kind can lack, or have in another type, and be called incomplete: their paths, each
// once. What Observation::incomplete names is one of these.
std::vector<std::string_view> missable_fields(const EventKind& row);

}  // namespace sagewatch
