// Comparing planes and patches.
#include "loops.h"

int cmotion_can_run(cmotion_version version) {
    switch (version) {
    case cmotion_generic: return 1;
#if defined(__x86_64__)
    case cmotion_avx2: return __builtin_cpu_supports("avx2") != 0;
#endif
    default: return 0;
    }
}

cmotion_version cmotion_fastest(void) { return cmotion_can_run(cmotion_avx2) ? cmotion_avx2 : cmotion_generic; }

static const cmotion_loops *loops_of(cmotion_version version) {
    switch (version) {
#if defined(__x86_64__)
    case cmotion_avx2: return &cmotion_loops_avx2;
#endif
    default: return &cmotion_loops_generic;
    }
}

void cmotion_shrink(
    cmotion_plane plane, const uint8_t *pixels, ptrdiff_t bytes_per_row, int channels, int factor, uint16_t *scratch,
    cmotion_version version) {
    const cmotion_loops *loops = loops_of(version);
    int count = plane.width * factor;
    float share = 0.25f / (float)(factor * factor);
    for (int y = 0; y < plane.height; y++) {
        memset(scratch, 0, (size_t)count * sizeof(uint16_t));
        for (int row = 0; row < factor; row++, pixels += bytes_per_row) {
            loops->add_grey(scratch, pixels, count, channels);
        }
        float *to = plane.start + y * plane.stride;
        const uint16_t *from = scratch;
        for (int x = 0; x < plane.width; x++, from += factor) {
            uint32_t sum = 0;
            for (int i = 0; i < factor; i++) sum += from[i];
            to[x] = (float)sum * share;
        }
    }
}

cmotion_texture cmotion_texture_of(cmotion_patch patch, cmotion_version version) {
    return loops_of(version)->texture(&patch);
}

cmotion_match cmotion_match_at(
    cmotion_patch patch, cmotion_texture texture, float dx, float dy, cmotion_version version) {
    return loops_of(version)->match(&patch, &texture, dx, dy);
}

float cmotion_error_at(cmotion_patch patch, float dx, float dy, cmotion_version version) {
    return loops_of(version)->error(&patch, dx, dy);
}

/// Sums of squares of all rectangles that start at (0, 0): `[height + 1, width + 1]`.
static void integrate(float *sums, cmotion_plane plane) {
    int stride = plane.width + 1;
    memset(sums, 0, (size_t)stride * sizeof(float));
    for (int y = 0; y < plane.height; y++) {
        const float *row = plane.start + y * plane.stride;
        float *above = sums + y * stride, *below = above + stride, sum = 0;
        below[0] = 0;
        for (int x = 0; x < plane.width; x++) {
            sum += row[x] * row[x];
            below[x + 1] = above[x + 1] + sum;
        }
    }
}

static float energy(const float *sums, int stride, int x, int y, int width, int height) {
    const float *top = sums + y * stride + x, *bottom = top + height * stride;
    return bottom[width] - bottom[0] - top[width] + top[0];
}

void cmotion_correlate(
    cmotion_plane current, cmotion_plane previous, int range_x, int range_y, float *scratch, float *result,
    cmotion_version version) {
    const cmotion_loops *loops = loops_of(version);
    int stride = current.width + 1;
    float *one = scratch, *other = scratch + stride * (current.height + 1);
    integrate(one, current);
    integrate(other, previous);
    for (int sy = -range_y; sy <= range_y; sy++) {
        int y = sy > 0 ? sy : 0, from_y = y - sy, height = current.height - (sy < 0 ? -sy : sy);
        for (int sx = -range_x; sx <= range_x; sx++) {
            int x = sx > 0 ? sx : 0, from_x = x - sx, width = current.width - (sx < 0 ? -sx : sx);
            float product = loops->product(
                current.start + y * current.stride + x, previous.start + from_y * previous.stride + from_x,
                current.stride, width, height);
            float squares = energy(one, stride, x, y, width, height) * energy(other, stride, from_x, from_y, width, height);
            *result++ = squares > 1e-6f ? product / sqrtf(squares) : 0;
        }
    }
}
