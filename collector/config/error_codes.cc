#include "collector/config/error_codes.h"

namespace sagewatch {
namespace {

// Never renumber, never reuse: SW20xx refuse a configuration, SW21xx warn.
constexpr ErrorCode codes[] = {
    {"SW2001", "file cannot be read",
     "A configuration file or directory does not exist or may not be read. Check the path and its permissions."},
    {"SW2002", "not YAML",
     "The file is not valid YAML (or JSON). The place is where the parser gave up; the mistake is often on the line "
     "before: a missing quote, a bracket, a tab."},
    {"SW2003", "too big",
     "A file is larger than 4 MiB, nested deeper than 64 levels, or holds more than 500,000 values. Split it; rules "
     "can live in files of their own (rule_files)."},
    {"SW2004", "YAML that is refused",
     "Anchors, aliases, tags, several documents in one file and keys that are not plain words are refused, because "
     "they "
     "hide what a configuration says. Write the value out."},
    {"SW2005", "repeated key",
     "The same key stands twice in one map. YAML readers differ in which one they keep, so neither is. Remove one."},
    {"SW2006", "unknown key",
     "No such key exists here. It is never ignored, because a mistyped limit would silently not apply. The known keys "
     "are named in the message and in docs/configuration.md."},
    {"SW2007", "wrong type",
     "The value is of another kind than the key wants: a list where a map belongs, text where a number belongs, or "
     "nothing at all."},
    {"SW2008", "word that may be a boolean",
     "yes, no, on, off and capitalised True and False mean booleans to some YAML readers and text to others. "
     "Write true or false for a boolean, and quotes for text."},
    {"SW2009", "unit missing or unknown",
     "A duration needs one of ns us ms s m h d (30s), a size one of B KiB MiB GiB TiB (64MiB), a rate ends in /s "
     "(5/s)."},
    {"SW2010", "out of range", "The value lies outside the bounds that the message names."},
    {"SW2011", "not an allowed value", "The key takes one of a few words; the message lists them."},
    {"SW2012", "not yet supported",
     "The key or value is part of the design but not built in this version. It is refused rather than ignored. Leave "
     "it "
     "out."},
    {"SW2013", "key missing", "A key without a default is absent. Add it."},
    {"SW2014", "unknown target",
     "A rule or binding names a target that the section `targets` does not hold. The message lists those that exist."},
    {"SW2015", "value of ${...} not found",
     "The environment variable, file or credential that ${...} names does not exist or cannot be read."},
    {"SW2016", "unknown ${...}",
     "Only ${env:NAME}, ${file:path} and ${credential:name} are known. A literal ${ is written $${."},
    {"SW2017", "defined twice",
     "Several files are merged by top-level section, and two of them hold the same one. Move it to one file."},
    {"SW2018", "bad name",
     "Names of rules, buses, sources and targets are 1 to 64 characters of A-Z a-z 0-9 . - _ (EventBridge's "
     "alphabet)."},
    {"SW2019", "bad address", "A listen address is written host:port, such as 127.0.0.1:9477 or [::1]:9477."},
    {"SW2020", "address that is not loopback",
     "TLS and authentication are not yet supported, so only loopback addresses (127.0.0.0/8, ::1, localhost) may be "
     "listened on. Put a proxy that authenticates before sagewatch."},
    {"SW2021", "bad URL",
     "A webhook's URL is http or https with a literal host, without user or password in it. Send credentials in "
     "`headers`."},
    {"SW2022", "bad address range", "An entry of egress.deny is an IP address or a range such as 10.0.0.0/8."},
    {"SW2023", "bad ARN", "An ARN has six parts: arn:partition:service:region:account:resource."},
    {"SW2024", "bad value", "The value is not acceptable for the reason that the message gives."},
    {"SW2025", "given twice",
     "Two entries of one list or section claim the same thing: a rule's target id, or the ARN of a target. Change "
     "one."},
    {"SW2026", "bad rule",
     "A rule needs a pattern (a map, or a string of JSON) and is written in sagewatch's shorthand or in AWS's shape, "
     "not in a mixture."},
    {"SW2027", "secret where it would show",
     "A value from ${...} is never printed, but patterns, names and ids are shown on the page, in metrics and in the "
     "journal. Write it literally."},
    {"SW2028", "rule file missing", "An entry of rule_files names a file that cannot be read."},
    {"SW2101", "unused target", "No rule sends anything to this target. A warning: the configuration is used."},
    {"SW2102", "literal secret",
     "A header that usually holds a secret stands in the file as it is. A warning: prefer ${env:NAME}, ${file:path} or "
     "${credential:name}, whose values are never printed."},
    {"SW2103", "file pattern without files",
     "An entry of rule_files matches no file. A warning: the configuration is used without it."},
};

}  // namespace

std::span<const ErrorCode> error_codes() {
  return codes;
}

const ErrorCode* find_error_code(std::string_view code) {
  for (const ErrorCode& known : codes) {
    if (known.code == code) return &known;
  }
  return nullptr;
}

}  // namespace sagewatch
