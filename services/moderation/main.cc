#include "services/moderation/wiring.h"

int main(int argc, char** argv) {
  assay::moderation::Config config;
  return assay::platform::ServiceMain(argc, argv, assay::moderation::Definition(config));
}
