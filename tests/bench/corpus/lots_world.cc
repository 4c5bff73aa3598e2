// A city's lots: one GeoJSON feature an event, a handful of strings and a polygon of many numbers with decimals. The
// fields are those of San Francisco's published parcels; the lots themselves are made up.
#include <fmt/format.h>

#include <array>
#include <iterator>

#include "tests/bench/corpus/world.h"

namespace sagewatch::corpus {
namespace {

using namespace std::string_view_literals;

enum LotGroup : std::size_t { of_kind, of_lot, of_street, of_number, of_type, of_parity, of_east, of_north };

constexpr std::uint32_t blocks = 600;
constexpr std::uint32_t lots_a_block = 40;
constexpr std::uint32_t steps = 15'000;  // of 0.00001 degrees: the city's width and height

constexpr std::array stems = {"ALDER"sv,  "BAKER"sv,   "CLAY"sv,     "DOLORES"sv, "ELM"sv,    "FULTON"sv,  "GEARY"sv,
                              "HAIGHT"sv, "IRVING"sv,  "JUDAH"sv,    "KIRKHAM"sv, "LAKE"sv,   "MISSION"sv, "NOE"sv,
                              "OAK"sv,    "PACIFIC"sv, "QUINTARA"sv, "RIVERA"sv,  "SUTTER"sv, "TARAVAL"sv};
constexpr std::array endings = {""sv,     " PARK"sv, " HILL"sv,  " NORTH"sv, " SOUTH"sv,
                                " BAY"sv, " VIEW"sv, " CREEK"sv, " GATE"sv,  " CENTER"sv};
constexpr std::array types = {"ST"sv,   "ST"sv,  "ST"sv, "ST"sv, "AVE"sv, "AVE"sv, "AVE"sv,
                              "BLVD"sv, "WAY"sv, "DR"sv, "CT"sv, "LN"sv,  "TER"sv, "PL"sv};

std::string block(std::uint32_t lot) {
  const std::uint32_t number = lot / lots_a_block;
  return fmt::format("{:04}{}", number * 13 + 1, number % 9 == 8 ? "A" : "");
}
std::string lot_number(std::uint32_t lot) {
  return fmt::format("{:03}", lot % lots_a_block * 7 + 1);
}
std::string block_lot(std::uint32_t lot) {
  return block(lot) + lot_number(lot);
}
std::string street(std::uint32_t value) {
  return std::string{stems[value % stems.size()]} + std::string{endings[value / stems.size()]};
}
std::string from_number(std::uint32_t value) {
  return fmt::format("{}", value * 2 + 100);
}
std::string to_number(std::uint32_t value) {
  return fmt::format("{}", value * 2 + 100 + value % 5 * 2);
}
std::string type(std::uint32_t value) {
  return std::string{types[value]};
}
std::string parity(std::uint32_t value) {
  return value < 10 ? "E" : value < 19 ? "O" : "B";
}
// Degrees as parts of 10^15, so that no floating point is needed; `part` is below 10^10.
std::string degrees(std::int64_t hundred_thousandths, std::uint64_t part) {
  const bool negative = hundred_thousandths < 0;
  const auto size = static_cast<std::uint64_t>(negative ? -hundred_thousandths : hundred_thousandths);
  return fmt::format("{}{}.{:05}{:010}", negative ? "-" : "", size / 100'000, size % 100'000, part);
}
std::int64_t east_at(std::uint32_t value) {
  return -12'251'500 + static_cast<std::int64_t>(value);
}
std::string east(std::uint32_t value) {
  const std::int64_t at = -east_at(value);
  return fmt::format("-{}.{:05}", at / 100'000, at % 100'000);
}
std::string north(std::uint32_t value) {
  return fmt::format("{}.{:05}", 37, 70'000 + value);
}

void write_lot(std::string& out, const Draw& draw, SeededRandom& noise) {
  const auto put = [&]<class... Args>(fmt::format_string<Args...> text, Args&&... args) {
    fmt::format_to(std::back_inserter(out), text, std::forward<Args>(args)...);
  };
  const std::uint32_t lot = draw[of_lot];
  put(R"({{"type":"Feature","properties":{{"MAPBLKLOT":"{}","BLKLOT":"{}","BLOCK_NUM":"{}","LOT_NUM":"{}",)",
      block_lot(lot), block_lot(lot), block(lot), lot_number(lot));
  if (noise.per_mille(30)) {
    out += R"("FROM_ST":null,"TO_ST":null,"STREET":null,"ST_TYPE":null,"ODD_EVEN":null)";
  } else {
    put(R"("FROM_ST":"{}","TO_ST":"{}","STREET":"{}","ST_TYPE":"{}","ODD_EVEN":"{}")", from_number(draw[of_number]),
        to_number(draw[of_number]), street(draw[of_street]), type(draw[of_type]), parity(draw[of_parity]));
  }
  // The last corner is the first again.
  const std::size_t corners = noise.per_mille(750) ? 10 + noise.below(4) : 12 + noise.below(14);
  const bool several = noise.per_mille(40);
  put(R"(}},"geometry":{{"type":"{}","coordinates":[{}[)", several ? "MultiPolygon" : "Polygon", several ? "[" : "");
  std::string first;
  for (std::size_t i = 0; i < corners; ++i) {
    // The first corner stands where the draw says, the others a few hundred-thousandths of a degree beside it.
    const std::int64_t dx = i == 0 ? 0 : noise.below(12);
    const std::int64_t dy = i == 0 ? 0 : noise.below(12);
    const std::uint64_t east_part = noise.next() % 10'000'000'000ULL;  // behind the minus sign: moves a corner west
    const std::uint64_t north_part = noise.next() % 10'000'000'000ULL;
    const std::string corner =
        fmt::format("[{},{},0.0]", degrees(east_at(draw[of_east]) + dx, east_part),
                    degrees(3'770'000 + static_cast<std::int64_t>(draw[of_north]) + dy, north_part));
    if (i == 0) first = corner;
    out += corner;
    out += ',';
  }
  out += first;
  out += several ? "]]]}}" : "]]}}";
}

}  // namespace

World lots_world() {
  constexpr unsigned of_text = ask_exact | ask_prefix | ask_suffix | ask_wildcard;
  World world;
  world.groups = {1'000, blocks * lots_a_block, 200, 1'000, 14, 20, steps, steps};
  world.shares = {1'000};
  world.identity = of_lot;
  world.facets = {
      {"properties.MAPBLKLOT", 1, of_lot, set_both, of_text, block_lot},
      {"properties.BLKLOT", 1, of_lot, set_mixed, of_text, block_lot},
      {"properties.BLOCK_NUM", 1, of_lot, set_both, ask_exact | ask_prefix | ask_suffix, block},
      {"properties.LOT_NUM", 1, of_lot, set_unseen, ask_exact | ask_prefix, lot_number},
      {"properties.STREET", 1, of_street, set_both, of_text, street},
      {"properties.FROM_ST", 1, of_number, set_mixed, ask_exact | ask_prefix, from_number},
      {"properties.TO_ST", 1, of_number, set_unseen, ask_exact | ask_prefix | ask_suffix, to_number},
      {"properties.ST_TYPE", 1, of_type, set_both, ask_exact, type},
      {"properties.ODD_EVEN", 1, of_parity, set_both, ask_exact, parity},
      {"geometry.coordinates", 1, of_east, set_both, ask_number, east, {}, {}, 12},
      {"geometry.coordinates", 1, of_north, set_mixed, ask_number, north, {}, {}, 12},
  };
  world.decorations = {{1, "type", "Feature"}, {1, "geometry.type", "Polygon"}};
  world.absent = {"properties.OWNER", "bbox", "properties.ZONING.code"};
  world.write = write_lot;
  return world;
}

}  // namespace sagewatch::corpus
