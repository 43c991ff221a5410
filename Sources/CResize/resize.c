#include "CResize.h"
#include <string.h>

/// Compiled twice; which one runs is decided when the program is loaded.
#if defined(__x86_64__)
#define fastest __attribute__((target_clones("avx2", "default")))
#else
#define fastest
#endif

typedef float lanes __attribute__((vector_size(4 * CRESIZE_LANES)));

typedef float quarter __attribute__((vector_size(16)));

#define always_inline static inline __attribute__((always_inline))
#define load(v, address) memcpy(&(v), (address), sizeof(lanes))

/// Four rows at a time: the sums are read and written a quarter as often.
enum { rows_at_once = 4 };

#define weighted_rows(name, sample)                                                                                    \
    fastest static void name(                                                                                          \
        float *restrict sums, const uint8_t *const rows[rows_at_once], const float *weights, int count, int is_first) { \
        const sample *restrict a = (const sample *)rows[0], *restrict b = (const sample *)rows[1];                     \
        const sample *restrict c = (const sample *)rows[2], *restrict d = (const sample *)rows[3];                     \
        float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];                                      \
        if (is_first) {                                                                                                \
            for (int i = 0; i < count; i++) {                                                                          \
                sums[i] = (wa * (float)a[i] + wb * (float)b[i]) + (wc * (float)c[i] + wd * (float)d[i]);               \
            }                                                                                                          \
        } else {                                                                                                       \
            for (int i = 0; i < count; i++) {                                                                          \
                sums[i] += (wa * (float)a[i] + wb * (float)b[i]) + (wc * (float)c[i] + wd * (float)d[i]);              \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    fastest static void name##_one(float *restrict sums, const uint8_t *row, float weight, int count) {                \
        const sample *restrict a = (const sample *)row;                                                                \
        for (int i = 0; i < count; i++) sums[i] = weight * (float)a[i];                                                \
    }                                                                                                                  \
    fastest static void name##_two(                                                                                    \
        float *restrict sums, const uint8_t *upper, const uint8_t *lower, const float *weights, int count) {           \
        const sample *restrict a = (const sample *)upper, *restrict b = (const sample *)lower;                         \
        float wa = weights[0], wb = weights[1];                                                                        \
        for (int i = 0; i < count; i++) sums[i] = wa * (float)a[i] + wb * (float)b[i];                                 \
    }                                                                                                                  \
    /** One output along rows, for all columns. */                                                                     \
    static void name##_sum(float *sums, const cresize_plane *plane, const cresize_axis *axis, int output) {            \
        const float *weights = axis->weights + (ptrdiff_t)output * axis->stride;                                       \
        int first = axis->first[output], taps = axis->taps[output], last = plane->height - 1;                          \
        const uint8_t *start = plane->start + first * plane->stride;                                                   \
        if (taps == 1) return name##_one(sums, start, weights[0], plane->width);                                       \
        if (taps == 2) return name##_two(sums, start, start + plane->stride, weights, plane->width);                   \
        for (int tap = 0; tap < taps; tap += rows_at_once) {                                                           \
            const uint8_t *rows[rows_at_once];                                                                         \
            for (int i = 0; i < rows_at_once; i++) {                                                                   \
                /* Beyond the taps weights are 0, but rows must be there. */                                           \
                int row = first + tap + i < last ? first + tap + i : last;                                             \
                rows[i] = plane->start + row * plane->stride;                                                          \
            }                                                                                                          \
            name(sums, rows, weights + tap, plane->width, tap == 0);                                                   \
        }                                                                                                              \
    }

weighted_rows(bytes, uint8_t)
weighted_rows(words, uint16_t)

/// An output's eight partial sums, added up to four.
always_inline quarter weighted_samples(const float *row, const cresize_axis *axis, int output) {
    const float *from = row + axis->first[output], *weights = axis->weights + (ptrdiff_t)output * axis->stride;
    lanes sum = {0}, samples, shares;
    for (int tap = 0; tap < axis->stride; tap += CRESIZE_LANES) {
        load(samples, from + tap);
        load(shares, weights + tap);
        sum += samples * shares;
    }
    return __builtin_shufflevector(sum, sum, 0, 1, 2, 3) + __builtin_shufflevector(sum, sum, 4, 5, 6, 7);
}

fastest static void weighted_columns(float *restrict outputs, const float *row, const cresize_axis *axis) {
    for (int output = 0; output < axis->count; output += 4) {
        quarter a = weighted_samples(row, axis, output), b = weighted_samples(row, axis, output + 1);
        quarter c = weighted_samples(row, axis, output + 2), d = weighted_samples(row, axis, output + 3);
        quarter ab = __builtin_shufflevector(a, b, 0, 4, 1, 5) + __builtin_shufflevector(a, b, 2, 6, 3, 7);
        quarter cd = __builtin_shufflevector(c, d, 0, 4, 1, 5) + __builtin_shufflevector(c, d, 2, 6, 3, 7);
        quarter sums = __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
        memcpy(outputs + output, &sums, sizeof sums);
    }
}

