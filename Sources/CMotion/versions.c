// The loops, compiled once for each version.
#include "loops.h"

#define compile_loops(version, target_attribute)                                                                       \
    target_attribute static void version##_add_grey(                                                                   \
        uint16_t *restrict sums, const uint8_t *pixels, int count, int channels) {                                     \
        add_grey_loop(sums, pixels, count, channels);                                                                  \
    }                                                                                                                  \
    target_attribute static float version##_product(                                                                   \
        const float *one, const float *other, ptrdiff_t stride, int width, int height) {                               \
        return product_loop(one, other, stride, width, height);                                                        \
    }                                                                                                                  \
    target_attribute static cmotion_texture version##_texture(const cmotion_patch *patch) {                            \
        return patch->size == 8 ? texture_loop(patch, 8) : texture_loop(patch, 16);                                    \
    }                                                                                                                  \
    target_attribute static cmotion_match version##_match(                                                             \
        const cmotion_patch *patch, const cmotion_texture *texture, float dx, float dy) {                              \
        return patch->size == 8 ? match_loop(patch, texture, dx, dy, 8) : match_loop(patch, texture, dx, dy, 16);      \
    }                                                                                                                  \
    target_attribute static float version##_error(const cmotion_patch *patch, float dx, float dy) {                    \
        return patch->size == 8 ? match_loop(patch, NULL, dx, dy, 8).error : match_loop(patch, NULL, dx, dy, 16).error; \
    }                                                                                                                  \
    const cmotion_loops cmotion_loops_##version = {                                                                    \
        version##_add_grey, version##_product, version##_texture, version##_match, version##_error}

compile_loops(generic, );
#if defined(__x86_64__)
compile_loops(avx2, __attribute__((target("avx2"))));
#endif
