#pragma once
// The readers of the sections that are only numbers and words. Each fills what the file says into defaults.
#include "collector/config/config.h"
#include "events/base/config_node.h"

namespace sagewatch {

void read_aws(const ConfigNode* section, AwsConfig& aws, ConfigErrors& errors);
// "127.0.0.1:9477"; false (and nothing changed) unless it is a loopback address and a port.
bool set_listen(HttpConfig& http, std::string_view text);
void read_http(const ConfigNode* section, HttpConfig& http, ConfigErrors& errors);
// `warnings`: of less than the promise.
void read_journal(const ConfigNode* section, JournalConfig& journal, Nanos& keep, ConfigErrors& errors,
                  ConfigErrors& warnings);
void read_limits(const ConfigNode* section, LimitsConfig& limits, ConfigErrors& errors);
void read_resources(const ConfigNode* section, ResourcesConfig& resources, ConfigErrors& errors);
void read_metrics(const ConfigNode* section, MetricsConfig& metrics, ConfigErrors& errors);
void read_retention(const ConfigNode* section, const std::string& path, RetentionConfig& retention,
                    ConfigErrors& errors);
void read_egress(const ConfigNode* section, EgressConfig& egress, ConfigErrors& errors);
void read_logging(const ConfigNode* section, LoggingConfig& logging, ConfigErrors& errors);

}  // namespace sagewatch
