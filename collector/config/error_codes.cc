#include "collector/config/error_codes.h"

namespace sagewatch {
namespace {

// Never renumber, never reuse. SW1xxx: the daemon as a whole; SW20xx refuse a configuration, SW21xx warn; SW3xxx:
// sources; SW40xx: store, SW41xx: upkeep, SW42xx: journal; SW5xxx: deliveries and dead letters; SW6xxx: deadlines.
constexpr ErrorCode codes[] = {
    {"SW1000", "starting", "The first line of a daemon: its version and where it keeps everything. Nothing to do."},
    {"SW1001", "listening",
     "The daemon is ready: what it recovered is applied, and requests are served at this address. Nothing to do."},
    {"SW1002", "where matches go", "A file target and its path, so that you know where to look. Nothing to do."},
    {"SW1003", "fatal: the disk failed",
     "The journal, the store or a rule set cannot be written or read any more. The daemon ends with exit code 74; "
     "what was acknowledged is safe. Repair what the sentence names and start again."},
    {"SW1004", "reloaded",
     "The new configuration is in force; the line says how many rules and targets it has and what became dead "
     "letters. Nothing to do."},
    {"SW1005", "reload refused",
     "The new configuration has mistakes, or changes what only a restart can change. All of it was left out and the "
     "old one stays in force. Correct what the sentence names and reload again."},
    {"SW1006", "stopping",
     "A signal asked the daemon to stop: it takes nothing more, applies what it accepted and gives deliveries under "
     "way their grace (--shutdown-grace). A second signal ends it at once, which loses nothing."},
    {"SW1007", "stopped",
     "The daemon ended in order; what is still owed is delivered after the next start. Nothing to do."},
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
     "they hide what a configuration says. Write the value out."},
    {"SW2005", "repeated key",
     "The same key stands twice in one map. YAML readers differ in which one they keep, so neither is. Remove one."},
    {"SW2006", "unknown key",
     "No such key exists here. It is never ignored, because a mistyped limit would silently not apply. The known "
     "keys are named in the message and in docs/configuration.md."},
    {"SW2007", "wrong type",
     "The value is of another kind than the key wants: a list where a map belongs, text where a number belongs, or "
     "nothing at all."},
    {"SW2008", "word that may be a boolean",
     "yes, no, on, off and capitalised True and False mean booleans to some YAML readers and text to others. Write "
     "true or false for a boolean, and quotes for text."},
    {"SW2009", "unit missing or unknown",
     "A duration needs one of ns us ms s m h d (30s), a size one of B KiB MiB GiB TiB (64MiB), a rate ends in /s "
     "(5/s)."},
    {"SW2010", "out of range", "The value lies outside the bounds that the message names."},
    {"SW2011", "not an allowed value", "The key takes one of a few words; the message lists them."},
    {"SW2012", "not yet supported",
     "The key or value is part of the design but not built in this version. It is refused rather than ignored. Leave"
     " it out."},
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
     "A rule needs a pattern (a map, or a string of JSON) and is written in sagewatch's shorthand or in AWS's shape,"
     " not in a mixture."},
    {"SW2027", "secret where it would show",
     "A value from ${...} is never printed, but patterns, names and ids are shown on the page, in metrics and in the"
     " journal. Write it literally."},
    {"SW2028", "rule file missing", "An entry of rule_files names a file that cannot be read."},
    {"SW2029", "rule that cannot be used",
     "A rule of a configuration or rule file is not one that EventBridge would take: a name given twice, a "
     "key that is not supported, a target that is not bound. Also more rules than limits.rules allows. The message "
     "says which and where."},
    {"SW2030", "bad pattern",
     "EventBridge would refuse this pattern. The reason is AWS's; the message points at the part of the file and says "
     "what "
     "to write instead. A pattern over a limit names the limit and its own figure."},
    {"SW2040", "unknown rule in a test",
     "A test names a rule that its configuration does not have. The message lists those that exist. A file of tests "
     "names its configuration with `config:`, or `sagewatch test -c` does."},
    {"SW2041", "event of a test cannot be used",
     "The event of a test, or the file that holds it, is not an event that sagewatch would take in: it lacks source, "
     "detail-type or detail, or is not JSON at all. Only id, account, time and region are filled in. A path in "
     "event_file starts from the directory of the file that the test stands in."},
    {"SW2042", "no tests",
     "`sagewatch test` was given a file without tests. They stand in a configuration under `tests:`, or in a file of "
     "their own with `config:` and `tests:`; docs/configuration.md shows both."},
    {"SW2101", "unused target", "No rule sends anything to this target. A warning: the configuration is used."},
    {"SW2102", "literal secret",
     "A header that usually holds a secret stands in the file as it is. A warning: prefer ${env:NAME}, ${file:path} "
     "or ${credential:name}, whose values are never printed."},
    {"SW2103", "file pattern without files",
     "An entry of rule_files matches no file. A warning: the configuration is used without it."},
    {"SW2104", "part of a rule file without effect",
     "Something in an AWS rule or template was read and does nothing here, such as a role or a resource of another "
     "type. A note: the rules are used."},
    {"SW2105", "less than durable",
     "journal.durability allows that acknowledged events are lost, for disks whose flushes are slow. A warning: the "
     "configuration is used. GET /-/ready shows it, too."},
    {"SW2106", "number that JSON does not know",
     "A pattern written in YAML holds a number in a form that JSON lacks, such as 0x10, .5 or +1. A pattern is JSON, "
     "so "
     "it is a string there and matches no number. A warning: the configuration is used. Write the number as JSON does, "
     "or the string in quotes."},
    {"SW3101", "source begins", "A source of the configuration reads from now on. Nothing to do."},
    {"SW3102", "source stopped by an error",
     "A source cannot go on; the others do. The sentence says why. It begins again, where it left off, with the next"
     " start, or with a reload that changes its section."},
    {"SW3103", "source ended",
     "A source has reached its end, or was stopped by a reload or by the daemon's end. Nothing to do."},
    {"SW3201", "simulation begins",
     "A demo source plays events of resources that do not exist. Remove it from `sources` before you trust "
     "the figures."},
    {"SW3202", "simulation ends",
     "A demo source was stopped. Its made-up resources stay until resources.keep_terminal has passed."},
    {"SW4001", "store cannot be written",
     "What was derived from events could not be written, mostly because the disk is full. It is tried for half a "
     "minute; then the daemon ends with 74 and recovers at its next start. Make room. Nothing is lost: it is in the "
     "journal."},
    {"SW4002", "store set aside",
     "The store is damaged or does not fit the journal. It was renamed, and a new one is built from the newest "
     "snapshot and the journal. Deliveries made since the last checkpoint may be made again. Remove the renamed "
     "directory when you have looked at it; if this repeats, check the disk."},
    {"SW4003", "snapshot loaded",
     "A store that was lost was filled from this snapshot; the journal behind it follows. Nothing to do."},
    {"SW4004", "snapshot unreadable",
     "A snapshot is damaged; the next older one is tried, and more of the journal is replayed. Check the disk."},
    {"SW4005", "resource rows left out",
     "Some states of resources were written in a form that this version does not know. They appear again with their "
     "next event."},
    {"SW4006", "store is rebuilt",
     "There is no store but a journal: it is built anew. The start takes longer, and deliveries made since the last "
     "checkpoint may be made again. Nothing to do."},
    {"SW4007", "journal cut too early",
     "The store stands behind the oldest segment of the journal, so events between them were never applied: states "
     "and counters may be off until the next event of each resource, and matches of those events are lost. This "
     "happens only when files of data_dir were removed or restored apart; restore all of it together."},
    {"SW4008", "replayed",
     "These positions of the journal were applied again after a start, because the store did not have them yet. "
     "Nothing to do."},
    {"SW4101", "upkeep failed",
     "A checkpoint, a snapshot or cutting the journal failed, mostly because the disk is full. It is tried again; "
     "until then the journal grows. Make room if it goes on."},
    {"SW4102", "journal cut",
     "Old segments that nothing needs any more were removed (journal.keep, journal.max_bytes). Nothing to do."},
    {"SW4201", "journal takes nothing",
     "The disk is full, or the journal cannot be written for a reason that may pass. Senders get 503 or "
     "ThrottlingException, sources wait, deliveries go on. Make room on the disk of data_dir."},
    {"SW4202", "journal failed",
     "Writing or flushing the journal failed in a way that leaves unknown what the disk holds. The daemon ends with "
     "74, and the next start finds out. Nothing that was acknowledged is lost. Check the disk before you start "
     "again."},
    {"SW4203", "journal of dead letters or quarantine failed",
     "Dead letters or refused input cannot be kept now. Deliveries that would be given up stay owed until there is "
     "room. Make room, or restart if the sentence says that the disk failed."},
    {"SW4204", "torn tail cut off",
     "After a crash the journal ended in bytes that nobody was told of; they were cut off. Nothing to do."},
    {"SW4205", "journal damaged",
     "Bytes of the journal do not have their checksum, or positions that were durable once are in none of its files. "
     "The events that stood there are lost; all others are read. The bytes are kept for a closer look. Check the disk, "
     "and see `sagewatch journal verify`. Who would rather restore a backup sets `journal.on_corruption: refuse`."},
    {"SW4206", "journal of dead letters or quarantine damaged",
     "Bytes of that journal do not have their checksum. The entries that stood there are lost; all others are read. "
     "Check the disk."},
    {"SW5001", "deliveries to a removed target",
     "The configuration has no target of this name any more, or one of another type, and deliveries were owed to it."
     " They become dead letters with the reason `target_removed`: redrive them after you have put the target back."},
    {"SW5002", "target fails",
     "A target did not take a delivery; the line says why, of which rule it was, and when it is tried again or that it "
     "is given up. While the target goes on failing there is a line every five minutes, with what failed since the "
     "line before. Repair the receiver or the target's section; `sagewatch dead-letters list` shows what was given up, "
     "and can be redriven then."},
    {"SW5003", "target delivers again",
     "A target that failed has taken a delivery; what is owed to it follows. The line says how long it failed. Nothing "
     "to do, but for dead letters that you want to redrive."},
    {"SW5101", "redriven letter is still held",
     "A dead letter was redriven and its delivery was made, but its entry could not be removed. It is still listed; "
     "redriving it again would deliver it again."},
    {"SW5102", "dead letters dropped",
     "Dead letters were older than dead_letters.keep, or more than dead_letters.max_bytes. They are gone. Raise "
     "these limits if you need them longer."},
    {"SW5103", "retention of dead letters failed",
     "Old dead letters could not be removed; it is tried again. Check the disk of data_dir."},
    {"SW5104", "retention of quarantine failed",
     "Old entries of the quarantine could not be removed; it is tried again. Check the disk of data_dir."},
    {"SW5105", "redrive not noted",
     "A dead letter is owed again, but its index could not be written: a list may show it as not redriven. Check the "
     "disk of data_dir."},
    {"SW5106", "event of a delivery lost",
     "An event that a target is owed cannot be read: its part of the journal is damaged, or gone. The target gets a "
     "dead "
     "letter without it. `sagewatch journal verify` shows what is damaged; look for the disk's errors."},
    {"SW6101", "deadline that cannot be read",
     "The journal or the store holds a deadline that this version cannot read; it is not in force. One of "
     "that name in the configuration is put into force anew. Otherwise nothing to do."},
    {"SW6102", "clock jumped",
     "The wall clock was set, by more than five seconds. Statuses are measured against it, so nothing is "
     "told to be stuck before it has gone steadily for a minute. Check the machine's time service if it "
     "happens again."},
    {"SW6103", "event of a deadline refused",
     "An event that sagewatch made about a deadline is larger than limits.event allows, and is not told "
     "until the next start. Raise limits.event."},
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
