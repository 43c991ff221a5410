// HDR pictures to SDR, pixel by pixel, by tables.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Of each table.
#define CTONE_ENTRIES 4096

typedef struct {
    /// Of a sample: bits (8...16), and whether the planes are G, B, R rather than Y, Cb, Cr.
    int32_t bits, is_rgb;
    /// Signal of a plane: (sample - offset) * scale; chroma goes from -0.5 to 0.5.
    float offsets[3], scales[3];
    /// Red from Cr, green from Cb and from Cr, blue from Cb.
    float red_cr, green_cb, green_cr, blue_cb;
    /// Light of a component by its signal, 0...1.
    const float *linear;
    /// Shares of red, green and blue in luminance.
    float luminance[3];
    /// What light is multiplied with, by the fourth root of its luminance, 0...1.
    const float *gain;
    /// From the video's red, green and blue to the result's, row by row.
    float matrix[9];
    /// Samples of the result by the square root of its light, 0...1.
    const uint8_t *encode;
} ctone_tables;

typedef struct {
    const uint8_t *source[3];
    ptrdiff_t source_stride[3];
    /// G, B, R, 8 bits.
    uint8_t *target[3];
    ptrdiff_t target_stride[3];
    int32_t width, height;
    int32_t log2_chroma_width, log2_chroma_height;
} ctone_job;

/// Chroma counts for all pixels that its sample covers.
void ctone_map(const ctone_job *job, const ctone_tables *tables);
