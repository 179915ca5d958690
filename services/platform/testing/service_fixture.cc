#include "services/platform/testing/service_fixture.h"
