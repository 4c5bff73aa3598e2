#include "collector/store/owed_row.h"

#include <algorithm>

#include "events/base/bytes.h"

namespace sagewatch {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint8_t has_attempts_max = 1;
constexpr std::uint8_t has_age_max = 2;
constexpr std::uint8_t has_history = 4;
constexpr std::size_t number_bytes = 8;

bool has_history_of(const Owed& owed) {
  return owed.first_attempt.known() || owed.last_attempt.known() || owed.due.known() || !owed.last_code.empty() ||
         !owed.last_error.empty();
}

bool read_identity(std::string_view order, Owed& owed) {
  if (order.size() < 2 * number_bytes) return false;
  owed.position.journal = static_cast<JournalId>(key_number(order.substr(0, number_bytes)));
  owed.position.offset = offset_of(order);
  order.remove_prefix(2 * number_bytes);
  const auto bus_end = order.find('\0');
  if (bus_end == std::string_view::npos) return false;
  const auto rule_end = order.find('\0', bus_end + 1);
  if (rule_end == std::string_view::npos) return false;
  owed.bus = order.substr(0, bus_end);
  owed.rule = order.substr(bus_end + 1, rule_end - bus_end - 1);
  order.remove_prefix(rule_end + 1);
  const auto id_end = order.find('\0');
  owed.target_id = order.substr(0, id_end);
  if (id_end == std::string_view::npos) return true;
  order.remove_prefix(id_end + 1);
  owed.redriven = order.size() == number_bytes ? key_number(order) : 0;
  return owed.redriven != 0;
}

bool read_value(std::string_view value, Owed& owed) {
  ByteReader reader(value);
  if (reader.number<std::uint8_t>() != version) return false;
  owed.received.count = reader.number<std::int64_t>();
  owed.bytes = reader.number<std::uint32_t>();
  const auto has = reader.number<std::uint8_t>();
  if (has & has_attempts_max) owed.retry_attempts_max = reader.number<std::uint32_t>();
  if (has & has_age_max) owed.retry_age_max = Seconds{reader.number<std::int64_t>()};
  owed.attempts = reader.number<std::uint32_t>();
  if (has & has_history) {
    owed.first_attempt.count = reader.number<std::int64_t>();
    owed.last_attempt.count = reader.number<std::int64_t>();
    owed.due.count = reader.number<std::int64_t>();
    owed.last_code = reader.string();
    owed.last_error = reader.string();
  }
  return reader.ok() && reader.at_end();
}

Result<Owed> read(std::string_view key, std::string_view order, std::string_view value) {
  Owed owed;
  owed.target = target_of(key);
  if (!read_identity(order, owed) || !read_value(value, owed)) {
    return no("the store holds a delivery that does not parse (target \"" + owed.target +
              "\"): stop sagewatch, move the store's directory away and start again, which rebuilds it");
  }
  return owed;
}

}  // namespace

std::string owed_key(const Owed& owed) {
  std::string key;
  key.reserve(owed.target.size() + owed.bus.size() + owed.rule.size() + owed.target_id.size() + 3 * number_bytes);
  key.append(owed.target).push_back('\0');
  return key.append(owed.order());
}

std::string retry_key(const Owed& owed) {
  std::string key;
  key.append(owed.target).push_back('\0');
  put_key(key, static_cast<std::uint64_t>(std::max<std::int64_t>(owed.due.count, 0)));
  return key.append(owed.order());
}

std::string owed_value(const Owed& owed) {
  const bool history = has_history_of(owed);
  std::string value;
  value.reserve(32 + (history ? 40 + owed.last_code.size() + owed.last_error.size() : 0));
  put(value, version);
  put(value, owed.received.count);
  put(value, owed.bytes);
  put(value, static_cast<std::uint8_t>((owed.retry_attempts_max ? has_attempts_max : 0) |
                                       (owed.retry_age_max ? has_age_max : 0) | (history ? has_history : 0)));
  if (owed.retry_attempts_max) put(value, *owed.retry_attempts_max);
  if (owed.retry_age_max) put(value, static_cast<std::int64_t>(owed.retry_age_max->count()));
  put(value, owed.attempts);
  if (history) {
    put(value, owed.first_attempt.count);
    put(value, owed.last_attempt.count);
    put(value, owed.due.count);
    put_string(value, owed.last_code);
    put_string(value, owed.last_error);
  }
  return value;
}

Result<Owed> read_owed(std::string_view key, std::string_view value) {
  return read(key, order_of_owed(key), value);
}

Result<Owed> read_retry(std::string_view key, std::string_view value) {
  return read(key, order_of_retry(key), value);
}

std::string_view target_of(std::string_view key) {
  const auto end = key.find('\0');
  return end == std::string_view::npos ? std::string_view{} : key.substr(0, end);
}

std::string_view order_of_owed(std::string_view key) {
  const auto end = key.find('\0');
  return end == std::string_view::npos ? std::string_view{} : key.substr(end + 1);
}

std::string_view order_of_retry(std::string_view key) {
  const auto rest = order_of_owed(key);
  return rest.size() < number_bytes ? std::string_view{} : rest.substr(number_bytes);
}

UnixNanos due_of(std::string_view retry_key) {
  const auto rest = order_of_owed(retry_key);
  if (rest.size() < number_bytes) return {};
  return {static_cast<std::int64_t>(key_number(rest.substr(0, number_bytes)))};
}

std::uint64_t offset_of(std::string_view order) {
  return order.size() < 2 * number_bytes ? 0 : key_number(order.substr(number_bytes, number_bytes));
}

}  // namespace sagewatch
