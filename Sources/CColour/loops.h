// The inner loops in plain C, which compilers turn into vectors; compiled for several processors.
#pragma once
#include "CColour.h"

typedef struct {
    /// A row of both chroma planes, and what it adds to luma, with 4 fraction bits.
    void (*chroma)(
        uint8_t *restrict cb_target, uint8_t *restrict cr_target, int16_t *restrict shares, const uint8_t *cb,
        const uint8_t *cr, int count, const ccolour_matrix *matrix);
    /// What two rows of chroma add to the luma between them: weights of quarters, so 6 fraction bits.
    void (*mix)(
        int16_t *restrict mixed, const int16_t *other, const int16_t *own, int other_weight, int own_weight, int count);
    /// A row of luma where the matrix stays.
    void (*luma)(uint8_t *restrict target, const uint8_t *luma, int count, const ccolour_matrix *matrix);
    /// A row of luma with as many columns of chroma.
    void (*luma_full)(
        uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, int count, const ccolour_matrix *matrix);
    /// Pairs of luma samples with halved columns of chroma. Weights, in quarters: of the column before and its own for
    /// the first, of its own and the column after for the second.
    void (*luma_pairs)(
        uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, const int16_t weights[4], int pairs,
        const ccolour_matrix *matrix);
} ccolour_loops;

extern const ccolour_loops ccolour_loops_generic;
#if defined(__x86_64__)
extern const ccolour_loops ccolour_loops_avx2;
#endif

#define always_inline static inline __attribute__((always_inline))

always_inline uint8_t clamped(int32_t value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

/// `mixed` has 8 fraction bits.
always_inline uint8_t luma_sample(uint8_t luma, int32_t mixed, const ccolour_matrix *matrix) {
    return clamped((luma * matrix->luma_scale + mixed * 256 + matrix->luma_offset + 0x8000) >> 16);
}

always_inline void chroma_loop(
    uint8_t *restrict cb_target, uint8_t *restrict cr_target, int16_t *restrict shares, const uint8_t *cb,
    const uint8_t *cr, int count, const ccolour_matrix *matrix) {
    ccolour_matrix m = *matrix;
    for (int i = 0; i < count; i++) {
        int32_t blue = cb[i] - 128, red = cr[i] - 128;
        cb_target[i] = clamped(((blue * m.chroma_scale[0][0] + red * m.chroma_scale[0][1] + 0x8000) >> 16) + 128);
        cr_target[i] = clamped(((blue * m.chroma_scale[1][0] + red * m.chroma_scale[1][1] + 0x8000) >> 16) + 128);
        shares[i] = (int16_t)((blue * m.luma_share[0] + red * m.luma_share[1] + 0x800) >> 12);
    }
}

always_inline void mix_loop(
    int16_t *restrict mixed, const int16_t *other, const int16_t *own, int other_weight, int own_weight, int count) {
    int16_t weights[2] = {(int16_t)other_weight, (int16_t)own_weight};
    for (int i = 0; i < count; i++) mixed[i] = (int16_t)(other[i] * weights[0] + own[i] * weights[1]);
}

always_inline void luma_loop(uint8_t *restrict target, const uint8_t *luma, int count, const ccolour_matrix *matrix) {
    ccolour_matrix m = *matrix;
    for (int i = 0; i < count; i++) target[i] = luma_sample(luma[i], 0, &m);
}

always_inline void luma_full_loop(
    uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, int count, const ccolour_matrix *matrix) {
    ccolour_matrix m = *matrix;
    for (int i = 0; i < count; i++) target[i] = luma_sample(luma[i], mixed[i] * 4, &m);
}

always_inline void luma_pairs_loop(
    uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, const int16_t weights[4], int pairs,
    const ccolour_matrix *matrix) {
    ccolour_matrix m = *matrix;
    int16_t before = weights[0], first = weights[1], second = weights[2], after = weights[3];
    for (int i = 0; i < pairs; i++) {
        int16_t left = (int16_t)(mixed[i - 1] * before + mixed[i] * first);
        int16_t right = (int16_t)(mixed[i] * second + mixed[i + 1] * after);
        target[2 * i] = luma_sample(luma[2 * i], left, &m);
        target[2 * i + 1] = luma_sample(luma[2 * i + 1], right, &m);
    }
}
