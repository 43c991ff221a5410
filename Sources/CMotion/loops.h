// The inner loops, compiled for several processors. Sums are kept in eight lanes, whatever the processor has.
#pragma once
#include "CMotion.h"
#include <math.h>
#include <string.h>

#define always_inline static inline __attribute__((always_inline))

typedef float lanes __attribute__((vector_size(32)));

#define load(v, address) memcpy(&(v), (address), sizeof(lanes))

#define sum_of(v) (((v[0] + v[4]) + (v[1] + v[5])) + ((v[2] + v[6]) + (v[3] + v[7])))

typedef struct {
    void (*add_grey)(uint16_t *restrict sums, const uint8_t *pixels, int count, int channels);
    float (*product)(const float *one, const float *other, ptrdiff_t stride, int width, int height);
    cmotion_texture (*texture)(const cmotion_patch *patch);
    cmotion_match (*match)(const cmotion_patch *patch, const cmotion_texture *texture, float dx, float dy);
    float (*error)(const cmotion_patch *patch, float dx, float dy);
} cmotion_loops;

extern const cmotion_loops cmotion_loops_generic;
#if defined(__x86_64__)
extern const cmotion_loops cmotion_loops_avx2;
#endif

/// Adds a row's grey, times 4.
always_inline void add_grey_loop(uint16_t *restrict sums, const uint8_t *pixels, int count, int channels) {
    if (channels == 3) {
        for (int i = 0; i < count; i++) {
            sums[i] = (uint16_t)(sums[i] + pixels[3 * i] + 2 * pixels[3 * i + 1] + pixels[3 * i + 2]);
        }
    } else {
        for (int i = 0; i < count; i++) sums[i] = (uint16_t)(sums[i] + 4 * pixels[i]);
    }
}

/// Sum of products of two rectangles. Up to 7 samples to the right are read, and not counted.
always_inline float product_loop(const float *one, const float *other, ptrdiff_t stride, int width, int height) {
    static const float ones[16] = {1, 1, 1, 1, 1, 1, 1, 1};
    lanes sum = {0}, a, b, tail;
    int whole = width & ~7;
    load(tail, ones + 8 - (width - whole));
    for (int y = 0; y < height; y++, one += stride, other += stride) {
        for (int x = 0; x < whole; x += 8) {
            load(a, one + x);
            load(b, other + x);
            sum += a * b;
        }
        if (whole < width) {
            load(a, one + whole);
            load(b, other + whole);
            sum += a * b * tail;
        }
    }
    return sum_of(sum);
}

always_inline cmotion_texture texture_loop(const cmotion_patch *patch, int size) {
    lanes s = {0}, ss = {0}, x = {0}, y = {0}, xx = {0}, xy = {0}, yy = {0};
    for (int row = 0; row < size; row++) {
        for (int column = 0; column < size; column += 8) {
            ptrdiff_t place = row * patch->stride + column;
            lanes sample, gx, gy;
            load(sample, patch->current + place);
            load(gx, patch->gradient_x + place);
            load(gy, patch->gradient_y + place);
            s += sample;
            ss += sample * sample;
            x += gx;
            y += gy;
            xx += gx * gx;
            xy += gx * gy;
            yy += gy * gy;
        }
    }
    float count = (float)(size * size), mean_x = sum_of(x) / count, mean_y = sum_of(y) / count;
    float sum = sum_of(s);
    return (cmotion_texture){
        .xx = fmaxf(0, sum_of(xx) - count * mean_x * mean_x),
        .xy = sum_of(xy) - count * mean_x * mean_y,
        .yy = fmaxf(0, sum_of(yy) - count * mean_y * mean_y),
        .energy = fmaxf(0, sum_of(ss) - sum * sum / count),
        .mean_x = mean_x,
        .mean_y = mean_y};
}

/// - texture: NULL: the error alone.
always_inline cmotion_match match_loop(
    const cmotion_patch *patch, const cmotion_texture *texture, float dx, float dy, int size) {
    float left = floorf(-dx), top = floorf(-dy), fx = -dx - left, fy = -dy - top;
    const float *from = patch->previous + (ptrdiff_t)top * patch->stride + (ptrdiff_t)left;
    lanes s = {0}, ss = {0}, x = {0}, y = {0}, p = {0}, pp = {0};
    for (int column = 0; column < size; column += 8) {
        lanes a, b, above;
        load(a, from + column);
        load(b, from + column + 1);
        above = a + (b - a) * fx;
        for (int row = 0; row < size; row++) {
            ptrdiff_t place = row * patch->stride + column;
            load(a, from + place + patch->stride);
            load(b, from + place + patch->stride + 1);
            lanes below = a + (b - a) * fx, sample;
            lanes moved = (above + (below - above) * fy) * patch->gain;
            above = below;
            load(sample, patch->current + place);
            lanes difference = moved - sample;
            s += difference;
            ss += difference * difference;
            if (texture) {
                lanes gx, gy;
                load(gx, patch->gradient_x + place);
                load(gy, patch->gradient_y + place);
                x += difference * gx;
                y += difference * gy;
                p += moved;
                pp += moved * moved;
            }
        }
    }
    float count = (float)(size * size), sum = sum_of(s);
    cmotion_match match = {.error = fmaxf(0, sum_of(ss) - sum * sum / count)};
    if (texture) {
        float sum_p = sum_of(p);
        match.x = sum_of(x) - sum * texture->mean_x;
        match.y = sum_of(y) - sum * texture->mean_y;
        match.energy = fmaxf(0, sum_of(pp) - sum_p * sum_p / count);
    }
    return match;
}
