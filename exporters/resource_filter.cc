#include "exporters/resource_filter.h"

#include <fmt/format.h>

#include <algorithm>

#include "events/base/config_node.h"
#include "events/resource_key.h"
#include "exporters/resource_aspects.h"
#include "rules/display.h"

namespace sagewatch {
namespace {

constexpr std::size_t values_max = 64;  // of one filter
const std::vector<std::string> state_names{"active", "terminal", "failed"};

std::string in_lower_case(std::string_view text) {
  std::string lower;
  put_resource_key(text, lower);
  return lower;
}

// "IN_SERVICE", "InService" and "in-service" are one.
std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text)
    if (c != '_' && c != '-' && c != ' ') letters.push_back(lower_ascii(c));
  return letters;
}

bool has_prefix_in_lower_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), text.begin(),
                                                    [](char wanted, char c) { return wanted == lower_ascii(c); });
}

// What stands between a wrong name and those allowed: the nearest of them, if there is one.
std::string did_you_mean(std::string_view wrong, const std::vector<std::string>& known) {
  for (const std::string& each : known)
    if (letters_of(each) == letters_of(wrong)) return fmt::format("; did you mean {}?", each);
  const std::string guess = nearest(wrong, known);
  return guess.empty() ? ";" : fmt::format("; did you mean {}?", guess);
}

template <class T>
bool is_any_of(const std::vector<T>& wanted, const T& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

}  // namespace

class FilterReader {
 public:
  FilterReader(const ResourceFilter::Words& words, UnixNanos now, const std::vector<std::string>& beside)
      : words_(words), now_(now), beside_(beside) {}

  Result<ResourceFilter> read() {
    // Kinds first: they decide which statuses there are.
    for (const bool kinds : {true, false}) {
      for (const auto& [name, value] : words_) {
        if ((name == "kind") != kinds || std::ranges::find(beside_, name) != beside_.end()) continue;
        if (auto taken = take(name, value); !taken) return no(taken.error());
      }
    }
    return std::move(filter_);
  }

 private:
  using Take = Done (FilterReader::*)(std::string_view);
  struct Row {
    std::string_view name;
    Take take;
    bool list;  // values may be joined by commas
  };
  static constexpr std::size_t filters = 9;
  static const Row rows[filters];

  Done take(std::string_view name, std::string_view value) {
    const auto* const row = std::ranges::find(rows, name, &Row::name);
    if (row == std::end(rows)) return unknown(name);
    if (value.empty()) return no(fmt::format("{} is empty; leave it out, or say what it must be", name));
    for (;;) {
      const auto comma = row->list ? std::min(value.find(','), value.size()) : value.size();
      if (auto taken = (this->*row->take)(value.substr(0, comma)); !taken) return taken;
      if (comma == value.size()) return {};
      value.remove_prefix(comma + 1);
    }
  }

  tl::unexpected<Error> unknown(std::string_view name) const {
    std::vector<std::string> known;
    for (const Row& row : rows) known.emplace_back(row.name);
    known.insert(known.end(), beside_.begin(), beside_.end());
    return no(fmt::format("there is no filter {}{} allowed: {}", quoted(name), did_you_mean(name, known),
                          fmt::join(known, ", ")));
  }
  static tl::unexpected<Error> refused(std::string_view name, std::string_view value,
                                       const std::vector<std::string>& known) {
    return no(fmt::format("{}: there is no {}{} allowed: {}", name, quoted(value), did_you_mean(value, known),
                          fmt::join(known, ", ")));
  }
  template <class T>
  static Done keep(std::vector<T>& values, T value, std::string_view name) {
    if (values.size() >= values_max) return no(fmt::format("{}: more than {} values", name, values_max));
    values.push_back(std::move(value));
    return {};
  }

  Done take_kind(std::string_view value) {
    const auto names = resource_kind_names();
    const auto found =
        std::ranges::find_if(names, [&](std::string_view name) { return letters_of(name) == letters_of(value); });
    if (found == names.end()) return refused("kind", value, {names.begin(), names.end()});
    return keep(filter_.kinds_, *found, "kind");
  }

  Done take_status(std::string_view value) {
    const std::string wanted = letters_of(value);
    std::vector<std::string> known;
    bool is_known = false;
    for (const std::string_view kind : filter_.kinds_.empty() ? resource_kind_names() : filter_.kinds_) {
      for (const Status& status : statuses_of_kind(kind)) {
        if (std::ranges::find(known, status.api) == known.end()) known.emplace_back(status.api);
        if (letters_of(status.api) != wanted && letters_of(status.event) != wanted) continue;
        is_known = true;
        if (std::ranges::find(filter_.statuses_, status.api) == filter_.statuses_.end())
          filter_.statuses_.push_back(status.api);
      }
    }
    if (known.empty()) return no("status: the kinds asked for have none");
    if (!is_known) return refused("status", value, known);
    return {};
  }

