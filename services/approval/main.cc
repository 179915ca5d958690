#include "services/approval/wiring.h"

int main(int argc, char** argv) {
  assay::approval::Config config;
  return assay::platform::ServiceMain(argc, argv, assay::approval::Definition(config));
}
