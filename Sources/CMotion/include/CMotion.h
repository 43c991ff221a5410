// The loops of the motion search and of moving a map: small planes of float samples. The order of all sums is fixed, so
// every version of a loop gives the same numbers.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// How the loops are compiled. Each gives the same numbers.
typedef enum { cmotion_generic, cmotion_avx2 } cmotion_version;

/// Whether this processor, and this build, can run a version.
int cmotion_can_run(cmotion_version version);

cmotion_version cmotion_fastest(void);

/// Samples that may be read around a plane, on each side: they repeat its edge.
#define CMOTION_BORDER 16

/// Samples `[height, width]`; `start` is the one at (0, 0), and there is a border around.
typedef struct {
    float *start;
    ptrdiff_t stride;
    int32_t width, height;
} cmotion_plane;

/// Fills a plane with the mean grey, 0...255, of `factor` * `factor` pixels each (factor at most 64). Grey is
/// (first + 2 second + third) / 4 of three channels, whichever way round they are, or the only channel.
///
/// - scratch: `factor` * the plane's width.
void cmotion_shrink(
    cmotion_plane plane, const uint8_t *pixels, ptrdiff_t bytes_per_row, int channels, int factor, uint16_t *scratch,
    cmotion_version version);

/// Fills the border.
void cmotion_extend(cmotion_plane plane);

/// Binomial filter [1 2 1] / 4 both ways. `from` has its border.
///
/// - scratch: three times `stride`.
void cmotion_smooth(cmotion_plane to, cmotion_plane from, float *scratch);

/// Mean of 2 * 2 samples each.
void cmotion_halve(cmotion_plane to, cmotion_plane from);

/// Samples less the mean of the 5 * 5 around. `from` has its border.
///
/// - scratch: `stride`.
void cmotion_detail(cmotion_plane to, cmotion_plane from, float *scratch);

/// Central differences, per sample. `from` has its border.
void cmotion_gradients(cmotion_plane x, cmotion_plane y, cmotion_plane from);

/// Correlation coefficients (about 0 rather than the mean) of one plane with another that is shifted by whole samples:
/// result[(sy + range_y) * (2 * range_x + 1) + sx + range_x] compares current(x, y) with previous(x - sx, y - sy) where
/// both exist.
///
/// - scratch: 2 * (width + 1) * (height + 1).
void cmotion_correlate(
    cmotion_plane current, cmotion_plane previous, int range_x, int range_y, float *scratch, float *result,
    cmotion_version version);

/// Sums over a square patch of the current plane, with the patch's means taken out.
typedef struct {
    /// Of gradients' products.
    float xx, xy, yy;
    /// Of squared samples.
    float energy;
    /// Mean gradients.
    float mean_x, mean_y;
} cmotion_texture;

/// What a patch is compared with. Pointers to the patch's first sample in each plane; all have one stride.
typedef struct {
    const float *current, *gradient_x, *gradient_y, *previous;
    ptrdiff_t stride;
    /// 8 or 16.
    int32_t size;
    /// What the previous picture's samples are multiplied with: the exposure may have changed.
    float gain;
} cmotion_patch;

cmotion_texture cmotion_texture_of(cmotion_patch patch, cmotion_version version);

/// A patch against the previous plane at (x - dx, y - dy), bilinear; both with their means taken out, so that a change of
/// brightness counts for nothing.
typedef struct {
    /// Sums of: squared differences (previous less current), differences times gradients, squared previous samples.
    float error, x, y, energy;
} cmotion_match;

cmotion_match cmotion_match_at(
    cmotion_patch patch, cmotion_texture texture, float dx, float dy, cmotion_version version);

/// The error alone.
float cmotion_error_at(cmotion_patch patch, float dx, float dy, cmotion_version version);

/// Displacements `[rows, columns]` in shares of the width and height, and how far they are to be trusted, 0...1.
typedef struct {
    const float *dx, *dy, *confidence;
    int32_t columns, rows;
} cmotion_field;

/// Moves a map `[height, width]`: the value at a place is taken from where the place was before, interpolated by cubics; in
/// maps of 4096 cells and more, where nobody could tell, linearly.
///
/// - arriving: `[height, width]`: counts as far as a cell comes from outside of the map, or its motion isn't known. NULL:
///   the map's nearest value counts.
void cmotion_warp(
    cmotion_field field, const float *map, const float *arriving, float *moved, int32_t width, int32_t height);

/// The displacement from before `first` until after `second`, on the grid of `second`: `[rows, columns]` each.
void cmotion_compose(cmotion_field first, cmotion_field second, float *dx, float *dy, float *confidence);
