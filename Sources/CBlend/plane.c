#include "kernels.h"
#include <string.h>

int cblend_can_run(cblend_version version) {
    switch (version) {
    case cblend_generic: return 1;
#if defined(__x86_64__)
    case cblend_avx2: return __builtin_cpu_supports("avx2") != 0;
    case cblend_avx512vbmi:
        return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512vl");
#endif
    default: return 0;
    }
}

cblend_version cblend_fastest(void) {
    if (cblend_can_run(cblend_avx512vbmi)) return cblend_avx512vbmi;
    return cblend_can_run(cblend_avx2) ? cblend_avx2 : cblend_generic;
}

static const cblend_kernels *kernels_of(cblend_version version) {
    switch (version) {
#if defined(__x86_64__)
    case cblend_avx2: return &cblend_kernels_avx2;
    case cblend_avx512vbmi: return &cblend_kernels_avx512vbmi;
#endif
    default: return &cblend_kernels_generic;
    }
}

/// 15 and 16 bits need 32-bit arithmetic; such video is too rare for more than one version.
static void blend_wide(
    uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    int32_t maximum = (1 << table->bits) - 1;
    for (int i = 0; i < count; i++) {
        int32_t sum = (source[i] * table->wide_multipliers[indices[i]] + table->wide_addends[indices[i]]) >> 14;
        sum = sum < 0 ? 0 : sum;
        target[i] = (uint16_t)(sum > maximum ? maximum : sum);
    }
}

static void copy(const cblend_job *job, uint8_t *target, const uint8_t *source, int first, int end) {
    size_t bytes = job->table->bits > 8 ? 2 : 1;
    if (end > first && target != source) memcpy(target + first * bytes, source + first * bytes, (end - first) * bytes);
}

static void blend(
    const cblend_job *job, const cblend_kernels *kernels, uint8_t *target, const uint8_t *source, int first, int end) {
    const uint8_t *indices = job->indices + first;
    int count = end - first;
    if (count <= 0) return;
    if (job->table->bits == 8) {
        kernels->blend8(target + first, source + first, indices, count, job->table);
    } else if (job->table->bits < 15) {
        kernels->blend16((uint16_t *)target + first, (const uint16_t *)source + first, indices, count, job->table);
    } else {
        blend_wide((uint16_t *)target + first, (const uint16_t *)source + first, indices, count, job->table);
    }
}

/// One row: stretches of runs that are all cold are copied, the others blended.
static void paint_row(const cblend_job *job, const cblend_kernels *kernels, uint8_t *target, const uint8_t *source) {
    int done = 0;  // samples before this one are painted
    int painted_to = 0;  // indices before this one are set, from `done` on
    for (int i = 0; i < job->column_runs; i++) {
        const cblend_run *run = &job->columns[i];
        int64_t low = job->row_heats[run->low], high = job->row_heats[run->high];
        int64_t hottest = low > high ? low : high;
        if (i == 0) {
            copy(job, target, source, 0, run->first);
            done = painted_to = run->first;
        }
        // The ramp may be off by 1/256 of an index, hence the 0x200.
        if ((hottest + 0x8000 + 0x200) >> 16 < job->table->untouched) {
            blend(job, kernels, target, source, done, painted_to);
            copy(job, target, source, run->first, run->first + run->count);
            done = painted_to = run->first + run->count;
            continue;
        }
        int64_t start = (low << 16) + ((high - low) * run->fraction >> 16);
        int64_t step = (high - low) * run->step >> 16;
        kernels->ramp(job->indices + run->first, run->count, start + (1LL << 31), step);
        painted_to = run->first + run->count;
    }
    blend(job, kernels, target, source, done, painted_to);
    copy(job, target, source, painted_to, job->width);
}

/// The map's row at `fraction` from row `low` to row `high`.
static void interpolate_row(const cblend_job *job, const cblend_run *run, int64_t fraction) {
    const int32_t *low = job->map + (ptrdiff_t)run->low * job->map_width;
    const int32_t *high = job->map + (ptrdiff_t)run->high * job->map_width;
    for (int i = 0; i < job->map_width; i++) {
        job->row_heats[i] = low[i] + (int32_t)(((int64_t)(high[i] - low[i]) * fraction + (1LL << 31)) >> 32);
    }
}

void cblend_plane(const cblend_job *job, cblend_version version) {
    const cblend_kernels *kernels = kernels_of(version);
    int y = 0;
    for (int i = 0; i < job->row_runs; i++) {
        const cblend_run *run = &job->rows[i];
        for (; y < run->first; y++) {
            copy(job, job->target + y * job->target_stride, job->source + y * job->source_stride, 0, job->width);
        }
        for (; y < run->first + run->count; y++) {
            interpolate_row(job, run, run->fraction + (y - run->first) * run->step);
            paint_row(job, kernels, job->target + y * job->target_stride, job->source + y * job->source_stride);
        }
    }
    for (; y < job->height; y++) {
        copy(job, job->target + y * job->target_stride, job->source + y * job->source_stride, 0, job->width);
    }
}
