// Runs each loop of our own on drawn numbers, and prints what came out, bit by bit, as a number a loop. All processors, and all
// versions of a loop, must print the same.
//
//     kernels [version]      0: plain C (the default); 1, 2: the versions for this processor, as far as it has them
#include "CBlend.h"
#include "CColour.h"
#include "CContour.h"
#include "CMotion.h"
#include "CResize.h"
#include "CSteady.h"
#include "CTone.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

/// Every loop's numbers are the same, whatever ran before.
static void begin(void) { state = 0x9e3779b97f4a7c15; }

static uint32_t draw(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32);
}

static float draw_float(float low, float high) { return low + (high - low) * (float)(draw() >> 8) / 16777216.0f; }

static void *room(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (!memory) abort();
    return memory;
}

static float *floats(int count, float low, float high) {
    float *values = room(sizeof(float) * count);
    for (int i = 0; i < count; i++) values[i] = draw_float(low, high);
    return values;
}

static uint8_t *bytes(int count) {
    uint8_t *values = room(count);
    for (int i = 0; i < count; i++) values[i] = (uint8_t)draw();
    return values;
}

/// FNV-1a.
static void tell(const char *name, const void *values, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const uint8_t *)values)[i]) * 0x100000001b3;
    printf("%s %016llx\n", name, (unsigned long long)hash);
}

// MARK: - CBlend

enum { MAP = 13, WIDTH = 203, HEIGHT = 97 };

/// Runs of a map's nodes along an axis.
static int make_runs(cblend_run *runs, int size) {
    int done = 0;
    for (int i = 0; i <= MAP; i++) {
        int end = (int)((i + 0.5) * size / MAP);
        if (end > size || i == MAP) end = size;
        int low = i == 0 ? 0 : i - 1, high = i == MAP ? MAP - 1 : i;
        int64_t step = ((int64_t)MAP << 32) / size;
        runs[i] = (cblend_run){done, end - done, low, high, low == high ? 0 : step / 2, low == high ? 0 : step};
        done = end;
    }
    return MAP + 1;
}

static void blend(int bits, cblend_version version) {
    begin();
    int size = bits > 8 ? 2 : 1, stride = WIDTH * size;
    uint8_t *source = bytes(stride * HEIGHT), *target = room(stride * HEIGHT + 64);
    if (bits > 8) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) ((uint16_t *)source)[i] &= (1 << bits) - 1;
    }
    float *map = floats(MAP * MAP, -0.1f, 1.1f);
    int32_t heats[MAP * MAP], row_heats[MAP];
    cblend_quantise(map, MAP * MAP, heats);
    double multipliers[256], addends[256];
    for (int i = 0; i < 256; i++) {
        multipliers[i] = i < 20 ? 1 : draw_float(0, 1);
        addends[i] = i < 20 ? 0 : draw_float(0, 1) * (1 << (bits - 1));
    }
    static cblend_table table;
    cblend_table_init(&table, bits, multipliers, addends);
    cblend_run columns[MAP + 1], rows[MAP + 1];
    static uint8_t indices[WIDTH + CBLEND_INDEX_PADDING];
    cblend_job job = {source, stride, target, stride, WIDTH, HEIGHT, columns, rows, make_runs(columns, WIDTH),
        make_runs(rows, HEIGHT), heats, MAP, &table, row_heats, indices};
    cblend_plane(&job, version);
    char name[32];
    snprintf(name, sizeof name, "blend %d bits", bits);
    tell(name, target, stride * HEIGHT);
}

static void drawing(void) {
    begin();
    uint8_t *plane = bytes(64 * 48), *dark = bytes(32 * 16), *light = bytes(32 * 16), *glyph = bytes(9 * 7);
    cblend_target target = {plane, 64, 64, 48, 8, 1, 1};
    cblend_cover(dark, 32, 16, glyph, 5, 4, 9, 7, 200);
    cblend_coverage coverage = {dark, light, 32, 32, 16};
    cblend_stamp(&target, 8, 6, &coverage, 16, 235);
    uint16_t codes[20 * 10];
    uint8_t *opacities = bytes(20 * 10);
    for (int i = 0; i < 200; i++) codes[i] = draw() & 255;
    cblend_colours colours = {codes, opacities, 20, 10};
    cblend_lay(&target, 40, 50, &colours);
    cblend_fill(&target, 3, 5, 100, 61, 120, 77);
    tell("drawing", plane, 64 * 48);
}

