// Making the planes of a picture.
#include "CMotion.h"
#include <string.h>

void cmotion_extend(cmotion_plane plane) {
    for (int y = 0; y < plane.height; y++) {
        float *row = plane.start + y * plane.stride;
        for (int x = 1; x <= CMOTION_BORDER; x++) {
            row[-x] = row[0];
            row[plane.width - 1 + x] = row[plane.width - 1];
        }
    }
    size_t bytes = (size_t)(plane.width + 2 * CMOTION_BORDER) * sizeof(float);
    float *first = plane.start - CMOTION_BORDER, *last = first + (plane.height - 1) * plane.stride;
    for (int y = 1; y <= CMOTION_BORDER; y++) {
        memcpy(first - y * plane.stride, first, bytes);
        memcpy(last + y * plane.stride, last, bytes);
    }
}

void cmotion_smooth(cmotion_plane to, cmotion_plane from, float *scratch) {
    float *restrict row = scratch + 1;
    for (int y = 0; y < to.height; y++) {
        const float *at = from.start + y * from.stride, *above = at - from.stride, *below = at + from.stride;
        for (int x = -1; x <= to.width; x++) row[x] = above[x] + 2 * at[x] + below[x];
        float *restrict target = to.start + y * to.stride;
        for (int x = 0; x < to.width; x++) target[x] = (row[x - 1] + 2 * row[x] + row[x + 1]) * (1.0f / 16);
    }
}

void cmotion_halve(cmotion_plane to, cmotion_plane from) {
    for (int y = 0; y < to.height; y++) {
        const float *upper = from.start + 2 * y * from.stride, *lower = upper + from.stride;
        float *restrict target = to.start + y * to.stride;
        for (int x = 0; x < to.width; x++) {
            target[x] = (upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1]) * 0.25f;
        }
    }
}

void cmotion_detail(cmotion_plane to, cmotion_plane from, float *scratch) {
    float *restrict sums = scratch + 2;
    for (int y = 0; y < to.height; y++) {
        const float *row = from.start + y * from.stride;
        ptrdiff_t s = from.stride;
        for (int x = -2; x < to.width + 2; x++) {
            sums[x] = row[x - 2 * s] + row[x - s] + row[x] + row[x + s] + row[x + 2 * s];
        }
        float *restrict target = to.start + y * to.stride;
        for (int x = 0; x < to.width; x++) {
            float sum = sums[x - 2] + sums[x - 1] + sums[x] + sums[x + 1] + sums[x + 2];
            target[x] = row[x] - sum * (1.0f / 25);
        }
    }
}

void cmotion_gradients(cmotion_plane gx, cmotion_plane gy, cmotion_plane from) {
    for (int y = 0; y < from.height; y++) {
        const float *row = from.start + y * from.stride;
        float *restrict to_x = gx.start + y * gx.stride, *restrict to_y = gy.start + y * gy.stride;
        for (int x = 0; x < from.width; x++) {
            to_x[x] = (row[x + 1] - row[x - 1]) * 0.5f;
            to_y[x] = (row[x + from.stride] - row[x - from.stride]) * 0.5f;
        }
    }
}
