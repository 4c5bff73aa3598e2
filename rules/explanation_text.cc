// An explanation as a person reads it at night: first whether, then what to look at first, then every field in a line,
// and below those that fail what was found and why it was not accepted.
#include <fmt/format.h>

#include <algorithm>

#include "rules/display.h"
#include "rules/explain.h"

namespace sagewatch {
namespace {

constexpr std::size_t path_width_max = 60;
constexpr std::size_t value_width_max = 64;

std::string plural(std::size_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

// Columns that a terminal shows, near enough: characters.
std::size_t width(std::string_view text) {
  return text.size() - static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
           return (static_cast<unsigned char>(c) & 0xc0) == 0x80;
         }));
}

std::string padded(std::string text, std::size_t columns) {
  const std::size_t has = width(text);
  return has < columns ? text.append(columns - has, ' ') : text;
}

std::string value_text(const FoundValue& value) {
  return value.cut_from == 0 ? value.json : fmt::format("{}… ({} bytes)", value.json, value.cut_from);
}

std::string wanted_text(const ExplainedField& field) {
  std::string text;
  for (std::size_t i = 0; i < field.alternatives.size(); ++i) {
    text += (i == 0 ? "" : " or ") + field.alternatives[i];
  }
  if (field.alternatives_found > field.alternatives.size()) {
    text += fmt::format(" or one of {} more", field.alternatives_found - field.alternatives.size());
  }
  return text;
}

class TextWriter {
 public:
  TextWriter(const Explanation& explanation, ExplanationLayout layout)
      : told_(explanation), layout_(layout), margin_(layout.indent, ' ') {}

  std::string write() {
    headline();
    if (layout_.only_failing && told_.failing <= 1) return std::move(out_);  // the headline has said it
    for (const ExplainedField& field : told_.fields) {
      if (!layout_.only_failing || field.failed()) path_width_ = std::max(path_width_, width(display_path(field.path)));
    }
    path_width_ = std::min(path_width_, path_width_max);
    for (const ExplainedField& field : told_.fields) {
      if (field.failed()) write_field(field);
    }
    for (const Clash& clash : told_.clashes) {
      if (clash.why != told_.nearest) line("         " + clash.why);
    }
    for (const ExplainedField& field : told_.fields) {
      if (!field.failed() && !layout_.only_failing) write_field(field);
    }
    if (!layout_.only_failing) others();
    return std::move(out_);
  }

 private:
  void line(std::string_view text) { out_ += fmt::format("{}{}\n", margin_, text); }

  void headline() {
    const std::string branch =
        told_.branches == 1 ? ""
                            : fmt::format(", by branch {} of the {} that $or makes", told_.branch + 1, told_.branches);
    if (told_.unsettled) {
      line("match, because the search was given up: the event's lists can be combined in too many ways");
    } else if (told_.matches) {
      if (!layout_.only_failing) line("match" + branch);
    } else {
      if (!layout_.only_failing) {
        line("no match: " + failures() +
             (told_.branches == 1 ? ""
                                  : fmt::format(" in branch {}, the nearest of the {} that $or makes", told_.branch + 1,
                                                told_.branches)));
      }
      line("nearest miss: " + told_.nearest);
    }
    if (!layout_.only_failing) out_ += "\n";
  }

  // `2 of 5 fields fail`, `2 of 5 fields fit, but not together`, or both.
  std::string failures() const {
    const auto clashing = static_cast<std::size_t>(
        std::count_if(told_.fields.begin(), told_.fields.end(),
                      [](const ExplainedField& field) { return field.verdict == FieldVerdict::clashing; }));
    const std::size_t failing = told_.failing - (clashing > 0 ? 1 : 0);
    const std::string of = " of " + plural(told_.fields.size(), "field");
    if (failing == 0) return fmt::format("{}{} fit, but not together", clashing, of);
    const std::string text = fmt::format("{}{} {}", failing, of, failing == 1 ? "fails" : "fail");
    return clashing == 0 ? text : fmt::format("{}, and {} fit, but not together", text, clashing);
  }

  void write_field(const ExplainedField& field) {
    switch (field.verdict) {
      case FieldVerdict::accepted:
        return write_values("ok", field);
      case FieldVerdict::clashing:
        return field.values.empty() ? row("CLASH", field, "must be absent") : write_values("CLASH", field);
      case FieldVerdict::absent:
        return row("ok", field, field.why + ", as it should be");
      case FieldVerdict::missing:
        row("FAIL", field, field.why);
        return line(fmt::format("         {}  wanted: {}", std::string(path_width_, ' '), wanted_text(field)));
      case FieldVerdict::refused:
      case FieldVerdict::unwanted:
        return write_refused(field);
    }
  }

