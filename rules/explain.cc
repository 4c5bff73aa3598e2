#include "rules/explain.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "rules/branch_search.h"
#include "rules/display.h"
#include "rules/event_survey.h"

namespace sagewatch {
namespace {

constexpr std::size_t judged_values_max = 200;       // of a field, to find the nearest
constexpr std::size_t judged_alternatives_max = 50;  // of a value
constexpr std::size_t judged_max = 20'000;           // in all
constexpr std::size_t equally_near_max = 8;          // branches that are looked at closely
constexpr std::size_t elements_told_max = 5;
constexpr std::size_t paths_told_max = 5;
constexpr std::size_t alternatives_told_max = 5;  // of a field without values

class Explainer {
 public:
  Explainer(const Pattern& pattern, ValidJson event, const ExplanationLimits& limits)
      : pattern_(pattern), text_(event), limits_(limits), search_(pattern, event) {}

  Explanation run() {
    if (search_.finding() == Finding::match) return explanation_of(search_.matched());
    const std::vector<std::size_t> nearest = nearest_branches();
    std::optional<Explanation> best;
    for (const std::size_t conjunction : nearest) {
      Explanation one = explanation_of(search_.look_at(conjunction));
      const auto rank = [](const Explanation& e) { return std::pair{e.failing, e.nearest_distance}; };
      if (!best || rank(one) < rank(*best)) best = std::move(one);
    }
    if (!best->matches) tell_others(*best);
    return std::move(*best);
  }

 private:
  struct Candidate {  // a value that may be shown
    std::uint32_t field = 0;
    std::uint32_t occurrence = 0;
    Distance distance = Distance::far;
    bool chosen = false;
  };

  std::span<const FieldTest> tests(const Branch& branch) const { return pattern_.conjunctions()[branch.conjunction]; }
  const std::string& path_of(const FieldTest& test) const { return pattern_.paths()[test.path]; }

  // Those with the fewest tests that cannot be met.
  std::vector<std::size_t> nearest_branches() {
    std::vector<std::size_t> result;
    std::size_t least = SIZE_MAX;
    for (std::size_t i = 0; i < pattern_.conjunctions().size(); ++i) {
      const std::size_t failing = search_.hopeless(i).size();
      if (failing < least) result.clear();
      least = std::min(least, failing);
      if (failing == least && result.size() < equally_near_max) result.push_back(i);
    }
    return result;
  }

  Explanation explanation_of(const Branch& branch) {
    Explanation result;
    result.matches = search_.finding() != Finding::no_match;
    result.unsettled = search_.finding() == Finding::unsettled;
    result.branch = branch.conjunction;
    result.branches = pattern_.conjunctions().size();
    result.failing = branch.failing();
    told_ = 0;
    EventSurvey survey{search_.trie()};
    std::vector<std::vector<Candidate>> shown;
    for (std::size_t i = 0; i < branch.tests.size(); ++i) {
      shown.push_back(chosen_values(branch, i));
      const FieldTest& test = tests(branch)[i];
      for (const Candidate& value : shown.back()) survey.want_place(search_.path(test), value.occurrence);
      if (search_.first(test) == FlatEvent::none) survey.want_neighbours(path_of(test));
    }
    const std::vector<ClashingArray> arrays =
        result.matches ? std::vector<ClashingArray>{} : search_.clashing_arrays(branch);
    for (const ClashingArray& array : arrays) want_array(survey, branch, array);
    survey.run(text_);
    for (std::size_t i = 0; i < branch.tests.size(); ++i) {
      result.fields.push_back(field(branch, i, shown[i], survey));
      if (!result.matches) tell_if_nearest(result, result.fields.back(), survey);
    }
    for (const ClashingArray& array : arrays) result.clashes.push_back(clash(branch, array, survey));
    if (!result.matches) tell_clash(result);
    return result;
  }

  // ----- values -----

