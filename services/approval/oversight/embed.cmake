# Writes OUT: a C++ file that defines assay::approval::ShippedOversight() from the file IN.
file(READ ${IN} json)
file(WRITE ${OUT} "// Generated from oversight/data. Do not edit.\n#include \"services/approval/oversight_loader.h\"\nnamespace assay::approval {\nstd::string_view ShippedOversight() {\n  return R\"__json__(${json})__json__\";\n}\n}  // namespace assay::approval\n")
