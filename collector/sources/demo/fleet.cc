#include "collector/sources/demo/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "events/base/result.h"
#include "events/event_kind.h"

namespace sagewatch {
namespace {

// In percent of the events.
constexpr std::uint64_t sent_twice = 3;  // EventBridge delivers at least once: the same bytes
constexpr std::uint64_t told_again = 7;  // SageMaker sends several events for one change: another id
constexpr std::uint64_t comes_late = 2;  // EventBridge keeps no order
constexpr std::uint64_t late_by_min = 10, late_by_spread = 90;  // events that overtake it
constexpr std::size_t waiting_max = 16;

constexpr std::uint64_t born_max = 999;  // then the names begin again: the resources ever heard of stay few

}  // namespace

const std::vector<DemoFamily>& demo_families() {
  static const std::vector<DemoFamily> all = [] {
    std::vector<DemoFamily> joined;
    for (const auto area :
         {demo_endpoints, demo_training, demo_jobs, demo_tuning, demo_pipelines, demo_hyperpod, demo_models,
          demo_features, demo_labeling, demo_human_loops, demo_notebooks, demo_images, demo_mlflow, demo_oddities}) {
      for (DemoFamily& family : area()) joined.push_back(std::move(family));
    }
    return joined;
  }();
  return all;
}

DemoFleet::DemoFleet(std::uint64_t seed, DemoPlace place) : dice_(seed), place_(std::move(place)) {
  for (const DemoFamily& family : demo_families()) {
    Troupe& troupe = troupes_.emplace_back();
    troupe.family = &family;
    for (const DemoStory& story : family.stories)
      troupe.credits.push_back(static_cast<std::int64_t>(dice_.below(static_cast<std::uint64_t>(story.weight))));
  }
}

DemoFleet::Troupe& DemoFleet::troupe(std::string_view family) {
  const auto found =
      std::find_if(troupes_.begin(), troupes_.end(), [&](const Troupe& one) { return one.family->name == family; });
  SW_MUST(found != troupes_.end(), "stories start resources of families that there are");
  return *found;
}

std::string DemoFleet::next(UnixNanos now) {
  if (sent_ == 0) {
    for (Troupe& troupe : troupes_) {
      for (int i = 0; i < troupe.family->alive; ++i)
        be_born(troupe, dice_.below(static_cast<std::uint64_t>(troupe.family->pace)), now, troupe.family->opens, 0, {});
    }
  }
  ++sent_;
  for (Waiting& waiting : waiting_) {
    if (waiting.at > sent_) continue;
    std::string event = std::move(waiting.event);
    waiting_.erase(waiting_.begin() + (&waiting - waiting_.data()));
    return event;
  }
  for (;;) {
    const auto first = std::min_element(actors_.begin(), actors_.end(), [](const auto& a, const auto& b) {
      return std::pair(a.second.is_waiting, a.second.due) < std::pair(b.second.is_waiting, b.second.due);
    });
    std::string event = advance(first->first, now);
    if (!event.empty()) return event;
  }
}

DemoFleet::Number DemoFleet::be_born(Troupe& troupe, std::uint64_t due, UnixNanos now, std::string_view situation,
                                     Number parent, const std::vector<DemoSaying>& with) {
  SW_MUST(actors_.size() < alive_max, "families are small, and what they start ends");
  const DemoFamily& family = *troupe.family;
  const Number number = ++last_number_;
  Actor& actor = actors_[number];
  actor.troupe = &troupe;
  actor.due = due;
  actor.situation = situation;
  actor.parent = parent;
  DemoVocabulary& words = actor.words;
  words.say("account", place_.account);
  words.say("region", place_.region);
  words.say("sagemaker", fmt::format("arn:aws:sagemaker:{}:{}", place_.region, place_.account));
  words.say("ecr", fmt::format("{}.dkr.ecr.{}.amazonaws.com", place_.account, place_.region));
  words.say("role", fmt::format("arn:aws:iam::{}:role/service-role/SageMakerExecution", place_.account));
  const std::uint64_t serial = troupe.born++ % born_max;
  words.say("number", std::to_string(serial + 1));
  words.say("serial", fmt::format("{:04}", serial + 1));
  words.say("id", dice_.id(12, static_cast<std::uint64_t>(now.count / 1'000'000'000)));
  for (const DemoSaying& saying : family.models[serial % family.models.size()])
    words.set(saying.word, saying.text, now, dice_);
  words.set("name", family.names, now, dice_);
  for (const DemoSaying& saying : with) words.say(saying.word, std::string(saying.text));
  words.set("arn", fmt::format("$sagemaker:{}", family.arn), now, dice_);
  return number;
}

// The one with the most credit, which pays for all: in any sequence each comes as often as its weight says.
const DemoStory& DemoFleet::choose(Troupe& troupe, std::string_view situation) {
  const std::vector<DemoStory>& stories = troupe.family->stories;
  std::size_t chosen = stories.size();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < stories.size(); ++i) {
    if (stories[i].from != situation) continue;
    sum += stories[i].weight;
    troupe.credits[i] += stories[i].weight;
    if (chosen == stories.size() || troupe.credits[i] > troupe.credits[chosen]) chosen = i;
  }
  SW_MUST(chosen < stories.size(), "a story leaves its resource in a situation from which another begins");
  troupe.credits[chosen] -= sum;
  return stories[chosen];
}

void DemoFleet::rest(Actor& actor) {
  const DemoAct& act = actor.story->acts[actor.act];
  const auto pace = static_cast<std::uint64_t>(actor.troupe->family->pace) * static_cast<std::uint64_t>(act.wait);
  if (pace > 0) actor.due += pace * 6 / 10 + dice_.below(pace * 8 / 10 + 1);
  actor.is_waiting = actor.ended_children < act.awaits;
}

void DemoFleet::start_child(Number number, const DemoAct& act, UnixNanos now) {
  Actor& actor = actors_.at(number);
  std::vector<std::string> texts;  // what the child takes, in this one's words
  std::vector<DemoSaying> with;
  texts.reserve(act.with.size());
  with.reserve(act.with.size());
  for (const DemoSaying& saying : act.with)
    with.push_back({saying.word, texts.emplace_back(actor.words.plain(saying.text, now, dice_))});
  const std::string_view situation = act.in_situation.empty() ? "new" : act.in_situation;
  const Number child = be_born(troupe(act.starts), actor.due, now, situation, number, with);
  const DemoVocabulary& words = actors_.at(child).words;
  actor.words.say("child", words.plain("$arn", now, dice_));
  actor.words.say("child_name", words.plain("$name", now, dice_));
}

void DemoFleet::end_story(Number number, UnixNanos now) {
  Actor& actor = actors_.at(number);
  actor.situation = actor.story->to;
  actor.story = nullptr;
  if (actor.situation != "gone") return;
  const std::uint64_t due = actor.due;
  Troupe& troupe = *actor.troupe;
  const bool has_parent = actor.parent != 0;
  if (const auto parent = actors_.find(actor.parent); parent != actors_.end()) {
    Actor& waiting = parent->second;
    ++waiting.ended_children;
    if (waiting.is_waiting && waiting.ended_children >= waiting.story->acts[waiting.act].awaits) {
      waiting.is_waiting = false;
      waiting.due = std::max(waiting.due, due);
    }
  }
  actors_.erase(number);
  if (!has_parent) be_born(troupe, due, now, "new", 0, {});
}

// What it says; empty if this act is silent.
std::string DemoFleet::advance(Number number, UnixNanos now) {
  Actor& actor = actors_.at(number);
  if (actor.story == nullptr) {
    actor.story = &choose(*actor.troupe, actor.situation);
    actor.act = 0;
    rest(actor);
    return {};
  }
  const DemoAct& act = actor.story->acts[actor.act];
  actor.ended_children -= act.awaits;
  if (!act.starts.empty()) start_child(number, act, now);
  for (const DemoSaying& saying : act.sets) actor.words.set(saying.word, saying.text, now, dice_);
  std::string event;
  if (act.tells != nullptr) event = send(tell(actor, *act.tells, now), actor, *act.tells, now);
  ++actor.act;
  if (actor.act < actor.story->acts.size())
    rest(actor);
  else
    end_story(number, now);
  return event;
}

std::string DemoFleet::tell(const Actor& actor, const DemoForm& form, UnixNanos now) {
  return fmt::format(
      R"({{"version":"0","id":"{}","detail-type":"{}","source":"aws.sagemaker","account":"{}","time":"{}","region":"{}",)"
      R"("resources":[{}],"detail":{}}})",
      dice_.uuid(), actor.words.plain(form.detail_type, now, dice_), place_.account, rfc3339_seconds(now),
      place_.region, actor.words.write(form.resources, now, dice_), actor.words.write(form.detail, now, dice_));
}

// The event, or nothing if it comes late.
std::string DemoFleet::send(std::string event, const Actor& actor, const DemoForm& form, UnixNanos now) {
  const std::uint64_t luck = dice_.below(100);
  if (luck < sent_twice) {
    keep_back(event, 1);
  } else if (luck < sent_twice + told_again) {
    const EventKind* kind = find_event_kind(form.detail_type);
    if (kind != nullptr && !kind->is_occurrence) keep_back(tell(actor, form, now), 1);
  } else if (luck < sent_twice + told_again + comes_late && waiting_.size() < waiting_max) {
    keep_back(std::move(event), late_by_min + dice_.below(late_by_spread));
    return {};
  }
  return event;
}

void DemoFleet::keep_back(std::string event, std::uint64_t events) {
  if (waiting_.size() < waiting_max) waiting_.push_back({sent_ + events, std::move(event)});
}

}  // namespace sagewatch
