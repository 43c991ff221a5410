// The inner loops that exist in several versions.
#pragma once
#include "CBlend.h"

typedef struct {
    /// Table indices along a line: index i is start + i * step, both with 32 fraction bits and the half to round by
    /// already in `start`; exact to 1/256 of an index. Up to 63 bytes past `count` may be written.
    void (*ramp)(uint8_t *indices, int count, int64_t start, int64_t step);
    void (*blend8)(uint8_t *target, const uint8_t *source, const uint8_t *indices, int count, const cblend_table *table);
    /// 9 to 14 bits.
    void (*blend16)(uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table);
} cblend_kernels;

extern const cblend_kernels cblend_kernels_generic;
#if defined(__x86_64__)
extern const cblend_kernels cblend_kernels_avx2, cblend_kernels_avx512vbmi;
#endif

/// The arithmetic of all versions: a sample of `15 - shift` bits, and a word of the table.
static inline int32_t cblend_sample(uint32_t sample, uint32_t word, int shift) {
    int32_t scaled = (int16_t)(uint16_t)(sample << shift);
    int32_t product = (scaled * (int32_t)(int16_t)word + 0x4000) >> 15;
    int32_t sum = product + (int32_t)(int16_t)(word >> 16);
    sum = sum < 0 ? 0 : sum;
    sum = sum > 32767 ? 32767 : sum;
    return sum >> shift;
}
