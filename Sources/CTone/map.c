#include "CTone.h"
#include <math.h>

static inline int place(float value) {
    value = value > 0 ? value : 0;
    value = value < 1 ? value : 1;
    return (int)(value * (CTONE_ENTRIES - 1) + 0.5f);
}

static inline float sample(const uint8_t *row, int x, int bits) {
    return bits > 8 ? ((const uint16_t *)row)[x] : row[x];
}

void ctone_map(const ctone_job *job, const ctone_tables *t) {
    int lw = job->log2_chroma_width, lh = job->log2_chroma_height;
    for (int y = 0; y < job->height; y++) {
        const uint8_t *rows[3];
        for (int plane = 0; plane < 3; plane++) {
            rows[plane] = job->source[plane] + (plane == 0 ? y : y >> lh) * job->source_stride[plane];
        }
        uint8_t *green_row = job->target[0] + y * job->target_stride[0];
        uint8_t *blue_row = job->target[1] + y * job->target_stride[1];
        uint8_t *red_row = job->target[2] + y * job->target_stride[2];
        for (int x = 0; x < job->width; x++) {
            float first = (sample(rows[0], x, t->bits) - t->offsets[0]) * t->scales[0];
            float second = (sample(rows[1], x >> lw, t->bits) - t->offsets[1]) * t->scales[1];
            float third = (sample(rows[2], x >> lw, t->bits) - t->offsets[2]) * t->scales[2];
            float red, green, blue;
            if (t->is_rgb) {
                green = first, blue = second, red = third;
            } else {
                red = first + t->red_cr * third;
                green = first + t->green_cb * second + t->green_cr * third;
                blue = first + t->blue_cb * second;
            }
            red = t->linear[place(red)], green = t->linear[place(green)], blue = t->linear[place(blue)];
            float luminance = t->luminance[0] * red + t->luminance[1] * green + t->luminance[2] * blue;
            float gain = t->gain[place(sqrtf(sqrtf(luminance)))];
            red *= gain, green *= gain, blue *= gain;
            const float *m = t->matrix;
            float result[3];
            for (int i = 0; i < 3; i++) {
                float light = m[3 * i] * red + m[3 * i + 1] * green + m[3 * i + 2] * blue;
                result[i] = light > 0 ? light : 0;
            }
            red_row[x] = t->encode[place(sqrtf(result[0]))];
            green_row[x] = t->encode[place(sqrtf(result[1]))];
            blue_row[x] = t->encode[place(sqrtf(result[2]))];
        }
    }
}
