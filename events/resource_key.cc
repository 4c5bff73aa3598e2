#include "events/resource_key.h"

#include <array>
#include <string>

#include "events/base/hash.h"

namespace sagewatch {

std::uint64_t resource_key_of_arn(std::string_view arn) {
  std::array<char, arn_bytes_max> lower;
  std::size_t size = 0;
  for (const char c : arn.substr(0, arn_bytes_max)) lower[size++] = lower_ascii(c);
  return hash64({lower.data(), size});
}

std::uint64_t resource_key_of_id(std::string_view source, std::string_view id) {
  std::string both;
  both.reserve(source.size() + 1 + id.size());
  both.append(source).push_back('\0');
  return hash64(both.append(id));
}

Arn Arn::read(std::string_view text) {
  if (text.size() > arn_bytes_max || !text.starts_with("arn:")) return {};
  std::array<std::string_view, 5> parts;  // arn, partition, service, region, account
  std::string_view rest = text;
  for (std::string_view& part : parts) {
    const std::size_t colon = rest.find(':');
    if (colon == std::string_view::npos) return {};
    part = rest.substr(0, colon);
    rest.remove_prefix(colon + 1);
  }
  if (rest.empty()) return {};
  const std::size_t end_of_type = rest.find_first_of("/:");
  const std::string_view name = end_of_type == std::string_view::npos ? rest : rest.substr(end_of_type + 1);
  const std::string_view type =
      end_of_type == std::string_view::npos ? std::string_view{} : rest.substr(0, end_of_type);
  return {text, parts[3], parts[4], type, name};
}

Arn resource_arn(const EventKind* kind, std::string_view in_detail, std::span<const std::string_view> resources) {
  if (kind == nullptr) return {};
  if (const Arn arn = Arn::read(in_detail); !arn.text.empty()) return arn;
  for (const std::string_view resource : resources)
    if (const Arn arn = Arn::read(resource); arn.type == kind->arn_type) return arn;
  return {};
}

std::string_view routing_arn(const EventKind* kind, std::string_view in_detail,
                             std::span<const std::string_view> resources) {
  if (const Arn arn = resource_arn(kind, in_detail, resources); !arn.text.empty()) return arn.text;
  for (const std::string_view resource : resources)
    if (const Arn arn = Arn::read(resource); !arn.text.empty()) return arn.text;
  return {};
}

}  // namespace sagewatch
