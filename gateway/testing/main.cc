// A ShopService to put load on: gateway_test_backend [PORT]
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "gateway/testing/backend.h"

int main(int argc, char** argv) {
  const assay::gateway::testing::TestBackend backend(argc > 1 ? std::atoi(argv[1]) : 0);
  std::cout << backend.port() << std::endl;
  return std::getchar() == EOF ? 0 : 1;  // Until its standard input ends.
}
