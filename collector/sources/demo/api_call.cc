#include "collector/sources/demo/api_call.h"

namespace sagewatch {
namespace {

constexpr DemoForm call{
    "AWS API Call via CloudTrail", "",
    R"({"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:$caller",)"
    R"("arn":"arn:aws:sts::$account:assumed-role/DataScientist/$caller","accountId":$account,)"
    R"("accessKeyId":"ASIAEXAMPLE"},"eventTime":"$now.iso","eventSource":"sagemaker.amazonaws.com",)"
    R"("eventName":$call,"awsRegion":$region,"sourceIPAddress":"198.51.100.7","userAgent":"Boto3/1.35.0",)"
    R"(?"errorCode":$error_code,?"errorMessage":$error_message,"requestParameters":#request,)"
    R"("responseElements":#response,"requestID":"$uuid","eventID":"$uuid","readOnly":false,)"
    R"("eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":$account,"eventCategory":"Management"})"};

}  // namespace

DemoAct demo_api_call(std::string_view name, std::string_view request, std::string_view response, int wait) {
  return {{{"call", name},
           {"caller", "mona|raj|lena|ci-deployer"},
           {"error_code", ""},
           {"error_message", ""},
           {"request", ""},
           {"request+", request},
           {"response", ""},
           {"response+", response}},
          &call,
          wait};
}

DemoAct demo_refused_call(std::string_view name, std::string_view code, std::string_view message) {
  return {{{"call", name},
           {"caller", "intern"},
           {"error_code", code},
           {"error_message", message},
           {"request", "null"},
           {"response", "null"}},
          &call};
}

}  // namespace sagewatch
