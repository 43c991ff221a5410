// libLBFGS: minimises smooth functions of many variables.
#pragma once
#include <lbfgs.h>
