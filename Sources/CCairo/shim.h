// cairo draws the scene of the `demo:` input.
#pragma once
#include <cairo.h>
