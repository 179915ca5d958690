#include "services/notifications/wiring.h"

int main(int argc, char** argv) {
  assay::notifications::Config config;
  return assay::platform::ServiceMain(argc, argv, assay::notifications::Definition(config));
}
