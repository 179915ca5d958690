#include "services/platform/testing/servers.h"
