#pragma once
// What the demo fleet plays, as data: families of resources, the stories that can happen to one of them, and the forms
// in which its events are written. A new story is a new row in the file of its area (the other files of this folder);
// the fleet (fleet.h) knows no kind of resource.
//
// Forms, and the texts that acts set, speak in words, which vocabulary.h explains.
#include <string_view>
#include <vector>

namespace sagewatch {

// An event as SageMaker would send it.
struct DemoForm {
  std::string_view detail_type;  // may hold words
  std::string_view resources;    // what stands inside of the list: R"("$arn")"
  std::string_view detail;       // "{...}"
};

struct DemoSaying {
  std::string_view word;
  std::string_view text;
};

// One step of a story: words change, another resource may be started, one event tells of it.
struct DemoAct {
  std::vector<DemoSaying> sets = {};
  const DemoForm* tells = nullptr;  // nullptr: nothing is sent
  int wait = 1;                     // before it, in paces of the family; 0: at once
  int awaits = 0;                   // so many of the resources that it started must have come to their ends first
  // A resource of that family starts in that situation, and takes these sayings, written in the words of this one.
  // From then on `child` and `child_name` are its ARN and name.
  std::string_view starts = {};
  std::string_view in_situation = {};
  std::vector<DemoSaying> with = {};
};

struct DemoStory {
  std::string_view from;  // the situation in which it may happen: "new", "serving"
  std::string_view to;    // the situation that it leaves; "gone": the resource's place is taken by a new one
  int weight = 1;         // how often, of the sum of all that may happen in that situation
  std::vector<DemoAct> acts;
};

struct DemoFamily {
  std::string_view name;                        // "training_job"
  int alive = 0;                                // at any time, besides those that others start
  int pace = 20;                                // between two acts, on average; of all families the same measure
  std::string_view names;                       // how a new one is called, in words
  std::string_view arn;                         // behind "arn:aws:sagemaker:REGION:ACCOUNT:"
  std::vector<std::vector<DemoSaying>> models;  // what they are, in turn
  std::string_view opens = "new";  // the situation of those of the first hour: what is rare may be seen soon
  std::vector<DemoStory> stories;
};

// All that is played. Texts live as long as the program.
const std::vector<DemoFamily>& demo_families();

// The families of each area; demo_families() joins them.
std::vector<DemoFamily> demo_jobs();
std::vector<DemoFamily> demo_training();
std::vector<DemoFamily> demo_tuning();
std::vector<DemoFamily> demo_labeling();
std::vector<DemoFamily> demo_endpoints();
std::vector<DemoFamily> demo_models();
std::vector<DemoFamily> demo_features();
std::vector<DemoFamily> demo_hyperpod();
std::vector<DemoFamily> demo_pipelines();
std::vector<DemoFamily> demo_notebooks();
std::vector<DemoFamily> demo_images();
std::vector<DemoFamily> demo_human_loops();
std::vector<DemoFamily> demo_mlflow();
std::vector<DemoFamily> demo_oddities();

}  // namespace sagewatch
