// Vectors of eight, whatever the processor has.
#pragma once
#include "CSteady.h"
#include <string.h>

/// Compiled twice; which one runs is decided when the program is loaded.
#if defined(__x86_64__)
#define fastest __attribute__((target_clones("avx2", "default")))
#else
#define fastest
#endif

#define always_inline static inline __attribute__((always_inline))

enum { lane_count = 8 };

typedef float lanes __attribute__((vector_size(4 * lane_count)));
typedef int32_t choices __attribute__((vector_size(4 * lane_count)));

#define load(v, address) memcpy(&(v), (address), sizeof(lanes))
#define store(address, v) memcpy((address), &(v), sizeof(lanes))

/// `one` where `choice` is set, else `other`.
#define choose(choice, one, other) (lanes)(((choices)(one) & (choice)) | ((choices)(other) & ~(choice)))

#define sum_of(v) (((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7])))

always_inline float magnitude(float value) { return value < 0 ? -value : value; }
