#include "loops.h"

int ccolour_can_run(ccolour_version version) {
    switch (version) {
    case ccolour_generic: return 1;
#if defined(__x86_64__)
    case ccolour_avx2: return __builtin_cpu_supports("avx2") != 0;
#endif
    default: return 0;
    }
}

ccolour_version ccolour_fastest(void) { return ccolour_can_run(ccolour_avx2) ? ccolour_avx2 : ccolour_generic; }

static const ccolour_loops *loops_of(ccolour_version version) {
    switch (version) {
#if defined(__x86_64__)
    case ccolour_avx2: return &ccolour_loops_avx2;
#endif
    default: return &ccolour_loops_generic;
    }
}

/// Weights, in quarters: of the neighbour before and the own sample for the first of two pixels, of the own sample and
/// the neighbour after for the second.
static const int16_t *weights_of(ccolour_place place) {
    static const int16_t weights[3][4] = {{0, 4, 2, 2}, {1, 3, 3, 1}, {2, 2, 4, 0}};
    return weights[place];
}

static const uint8_t *source_row(const ccolour_job *job, int plane, int y) {
    return job->source[plane] + y * job->source_stride[plane];
}

static uint8_t *target_row(const ccolour_job *job, int plane, int y) {
    return job->target[plane] + y * job->target_stride[plane];
}

/// One row of luma; `mixed` is what chroma adds, with 6 fraction bits, and a value before and after it to spare.
static void luma_row(const ccolour_job *job, const ccolour_loops *loops, int y, int16_t *mixed, int chroma_width) {
    uint8_t *target = target_row(job, 0, y);
    const uint8_t *luma = source_row(job, 0, y);
    if (!job->halves_columns) return loops->luma_full(target, luma, mixed, job->width, &job->matrix);
    const int16_t *weights = weights_of(job->column_place);
    int pairs = job->width / 2, last = chroma_width - 1;
    mixed[-1] = mixed[0];
    mixed[chroma_width] = mixed[last];
    loops->luma_pairs(target, luma, mixed, weights, pairs, &job->matrix);
    if (job->width % 2) {
        int16_t sum = (int16_t)(mixed[last - 1] * weights[0] + mixed[last] * weights[1]);
        target[2 * last] = luma_sample(luma[2 * last], sum, &job->matrix);
    }
}

void ccolour_convert(const ccolour_job *job, ccolour_version version) {
    const ccolour_loops *loops = loops_of(version);
    const ccolour_matrix *matrix = &job->matrix;
    int chroma_width = job->halves_columns ? (job->width + 1) / 2 : job->width;
    int chroma_height = job->halves_rows ? (job->height + 1) / 2 : job->height;
    int keeps_matrix = matrix->luma_share[0] == 0 && matrix->luma_share[1] == 0;
    // The chroma rows above, at and below the pixels in turn, and a mixed one; each between two spare values.
    int16_t *rows[4];
    for (int i = 0; i < 4; i++) rows[i] = job->scratch + i * (job->width + CCOLOUR_PADDING) + CCOLOUR_PADDING / 2;
    int16_t *mixed = rows[3];
    for (int row = -1; row < chroma_height; row++) {
        // One row ahead: the lower pixels of a row need the row below.
        if (row + 1 < chroma_height) {
            int16_t *next = rows[(row + 1) % 3];
            loops->chroma(
                target_row(job, 1, row + 1), target_row(job, 2, row + 1), next, source_row(job, 1, row + 1),
                source_row(job, 2, row + 1), chroma_width, matrix);
        }
        if (row < 0) continue;
        int16_t *own = rows[row % 3];
        int16_t *above = row > 0 ? rows[(row - 1) % 3] : own;
        int16_t *below = row + 1 < chroma_height ? rows[(row + 1) % 3] : own;
        int first = job->halves_rows ? 2 * row : row, count = job->halves_rows ? 2 : 1;
        const int16_t *weights = weights_of(job->row_place);
        for (int y = first; y < first + count && y < job->height; y++) {
            if (keeps_matrix) {
                loops->luma(target_row(job, 0, y), source_row(job, 0, y), job->width, matrix);
                continue;
            }
            if (!job->halves_rows) {
                loops->mix(mixed, own, own, 0, 4, chroma_width);
            } else if (y == first) {
                loops->mix(mixed, above, own, weights[0], weights[1], chroma_width);
            } else {
                loops->mix(mixed, below, own, weights[3], weights[2], chroma_width);
            }
            luma_row(job, loops, y, mixed, chroma_width);
        }
    }
}