static void hdr(void) {
    begin();
    uint16_t *planes[3];
    cblend_hdr_job job;
    for (int i = 0; i < 3; i++) {
        planes[i] = room(2 * 64 * 48);
        for (int j = 0; j < 64 * 48; j++) planes[i][j] = draw() & 1023;
        int shift = i ? 1 : 0;
        job.planes[i] = (cblend_target){(uint8_t *)planes[i], 128, 64 >> shift, 48 >> shift, 10, shift, shift};
    }
    job.indices = bytes(64 * 48);
    job.indices_stride = 64;
    cblend_hdr_table table = {0, {64 / 1023.0f, 512 / 1023.0f, 512 / 1023.0f}, {1.17f, 1.14f, 1.14f}, 1.4746f, -0.1646f,
        -0.5714f, 1.8814f, floats(9, -0.5f, 0.7f), floats(CBLEND_DECODE_ENTRIES, 0, 1), floats(CBLEND_ENCODE_ENTRIES, 0, 1),
        CBLEND_ENCODE_ENTRIES - 1, floats(256, 0, 1), floats(3 * 256, 0, 1)};
    for (int i = 0; i < 3; i++) {
        table.offsets[i] *= 1023;
        table.scales[i] /= 1023;
    }
    cblend_hdr(&job, &table);
    for (int i = 0; i < 3; i++) tell("hdr", planes[i], 2 * 64 * 48);
}

// MARK: - CColour

static void colours(ccolour_version version) {
    for (int halves = 0; halves < 3; halves++) {
        begin();
        int columns = halves > 0, rows = halves > 1;
        ccolour_job job = {.width = 77, .height = 35, .halves_columns = columns, .halves_rows = rows,
            .column_place = ccolour_first, .row_place = ccolour_between,
            .matrix = {65000, 700, {9000, -7000}, {{64000, -3000}, {2000, 66000}}},
            .scratch = room(2 * 4 * (77 + CCOLOUR_PADDING))};
        uint8_t *target[3];
        for (int i = 0; i < 3; i++) {
            job.source[i] = bytes(128 * 36);
            job.target[i] = target[i] = room(128 * 36);
            job.source_stride[i] = job.target_stride[i] = 128;
        }
        ccolour_convert(&job, version);
        for (int i = 0; i < 3; i++) tell("colours", target[i], 128 * 36);
    }
}

// MARK: - CContour

static void contours(void) {
    begin();
    uint8_t *heat = bytes(90 * 70);
    for (int level = 60; level < 255; level += 60) {
        struct ccontour *found = room(sizeof(struct ccontour) * 4000);
        int count = ccontour_find(heat, 90, 70, (uint8_t)level, room(92 * 72), found, 4000);
        tell("contours", found, sizeof(struct ccontour) * count);
    }
}

// MARK: - CMotion

static cmotion_plane plane(int width, int height) {
    ptrdiff_t stride = width + 2 * CMOTION_BORDER;
    float *memory = floats((int)stride * (height + 2 * CMOTION_BORDER), 0, 255);
    return (cmotion_plane){memory + CMOTION_BORDER * stride + CMOTION_BORDER, stride, width, height};
}

static void tell_plane(const char *name, cmotion_plane plane) {
    float *all = room(sizeof(float) * plane.width * plane.height);
    for (int y = 0; y < plane.height; y++) {
        memcpy(all + y * plane.width, plane.start + y * plane.stride, sizeof(float) * plane.width);
    }
    tell(name, all, sizeof(float) * plane.width * plane.height);
}

