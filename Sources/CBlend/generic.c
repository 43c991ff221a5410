// Plain C, for every processor.
#include "kernels.h"
#include "loops.h"

static void ramp(uint8_t *indices, int count, int64_t start, int64_t step) {
    ramp_loop(indices, count, start, step);
}

static void blend8(uint8_t *target, const uint8_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    blend8_loop(target, source, indices, count, table);
}

static void blend16(
    uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    blend16_loop(target, source, indices, count, table);
}

const cblend_kernels cblend_kernels_generic = {ramp, blend8, blend16};
