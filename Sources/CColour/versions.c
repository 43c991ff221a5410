// The loops, compiled once for each version.
#include "loops.h"

#define compile_loops(version, target_attribute)                                                                       \
    target_attribute static void version##_chroma(                                                                     \
        uint8_t *restrict cb_target, uint8_t *restrict cr_target, int16_t *restrict shares, const uint8_t *cb,         \
        const uint8_t *cr, int count, const ccolour_matrix *matrix) {                                                  \
        chroma_loop(cb_target, cr_target, shares, cb, cr, count, matrix);                                              \
    }                                                                                                                  \
    target_attribute static void version##_mix(                                                                        \
        int16_t *restrict mixed, const int16_t *other, const int16_t *own, int other_weight, int own_weight,           \
        int count) {                                                                                                   \
        mix_loop(mixed, other, own, other_weight, own_weight, count);                                                  \
    }                                                                                                                  \
    target_attribute static void version##_luma(                                                                       \
        uint8_t *restrict target, const uint8_t *luma, int count, const ccolour_matrix *matrix) {                      \
        luma_loop(target, luma, count, matrix);                                                                        \
    }                                                                                                                  \
    target_attribute static void version##_luma_full(                                                                  \
        uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, int count,                                \
        const ccolour_matrix *matrix) {                                                                                \
        luma_full_loop(target, luma, mixed, count, matrix);                                                            \
    }                                                                                                                  \
    target_attribute static void version##_luma_pairs(                                                                 \
        uint8_t *restrict target, const uint8_t *luma, const int16_t *mixed, const int16_t weights[4], int pairs,      \
        const ccolour_matrix *matrix) {                                                                                \
        luma_pairs_loop(target, luma, mixed, weights, pairs, matrix);                                                  \
    }                                                                                                                  \
    const ccolour_loops ccolour_loops_##version = {                                                                    \
        version##_chroma, version##_mix, version##_luma, version##_luma_full, version##_luma_pairs}

compile_loops(generic, );
#if defined(__x86_64__)
compile_loops(avx2, __attribute__((target("avx2"))));
#endif
