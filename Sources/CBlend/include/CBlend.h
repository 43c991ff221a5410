// The loops over pixels: a heatmap blended onto a plane, and text and rectangles drawn on it. Integers only, so every
// version of a loop gives the same samples.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Samples in a row (or rows) that lie between the same two nodes of the map.
typedef struct {
    int32_t first, count;
    /// Nodes on either side; the same node beyond the outermost ones.
    int32_t low, high;
    /// Where the first sample lies from `low` (0) to `high` (1), and how far from one sample to the next: 32 fraction bits.
    int64_t fraction, step;
} cblend_run;

/// What happens to a sample at each of 256 heats: sample * multiplier + addend, for one plane and one blend mode.
typedef struct {
    /// Bits of a sample, 8...16.
    int32_t bits;
    /// The entries below this one leave a sample as it is.
    int32_t untouched;
    /// To 14 bits: multiplier (15 fraction bits) in the low half, addend (15 - bits fraction bits) in the high half.
    uint32_t words[256];
    /// The same, byte by byte: lowest bytes first.
    uint8_t bytes[4][256];
    /// For 15 and 16 bits: both with 14 fraction bits.
    int32_t wide_multipliers[256], wide_addends[256];
} cblend_table;

/// - multipliers: 0...1. addends: in units of samples, so from -2^bits to 2^bits.
void cblend_table_init(cblend_table *table, int bits, const double multipliers[256], const double addends[256]);

/// How the inner loops are written. Each gives the same samples.
typedef enum {
    cblend_generic,
    cblend_avx2,
    /// AVX-512 with VBMI, which looks up 64 bytes of a 256-byte table in three instructions.
    cblend_avx512vbmi,
} cblend_version;

/// Whether this processor, and this build, can run a version.
int cblend_can_run(cblend_version version);

/// A heatmap and the plane that it goes to.
typedef struct {
    /// Rows of samples: a byte each to 8 bits, else two bytes. Source and target don't overlap, or are the same.
    const uint8_t *source;
    ptrdiff_t source_stride;
    uint8_t *target;
    ptrdiff_t target_stride;
    int32_t width, height;
    /// Which samples the map covers, ascending without gaps.
    const cblend_run *columns, *rows;
    int32_t column_runs, row_runs;
    /// Heats from 0 to 255 with 16 fraction bits, row by row.
    const int32_t *map;
    int32_t map_width;
    const cblend_table *table;
    /// Scratch: `map_width` heats, and `width` + CBLEND_INDEX_PADDING table indices.
    int32_t *row_heats;
    uint8_t *indices;
} cblend_job;

#define CBLEND_INDEX_PADDING 64

/// 0...1 to heats as a job wants them; what is no number is 0.
void cblend_quantise(const float *values, int count, int32_t *heats);

/// Upsamples the map, looks up and blends, in one pass from source to target. Samples that the map doesn't cover, or
/// whose table entry is an untouched one, are copied.
void cblend_plane(const cblend_job *job, cblend_version version);

/// A plane to draw on.
typedef struct {
    uint8_t *start;
    ptrdiff_t stride;
    int32_t width, height;
    int32_t bits;
    /// Binary logarithms of the pixels that one sample covers.
    int32_t log2_width, log2_height;
} cblend_target;

/// Coverage in pixels, 0...255, of a dark ground and of light letters over it.
typedef struct {
    const uint8_t *dark, *light;
    int32_t stride, width, height;
} cblend_coverage;

/// Adds a glyph, 0...255 [height, width] at (x, y), to a coverage `[box_height, box_width]`: where both cover, the stronger
/// one counts. The glyph's coverage is lessened to strength / 255.
void cblend_cover(
    uint8_t *coverage, int box_width, int box_height, const uint8_t *glyph, int x, int y, int width, int height,
    int strength);

/// Draws with the mean coverage of each sample's pixels. x and y, not negative, and the coverage's size, in pixels, are
/// multiples of what a sample covers.
void cblend_stamp(
    const cblend_target *target, int x, int y, const cblend_coverage *coverage, int dark_code, int light_code);

/// Samples of one plane, `[height, width]`, with an opacity of 0...255 each.
typedef struct {
    const uint16_t *codes;
    const uint8_t *opacities;
    int32_t width, height;
} cblend_colours;

/// Lays samples over a plane. x and y, in pixels, are not negative and multiples of what a sample covers.
void cblend_lay(const cblend_target *target, int x, int y, const cblend_colours *colours);

/// Fills the pixels x0..<x1, y0..<y1, as far as they lie in the plane, with an opacity of 0...255.
void cblend_fill(const cblend_target *target, int x0, int y0, int x1, int y1, int opacity, int code);

#define CBLEND_DECODE_ENTRIES 4096
#define CBLEND_ENCODE_ENTRIES 16384

/// What each of 256 heats does to a pixel whose signal is not in the steps that are blended in.
typedef struct {
    /// Whether the planes are G, B, R rather than Y, Cb, Cr.
    int32_t is_rgb;
    /// Signal of a plane: (sample - offset) * scale; chroma goes from -0.5 to 0.5.
    float offsets[3], scales[3];
    /// Red from Cr, green from Cb and from Cr, blue from Cb.
    float red_cr, green_cb, green_cr, blue_cb;
    /// Y, Cb and Cr from red, green and blue: nine shares, row by row.
    const float *rows;
    /// Level by signal, and signal by level * encode_scale; both from 0 to 1.
    const float *decode, *encode;
    float encode_scale;
    /// Level * multiplier + addend: one multiplier a heat, an addend for red, green and blue each.
    const float *multipliers, *addends;
} cblend_hdr_table;

typedef struct {
    /// Drawn on in place.
    cblend_target planes[3];
    /// A heat for each pixel; 0: it stays as it is.
    const uint8_t *indices;
    ptrdiff_t indices_stride;
} cblend_hdr_job;

/// Blends pixel by pixel. A chroma sample becomes the mean of its pixels'.
void cblend_hdr(const cblend_hdr_job *job, const cblend_hdr_table *table);
