#include "CBlend.h"
#include <math.h>

static int32_t clamped(double value, int32_t low, int32_t high) {
    if (!(value > low)) return low;
    return value < high ? (int32_t)lround(value) : high;
}

void cblend_table_init(cblend_table *table, int bits, const double multipliers[256], const double addends[256]) {
    int shift = bits < 15 ? 15 - bits : 0;
    table->bits = bits;
    table->untouched = 0;
    for (int i = 0; i < 256; i++) {
        if (table->untouched == i && multipliers[i] == 1 && addends[i] == 0) table->untouched = i + 1;
        // The half that makes the last shift round is in the addend. With it, 32767/32768 leaves every sample as it is.
        int32_t multiplier = clamped(multipliers[i] * 32768, 0, 32767);
        int32_t addend = clamped((addends[i] + 0.5) * (1 << shift), -32768, 32767);
        table->words[i] = (uint32_t)multiplier | (uint32_t)addend << 16;
        for (int byte = 0; byte < 4; byte++) table->bytes[byte][i] = (uint8_t)(table->words[i] >> 8 * byte);
        table->wide_multipliers[i] = clamped(multipliers[i] * 16384, 0, 16384);
        table->wide_addends[i] = clamped((addends[i] + 0.5) * 16384, -65536 * 16384, 65535 * 16384 + 8192);
    }
}

void cblend_quantise(const float *values, int count, int32_t *heats) {
    for (int i = 0; i < count; i++) {
        float value = values[i] > 0 ? values[i] : 0;  // NaN too
        heats[i] = (int32_t)((value < 1 ? value : 1) * (255.0f * 65536.0f) + 0.5f);
    }
}
