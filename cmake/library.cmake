# What `cmake --install` puts where: the program with its documents, and rules/ as a library for other programs
# (docs/library.md). The library is one archive of the objects of events/ and rules/, so that its users need neither our
# other layers nor their dependencies; nothing of our own compile options is exported with it.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# The headers that users include; whatever these include of ours is installed, too.
set(sw_public_headers
  events/frame.h events/valid_json.h
  rules/aws_rules.h rules/json_check.h rules/json_tree.h rules/matcher.h rules/pattern.h rules/reference.h rules/rule_set.h)

# sw_with_includes(OUT HEADER...): the headers and, however deep, those that they include by our own names.
function(sw_with_includes out)
  set(found)
  set(open ${ARGN})
  while(open)
    list(POP_FRONT open header)
    if(header IN_LIST found)
      continue()
    endif()
    list(APPEND found ${header})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    file(STRINGS ${header} lines REGEX "^#include \"")
    foreach(line IN LISTS lines)
      string(REGEX REPLACE "^#include \"([^\"]+)\".*" "\\1" included "${line}")
      list(APPEND open ${included})
    endforeach()
  endwhile()
  set(${out} ${found} PARENT_SCOPE)
endfunction()

add_library(sagewatch_rules STATIC $<TARGET_OBJECTS:sw_events> $<TARGET_OBJECTS:sw_rules>)
set_target_properties(sagewatch_rules PROPERTIES LINKER_LANGUAGE CXX EXPORT_NAME rules)
target_compile_features(sagewatch_rules PUBLIC cxx_std_20)
target_include_directories(sagewatch_rules INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/sagewatch>)
target_link_libraries(sagewatch_rules PUBLIC tl::expected PRIVATE fmt::fmt simdjson::simdjson xxhash)

# Compiled here, too, so that it cannot fall behind; tests/library_test.py builds it as its readers would.
add_executable(library_example EXCLUDE_FROM_ALL examples/library/main.cc)
target_link_libraries(library_example PRIVATE sagewatch_rules)

sw_with_includes(headers ${sw_public_headers})
foreach(header IN LISTS headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/sagewatch/${folder} COMPONENT library)
endforeach()
install(TARGETS sagewatch_rules EXPORT sagewatch ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)

set(package ${CMAKE_INSTALL_LIBDIR}/cmake/sagewatch)
install(EXPORT sagewatch NAMESPACE sagewatch:: FILE sagewatchTargets.cmake DESTINATION ${package} COMPONENT library)
configure_package_config_file(cmake/sagewatchConfig.cmake.in ${CMAKE_BINARY_DIR}/sagewatchConfig.cmake
  INSTALL_DESTINATION ${package})
# Before 1.0 a minor version may change the headers.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/sagewatchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/sagewatchConfig.cmake ${CMAKE_BINARY_DIR}/sagewatchConfigVersion.cmake
  DESTINATION ${package} COMPONENT library)

install(TARGETS sagewatch RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs examples DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
