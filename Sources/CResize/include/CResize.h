// Planar pictures scaled into packed 8-bit pixels, by any separable filter: what each output is made of comes in tables.
// The order of all sums is fixed, so that every processor gives the same pixels.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Weights are read by so many at once.
#define CRESIZE_LANES 8

/// What each of `count` outputs along rows or columns is the weighted sum of.
typedef struct {
    int32_t count;
    /// Weights an output, a multiple of CRESIZE_LANES; those that an output does not need are 0.
    int32_t stride;
    /// Of each output the first sample, and how many there are.
    const int32_t *first, *taps;
    /// [count][stride].
    const float *weights;
} cresize_axis;

typedef struct {
    const uint8_t *start;
    /// Bytes from one row to the next.
    ptrdiff_t stride;
    /// In samples; 0: the plane does not count.
    int32_t width, height;
} cresize_plane;

typedef struct {
    cresize_plane planes[3];
    /// 1 or 2 (native endian).
    int32_t bytes_per_sample;
    /// Of the first plane, and of the other two: as many outputs each.
    cresize_axis columns[2], rows[2];
    /// 1 or 3.
    int32_t channels;
    /// Each channel is made of the three planes' sums and a constant.
    float matrix[3][4];
    /// Zeros to begin with: CRESIZE_LANES-padded rows of the widest plane and its columns' stride beyond, then three rows
    /// of as many values as there are columns.
    float *scratch;
} cresize_job;

/// Values are rounded once, at the end. `packed` has as many rows as there are outputs along rows.
void cresize_picture(const cresize_job *job, uint8_t *packed, ptrdiff_t bytes_per_row);

typedef struct {
    cresize_plane planes[3];
    int32_t bytes_per_sample;
    /// Of the first plane, and of the other two: an output a row of pixels.
    cresize_axis rows[2];
    /// In pixels.
    int32_t width;
    /// Columns from one sample of the other planes to the next: 1, 2 or 4, and where the first one lies.
    int32_t column_step;
    float column_place;
    int32_t channels;
    float matrix[3][4];
    /// One a channel, of `width` columns.
    uint8_t *target[3];
    ptrdiff_t target_stride;
    /// 5 * (width + CRESIZE_PADDING) values.
    float *scratch;
} cresize_full_job;

#define CRESIZE_PADDING 16

/// Makes channels of planes, at full size and rounded; between samples the other planes are interpolated linearly.
void cresize_full(const cresize_full_job *job);

/// Scales packed rows of `width` bytes along rows alone. `scratch`: `width` values.
void cresize_rows(
    const uint8_t *source, ptrdiff_t source_stride, int32_t source_height, int32_t width, const cresize_axis *rows,
    uint8_t *target, ptrdiff_t target_stride, float *scratch);