static void motion(cmotion_version version) {
    begin();
    cmotion_plane current = plane(80, 45), previous = plane(80, 45), other = plane(80, 45), half = plane(40, 22);
    cmotion_plane x = plane(80, 45), y = plane(80, 45);
    float *scratch = floats(2 * 200 * 200, 0, 0);
    for (int factor = 1; factor < 6; factor++) {
        uint8_t *pixels = bytes(80 * 6 * 3 * 45 * 6);
        cmotion_shrink(other, pixels, 80 * 6 * 3, factor % 2 ? 3 : 1, factor, room(2 * 6 * 80), version);
        tell_plane("shrink", other);
    }
    cmotion_extend(current);
    cmotion_extend(previous);
    cmotion_smooth(other, current, scratch);
    tell_plane("smooth", other);
    cmotion_halve(half, current);
    tell_plane("halve", half);
    cmotion_detail(other, current, scratch);
    tell_plane("detail", other);
    cmotion_gradients(x, y, current);
    tell_plane("gradients", x);
    tell_plane("gradients", y);
    float result[7 * 11];
    cmotion_correlate(current, previous, 5, 3, scratch, result, version);
    tell("correlate", result, sizeof result);
    for (int size = 8; size <= 16; size += 8) {
        ptrdiff_t place = 14 * current.stride + 20;
        cmotion_patch patch = {current.start + place, x.start + place, y.start + place, previous.start + place,
            current.stride, size, 1.03f};
        cmotion_texture texture = cmotion_texture_of(patch, version);
        cmotion_match match = cmotion_match_at(patch, texture, 1.3f, -2.7f, version);
        float error = cmotion_error_at(patch, -0.4f, 3.1f, version);
        tell("texture", &texture, sizeof texture);
        tell("match", &match, sizeof match);
        tell("error", &error, sizeof error);
    }
    cmotion_field first = {floats(40, -0.1f, 0.1f), floats(40, -0.1f, 0.1f), floats(40, 0, 1), 8, 5};
    cmotion_field second = {floats(40, -0.1f, 0.1f), floats(40, -0.1f, 0.1f), floats(40, 0, 1), 8, 5};
    float composed[3][40];
    cmotion_compose(first, second, composed[0], composed[1], composed[2]);
    tell("compose", composed, sizeof composed);
    for (int side = 13; side < 80; side += 60) {
        float *map = floats(side * side, 0, 1), *arriving = floats(side * side, 0, 1), *moved = floats(side * side, 0, 0);
        cmotion_warp(first, map, arriving, moved, side, side);
        tell("warp", moved, sizeof(float) * side * side);
        cmotion_warp(second, map, NULL, moved, side, side);
        tell("warp", moved, sizeof(float) * side * side);
    }
}

// MARK: - CResize

static cresize_axis axis(int from, int to, int taps) {
    int stride = (taps + CRESIZE_LANES - 1) / CRESIZE_LANES * CRESIZE_LANES;
    int32_t *first = room(4 * to), *counts = room(4 * to);
    float *weights = room(sizeof(float) * to * stride);
    for (int i = 0; i < to; i++) {
        int at = (int)((i + 0.5) * from / to) - taps / 2;
        first[i] = at < 0 ? 0 : at > from - taps ? from - taps : at;
        counts[i] = taps;
        float sum = 0;
        for (int j = 0; j < taps; j++) sum += weights[i * stride + j] = draw_float(-0.1f, 1);
        for (int j = 0; j < taps; j++) weights[i * stride + j] /= sum;
    }
    return (cresize_axis){to, stride, first, counts, weights};
}

static const float matrix[3][4] = {
    {1.164f, 0.01f, 1.793f, -248}, {1.164f, -0.213f, -0.533f, 76.9f}, {1.164f, 2.112f, 0.02f, -289}};

static void resizing(void) {
    for (int size = 1; size <= 2; size++) {
        begin();
        cresize_job job = {.bytes_per_sample = size, .channels = 3};
        for (int i = 0; i < 3; i++) {
            int shift = i > 0;
            job.planes[i] = (cresize_plane){bytes(256 * 100), 256, 110 >> shift, 90 >> shift};
        }
        for (int i = 0; i < 2; i++) {
            job.columns[i] = axis(110 >> i, 49, 11);
            job.rows[i] = axis(90 >> i, 41, 9);
        }
        memcpy(job.matrix, matrix, sizeof matrix);
        job.scratch = room(sizeof(float) * 4096);
        uint8_t *packed = room(49 * 41 * 3);
        cresize_picture(&job, packed, 49 * 3);
        tell("resize", packed, 49 * 41 * 3);

        begin();
        cresize_full_job full = {.bytes_per_sample = size, .width = 110, .column_step = 2, .column_place = 0.5f,
            .channels = 3, .target_stride = 128, .scratch = room(sizeof(float) * 5 * (110 + CRESIZE_PADDING))};
        for (int i = 0; i < 3; i++) {
            int shift = i > 0;
            full.planes[i] = (cresize_plane){bytes(256 * 100), 256, 110 >> shift, 90 >> shift};
            full.target[i] = room(128 * 90);
        }
        for (int i = 0; i < 2; i++) full.rows[i] = axis(90 >> i, 90, i ? 2 : 1);
        memcpy(full.matrix, matrix, sizeof matrix);
        cresize_full(&full);
        for (int i = 0; i < 3; i++) tell("full", full.target[i], 128 * 90);
    }
    begin();
    cresize_axis rows = axis(60, 33, 5);
    uint8_t *source = bytes(150 * 60), *target = room(150 * 33);
    cresize_rows(source, 150, 60, 150, &rows, target, 150, room(sizeof(float) * 150));
    tell("rows", target, 150 * 33);
}

