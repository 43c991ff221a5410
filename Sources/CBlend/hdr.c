// Blending in the brightness steps of an SDR display on a picture whose signal has others.
#include "CBlend.h"

static inline int place(float value, int entries) {
    value = value > 0 ? value : 0;
    value = value < 1 ? value : 1;
    return (int)(value * (float)(entries - 1) + 0.5f);
}

static inline float load(const cblend_target *plane, int x, int y) {
    const uint8_t *row = plane->start + (ptrdiff_t)y * plane->stride;
    return plane->bits > 8 ? ((const uint16_t *)row)[x] : row[x];
}

static inline void store(const cblend_target *plane, int x, int y, float value) {
    uint8_t *row = plane->start + (ptrdiff_t)y * plane->stride;
    float most = (float)((1 << plane->bits) - 1);
    int code = (int)((value < 0 ? 0 : value < most ? value : most) + 0.5f);
    if (plane->bits > 8) {
        ((uint16_t *)row)[x] = (uint16_t)code;
    } else {
        row[x] = (uint8_t)code;
    }
}

/// A component of a pixel, blended with that of the heat's colour.
static inline float blended(const cblend_hdr_table *t, float signal, int index, int component) {
    float level = t->decode[place(signal, CBLEND_DECODE_ENTRIES)];
    level = level * t->multipliers[index] + t->addends[3 * index + component];
    return t->encode[place(level * t->encode_scale, CBLEND_ENCODE_ENTRIES)];
}

void cblend_hdr(const cblend_hdr_job *job, const cblend_hdr_table *t) {
    const cblend_target *planes = job->planes;
    int lw = planes[1].log2_width, lh = planes[1].log2_height;
    int width = planes[0].width, height = planes[0].height;
    for (int v = 0; v < planes[1].height; v++) {
        int y0 = v << lh, y1 = (v + 1) << lh;
        if (y1 > height) y1 = height;
        for (int u = 0; u < planes[1].width; u++) {
            int x0 = u << lw, x1 = (u + 1) << lw;
            if (x1 > width) x1 = width;
            int hottest = 0;
            for (int y = y0; y < y1; y++) {
                for (int x = x0; x < x1; x++) hottest |= job->indices[(ptrdiff_t)y * job->indices_stride + x];
            }
            if (!hottest) continue;
            float second = (load(planes + 1, u, v) - t->offsets[1]) * t->scales[1];
            float third = (load(planes + 2, u, v) - t->offsets[2]) * t->scales[2];
            float sums[2] = {0, 0};
            for (int y = y0; y < y1; y++) {
                for (int x = x0; x < x1; x++) {
                    int index = job->indices[(ptrdiff_t)y * job->indices_stride + x];
                    if (!index) {
                        sums[0] += second, sums[1] += third;
                        continue;
                    }
                    float first = (load(planes, x, y) - t->offsets[0]) * t->scales[0];
                    float red, green, blue;
                    if (t->is_rgb) {
                        green = first, blue = second, red = third;
                    } else {
                        red = first + t->red_cr * third;
                        green = first + t->green_cb * second + t->green_cr * third;
                        blue = first + t->blue_cb * second;
                    }
                    red = blended(t, red, index, 0);
                    green = blended(t, green, index, 1);
                    blue = blended(t, blue, index, 2);
                    const float *m = t->rows;
                    float results[3] = {green, blue, red};
                    if (!t->is_rgb) {
                        for (int i = 0; i < 3; i++) results[i] = m[3 * i] * red + m[3 * i + 1] * green + m[3 * i + 2] * blue;
                    }
                    store(planes, x, y, results[0] / t->scales[0] + t->offsets[0]);
                    sums[0] += results[1], sums[1] += results[2];
                }
            }
            float count = (float)((y1 - y0) * (x1 - x0));
            store(planes + 1, u, v, sums[0] / count / t->scales[1] + t->offsets[1]);
            store(planes + 2, u, v, sums[1] / count / t->scales[2] + t->offsets[2]);
        }
    }
}
