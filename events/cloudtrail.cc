#include "events/cloudtrail.h"

#include <algorithm>
#include <array>

#include "events/event_time.h"
#include "events/resource.h"
#include "events/resource_key.h"
#include "events/utf8.h"

namespace sagewatch {
namespace {

// The members of a record that are read, in this order.
enum RecordMember : std::uint8_t {
  m_source,
  m_name,
  m_error_code,
  m_error_message,
  m_id,
  m_time,
  m_region,
  m_account,
  m_identity,
  m_request,
  m_response,
  m_service,
  m_resources,
  m_max,
};
constexpr std::array<std::string_view, m_max> record_keys{
    "eventSource",      "eventName",           "errorCode",          "errorMessage", "eventID",
    "eventTime",        "awsRegion",           "recipientAccountId", "userIdentity", "requestParameters",
    "responseElements", "serviceEventDetails", "resources",
};

std::string_view partition_of(std::string_view region) {
  struct Partition {
    std::string_view begins, name;
  };
  constexpr Partition partitions[] = {
      {"cn-", "aws-cn"},         {"us-gov-", "aws-us-gov"}, {"us-iso-", "aws-iso"},
      {"us-isob-", "aws-iso-b"}, {"us-isof-", "aws-iso-f"}, {"eu-isoe-", "aws-iso-e"},
  };
  for (const Partition& each : partitions)
    if (region.starts_with(each.begins)) return each.name;
  return "aws";
}

bool is_of_sagemaker(std::string_view text) {
  return Arn::read(text).service == "sagemaker";
}

}  // namespace

struct CallReader::Record {
  std::array<Member, m_max> members;
  std::string_view account, region;
  const Member& operator[](RecordMember which) const { return members[which]; }
};

// Of repeated keys the last one counts, as in EventReader.
void CallReader::members(const Member& object, const std::string_view* keys, Member* into, std::size_t count) {
  if (object.type != '{') return;
  walk_.go_to(object.place);
  walk_.object([&](std::string_view raw_key) {
    const auto* const found = std::find(keys, keys + count, walk_.unescaped(raw_key));
    if (found == keys + count) return walk_.skip();
    Member& told = into[found - keys];
    told = Member{.type = walk_.type(), .text = {}, .place = walk_.place()};
    if (told.type == '"')
      told.text = walk_.unescaped(walk_.raw_string());
    else if (told.type == '-' || (told.type >= '0' && told.type <= '9'))
      told.text = walk_.scalar();
    else
      walk_.skip();
  });
}

CallReader::Member CallReader::member(const Member& object, std::string_view key) {
  Member found;
  members(object, &key, &found, 1);
  return found;
}

// The identity's ARN says who; where a role's session carries the name of a person, or a service made the call, that
// stands behind it. Without an ARN: the name, the service, the account, the type.
void CallReader::read_actor(const Member& identity) {
  enum : std::uint8_t { i_arn, i_user, i_service, i_account, i_type, i_session, i_max };
  constexpr std::array<std::string_view, i_max> keys{"arn",       "userName", "invokedBy",
                                                     "accountId", "type",     "sessionContext"};
  std::array<Member, i_max> told;
  members(identity, keys.data(), told.data(), i_max);
  actor_.clear();
  const std::string_view service = told[i_service].text;
  if (!told[i_arn].text.empty())
    actor_ = told[i_arn].text;
  else if (!told[i_user].text.empty())
    actor_.append("user ").append(told[i_user].text);
  else if (!service.empty())
    actor_ = service;
  else if (!told[i_account].text.empty())
    actor_.append("account ").append(told[i_account].text);
  else
    actor_ = told[i_type].text;
  if (const std::string_view person = member(told[i_session], "sourceIdentity").text; !person.empty())
    actor_.append(" for ").append(person);
  if (!service.empty() && actor_ != service) actor_.append(" through ").append(service);
  seen_.actor = cut_utf8(actor_, texts_max.label);
}

std::string_view CallReader::joined_name(const Member& parameters, std::string_view wanted) {
  name_.clear();
  while (!wanted.empty()) {
    const std::size_t slash = std::min(wanted.find('/'), wanted.size());
    const std::string_view part = member(parameters, wanted.substr(0, slash)).text;
    if (part.empty()) return {};
    if (!name_.empty()) name_.push_back('/');
    name_.append(part);
    wanted.remove_prefix(std::min(slash + 1, wanted.size()));
  }
  return name_;
}

std::string_view CallReader::made_arn(std::string_view name, const Record& record) {
  if (is_of_sagemaker(name)) return name;
  const CallNoun& noun = *seen_.call.noun;
  const std::string_view type = noun.arn_type.empty() ? noun.kind->arn_type : noun.arn_type;
  if (name.empty() || record.account.empty() || record.region.empty()) return {};
  arn_.assign("arn:").append(partition_of(record.region)).append(":sagemaker:").append(record.region);
  arn_.append(":").append(record.account).append(":").append(type).append("/").append(name);
  return arn_;
}

std::string_view CallReader::listed_arn(const Member& resources) {
  std::string_view found;
  if (resources.type != '[') return found;
  walk_.go_to(resources.place);
  std::array<JsonWalk::Place, 8> entries{};  // more are of no use: the first that is SageMaker's counts
  std::size_t count = 0;
  walk_.array([&] {
    if (walk_.type() == '{' && count < entries.size()) entries[count++] = walk_.place();
    walk_.skip();
  });
  for (std::size_t i = 0; i < count && found.empty(); ++i)
    if (const Member arn = member({'{', {}, entries[i]}, "ARN"); is_of_sagemaker(arn.text)) found = arn.text;
  return found;
}

void CallReader::read_resource(const Record& record) {
  if (const CallNoun* noun = seen_.call.noun; noun != nullptr) {
    const Member& parameters = record[m_request].type == '{' ? record[m_request] : record[m_service];
    seen_.name = joined_name(parameters, noun->name_member);
    for (const RecordMember place : {m_response, m_request, m_service}) {
      const std::string_view told = member(record[place], noun->arn_member).text;
      if (seen_.arn.empty() && is_of_sagemaker(told)) seen_.arn = told;
    }
    if (seen_.arn.empty()) seen_.arn = made_arn(seen_.name, record);
    if (is_of_sagemaker(seen_.name) || seen_.name.find('/') != std::string_view::npos) seen_.name = {};
  }
  if (seen_.arn.empty()) seen_.arn = listed_arn(record[m_resources]);
  const Arn arn = Arn::read(seen_.arn);  // "" if it is too long
  seen_.arn = arn.text;
  if (seen_.name.empty()) seen_.name = arn.name;
  seen_.name = cut_utf8(seen_.name, texts_max.name);
}

const CallSeen& CallReader::read(ValidJson event) {
  seen_ = CallSeen{};
  if (!walk_.begin(event) || walk_.type() != '{') return seen_;
  constexpr std::array<std::string_view, 2> envelope_keys{"detail", "source"};
  std::array<Member, 2> envelope;
  members({'{', {}, walk_.place()}, envelope_keys.data(), envelope.data(), envelope.size());
  const Member& detail = envelope[0];
  Record record;
  members(detail, record_keys.data(), record.members.data(), m_max);
  seen_.is_sagemaker =
      record[m_source].type == 0 ? envelope[1].text == "aws.sagemaker" : is_sagemaker_service(record[m_source].text);
  seen_.event_name = record[m_name].text;
  seen_.event_id = record[m_id].text;
  if (!seen_.is_sagemaker) return seen_;
  seen_.is_failed = !record[m_error_code].text.empty() || !record[m_error_message].text.empty();
  seen_.time = event_time(record[m_time].text).value_or(UnixNanos{});
  seen_.call = find_call(seen_.event_name);
  record.region = record[m_region].text;
  record.account = record[m_account].text;
  if (record.account.empty()) record.account = member(record[m_identity], "accountId").text;
  read_resource(record);
  if (seen_.call.effect != CallEffect::none && !seen_.is_failed) read_actor(record[m_identity]);
  return seen_;
}

}  // namespace sagewatch
