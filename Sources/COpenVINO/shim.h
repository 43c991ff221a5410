// OpenVINO's C API for Swift. Its variadic functions do not reach Swift: use the `_props` forms.
#pragma once
#include <openvino/c/openvino.h>
