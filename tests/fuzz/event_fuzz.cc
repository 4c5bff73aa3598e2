// Any bytes as an event: the fast check and the reader that explains refusals agree on what is JSON; and of what is, a
// rich set of patterns says what the reference says, wherever the text lies and whatever is behind it.
#include <cstdint>
#include <cstdio>
#include <string>

#include "events/base/result.h"
#include "tests/random/rivals.h"

namespace {

using namespace sagewatch;

std::vector<Pattern> rich_patterns() {
  std::vector<Pattern> patterns;
  for (
      const char* text : {
          R"({"a":["x"]})",
          R"({"a":["x","",null,true,1,"10.0.0.1"]})",
          R"({"a":[{"prefix":"x"},{"suffix":"y"}]})",
          R"({"a":[{"equals-ignore-case":"straße"},{"prefix":{"equals-ignore-case":"AB"}}]})",
          R"({"a":[{"wildcard":"*x*y"}]})",
          R"({"a":[{"numeric":[">=",0,"<",5]},{"numeric":["=",300]}]})",
          R"({"a":[9007199254740993,1e400,0.1]})",
          R"({"a":[{"cidr":"10.0.0.0/8"},{"cidr":"2001:db8::/32"}]})",
          R"({"a":[{"exists":true}]})",
          R"({"a":[{"exists":false}]})",
          R"({"a":[{"anything-but":["x","y"]}]})",
          R"({"a":[{"anything-but":[1,2]}]})",
          R"({"a":[{"anything-but":{"wildcard":"*y"}}]})",
          R"({"a":{"b":["x"],"c":["y"]}})",
          R"({"a":{"b":["x"],"c":[{"exists":false}]}})",
          R"({"a":{"b":[{"exists":false}],"c":["x"]}})",
          R"({"a":{"b":{"c":[1,"x"]}},"a.d":[{"exists":true}]})",
          R"({"$or":[{"a":["x"]},{"b":["y"]},{"c":{"$or":[{"a":[1]},{"b":[2]}]}}]})",
          R"({"":["x"]})",
          R"({"a\"b":["\\"]})",
          R"({"é😀":["😀",{"exactly":"\ud83d"}]})",
          R"({"b":["xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"]})",
          R"({"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx":["b"]})",
          R"({"source":["aws.sagemaker"],"detail-type":[{"prefix":"SageMaker"}],"detail":{"TrainingJobStatus":["Failed","Stopped"]}})",
      }) {
    auto pattern = Pattern::parse(text);
    SW_MUST(pattern, text);
    patterns.push_back(std::move(*pattern));
  }
  return patterns;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Rivals rivals{rich_patterns()};
  static MatchScratch scratch;
  static JsonCheck check;

  const std::string text{reinterpret_cast<const char*>(data), size};
  const Placement placement{size * 7 % Placement::alignments, size % 2 == 0 ? '"' : '}'};
  const PlacedText placed{text, placement};
  const auto refusal = JsonCheck::refusal(text);
  SW_MUST(check.check(placed.text()).has_value() == !refusal, "check and refusal are about the same JSON");
  if (refusal) {
    SW_MUST(refusal->reason.starts_with("Parameter Event is not valid. Reason: "), "every refusal has its sentence");
    return 0;
  }
  const std::string fault = rivals.fault(text, placement, scratch);
  if (!fault.empty()) std::fprintf(stderr, "%s\n", fault.c_str());
  SW_MUST(fault.empty(), "the matcher agrees with the reference");
  return 0;
}