  std::vector<Candidate> chosen_values(const Branch& branch, std::size_t index) {
    const FieldTest& test = tests(branch)[index];
    const bool is_refused = branch.tests[index] == TestVerdict::unmet || branch.tests[index] == TestVerdict::unwanted;
    std::vector<Candidate> candidates;
    if (search_.finding() == Finding::match && branch.met_by[index] == FlatEvent::none) return candidates;  // absent
    std::uint32_t occurrence = 0;
    for (std::uint32_t i = search_.first(test); i != FlatEvent::none; i = search_.event().field(i).next) {
      Candidate value{i, occurrence++, Distance::accepted, i == branch.met_by[index]};
      if (is_refused) {
        if (candidates.size() == judged_values_max) break;
        value.distance = distance(test, i);
      } else if (!value.chosen && (candidates.size() > limits_.values || !search_.is_accepted(test, i))) {
        continue;
      }
      candidates.push_back(value);
    }
    std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
      return std::tuple{!a.chosen, a.distance, a.occurrence} < std::tuple{!b.chosen, b.distance, b.occurrence};
    });
    if (candidates.size() > limits_.values) candidates.resize(limits_.values);
    std::sort(candidates.begin(), candidates.end(),
              [](const Candidate& a, const Candidate& b) { return a.occurrence < b.occurrence; });
    return candidates;
  }

  Distance distance(const FieldTest& test, std::uint32_t field) {
    Distance least = Distance::far;
    std::size_t alternatives = 0;
    for (const Alternative& alternative : pattern_.alternatives(test.value)) {
      if (++alternatives > judged_alternatives_max || ++judged_ > judged_max) break;
      least = std::min(least, judge(alternative, search_.event().field(field).value).distance);
    }
    return least;
  }

  std::size_t occurrence_of(const FieldTest& test, std::uint32_t field) const {
    std::size_t occurrence = 0;
    for (std::uint32_t i = search_.first(test); i != field; i = search_.event().field(i).next) ++occurrence;
    return occurrence;
  }

  FoundValue found_value(const FieldTest& test, const Candidate& candidate, bool refused, const EventSurvey& survey) {
    const Scalar& value = search_.event().field(candidate.field).value;
    Display shown = display(value);
    FoundValue found{.place = survey.place(search_.path(test), candidate.occurrence).place,
                     .json = std::move(shown.json),
                     .cut_from = shown.cut_from,
                     .accepted = !refused,
                     .chosen = candidate.chosen,
                     .alternatives = {}};
    tell_alternatives(found, pattern_.alternatives(test.value), value, refused);
    return found;
  }

  // For no the nearest ones; for yes one is enough. One is told whatever the budget.
  void tell_alternatives(FoundValue& found, std::span<const Alternative> alternatives, const Scalar& value,
                         bool refused) {
    struct Judged {
      std::size_t index = 0;
      Judgement judgement;
    };
    std::vector<Judged> judged;
    for (std::size_t i = 0; i < alternatives.size(); ++i) {
      if (!refused && !accepts(alternatives[i], value)) continue;
      judged.push_back({i, judge(alternatives[i], value)});
      if (!refused || ++judged_ > judged_max) break;
    }
    std::sort(judged.begin(), judged.end(), [](const Judged& a, const Judged& b) {
      return std::pair{a.judgement.distance, a.index} < std::pair{b.judgement.distance, b.index};
    });
    for (Judged& each : judged) {
      const std::size_t told = found.alternatives.size();
      if (told > 0 && (told == limits_.alternatives || told_ >= limits_.judgements)) break;
      found.alternatives.push_back({each.index, display(alternatives[each.index]), std::move(each.judgement)});
      ++told_;
    }
  }

  // ----- fields -----

  ExplainedField field(const Branch& branch, std::size_t index, const std::vector<Candidate>& shown,
                       const EventSurvey& survey) {
    const FieldTest& test = tests(branch)[index];
    const bool is_there = search_.first(test) != FlatEvent::none;
    ExplainedField result;
    result.path = path_of(test);
    const TestVerdict verdict = branch.tests[index];
    const bool refused = verdict == TestVerdict::unmet || verdict == TestVerdict::unwanted;
    for (const Candidate& candidate : shown) result.values.push_back(found_value(test, candidate, refused, survey));
    for (std::uint32_t i = search_.first(test); i != FlatEvent::none; i = search_.event().field(i).next) {
      ++result.values_found;
    }
    const std::span<const Alternative> alternatives = pattern_.alternatives(test.value);
    result.alternatives_found = alternatives.size();
    for (std::size_t i = 0; i < alternatives.size() && i < alternatives_told_max; ++i) {
      result.alternatives.push_back(display(alternatives[i]));
    }
    result.verdict = field_verdict(verdict, is_there, !shown.empty());
    if (!is_there) {
      const Neighbourhood around = survey.neighbours(result.path);
      result.why = result.failed() ? absence(around, result.path) : wanted_absence(around);
    } else if (result.verdict == FieldVerdict::absent) {
      result.why = "is not in the elements that the other fields chose";
    } else if (result.verdict == FieldVerdict::unwanted) {
      result.why = judged_early(branch, index);
    }
    return result;
  }