// MARK: - CSteady

static void steadiness(void) {
    begin();
    enum { COUNT = 57 * 57 };
    float *map = floats(COUNT, -1, 3), *past = floats(COUNT, -1, 3), low, high;
    float spread = csteady_spread(map, COUNT);
    tell("spread", &spread, sizeof spread);
    float moved = csteady_approach(past, map, 0.3f, COUNT);
    tell("approach", &moved, sizeof moved);
    csteady_follow(past, map, 0.37f, COUNT);
    tell("follow", map, sizeof(float) * COUNT);
    csteady_range(map, COUNT, &low, &high);
    tell("range", (float[]){low, high}, 8);
    float *candidates = floats(COUNT, 0, 0);
    int rank = COUNT / 50, found = csteady_narrow(map, COUNT, &rank, candidates);
    tell("narrow", (int[]){rank, found}, 8);
    csteady_heat(map, COUNT, low, (high - low) * 0.7f, 0.8f);
    tell("heat", map, sizeof(float) * COUNT);
    const float *maps[7];
    float weights[7], half = 0, *medians = floats(COUNT, 0, 0);
    for (int i = 0; i < 7; i++) {
        maps[i] = floats(COUNT, 0, 1);
        half += weights[i] = draw_float(0, 1);
    }
    csteady_median(maps, weights, 7, half / 2, medians, COUNT);
    tell("median", medians, sizeof(float) * COUNT);
}

// MARK: - CTone

static void toning(void) {
    begin();
    ctone_job job = {.width = 70, .height = 38, .log2_chroma_width = 1, .log2_chroma_height = 1};
    for (int i = 0; i < 3; i++) {
        uint16_t *source = room(2 * 70 * 38);
        for (int j = 0; j < 70 * 38; j++) source[j] = draw() & 1023;
        job.source[i] = (const uint8_t *)source;
        job.source_stride[i] = 140;
        job.target[i] = room(70 * 38);
        job.target_stride[i] = 70;
    }
    ctone_tables tables = {10, 0, {64, 512, 512}, {1 / 876.0f, 1 / 896.0f, 1 / 896.0f}, 1.4746f, -0.1646f, -0.5714f, 1.8814f,
        floats(CTONE_ENTRIES, 0, 1), {0.2627f, 0.678f, 0.0593f}, floats(CTONE_ENTRIES, 0, 1),
        {1.66f, -0.588f, -0.073f, -0.125f, 1.133f, -0.008f, -0.018f, -0.1f, 1.119f}, bytes(CTONE_ENTRIES)};
    ctone_map(&job, &tables);
    for (int i = 0; i < 3; i++) tell("tone", job.target[i], 70 * 38);
}

int main(int count, char **arguments) {
    int version = count > 1 ? atoi(arguments[1]) : 0;
    cblend_version blending = cblend_can_run(version) ? version : cblend_generic;
    for (int bits = 8; bits <= 16; bits += 2) blend(bits, blending);
    drawing();
    hdr();
    colours(version && ccolour_can_run(ccolour_avx2) ? ccolour_avx2 : ccolour_generic);
    contours();
    motion(version && cmotion_can_run(cmotion_avx2) ? cmotion_avx2 : cmotion_generic);
    resizing();
    steadiness();
    toning();
    return 0;
}
