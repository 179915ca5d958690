#include "services/evidence/wiring.h"

int main(int argc, char** argv) {
  assay::evidence::Config config;
  return assay::platform::ServiceMain(argc, argv, assay::evidence::Definition(config));
}
