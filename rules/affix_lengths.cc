// A value has one of the parts that are told apart at a length, so an affix that is filed there is a candidate in one
// of so many cases. The lengths are those with the fewest candidates in all, where each one more must save what its
// look-up costs: the cheapest chain from the shortest affix to some last length, found by going from length to length.
#include "rules/affix_lengths.h"

#include <algorithm>
#include <limits>

namespace sagewatch {
namespace {

constexpr double look_up_cost = 0.1;  // in candidates
constexpr std::size_t choices_max = 64;

bool is_before_from_back(std::string_view a, std::string_view b) {
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

struct Choice {
  std::uint32_t length = 0;
  double longer = 0;  // affixes that are at least as long
  double parts = 1;   // different parts of that length that they have
  double cost_to(const Choice& next) const { return (longer - next.longer) / parts; }
};

// For each number of steps and each choice: the cheapest way there.
struct Way {
  double cost = std::numeric_limits<double>::infinity();
  std::size_t from = 0;
};

// Indices of the choices taken, ascending.
std::vector<std::size_t> cheapest(const std::vector<Choice>& choices, std::size_t most) {
  std::vector<std::vector<Way>> ways(1, std::vector<Way>(choices.size()));
  ways[0][0].cost = 0;
  double best = std::numeric_limits<double>::infinity();
  std::size_t best_steps = 0;
  std::size_t last = 0;
  for (std::size_t steps = 0; steps < std::min(most, choices.size()); ++steps) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const double all = ways[steps][i].cost + choices[i].cost_to({}) + look_up_cost * static_cast<double>(steps);
      if (all >= best) continue;
      best = all;
      best_steps = steps;
      last = i;
    }
    std::vector<Way>& next = ways.emplace_back(choices.size());
    for (std::size_t to = 1; to < choices.size(); ++to) {
      for (std::size_t from = 0; from < to; ++from) {
        const double cost = ways[steps][from].cost + choices[from].cost_to(choices[to]);
        if (cost < next[to].cost) next[to] = {cost, from};
      }
    }
  }
  std::vector<std::size_t> taken{last};
  for (std::size_t steps = best_steps; steps > 0; --steps) taken.push_back(ways[steps][taken.back()].from);
  std::reverse(taken.begin(), taken.end());
  return taken;
}

}  // namespace

void AffixLengths::add(std::string_view affix) {
  if (affix.empty()) return;
  affixes_.push_back(affix);
  ++affix_count_;
}

// How many different parts of the length there are. `ordered`: affixes as they are read from the end that counts.
double AffixLengths::told_apart(const std::vector<std::string_view>& ordered, std::uint32_t length) const {
  double count = 0;
  std::string_view before;
  for (const std::string_view affix : ordered) {
    if (affix.size() < length) continue;
    const std::string_view part = end_ == End::front ? affix.substr(0, length) : affix.substr(affix.size() - length);
    count += part != before ? 1 : 0;
    before = part;
  }
  return std::max(1.0, count);
}

void AffixLengths::settle(std::size_t most) {
  if (affixes_.empty()) return;
  std::vector<std::uint32_t> sizes;
  sizes.reserve(affixes_.size());
  for (const std::string_view affix : affixes_) sizes.push_back(static_cast<std::uint32_t>(affix.size()));
  std::sort(sizes.begin(), sizes.end());
  std::vector<std::uint32_t> lengths = sizes;
  lengths.erase(std::unique(lengths.begin(), lengths.end()), lengths.end());
  if (lengths.size() > choices_max) {
    for (std::size_t i = 0; i < choices_max; ++i) lengths[i] = lengths[i * lengths.size() / choices_max];
    lengths.resize(choices_max);
  }

  constexpr std::size_t asked = 4'096;
  std::vector<std::string_view> ordered;
  for (std::size_t i = 0; i < affixes_.size(); i += affixes_.size() / asked + 1) ordered.push_back(affixes_[i]);
  if (end_ == End::front) {
    std::sort(ordered.begin(), ordered.end());
  } else {
    std::sort(ordered.begin(), ordered.end(), is_before_from_back);
  }
  std::vector<Choice> choices;
  for (const std::uint32_t length : lengths) {
    const auto first = std::lower_bound(sizes.begin(), sizes.end(), length);
    choices.push_back({length, static_cast<double>(sizes.end() - first), told_apart(ordered, length)});
  }
  for (const std::size_t taken : cheapest(choices, most)) {
    const Choice& choice = choices[taken];
    all_.push_back({choice.length, choice.longer / static_cast<double>(sizes.size()), choice.parts});
  }
  affixes_ = {};
}

std::uint32_t AffixLengths::fitting(std::size_t size) const {
  std::uint32_t best = 0;
  for (const Length& length : all_) best = length.length <= size ? length.length : best;
  return best;
}

}  // namespace sagewatch
