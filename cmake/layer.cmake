# sw_layer(NAME [CONCURRENT] [BELOW LAYER] [LIBRARIES ...]): a folder as a static library sw_NAME, with every *_test.cc in it as
# NAME_test and every *_bench.cc as NAME_bench. CONCURRENT: its tests start threads and also run under TSan. A file belongs to its layer by lying in its folder; nothing else
# needs to name it.
function(sw_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CONCURRENT" "BELOW" "LIBRARIES")
  set(label unit)
  if(arg_CONCURRENT)
    set(label concurrent)
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${name}/*.cc)
  set(tests ${sources})
  set(benches ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|_bench|/main)\\.cc$")

  add_library(sw_${name} STATIC ${sources})
  set_target_properties(sw_${name} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(sw_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(sw_${name} PUBLIC ${arg_LIBRARIES})
  if(arg_BELOW)
    target_link_libraries(sw_${name} PUBLIC sw_${arg_BELOW})
  endif()

  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE sw_${name} GTest::gmock_main)
    target_link_libraries(${name}_test PRIVATE sw_source_dir)
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 120 PROPERTIES TIMEOUT 300 LABELS ${label})
  endif()
  if(benches AND SAGEWATCH_BENCHMARKS)
    find_package(benchmark REQUIRED)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE sw_${name} benchmark::benchmark_main)
    target_link_libraries(${name}_bench PRIVATE sw_source_dir)
  endif()
endfunction()
include(GoogleTest)

# tests/source_dir.h
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/source_dir.cc CONTENT
  "#include \"tests/source_dir.h\"\n\nconst char* const sagewatch::source_dir = \"${PROJECT_SOURCE_DIR}\";\n")
add_library(sw_source_dir STATIC ${CMAKE_BINARY_DIR}/source_dir.cc)
target_include_directories(sw_source_dir PRIVATE ${PROJECT_SOURCE_DIR})