  static FieldVerdict field_verdict(TestVerdict verdict, bool is_there, bool is_accepted) {
    switch (verdict) {
      case TestVerdict::met:
        return is_accepted ? FieldVerdict::accepted : FieldVerdict::absent;
      case TestVerdict::unmet:
        return is_there ? FieldVerdict::refused : FieldVerdict::missing;
      case TestVerdict::unwanted:
        return FieldVerdict::unwanted;
      case TestVerdict::clashing:
        break;
    }
    return FieldVerdict::clashing;
  }

  // {"exists": false} cannot wait for the choice of a path that sorts behind it.
  std::string judged_early(const Branch& branch, std::size_t index) const {
    for (std::size_t i = index + 1; i < branch.tests.size(); ++i) {
      if (!search_.share_array(tests(branch)[index], tests(branch)[i])) continue;
      return fmt::format(
          R"({{"exists": false}} is judged before {} chooses an element, because fields are compared sorted by name)",
          display_path(path_of(tests(branch)[i])));
    }
    return {};
  }

  static std::string wanted_absence(const Neighbourhood& around) {
    switch (around.shape) {
      case Shape::object:
      case Shape::empty_object:
        return "is an object, and only plain values count as being there";
      case Shape::empty_array:
      case Shape::array:
        return "is a list without plain values";
      default:
        return "is not there";
    }
  }

  // What stands where no value does.
  static std::string absence(const Neighbourhood& around, const std::string& path) {
    switch (around.shape) {
      case Shape::object:
        return "is an object; a pattern looks at plain values, so name a field inside of it";
      case Shape::empty_object:
        return "is an empty object, in which there is no value";
      case Shape::empty_array:
        return "is an empty list, in which there is no value";
      case Shape::array:
        return "is a list without plain values";
      default:
        break;
    }
    std::string text = "is not in the event";
    if (around.holder_shape == Shape::string) {
      return fmt::format("{}: {} is a string, and what a string holds is not looked into", text,
                         display_path(around.holder));
    }
    if (around.holder_shape == Shape::scalar) {
      return fmt::format("{}: {} is a plain value, with nothing inside", text, display_path(around.holder));
    }
    if (!around.holder.empty() && around.missing.size() + around.holder.size() + 1 < path.size()) {
      text += fmt::format(": {} has no {}", display_path(around.holder), display_path(around.missing));
    }
    const auto shown = [](const Neighbourhood::Found& found) {
      return display_path(found.path) + (found.value.empty() ? "" : ", which is " + found.value);
    };
    const bool elsewhere_first = !around.elsewhere.path.empty() && !around.is_near_but_for_case;
    if (elsewhere_first) return fmt::format("{}; the name stands at {}", text, shown(around.elsewhere));
    if (around.nearest.path.empty()) return text;
    return fmt::format("{}; nearest name: {}", text, shown(around.nearest));
  }

  // ----- what to look at first -----

  void tell_if_nearest(Explanation& result, const ExplainedField& field, const EventSurvey& survey) const {
    if (!field.failed() || field.verdict == FieldVerdict::clashing) return;
    Distance distance = Distance::far;
    std::string sentence;
    if (field.verdict == FieldVerdict::missing) {
      const Neighbourhood around = survey.neighbours(field.path);
      if (!around.nearest.path.empty()) distance = around.is_near_but_for_case ? Distance::spelling : Distance::typo;
      if (!around.elsewhere.path.empty()) distance = std::min(distance, Distance::type);
      if (around.shape != Shape::nothing || around.holder_shape == Shape::string) distance = Distance::part;
      sentence = display_path(field.path) + " " + field.why;
    } else {
      for (const FoundValue& value : field.values) {
        if (value.alternatives.empty()) continue;
        const ToldAlternative& told = value.alternatives.front();
        if (!sentence.empty() && told.judgement.distance >= distance) continue;
        distance = told.judgement.distance;
        sentence =
            field.verdict == FieldVerdict::unwanted && field.alternatives_found == 1
                ? fmt::format("{} is {}, and the pattern wants nothing there", value.place, value.json)
                : fmt::format("{} is {}, not {}: it {}", value.place, value.json, told.alternative, told.judgement.why);
      }
    }
    if (!result.nearest.empty() && distance >= result.nearest_distance) return;
    result.nearest = std::move(sentence);
    result.nearest_path = field.path;
    result.nearest_distance = distance;
  }

