// Text and rectangles, drawn over what the plane holds.
#include "CBlend.h"
#include <string.h>

#define always_inline static inline __attribute__((always_inline))

/// Opacity 0...255; none and all are exact.
always_inline int mixed(int sample, int code, int opacity) {
    int weight = opacity + (opacity >> 7);
    return (sample * (256 - weight) + code * weight + 128) >> 8;
}

void cblend_cover(
    uint8_t *coverage, int box_width, int box_height, const uint8_t *glyph, int x, int y, int width, int height,
    int strength) {
    int weight = strength + (strength >> 7);
    int left = x < 0 ? -x : 0, right = x + width > box_width ? box_width - x : width;
    for (int v = y < 0 ? -y : 0; v < height && y + v < box_height; v++) {
        uint8_t *row = coverage + (ptrdiff_t)(y + v) * box_width + x;
        for (int u = left; u < right; u++) {
            uint8_t drawn = (uint8_t)(glyph[v * width + u] * weight >> 8);
            row[u] = row[u] > drawn ? row[u] : drawn;
        }
    }
}

/// Mean coverage of each sample's pixels.
always_inline void mean(uint8_t *means, const uint8_t *coverage, int stride, int count, int log2_width, int log2_height) {
    int shift = log2_width + log2_height;
    for (int i = 0; i < count; i++) {
        int sum = 1 << shift >> 1;
        for (int v = 0; v < 1 << log2_height; v++) {
            for (int u = 0; u < 1 << log2_width; u++) sum += coverage[v * stride + (i << log2_width) + u];
        }
        means[i] = (uint8_t)(sum >> shift);
    }
}

/// The same with the usual subsamplings written out, so that the compiler unrolls them.
static void mean_of(uint8_t *means, const uint8_t *coverage, int stride, int count, int log2_width, int log2_height) {
    if (log2_width == 0 && log2_height == 0) {
        memcpy(means, coverage, (size_t)count);
    } else if (log2_width == 1 && log2_height == 1) {
        mean(means, coverage, stride, count, 1, 1);
    } else if (log2_width == 1 && log2_height == 0) {
        mean(means, coverage, stride, count, 1, 0);
    } else {
        mean(means, coverage, stride, count, log2_width, log2_height);
    }
}

void cblend_stamp(
    const cblend_target *target, int x, int y, const cblend_coverage *coverage, int dark_code, int light_code) {
    enum { block = 256 };
    uint8_t dark[block], light[block];
    int lw = target->log2_width, lh = target->log2_height;
    int left = x >> lw, top = y >> lh;
    int columns = coverage->width >> lw, rows = coverage->height >> lh;
    if (left + columns > target->width) columns = target->width - left;
    if (top + rows > target->height) rows = target->height - top;
    for (int v = 0; v < rows; v++) {
        ptrdiff_t line = (ptrdiff_t)(v << lh) * coverage->stride;
        for (int u = 0; u < columns; u += block) {
            int count = columns - u < block ? columns - u : block;
            mean_of(dark, coverage->dark + line + (u << lw), coverage->stride, count, lw, lh);
            mean_of(light, coverage->light + line + (u << lw), coverage->stride, count, lw, lh);
            uint8_t *row = target->start + (top + v) * target->stride;
            if (target->bits > 8) {
                uint16_t *samples = (uint16_t *)row + left + u;
                for (int i = 0; i < count; i++) {
                    samples[i] = (uint16_t)mixed(mixed(samples[i], dark_code, dark[i]), light_code, light[i]);
                }
            } else {
                uint8_t *samples = row + left + u;
                for (int i = 0; i < count; i++) {
                    samples[i] = (uint8_t)mixed(mixed(samples[i], dark_code, dark[i]), light_code, light[i]);
                }
            }
        }
    }
}

void cblend_lay(const cblend_target *target, int x, int y, const cblend_colours *colours) {
    int left = x >> target->log2_width, top = y >> target->log2_height;
    for (int v = 0; v < colours->height && top + v < target->height; v++) {
        const uint16_t *codes = colours->codes + (ptrdiff_t)v * colours->width;
        const uint8_t *opacities = colours->opacities + (ptrdiff_t)v * colours->width;
        uint8_t *row = target->start + (top + v) * target->stride;
        for (int u = 0; u < colours->width && left + u < target->width; u++) {
            if (target->bits > 8) {
                uint16_t *sample = (uint16_t *)row + left + u;
                *sample = (uint16_t)mixed(*sample, codes[u], opacities[u]);
            } else {
                row[left + u] = (uint8_t)mixed(row[left + u], codes[u], opacities[u]);
            }
        }
    }
}

/// How many of the pixels position << log2 ..< (position + 1) << log2 lie in start..<end.
always_inline int overlap(int position, int log2, int start, int end) {
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
            if (target->bits > 8) {
                uint16_t *sample = (uint16_t *)row + u;
                *sample = (uint16_t)mixed(*sample, code, covered);
            } else {
                row[u] = (uint8_t)mixed(row[u], code, covered);
            }
        }
    }
}
