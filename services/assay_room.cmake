# assay_room(NAME [DEPS …] [TEST_DEPS …] [LABEL unit]): the folder this is called from.
#
#   *.cc                 → library assay_NAME
#   main.cc              → binary NAME's entry: see assay_binary
#   *_test.cc            → one test binary NAME_test, run by ctest under LABEL
#   *_benchmark.cc       → one benchmark binary NAME_benchmark, run at smoke size
#
# Files are found by their names, so adding a file needs no change here. The target
# `unit_tests` builds every test of the unit ring (the sanitizer build needs no more).
add_custom_target(unit_tests)

function(assay_room name)
  cmake_parse_arguments(ROOM "" "LABEL" "DEPS;TEST_DEPS" ${ARGN})
  if(NOT ROOM_LABEL)
    set(ROOM_LABEL unit)
  endif()
  file(GLOB all CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  set(tests ${all})
  set(benchmarks ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER benchmarks INCLUDE REGEX "_benchmark\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "(_test|_benchmark|/main)\\.cc$")
  if(sources)
    add_library(assay_${name} STATIC ${sources})
    target_link_libraries(assay_${name} PUBLIC ${ROOM_DEPS})
  else()
    add_library(assay_${name} INTERFACE)
    target_link_libraries(assay_${name} INTERFACE ${ROOM_DEPS})
  endif()
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE assay_${name} ${ROOM_TEST_DEPS} GTest::gmock GTest::gtest_main)
    # Only where it is used: elsewhere a compiler cache serves any checkout.
    foreach(test ${tests})
      file(STRINGS ${test} uses REGEX ASSAY_ROOT)
      if(uses)
        set_property(SOURCE ${test} APPEND PROPERTY COMPILE_DEFINITIONS
                     ASSAY_ROOT="${CMAKE_SOURCE_DIR}")
      endif()
    endforeach()
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS ${ROOM_LABEL} TIMEOUT 300)
    if(ROOM_LABEL STREQUAL unit)
      add_dependencies(unit_tests ${name}_test)
    endif()
  endif()
  if(benchmarks AND ASSAY_BENCHMARKS)
    add_executable(${name}_benchmark ${benchmarks})
    target_link_libraries(${name}_benchmark PRIVATE assay_${name} ${ROOM_TEST_DEPS} benchmark::benchmark_main)
    add_test(NAME ${name}_benchmark_smoke COMMAND ${name}_benchmark --benchmark_min_time=0.001)
    set_tests_properties(${name}_benchmark_smoke PROPERTIES LABELS benchmark TIMEOUT 120)
  endif()
endfunction()

# assay_binary(NAME DEPS …): main.cc of this folder, linked into ${CMAKE_BINARY_DIR}/bin/NAME.
function(assay_binary name)
  add_executable(${name} main.cc)
  target_link_libraries(${name} PRIVATE ${ARGN})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
endfunction()

# assay_embed(TARGET NAMESPACE FUNCTION PATTERN): embeds the files of this folder that match, in the
# order of their names, as `std::span<const platform::EmbeddedFile> assay::NAMESPACE::FUNCTION()`.
function(assay_embed target namespace function pattern)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${pattern})
  list(JOIN files "|" joined)
  set(out ${CMAKE_BINARY_DIR}/gen/embedded/${namespace}_${function}.cc)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=${namespace} -DFUNCTION=${function} "-DFILES=${joined}"
            -DOUT=${out} -P ${CMAKE_SOURCE_DIR}/services/embed_files.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/services/embed_files.cmake
    COMMENT "Embedding ${pattern} of ${namespace}"
    VERBATIM)
  target_sources(${target} PRIVATE ${out})
endfunction()

# assay_sql(TARGET): embeds migrations/{sqlite,postgres}/NNNN_name.sql of this folder
# into TARGET as `const platform::MigrationSet& assay::<folder>::Migrations()`.
function(assay_sql target)
  get_filename_component(component ${CMAKE_CURRENT_SOURCE_DIR} NAME)
  assay_sql_as(${target} ${component})
endfunction()

function(assay_sql_as target component)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/migrations/*/*.sql)
  get_target_property(kind ${target} TYPE)
  if(kind STREQUAL INTERFACE_LIBRARY)
    return()
  endif()
  set(out ${CMAKE_BINARY_DIR}/gen/sql/${component}_migrations.cc)
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${CMAKE_COMMAND} -DCOMPONENT=${component} -DDIR=${CMAKE_CURRENT_SOURCE_DIR}/migrations
            -DOUT=${out} -P ${CMAKE_SOURCE_DIR}/services/embed_sql.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/services/embed_sql.cmake
    COMMENT "Embedding the ${component} migrations")
  target_sources(${target} PRIVATE ${out})
endfunction()
