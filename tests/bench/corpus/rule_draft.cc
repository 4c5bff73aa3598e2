#include "tests/bench/corpus/rule_draft.h"

#include <algorithm>

namespace sagewatch::corpus {
namespace {

std::string_view first_step(std::string_view path) {
  return path.substr(0, path.find('.'));
}

// Members for fields sorted by path, of which the first `skip` bytes are written already.
void nest(std::string& out, std::span<const RuleField> fields, std::size_t skip) {
  for (std::size_t i = 0; i < fields.size();) {
    const std::string_view rest = std::string_view{fields[i].path}.substr(skip);
    const std::string_view key = first_step(rest);
    out += (i == 0 ? "\"" : ",\"") + std::string{key} + "\":";
    if (key == rest) {
      out += fields[i++].alternatives;
      continue;
    }
    std::size_t end = i;
    while (end < fields.size() && first_step(std::string_view{fields[end].path}.substr(skip)) == key) ++end;
    out += '{';
    nest(out, fields.subspan(i, end - i), skip + key.size() + 1);
    out += '}';
    i = end;
  }
}

}  // namespace

bool RuleDraft::asks(std::string_view path) const {
  return std::any_of(fields.begin(), fields.end(), [&](const RuleField& field) { return field.path == path; });
}

std::string RuleDraft::text(bool dotted) const {
  std::vector<RuleField> sorted = fields;
  std::sort(sorted.begin(), sorted.end(), [](const RuleField& a, const RuleField& b) { return a.path < b.path; });
  std::string out = "{";
  if (dotted) {
    for (const RuleField& field : sorted)
      out += (out.size() > 1 ? "," : "") + quoted(field.path) + ":" + field.alternatives;
  } else {
    nest(out, sorted, 0);
  }
  if (!branches.empty()) {
    out += out.size() > 1 ? ",\"$or\":[" : "\"$or\":[";
    for (const RuleDraft& branch : branches) out += (&branch == branches.data() ? "" : ",") + branch.text(dotted);
    out += ']';
  }
  return out + "}";
}

std::string quoted(std::string_view text) {
  return "\"" + std::string{text} + "\"";
}

}  // namespace sagewatch::corpus
