// The loops in plain C, to be compiled for several processors. Look-ups go into a block of words first, so that the
// arithmetic after them is a loop that compilers turn into vectors.
#pragma once
#include "kernels.h"

#define always_inline static inline __attribute__((always_inline))

enum { block = 64 };

always_inline void ramp_loop(uint8_t *indices, int count, int64_t start, int64_t step) {
    int32_t small_step = (int32_t)((step + 0x8000) >> 16);
    if (count < block) {
        uint16_t base = (uint16_t)((start + (1 << 23)) >> 24);
        for (int i = 0; i < count; i++) {
            indices[i] = (uint8_t)((uint16_t)(base + (uint16_t)((i * small_step + 128) >> 8)) >> 8);
        }
        return;
    }
    uint16_t offsets[block];
    for (int i = 0; i < block; i++) offsets[i] = (uint16_t)((i * small_step + 128) >> 8);
    for (; count > 0; count -= block, indices += block, start += block * step) {
        uint16_t base = (uint16_t)((start + (1 << 23)) >> 24);
        int n = count < block ? count : block;
        for (int i = 0; i < n; i++) indices[i] = (uint8_t)((uint16_t)(base + offsets[i]) >> 8);
    }
}

always_inline void blend8_loop(
    uint8_t *target, const uint8_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    uint32_t words[block];
    while (count >= block) {
        for (int i = 0; i < block; i++) words[i] = table->words[indices[i]];
        for (int i = 0; i < block; i++) target[i] = (uint8_t)cblend_sample(source[i], words[i], 7);
        target += block, source += block, indices += block, count -= block;
    }
    for (int i = 0; i < count; i++) target[i] = (uint8_t)cblend_sample(source[i], table->words[indices[i]], 7);
}

always_inline void blend16_loop(
    uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    int shift = 15 - table->bits;
    uint32_t words[block];
    while (count >= block) {
        for (int i = 0; i < block; i++) words[i] = table->words[indices[i]];
        for (int i = 0; i < block; i++) target[i] = (uint16_t)cblend_sample(source[i], words[i], shift);
        target += block, source += block, indices += block, count -= block;
    }
    for (int i = 0; i < count; i++) target[i] = (uint16_t)cblend_sample(source[i], table->words[indices[i]], shift);
}
