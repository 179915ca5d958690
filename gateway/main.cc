#include "gateway/gateway.h"

int main(int argc, char** argv) { return assay::gateway::RunGateway(argc, argv); }
