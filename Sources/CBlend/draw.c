// Text and rectangles, drawn over what the plane holds.
#include "CBlend.h"

static inline int mixed(int sample, int code, int opacity) {
    int scaled = sample * (255 - opacity) + code * opacity;
    return (scaled + 127) / 255;
}

static inline int read_sample(const uint8_t *row, int x, int bits) {
    return bits > 8 ? ((const uint16_t *)row)[x] : row[x];
}

static inline void write_sample(uint8_t *row, int x, int bits, int value) {
    if (bits > 8) {
        ((uint16_t *)row)[x] = (uint16_t)value;
    } else {
        row[x] = (uint8_t)value;
    }
}

/// Mean coverage of the pixels of one sample; pixels beyond the block count as not covered.
static inline int mean(const uint8_t *coverage, const cblend_coverage *block, int x, int y, int log2_width, int log2_height) {
    int sum = 0;
    int x1 = x + (1 << log2_width), y1 = y + (1 << log2_height);
    for (int v = y; v < (y1 < block->height ? y1 : block->height); v++) {
        for (int u = x; u < (x1 < block->width ? x1 : block->width); u++) sum += coverage[v * block->stride + u];
    }
    int shift = log2_width + log2_height;
    return (sum + (1 << shift >> 1)) >> shift;
}

void cblend_stamp(
    const cblend_target *target, int x, int y, const cblend_coverage *coverage, int dark_code, int light_code) {
    int lw = target->log2_width, lh = target->log2_height;
    int left = x >> lw, top = y >> lh;
    int columns = (coverage->width + (1 << lw) - 1) >> lw, rows = (coverage->height + (1 << lh) - 1) >> lh;
    for (int v = top < 0 ? -top : 0; v < rows && top + v < target->height; v++) {
        uint8_t *row = target->start + (top + v) * target->stride;
        for (int u = left < 0 ? -left : 0; u < columns && left + u < target->width; u++) {
            int dark = mean(coverage->dark, coverage, u << lw, v << lh, lw, lh);
            int light = mean(coverage->light, coverage, u << lw, v << lh, lw, lh);
            if ((dark | light) == 0) continue;
            int sample = read_sample(row, left + u, target->bits);
            sample = mixed(mixed(sample, dark_code, dark), light_code, light);
            write_sample(row, left + u, target->bits, sample);
        }
    }
}

/// How many of the pixels position << log2 ..< (position + 1) << log2 lie in start..<end.
static inline int overlap(int position, int log2, int start, int end) {
    int first = position << log2, last = (position + 1) << log2;
    int from = first > start ? first : start, to = last < end ? last : end;
    return to > from ? to - from : 0;
}

void cblend_fill(const cblend_target *target, int x0, int y0, int x1, int y1, int opacity, int code) {
    int lw = target->log2_width, lh = target->log2_height;
    x0 = x0 < 0 ? 0 : x0;
    y0 = y0 < 0 ? 0 : y0;
    for (int v = y0 >> lh; v < target->height && v << lh < y1; v++) {
        uint8_t *row = target->start + v * target->stride;
        int high = overlap(v, lh, y0, y1);
        for (int u = x0 >> lw; u < target->width && u << lw < x1; u++) {
            int covered = overlap(u, lw, x0, x1) * high * opacity >> (lw + lh);
            write_sample(row, u, target->bits, mixed(read_sample(row, u, target->bits), code, covered));
        }
    }
}
