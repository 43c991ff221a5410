// Planar 8-bit Y'CbCr from one matrix and range to another, without RGB in between. Integers only, so every version of
// the loops gives the same samples.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// How the loops are compiled. Each gives the same samples. (AVX-512 is hardly faster than AVX2: memory sets the pace.)
typedef enum { ccolour_generic, ccolour_avx2 } ccolour_version;

/// Whether this processor, and this build, can run a version.
int ccolour_can_run(ccolour_version version);

ccolour_version ccolour_fastest(void);

/// The two chroma samples count from 128, the luma sample from 0:
///
///     Y'  = luma_scale Y + luma_share[0] Cb + luma_share[1] Cr + luma_offset
///     Cb' = chroma_scale[0][0] Cb + chroma_scale[0][1] Cr + 128, and so on
///
/// All with 16 fraction bits. No luma goes into chroma: what is grey stays grey.
typedef struct {
    int32_t luma_scale, luma_offset;
    /// Together less than 64 levels for the strongest chroma.
    int32_t luma_share[2];
    int32_t chroma_scale[2][2];
} ccolour_matrix;

/// Where chroma samples of halved rows or columns lie among the two pixels that they cover.
typedef enum { ccolour_first, ccolour_between, ccolour_second } ccolour_place;

typedef struct {
    const uint8_t *source[3];
    ptrdiff_t source_stride[3];
    uint8_t *target[3];
    ptrdiff_t target_stride[3];
    /// In pixels. Halved chroma planes round odd sizes up.
    int32_t width, height;
    /// 1: a chroma sample covers two columns; two rows.
    int32_t halves_columns, halves_rows;
    /// For the luma of a pixel, chroma is interpolated linearly between its samples; at the edges the outermost counts.
    ccolour_place column_place, row_place;
    ccolour_matrix matrix;
    /// 4 * (width + CCOLOUR_PADDING) values.
    int16_t *scratch;
} ccolour_job;

#define CCOLOUR_PADDING 32

/// Chroma samples stay where they are; only luma sees the interpolated ones.
void ccolour_convert(const ccolour_job *job, ccolour_version version);