  static void tell_clash(Explanation& result) {
    const bool any = std::any_of(result.fields.begin(), result.fields.end(),
                                 [](const ExplainedField& field) { return field.verdict == FieldVerdict::clashing; });
    if (!any) return;
    if (result.clashes.empty()) {
      result.clashes.push_back(
          {"", {}, "these fields cannot be met together: they stand in different elements of lists"});
    }
    if (!result.nearest.empty() && result.nearest_distance <= Distance::type) return;
    result.nearest = result.clashes.front().why;
    result.nearest_path = result.clashes.front().sides.empty() ? "" : result.clashes.front().sides.front().path;
    result.nearest_distance = Distance::type;
  }

  void tell_others(Explanation& result) {
    for (std::size_t i = 0; i < result.branches && result.others.size() < limits_.branches; ++i) {
      if (i == result.branch) continue;
      Explanation::OtherBranch& other = result.others.emplace_back();
      other.branch = i;
      for (const std::size_t test : search_.hopeless(i)) {
        if (other.failing.size() == paths_told_max) break;
        other.failing.push_back(path_of(pattern_.conjunctions()[i][test]));
      }
    }
  }

  // ----- clashes -----

  const FieldTest& test_of(const Branch& branch, const ClashingArray& array) const {
    for (const ClashingArray::Side& side : array.sides) {
      const FieldTest& test = tests(branch)[side.test];
      for (std::uint32_t i = search_.first(test); i != FlatEvent::none; i = search_.event().field(i).next) {
        if (i == array.field) return test;
      }
    }
    return tests(branch)[array.sides.front().test];
  }

  void want_array(EventSurvey& survey, const Branch& branch, const ClashingArray& array) const {
    const FieldTest& test = test_of(branch, array);
    survey.want_place(search_.path(test), static_cast<std::uint32_t>(occurrence_of(test, array.field)));
  }

  // The part of a path that stands below an array's place.
  static std::string_view below(std::string_view array, std::string_view path) {
    for (;;) {
      const std::size_t name = std::min(array.find('['), array.size());
      if (!path.starts_with(array.substr(0, name))) return path;
      path.remove_prefix(name);
      array.remove_prefix(name);
      if (array.empty()) break;
      array.remove_prefix(std::min(array.find(']'), array.size() - 1) + 1);
    }
    return path.starts_with('.') ? path.substr(1) : path;
  }

  Clash clash(const Branch& branch, const ClashingArray& array, const EventSurvey& survey) const {
    const FieldTest& at = test_of(branch, array);
    const ValuePlace& place =
        survey.place(search_.path(at), static_cast<std::uint32_t>(occurrence_of(at, array.field)));
    Clash result;
    result.array = place.arrays[array.step];
    std::vector<std::string> parts;
    for (const ClashingArray::Side& side : array.sides) {
      Clash::Side& told = result.sides.emplace_back();
      told.path = path_of(tests(branch)[side.test]);
      told.wants_absence = side.wants_absence;
      told.elements_found = side.elements.size();
      told.elements.assign(
          side.elements.begin(),
          side.elements.begin() + static_cast<std::ptrdiff_t>(std::min(side.elements.size(), elements_told_max)));
      std::string elements =
          fmt::format("{} {}", told.elements_found == 1 ? "element" : "elements", fmt::join(told.elements, ", "));
      if (told.elements_found > told.elements.size()) {
        elements += fmt::format(" and {} more", told.elements_found - told.elements.size());
      }
      const std::string_view inside = below(result.array, told.path);  // nothing: the list's own values
      parts.push_back(fmt::format("{} {} {}", display_path(inside.empty() ? told.path : inside),
                                  told.wants_absence ? "must be absent but is in" : "fits", elements));
    }
    result.why = fmt::format("no element of {} fits all: {}; values of different elements are not combined",
                             result.array, fmt::join(parts, ", "));
    return result;
  }

  const Pattern& pattern_;
  const ValidJson text_;
  const ExplanationLimits limits_;
  BranchSearch search_;
  std::size_t judged_ = 0;
  std::size_t told_ = 0;
};

}  // namespace

Explanation explain(const Pattern& pattern, ValidJson event, const ExplanationLimits& limits) {
  return Explainer{pattern, event, limits}.run();
}

}  // namespace sagewatch
