#include "collector/config/config.h"

#include <gmock/gmock.h>

#include "collector/config/error_codes.h"
#include "tests/fakes/fake_surroundings.h"

namespace sagewatch {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

LoadedConfig load(const std::string& text, FakeSurroundings world = {}) {
  world.files["sagewatch.yaml"] = text;
  return load_config({"sagewatch.yaml"}, world);
}
std::string complaint(const LoadedConfig& loaded) {
  return error_text(loaded.errors, loaded.texts);
}

TEST(Config, WithoutAFileHasTheDefaultsOfALaptop) {
  const LoadedConfig loaded = load_config({}, FakeSurroundings{});
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  const Config& config = *loaded.config;
  EXPECT_EQ(config.data_dir, "/home/ada/.local/state/sagewatch");
  EXPECT_EQ(config.journal.directory, "/home/ada/.local/state/sagewatch/journal");
  EXPECT_EQ(config.http.address, "127.0.0.1");
  EXPECT_EQ(config.http.port, 9477);
  EXPECT_EQ(config.aws.account_id, "000000000000");
  EXPECT_EQ(config.journal_keep, 168h);
  EXPECT_EQ(config.limits.event_bytes_max, 1u << 20);
  EXPECT_THAT(config.sources, IsEmpty());
  EXPECT_TRUE(config.egress.allow_private);
  EXPECT_THAT(config.hash, SizeIs(32));
}

TEST(Config, KeepsStateWhereSystemdOrXdgSay) {
  FakeSurroundings world;
  world.variables["XDG_STATE_HOME"] = "/state";
  EXPECT_EQ(load_config({}, world).config->data_dir, "/state/sagewatch");
  world.variables["STATE_DIRECTORY"] = "/var/lib/sagewatch:/var/lib/other";
  EXPECT_EQ(load_config({}, world).config->data_dir, "/var/lib/sagewatch");
  world.variables.clear();
  EXPECT_THAT(complaint(load_config({}, world)), HasSubstr("neither XDG_STATE_HOME nor HOME is set"));
}

TEST(Config, IsTheSameFromAnEmptyFile) {
  for (const char* text : {"", "# nothing\n", "---\n", "version: 1\n", "http:\nrules:\n"})
    EXPECT_TRUE(load(text).config) << text << complaint(load(text));
}

TEST(Config, ReadsEverySection) {
  const LoadedConfig loaded = load(R"(
version: 1
data_dir: /var/lib/sagewatch
aws: { region: eu-central-1, account_id: 012345678901 }
http:
  listen: "[::1]:0"
  limits: { connections: 10, body: 1MiB, idle_timeout: 5s }
journal: { durability: lose_on_crash, segment_size: 8MiB, max_bytes: 1GiB, keep: 2d, commit: { max_delay: 2ms }, on_corruption: refuse }
limits: { event: 256KiB, rules: 5 }
sources:
  jobs: { type: file, path: jobs.ndjson, start: end, follow: false, bus: default }
  pipe: { type: stdin }
  demo: { type: demo, rate: 0.5/s, seed: 7 }
resources: { max: 10, show_terminal: 5m, tags: [team] }
metrics: { series_max: 1000, page_series_max: 20000, model_package_versions: 2, human_loops: true }
targets:
  hook: { type: webhook, url: "http://127.0.0.1:9000/hook", headers: { X-Team: ml }, send: { timeout: 3s, concurrency: { max: 2 } } }
  log: { type: file, path: /var/log/failed.ndjson, retry: { preset: eventbridge-v2, max_attempts: 7 } }
dead_letters: { keep: 1d }
egress: { allow_private: false, deny: [10.0.0.0/8, "fd00::1"] }
logging: { level: debug, format: json }
)");
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  const Config& config = *loaded.config;
  EXPECT_EQ(config.aws.account_id, "012345678901");
  EXPECT_EQ(config.http.address, "::1");
  EXPECT_EQ(config.http.port, 0);
  EXPECT_EQ(config.http.connections_max, 10u);
  EXPECT_EQ(config.http.body_bytes_max, 1u << 20);
  EXPECT_EQ(config.http.idle_timeout, 5s);
  EXPECT_EQ(config.journal.durability, Durability::lose_on_crash);
  EXPECT_EQ(config.journal.segment_bytes, 8u << 20);
  EXPECT_EQ(config.journal.commit_delay, 2ms);
  EXPECT_TRUE(config.journal.refuse_corruption);
  EXPECT_EQ(config.journal_keep, 48h);
  EXPECT_EQ(config.limits.event_bytes_max, 256u << 10);
  ASSERT_THAT(config.sources, SizeIs(3));
  const auto& file = std::get<FileSourceConfig>(config.sources[0].type);
  EXPECT_EQ(file.path, "jobs.ndjson");
  EXPECT_FALSE(file.from_beginning);
  EXPECT_FALSE(file.follow);
  EXPECT_EQ(config.sources[0].bus, "default");
  EXPECT_EQ(config.sources[0].origin, "sagewatch.yaml:11:3");
  EXPECT_TRUE(std::holds_alternative<StdinSourceConfig>(config.sources[1].type));
  EXPECT_EQ(std::get<DemoSourceConfig>(config.sources[2].type).events_per_second, 0.5);
  EXPECT_EQ(config.resources.count_max, 10u);
  EXPECT_EQ(config.metrics, (MetricsConfig{1000, 20'000, 2, true}));
  ASSERT_THAT(config.targets, SizeIs(2));
  const auto& hook = std::get<WebhookConfig>(config.targets[0].type);
  EXPECT_EQ(hook.url, "http://127.0.0.1:9000/hook");
  EXPECT_THAT(hook.headers, ElementsAre(Pair("X-Team", "ml")));
  EXPECT_EQ(config.targets[0].send.timeout, 3s);
  EXPECT_EQ(config.targets[0].send.concurrency_max, 2u);
  EXPECT_EQ(config.targets[0].retry.attempts_max, 185u);
  EXPECT_EQ(config.targets[1].retry.age_max, 300s);
  EXPECT_EQ(config.targets[1].retry.attempts_max, 7u);
  EXPECT_EQ(config.dead_letters.keep, 24h);
  EXPECT_EQ(config.dead_letters.bytes_max, 5ull << 30);
  EXPECT_FALSE(config.egress.allow_private);
  EXPECT_THAT(config.egress.deny, ElementsAre("10.0.0.0/8", "fd00::1"));
  EXPECT_EQ(config.logging.level, "debug");
}

TEST(Config, ReadsRulesOfBothShapes) {
  const LoadedConfig loaded = load(R"(
targets: { slack: { type: file, path: /x }, audit: { type: file, path: /y } }
bindings: { Queue.Arn: slack, Other: "arn:aws:sqs:us-east-1:123456789012:ops" }
rules:
  failed:
    pattern: { source: [aws.sagemaker], detail: { n: [ { numeric: [">", 1.50, "<=", 2e3] } ], b: [true, null, "no", 007] } }
    targets: [slack, { id: second, target: slack, retry: { max_attempts: 0, max_age: 60s } }]
    bus: default
    description: what failed
  text: { pattern: '{"source":["x"]}', enabled: false, targets: [audit] }
  aws:
    EventPattern: '{"source":["aws.sagemaker"]}'
    State: ENABLED
    Targets: [ { Id: ops, Arn: "arn:aws:sqs:us-east-1:123456789012:ops", RetryPolicy: { MaximumRetryAttempts: 185 } } ]
)");
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  const RuleSections& sections = loaded.config->rules;
  ASSERT_THAT(sections.rules, SizeIs(2));
  const Rule& failed = sections.rules[0];
  EXPECT_EQ(
      failed.pattern,
      R"({"source":["aws.sagemaker"],"detail":{"n":[{"numeric":[">",1.50,"<=",2e3]}],"b":[true,null,"no","007"]}})");
  EXPECT_EQ(failed.bus, "default");
  EXPECT_EQ(failed.origin, "sagewatch.yaml:5:3");
  ASSERT_THAT(failed.targets, SizeIs(2));
  EXPECT_EQ(failed.targets[0].id, "slack");
  EXPECT_EQ(failed.targets[1].id, "second");
  EXPECT_EQ(failed.targets[1].retry_attempts_max, 0u);
  EXPECT_EQ(failed.targets[1].retry_age_max, 60s);
  EXPECT_EQ(sections.rules[1].pattern, R"({"source":["x"]})");
  EXPECT_FALSE(sections.rules[1].enabled);
  ASSERT_THAT(sections.aws_rules, SizeIs(1));
  EXPECT_EQ(
      sections.aws_rules[0].json.text,
      R"({"Name":"aws","EventPattern":"{\"source\":[\"aws.sagemaker\"]}","State":"ENABLED","Targets":[{"Id":"ops",)"
      R"("Arn":"arn:aws:sqs:us-east-1:123456789012:ops","RetryPolicy":{"MaximumRetryAttempts":185}}]})");
  ASSERT_THAT(sections.bindings, SizeIs(2));
  EXPECT_EQ(sections.bindings[0].key, "Queue.Arn");
}

TEST(Config, FindsRuleFilesByNameAndPatternAndWritesTemplatesAsJson) {
  FakeSurroundings world;
  world.files["etc/sagewatch.yaml"] = "rule_files: [rules/*.json, template.yaml, more/*.json]\n";
  world.files["etc/rules/b.json"] = "[]";
  world.files["etc/rules/a.json"] = "{}";
  world.files["etc/rules/.hidden.json"] = "{";
  world.files["etc/rules/readme.md"] = "x";
  world.files["etc/template.yaml"] = R"(
Resources:
  Rule:
    Type: AWS::Events::Rule
    Properties:
      Targets: [ { Id: q, Arn: !GetAtt Queue.Arn }, { Id: r, Arn: !Sub "arn:aws:sqs:${AWS::Region}:x" } ]
      Role: !Ref Role
      Enabled: yes
      Name: !Join ["-", [a, !Ref B]]
)";
  const LoadedConfig loaded = load_config({"etc/sagewatch.yaml"}, world);
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  const auto& files = loaded.config->rules.rule_files;
  ASSERT_THAT(files, SizeIs(3));
  EXPECT_EQ(files[0].path, "etc/rules/a.json");
  EXPECT_EQ(files[1].path, "etc/rules/b.json");
  const Place role = files[2].json.place_of(files[2].json.text.find("\"Role\""), "");
  EXPECT_EQ(role.line, 7) << "a value stands in its line of the YAML";
  EXPECT_EQ(role.column, 7);
  EXPECT_EQ(
      files[2].json.text,
      R"({"Resources":{"Rule":{"Type":"AWS::Events::Rule","Properties":{"Targets":[{"Id":"q","Arn":{"Fn::GetAtt":)"
      R"(["Queue","Arn"]}},{"Id":"r","Arn":{"Fn::Sub":"arn:aws:sqs:${AWS::Region}:x"}}],"Role":{"Ref":"Role"},)"
      R"("Enabled":"yes","Name":{"Fn::Join":["-",["a",{"Ref":"B"}]]}}}}})");
  ASSERT_THAT(loaded.warnings, SizeIs(1));
  EXPECT_EQ(loaded.warnings[0].what, "rule_files: \"more/*.json\" matches no file");
}

TEST(Config, MergesFilesBySection) {
  FakeSurroundings world;
  world.files["conf/a.yaml"] = "version: 1\ndata_dir: data\ntargets: { log: { type: file, path: out.ndjson } }\n";
  world.files["conf/b.json"] = R"({"version":1,"rules":{"r":{"pattern":{"source":["x"]},"targets":["log"]}}})";
  world.files["conf/notes.txt"] = "not read";
  const LoadedConfig loaded = load_config({"conf", "conf/a.yaml"}, world);
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  EXPECT_THAT(loaded.config->files, ElementsAre("conf/a.yaml", "conf/b.json"));
  EXPECT_EQ(loaded.config->data_dir, "data");
  EXPECT_EQ(std::get<FileTargetConfig>(loaded.config->targets[0].type).path, "out.ndjson");
  EXPECT_EQ(loaded.config->rules.rules[0].origin, "conf/b.json:1:23");
}

TEST(Config, FillsInValuesFromOutsideAndNeverShowsThem) {
  FakeSurroundings world;
  world.variables["HOOK"] = "canary-env";
  world.variables["CREDENTIALS_DIRECTORY"] = "/run/credentials";
  world.files["/run/credentials/token"] = "canary-credential\n";
  world.files["secrets/path"] = "canary-file\r\n";
  const LoadedConfig loaded = load(R"(
targets:
  hook:
    type: webhook
    url: "https://hooks.example.com/a/${env:HOOK}/${file:secrets/path}"
    headers: { Authorization: "Bearer ${credential:token}", X-Literal: "$${env:HOOK}" }
rules: { r: { pattern: { source: [x] }, targets: [hook] } }
)",
                                   world);
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  EXPECT_THAT(loaded.warnings, IsEmpty());
  const auto& hook = std::get<WebhookConfig>(loaded.config->targets[0].type);
  EXPECT_EQ(hook.url, "https://hooks.example.com/a/canary-env/canary-file");
  EXPECT_EQ(hook.shown_url, "https://hooks.example.com/a/[REDACTED]");
  EXPECT_THAT(hook.headers,
              ElementsAre(Pair("Authorization", "Bearer canary-credential"), Pair("X-Literal", "${env:HOOK}")));
}

TEST(Config, NeverShowsASecretInAnErrorWhereverItStands) {
  // Every key once, with a secret that is wrong there.
  FakeSurroundings world;
  world.variables["S"] = "canary value\n";
  const LoadedConfig loaded = load(R"(
version: "${env:S}"
data_dir: "${env:S}"
aws: { region: "${env:S}", account_id: "${env:S}" }
http: { listen: "${env:S}", limits: { connections: "${env:S}", body: "${env:S}", idle_timeout: "${env:S}" } }
journal: { durability: "${env:S}", commit: "${env:S}" }
sources: { a: { type: "${env:S}" }, b: { type: demo, rate: "${env:S}", bus: "${env:S}" },
           c: { type: file, start: "${env:S}", path: [ "${env:S}" ] } }
rule_files: [ "${env:S}", "${env:S}*" ]
bindings: { a: "${env:S}" }
rules: { r: { pattern: "${env:S}", targets: [ "${env:S}", { target: "${env:S}", id: "${env:S}" } ],
              description: "${env:S}", enabled: "${env:S}" },
         s: { EventPattern: "${env:S}" }, t: { pattern: { source: [ "${env:S}" ] } } }
targets:
  a: { type: webhook, url: "${env:S}", arn: "${env:S}", headers: { A: "${env:S}" },
       retry: { preset: "${env:S}", on_permanent: "${env:S}" } }
  b: { type: webhook, url: "https://${env:S}/" }
  c: { type: webhook, url: "https://x/${env:S}" }
egress: { allow_private: "${env:S}", deny: [ "${env:S}" ] }
logging: { level: "${env:S}" }
)",
                                   world);
  EXPECT_THAT(loaded.errors, SizeIs(testing::Ge(30u)));
  for (const std::string& text : {complaint(loaded), error_json(loaded.errors),
                                  error_text(loaded.warnings, loaded.texts), error_json(loaded.warnings)})
    EXPECT_THAT(text, Not(HasSubstr("canary")));
}

TEST(Config, WarnsOfTargetsThatNobodyUsesAndOfLiteralSecrets) {
  const LoadedConfig loaded = load(R"(
targets:
  used:
    type: webhook
    url: "http://localhost/"
    headers: { Authorization: "Bearer abc" }
  idle: { type: file, path: /x }
rules: { r: { pattern: { source: [x] }, targets: [used] } }
)");
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  EXPECT_EQ(
      error_text(loaded.warnings, loaded.texts, Severity::warning),
      R"(sagewatch.yaml:6:31: warning[SW2102]: targets.used.headers.Authorization looks like a secret written into the file
    6 |     headers: { Authorization: **************
      |                               ^^^^^^^^^^^^ prefer ${env:NAME}, ${file:path} or ${credential:name}
   help: sagewatch help SW2102
sagewatch.yaml:7:3: warning[SW2101]: target "idle" is used by no rule
    7 |   idle: { type: file, path: /x }
      |   ^^^^
   help: sagewatch help SW2101
)");
}

TEST(Config, ShowsNoPasswordOfAUrl) {
  const LoadedConfig loaded = load(R"(
targets:
  pager: { type: webhook, url: "http://user:s3cr3t@127.0.0.1:9/hook" }
)");
  EXPECT_THAT(complaint(loaded),
              HasSubstr(R"(sagewatch.yaml:3:32: error[SW2021]: targets.pager.url: [REDACTED] holds a user or password
    3 |   pager: { type: webhook, url: ***************************************
      |                                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ write http://host)"));
}

// Whatever is wrong in a line, and whatever is said of it.
TEST(Config, ShowsNoSecretThatIsWrittenIntoALineThatItQuotes) {
  for (const char* target :
       {R"({ type: webhook, url: "http://u:s3cr3t@h/", retry: { preset: none-such } })",
        R"({ type: webhook, url: "http:/u:s3cr3t@h/" })", R"({ type: webhook, url: "http://h/p?key=s3cr3t#x" })",
        R"({ type: webhook, url: "http://u:s3cr3t@${env:HOME}/" })", R"({ type: webhook, ulr: "http://u:s3cr3t@h/" })",
        R"({ type: file, url: "http://u:s3cr3t@h/" })",
        R"({ type: webhook, url: "http://h/", headers: { Authorization: "s3cr3t", X-Token: "s3cr3t" } })",
        R"({ type: webhook, url: "http://h/", headers: { authorization: "s3cr3t", Authorization: "s3cr3t" } })",
        R"({ type: webhook, url: "http://h/", headers: { "Bad Header": "Bearer s3cr3t" } })",
        R"({ type: webhook, url: "http://h/", headers: { Authorization: &x "Bearer s3cr3t" } })",
        R"({ type: webhook, url: "http://h/", headers: { X-Api-Key: "\x42\x42 s3cr3t" } })", "http://u:s3cr3t@h/: x"}) {
    const LoadedConfig loaded = load(std::string("targets:\n  pager: ") + target + "\n");
    EXPECT_FALSE(loaded.errors.empty() && loaded.warnings.empty()) << target;
    for (const std::string& told :
         {complaint(loaded), error_json(loaded.errors), error_text(loaded.warnings, loaded.texts, Severity::warning),
          error_json(loaded.warnings, Severity::warning)})
      EXPECT_THAT(told, Not(HasSubstr("s3cr3t"))) << target;
  }
}

TEST(Config, WarnsOfAJournalThatMayLoseWhatWasAcknowledged) {
  const LoadedConfig loaded = load("journal: { durability: lose_on_power_cut }\n");
  ASSERT_TRUE(loaded.config) << complaint(loaded);
  EXPECT_EQ(
      error_text(loaded.warnings, loaded.texts, Severity::warning),
      R"(sagewatch.yaml:1:24: warning[SW2105]: journal.durability: lose_on_power_cut: events acknowledged in the last moments before a power cut are lost
    1 | journal: { durability: lose_on_power_cut }
      |                        ^^^^^^^^^^^^^^^^^ fdatasync, the default, loses nothing
   help: sagewatch help SW2105
)");
  EXPECT_THAT(load("journal: { durability: fdatasync }\n").warnings, testing::IsEmpty());
  EXPECT_THAT(load("journal: {}\n").warnings, testing::IsEmpty());
}

TEST(ConfigHash, StandsForTheContentAndNotForLayoutOrderOrSecrets) {
  FakeSurroundings world;
  world.variables["S"] = "one";
  const std::string hash = load("logging: { level: info }\ndata_dir: \"/${env:S}\"\n", world).config->hash;
  world.variables["S"] = "two";
  EXPECT_EQ(load("# note\ndata_dir: \"/${env:S}\"\nlogging:\n    level: info\n", world).config->hash, hash);
  EXPECT_NE(load("logging: { level: debug }\ndata_dir: \"/${env:S}\"\n", world).config->hash, hash);
}

TEST(ConfigHash, CoversRuleFiles) {
  FakeSurroundings world;
  world.files["r.json"] = "[]";
  const std::string hash = load("rule_files: [r.json]\n", world).config->hash;
  world.files["r.json"] = "[ ]";
  EXPECT_NE(load("rule_files: [r.json]\n", world).config->hash, hash);
}

TEST(Config, AnswersAFloodOfMistakesWithABoundedText) {
  std::string text = "rules:\n";
  for (int i = 0; i < 2'000; ++i)
    text += "  r" + std::to_string(i) + ": { pattern: { source: [x] }, targets: [nope] }\n";
  const LoadedConfig loaded = load(text);
  EXPECT_THAT(loaded.errors, SizeIs(config_errors_max));
  EXPECT_THAT(complaint(loaded), HasSubstr("\nand at least 950 more\n"));
}

}  // namespace
}  // namespace sagewatch
