#include "exporters/exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

// Where the two formats differ, and what we do:
//
//                 text 0.0.4                  OpenMetrics 1.0
//   counter       # TYPE jobs_total counter   # TYPE jobs counter, its sample is still jobs_total
//   HELP          escapes \ and newline       escapes " too
//   unit          none                        # UNIT jobs_seconds seconds, where the name ends in one
//   no type       untyped                     unknown
//   le, quantile  any spelling                "1.0"; written so in both, see append_bound
//   end           none                        # EOF
//
// Rejected: OpenMetrics' Info and StateSet types. Prometheus stores them as the gauges that they are in the text
// format, and a StateSet must name its label after the family, so that the same series would differ by format.

namespace sagewatch {
namespace {

constexpr std::string_view total = "_total";

// Names of units that end our families' names; OpenMetrics wants the unit to be exactly that ending.
constexpr std::array<std::string_view, 4> units{"seconds", "bytes", "ratio", "dollars"};

std::string_view without_total(std::string_view name) {
  return name.ends_with(total) ? name.substr(0, name.size() - total.size()) : name;
}

std::string_view unit_of(std::string_view name) {
  for (const std::string_view unit : units) {
    if (name.size() > unit.size() && name.ends_with(unit) && name[name.size() - unit.size() - 1] == '_') return unit;
  }
  return {};
}

// Not finite numbers have one spelling only; false: the number is finite.
bool append_not_finite(std::string& out, double value) {
  if (std::isfinite(value)) return false;
  out += std::isnan(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  return true;
}

void append_help(std::string& out, Format format, std::string_view help) {
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && format == Format::openmetrics) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
}

// Length of the well-formed UTF-8 sequence at the front of `text`, 0 if there is none (RFC 3629: no overlong forms, no
// surrogates, nothing above U+10FFFF).
std::size_t utf8_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto continues = [&](std::size_t i) { return (at(i) & 0xC0u) == 0x80u; };
  const unsigned lead = at(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const bool overlong = lead == 0xE0 && at(1) < 0xA0;
    const bool surrogate = lead == 0xED && at(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const bool overlong = lead == 0xF0 && at(1) < 0x90;
    const bool too_large = lead == 0xF4 && at(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

constexpr bool needs_no_care(char c) {
  return static_cast<unsigned char>(c) < 0x80 && c != '\\' && c != '"' && c != '\n';
}

// Whether no byte of eight needs care: none has its high bit set or, taken from the byte, leaves zero.
bool eight_need_no_care(const char* bytes) {
  constexpr std::uint64_t ones = 0x0101010101010101u, high = 0x8080808080808080u;
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof word);
  const auto has = [word](unsigned char c) {
    const std::uint64_t differs = word ^ (ones * c);
    return (differs - ones) & ~differs;
  };
  return ((word | has('\\') | has('"') | has('\n')) & high) == 0;
}

// Nearly all values are plain: they are taken whole.
bool is_plain(std::string_view value) {
  std::size_t at = 0;
  for (; at + 8 <= value.size(); at += 8)
    if (!eight_need_no_care(value.data() + at)) return false;
  for (; at < value.size(); ++at)
    if (!needs_no_care(value[at])) return false;
  return true;
}

std::string labels_text(const std::vector<prometheus::ClientMetric::Label>& labels) {
  std::string text;
  for (const auto& label : labels) {
    if (!text.empty()) text += ',';
    text += label.name;
    text += "=\"";
    append_label_value(text, label.value);
    text += '"';
  }
  return text;
}

std::string with_bound(const std::string& labels, std::string_view name, double bound) {
  std::string text = labels;
  if (!text.empty()) text += ',';
  text += name;
  text += "=\"";
  append_bound(text, bound);
  text += '"';
  return text;
}

std::string_view type_name(prometheus::MetricType type, Format format) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Gauge:
      return "gauge";
    case prometheus::MetricType::Summary:
      return "summary";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return format == Format::openmetrics ? "unknown" : "untyped";
  }
}

}  // namespace

std::string_view format_name(Format format) {
  return format == Format::text ? "text" : "openmetrics";
}

std::string_view content_type(Format format) {
  return format == Format::text ? "text/plain; version=0.0.4; charset=utf-8"
                                : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

void append_number(std::string& out, double value) {
  if (append_not_finite(out, value)) return;
  std::array<char, 32> digits;
  // Most values are whole. Up to here they are exact, read better without an exponent and are printed four times
  // faster; -0 keeps its sign on the other way.
  constexpr double whole_max = 1e15;
  const bool whole = std::trunc(value) == value && std::abs(value) < whole_max && !(value == 0 && std::signbit(value));
  const auto end = whole ? std::to_chars(digits.begin(), digits.end(), static_cast<std::int64_t>(value)).ptr
                         : std::to_chars(digits.begin(), digits.end(), value).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_bound(std::string& out, double value) {
  if (append_not_finite(out, value)) return;
  std::array<char, 32> digits;
  // `general` chooses the exponent as Go's %g does: OpenMetrics' canonical spelling is what Go prints.
  const auto end = std::to_chars(digits.begin(), digits.end(), value, std::chars_format::general).ptr;
  const std::string_view text(digits.data(), static_cast<std::size_t>(end - digits.data()));
  out += text;
  if (text.find_first_of(".e") == std::string_view::npos) out += ".0";
}

void append_label_value(std::string& out, std::string_view value) {
  if (is_plain(value)) {
    out += value;
    return;
  }
  std::size_t at = 0;
  while (at < value.size()) {
    const auto careful = std::find_if_not(value.begin() + static_cast<std::ptrdiff_t>(at), value.end(), needs_no_care);
    const auto plain_end = static_cast<std::size_t>(careful - value.begin());
    out += value.substr(at, plain_end - at);
    at = plain_end;
    if (at == value.size()) return;
    const char c = value[at];
    if (static_cast<unsigned char>(c) < 0x80) {
      out += '\\';
      out += c == '\n' ? 'n' : c;
      ++at;
    } else if (const std::size_t length = utf8_length(value.substr(at))) {
      out += value.substr(at, length);
      at += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++at;
    }
  }
}

void append_head(std::string& out, Format format, std::string_view name, std::string_view type, std::string_view help) {
  const bool open = format == Format::openmetrics;
  const std::string_view shown = open && type == "counter" ? without_total(name) : name;
  const auto line = [&](std::string_view keyword) {
    out += "# ";
    out += keyword;
    out += ' ';
    out += shown;
    out += ' ';
  };
  line("HELP");
  append_help(out, format, help);
  out += '\n';
  line("TYPE");
  out += type;
  out += '\n';
  if (const std::string_view unit = unit_of(shown); open && !unit.empty()) {
    line("UNIT");
    out += unit;
    out += '\n';
  }
}

void PageWriter::head(const FamilyHead& family) {
  append_head(page_, format_, family.name, family_type_name(family.type), family.help);
}

void PageWriter::single(const FamilyHead& family, double value) {
  if (std::isnan(value)) return;
  head(family);
  sample(family.name, {}, value);
}

void PageWriter::sample(std::string_view name, std::string_view labels, double value) {
  page_ += name;
  if (!labels.empty()) {
    page_ += '{';
    page_ += labels;
    page_ += '}';
  }
  page_ += ' ';
  append_number(page_, value);
  page_ += '\n';
}

void PageWriter::histogram(std::string_view name, const std::string& labels,
                           const prometheus::ClientMetric::Histogram& value) {
  const std::string bucket_name = std::string(name) + "_bucket";
  double last = 0;
  for (const auto& bucket : value.bucket) {
    last = bucket.upper_bound;
    sample(bucket_name, with_bound(labels, "le", last), static_cast<double>(bucket.cumulative_count));
  }
  // Both formats demand the +Inf bucket; a collector of one's own may leave it out.
  const double infinity = std::numeric_limits<double>::infinity();
  if (value.bucket.empty() || last != infinity) {
    sample(bucket_name, with_bound(labels, "le", infinity), static_cast<double>(value.sample_count));
  }
  sample(std::string(name) + "_sum", labels, value.sample_sum);
  sample(std::string(name) + "_count", labels, static_cast<double>(value.sample_count));
}

void PageWriter::summary(std::string_view name, const std::string& labels,
                         const prometheus::ClientMetric::Summary& value) {
  for (const auto& quantile : value.quantile) {
    sample(name, with_bound(labels, "quantile", quantile.quantile), quantile.value);
  }
  sample(std::string(name) + "_sum", labels, value.sample_sum);
  sample(std::string(name) + "_count", labels, static_cast<double>(value.sample_count));
}

void PageWriter::family(prometheus::MetricFamily& family) {
  if (family.metric.empty()) return;
  std::sort(family.metric.begin(), family.metric.end(), [](const auto& a, const auto& b) { return a.label < b.label; });
  append_head(page_, format_, family.name, type_name(family.type, format_), family.help);
  std::string counter_name;
  if (family.type == prometheus::MetricType::Counter) {
    counter_name = family.name;
    if (format_ == Format::openmetrics && !family.name.ends_with(total)) counter_name += total;
  }
  for (const auto& metric : family.metric) {
    const std::string labels = labels_text(metric.label);
    switch (family.type) {
      case prometheus::MetricType::Counter:
        sample(counter_name, labels, metric.counter.value);
        break;
      case prometheus::MetricType::Gauge:
        sample(family.name, labels, metric.gauge.value);
        break;
      case prometheus::MetricType::Summary:
        summary(family.name, labels, metric.summary);
        break;
      case prometheus::MetricType::Histogram:
        histogram(family.name, labels, metric.histogram);
        break;
      default:
        sample(family.name, labels, metric.untyped.value);
        break;
    }
  }
}

void PageWriter::finish() {
  if (format_ == Format::openmetrics) page_ += "# EOF\n";
}

}  // namespace sagewatch
