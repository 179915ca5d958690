# assay_protos(TARGET FILES…): one static library of generated message code.
# Paths are relative to protos/. Servers and clients are built from descriptors
# (services/platform/rpc), so no service stubs are generated.
set(ASSAY_PROTO_DIR ${CMAKE_CURRENT_LIST_DIR})
set(ASSAY_GEN_DIR ${CMAKE_BINARY_DIR}/gen)
file(MAKE_DIRECTORY ${ASSAY_GEN_DIR})

function(assay_protos target)
  set(sources)
  foreach(file ${ARGN})
    string(REGEX REPLACE "\\.proto$" "" stem ${file})
    set(out ${ASSAY_GEN_DIR}/${stem}.pb.cc ${ASSAY_GEN_DIR}/${stem}.pb.h)
    add_custom_command(
      OUTPUT ${out}
      COMMAND protobuf::protoc -I${ASSAY_PROTO_DIR} --cpp_out=${ASSAY_GEN_DIR} ${ASSAY_PROTO_DIR}/${file}
      DEPENDS ${ASSAY_PROTO_DIR}/${file}
      COMMENT "Generating ${stem}.pb.cc")
    list(APPEND sources ${out})
  endforeach()
  add_library(${target} STATIC ${sources})
  target_compile_options(${target} PRIVATE -w -O1)
  target_include_directories(${target} SYSTEM PUBLIC ${ASSAY_GEN_DIR})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()
