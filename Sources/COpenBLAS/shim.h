// OpenBLAS: the linear algebra of the class activation maps.
#pragma once
#include <cblas.h>