  void row(std::string_view mark, const ExplainedField& field, std::string_view text) {
    line(fmt::format("  {:<5}  {}  {}", mark, padded(display_path(field.path), path_width_), text));
  }

  // The place of a value where it says more than the field's path.
  static std::string placed(const ExplainedField& field, const FoundValue& value) {
    return value.place == field.path ? value_text(value) : fmt::format("{} {}", value.place, value_text(value));
  }

  // Accepted ones: the one that the match rests on, or else the first.
  void write_values(std::string_view mark, const ExplainedField& field) {
    const auto chosen =
        std::find_if(field.values.begin(), field.values.end(), [](const FoundValue& value) { return value.chosen; });
    const FoundValue& value = chosen == field.values.end() ? field.values.front() : *chosen;
    std::string text = placed(field, value);
    if (!value.alternatives.empty() && value.alternatives.front().alternative != value.json) {
      text += "  by " + value.alternatives.front().alternative;
    }
    if (field.values_found > 1) text += fmt::format("  (one of {} values)", field.values_found);
    row(mark, field, text);
  }

  void write_refused(const ExplainedField& field) {
    if (field.values_found == 1 && !field.values.empty()) {
      row("FAIL", field, placed(field, field.values.front()));
      write_alternatives(field, field.values.front());
    } else {
      row("FAIL", field,
          is_unwanted(field) ? fmt::format("{} values where none should be", field.values_found)
                             : fmt::format("{} values, none of which is {}", field.values_found, wanted_text(field)));
      write_refused_values(field);
    }
    if (!field.why.empty()) line("           " + field.why);
  }

  static bool is_unwanted(const ExplainedField& field) {
    return field.verdict == FieldVerdict::unwanted && field.alternatives_found == 1;
  }

  // One line each, with what comes nearest.
  void write_refused_values(const ExplainedField& field) {
    std::size_t columns = 0;
    for (const FoundValue& value : field.values) columns = std::max(columns, width(placed(field, value)));
    columns = std::min(columns, value_width_max);
    for (const FoundValue& value : field.values) {
      std::string why;
      if (!value.alternatives.empty() && !is_unwanted(field)) {
        const ToldAlternative& nearest = value.alternatives.front();
        const bool tell_which = field.alternatives_found > 1 && nearest.judgement.distance != Distance::far;
        why = tell_which ? fmt::format("against {}: {}", nearest.alternative, nearest.judgement.why)
                         : nearest.judgement.why;
      }
      line(why.empty() ? "           " + placed(field, value)
                       : fmt::format("           {}  {}", padded(placed(field, value), columns), why));
    }
    if (field.values_found > field.values.size()) {
      line(fmt::format("           and {}", plural(field.values_found - field.values.size(), "more value")));
    }
  }

  // Alternatives that are told the same stand in one line.
  void write_alternatives(const ExplainedField& field, const FoundValue& value) {
    struct Group {
      std::string alternatives;
      std::string why;
    };
    std::vector<Group> groups;
    std::size_t columns = 0;
    for (const ToldAlternative& told : value.alternatives) {
      const bool joins = !groups.empty() && groups.back().why == told.judgement.why &&
                         width(groups.back().alternatives) + width(told.alternative) < value_width_max;
      if (joins) {
        groups.back().alternatives += ", " + told.alternative;
      } else {
        groups.push_back({told.alternative, told.judgement.why});
      }
      columns = std::max(columns, width(groups.back().alternatives));
    }
    columns = std::min(columns, value_width_max);
    for (const Group& group : groups) {
      line(fmt::format("           {}  {}", padded(group.alternatives, columns), group.why));
    }
    if (field.alternatives_found > value.alternatives.size()) {
      line(fmt::format("           and {}",
                       plural(field.alternatives_found - value.alternatives.size(), "more alternative")));
    }
  }

  void others() {
    if (told_.others.empty()) return;
    out_ += "\n";
    for (const Explanation::OtherBranch& other : told_.others) {
      std::string paths;
      for (const std::string& path : other.failing) paths += (paths.empty() ? " " : ", ") + display_path(path);
      line(paths.empty() ? fmt::format("  branch {} fails where fields are combined", other.branch + 1)
                         : fmt::format("  branch {} fails at{}", other.branch + 1, paths));
    }
    const std::size_t told = told_.others.size() + 1;
    if (told_.branches > told) line(fmt::format("  and {} more fail", told_.branches - told));
  }

  const Explanation& told_;
  const ExplanationLayout layout_;
  const std::string margin_;
  std::string out_;
  std::size_t path_width_ = 0;
};

}  // namespace

std::string text_of(const Explanation& explanation, ExplanationLayout layout) {
  return TextWriter{explanation, layout}.write();
}

}  // namespace sagewatch