always_inline uint8_t rounded(float value) {
    value += 0.5f;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

fastest static void pack_three(
    uint8_t *restrict packed, const float *restrict one, const float *restrict two, const float *restrict three,
    const float matrix[3][4], int count) {
    for (int i = 0; i < count; i++) {
        for (int channel = 0; channel < 3; channel++) {
            const float *m = matrix[channel];
            packed[3 * i + channel] = rounded((m[0] * one[i] + m[1] * two[i]) + (m[2] * three[i] + m[3]));
        }
    }
}

fastest static void make_channel(
    uint8_t *restrict target, const float *restrict one, const float *restrict two, const float *restrict three,
    const float *m, int count) {
    for (int i = 0; i < count; i++) target[i] = rounded((m[0] * one[i] + m[1] * two[i]) + (m[2] * three[i] + m[3]));
}

fastest static void round_all(uint8_t *restrict target, const float *restrict values, int count) {
    for (int i = 0; i < count; i++) target[i] = rounded(values[i]);
}

void cresize_picture(const cresize_job *job, uint8_t *packed, ptrdiff_t bytes_per_row) {
    int widest = 0, outputs = job->columns[0].count, padded = (outputs + 3) / 4 * 4;
    for (int plane = 0; plane < 3; plane++) {
        int width = job->planes[plane].width + job->columns[plane > 0].stride;
        widest = widest < width ? width : widest;
    }
    float *row = job->scratch, *sums[3];
    for (int plane = 0; plane < 3; plane++) sums[plane] = row + widest + plane * padded;
    for (int output = 0; output < job->rows[0].count; output++, packed += bytes_per_row) {
        for (int plane = 0; plane < 3; plane++) {
            const cresize_plane *from = &job->planes[plane];
            if (from->width == 0) continue;
            const cresize_axis *rows = &job->rows[plane > 0], *columns = &job->columns[plane > 0];
            if (job->bytes_per_sample == 1) {
                bytes_sum(row, from, rows, output);
            } else {
                words_sum(row, from, rows, output);
            }
            // Weights of 0 must not meet what another plane has left there.
            memset(row + from->width, 0, (size_t)columns->stride * sizeof(float));
            weighted_columns(sums[plane], row, columns);
        }
        if (job->channels == 3) {
            pack_three(packed, sums[0], sums[1], sums[2], job->matrix, outputs);
        } else {
            make_channel(packed, sums[0], sums[1], sums[2], job->matrix[0], outputs);
        }
    }
}

void cresize_rows(
    const uint8_t *source, ptrdiff_t source_stride, int32_t source_height, int32_t width, const cresize_axis *rows,
    uint8_t *target, ptrdiff_t target_stride, float *scratch) {
    cresize_plane plane = {.start = source, .stride = source_stride, .width = width, .height = source_height};
    for (int output = 0; output < rows->count; output++, target += target_stride) {
        bytes_sum(scratch, &plane, rows, output);
        round_all(target, scratch, width);
    }
}

/// Of the pixel `k` columns behind a sample: the sample before it, counted from that one, and the share of the one behind.
typedef struct {
    int before;
    float share;
} neighbours;

static neighbours neighbours_of(int k, int step, float place) {
    float position = ((float)k - place) / (float)step;
    int before = position < 0 ? -1 : 0;
    return (neighbours){before, position - (float)before};
}

fastest static void widen_twice(float *restrict target, const float *row, int count, float place) {
    neighbours even = neighbours_of(0, 2, place), odd = neighbours_of(1, 2, place);
    const float *a = row + even.before, *b = row + odd.before;
    float even_rest = 1 - even.share, odd_rest = 1 - odd.share;
    for (int i = 0; i < count; i++) {
        target[2 * i] = even_rest * a[i] + even.share * a[i + 1];
        target[2 * i + 1] = odd_rest * b[i] + odd.share * b[i + 1];
    }
}

/// `row` has room for a value before its first and one behind its last.
static const float *widened(float *target, float *row, int count, const cresize_full_job *job) {
    if (job->column_step == 1) return row;
    row[-1] = row[0];
    row[count] = row[count - 1];
    if (job->column_step == 2) {
        widen_twice(target, row, count, job->column_place);
        return target;
    }
    for (int k = 0; k < job->column_step; k++) {
        neighbours n = neighbours_of(k, job->column_step, job->column_place);
        const float *from = row + n.before;
        for (int i = 0; i < count; i++) {
            target[job->column_step * i + k] = (1 - n.share) * from[i] + n.share * from[i + 1];
        }
    }
    return target;
}

void cresize_full(const cresize_full_job *job) {
    float *rows[5];
    for (int i = 0; i < 5; i++) rows[i] = job->scratch + i * (job->width + CRESIZE_PADDING) + CRESIZE_PADDING / 2;
    for (int y = 0; y < job->rows[0].count; y++) {
        const float *samples[3] = {rows[0], rows[1], rows[2]};
        for (int plane = 0; plane < 3; plane++) {
            const cresize_plane *from = &job->planes[plane];
            if (from->width == 0) continue;
            if (job->bytes_per_sample == 1) {
                bytes_sum(rows[plane], from, &job->rows[plane > 0], y);
            } else {
                words_sum(rows[plane], from, &job->rows[plane > 0], y);
            }
            if (plane > 0) samples[plane] = widened(rows[2 + plane], rows[plane], from->width, job);
        }
        for (int channel = 0; channel < job->channels; channel++) {
            make_channel(
                job->target[channel] + y * job->target_stride, samples[0], samples[1], samples[2],
                job->matrix[channel], job->width);
        }
    }
}