  Done take_reason(std::string_view value) {
    std::vector<std::string> known;
    for (int i = 0; i < reason_classes; ++i) {
      const auto reason = static_cast<ReasonClass>(i);
      if (letters_of(reason_class_name(reason)) == letters_of(value)) return keep(filter_.reasons_, reason, "reason");
      known.emplace_back(reason_class_name(reason));
    }
    return refused("reason", value, known);
  }

  Done take_state(std::string_view value) {
    const auto found = std::ranges::find(state_names, in_lower_case(value));
    if (found == state_names.end()) return refused("state", value, state_names);
    if (filter_.state_ != ResourceFilter::State::any) return no("state stands there twice; one is allowed");
    filter_.state_ = static_cast<ResourceFilter::State>(1 + (found - state_names.begin()));
    return {};
  }

  Done take_since(std::string_view value) { return take_time(filter_.since_, "since", value); }
  Done take_older_than(std::string_view value) { return take_time(filter_.older_than_, "older_than", value); }
  Done take_time(std::optional<UnixNanos>& into, std::string_view name, std::string_view value) const {
    if (into) return no(fmt::format("{} stands there twice; one is allowed", name));
    if (const auto age = parse_duration(value)) {
      into = UnixNanos{std::max<std::int64_t>(0, now_.count - age->count())};
    } else if (const auto time = parse_iso8601(value)) {
      into = time;
    } else {
      return no(fmt::format(
          "{}: {} is neither an age nor a time; an age is a number and a unit (ns us ms s m h d), such as 90m or 24h, "
          "a time is like 2026-11-21T02:16:31Z",
          name, quoted(value)));
    }
    return {};
  }

  Done take_name_prefix(std::string_view value) {
    if (!filter_.name_prefix_.empty()) return no("name_prefix stands there twice; one is allowed");
    filter_.name_prefix_ = in_lower_case(value);
    return {};
  }

  Done take_tag(std::string_view value) {
    const auto equals = value.find('=');
    if (equals == std::string_view::npos || equals == 0)
      return no(fmt::format("tag: {} is not key=value, such as team=search", quoted(value)));
    return keep(filter_.tags_, {std::string{value.substr(0, equals)}, std::string{value.substr(equals + 1)}}, "tag");
  }

  Done take_parent(std::string_view value) {
    if (!filter_.parent_.empty()) return no("parent stands there twice; one is allowed");
    if (Arn::read(value).text.empty())
      return no(fmt::format("parent: {} is not an ARN, such as arn:aws:sagemaker:REGION:ACCOUNT:automl-job/NAME",
                            quoted(value)));
    filter_.parent_ = in_lower_case(value);
    return {};
  }

  const ResourceFilter::Words& words_;
  UnixNanos now_;
  const std::vector<std::string>& beside_;
  ResourceFilter filter_;
};

const FilterReader::Row FilterReader::rows[] = {
    {"kind", &FilterReader::take_kind, true},
    {"status", &FilterReader::take_status, true},
    {"reason", &FilterReader::take_reason, true},
    {"state", &FilterReader::take_state, false},
    {"since", &FilterReader::take_since, false},
    {"older_than", &FilterReader::take_older_than, false},
    {"name_prefix", &FilterReader::take_name_prefix, false},
    {"tag", &FilterReader::take_tag, false},
    {"parent", &FilterReader::take_parent, false},
};

Result<ResourceFilter> ResourceFilter::read(const Words& words, UnixNanos now, const std::vector<std::string>& beside) {
  return FilterReader{words, now, beside}.read();
}

bool ResourceFilter::matches(const Resource& resource) const {
  if (!is_any_of(kinds_, resource.kind->kind) || !is_any_of(statuses_, resource.status_name()) ||
      !is_any_of(reasons_, resource.reason))
    return false;
  if (state_ == State::active && resource.is_terminal()) return false;
  if (state_ == State::terminal && !resource.is_terminal()) return false;
  if (state_ == State::failed && !resource.is_failure()) return false;
  if (since_ && in_state_since(resource) < *since_) return false;
  if (older_than_ && in_state_since(resource) > *older_than_) return false;
  if (!has_prefix_in_lower_case(resource.name, name_prefix_)) return false;
  if (!parent_.empty()) {
    const auto parent = parent_arn(resource);
    if (parent.size() != parent_.size() || !has_prefix_in_lower_case(parent, parent_)) return false;
  }
  if (tags_.empty()) return true;
  const auto shown = shown_tags(resource);
  return std::ranges::all_of(tags_, [&](const auto& wanted) {
    return std::ranges::any_of(
        shown, [&](const NamedText& tag) { return tag.name == wanted.first && tag.value == wanted.second; });
  });
}

}  // namespace sagewatch
