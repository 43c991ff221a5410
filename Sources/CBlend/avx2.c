// AVX2: the look-ups stay one by one, the arithmetic is 16 samples wide.
#if defined(__x86_64__)
#include "kernels.h"
#include "loops.h"
#include <immintrin.h>

#define avx2 __attribute__((target("avx2")))

avx2 static void ramp(uint8_t *indices, int count, int64_t start, int64_t step) {
    ramp_loop(indices, count, start, step);
}

/// 16 words of the table, apart: multipliers, and addends. Loads that are put together beat the gather instruction.
avx2 static inline void look_up(const cblend_table *table, const uint8_t *i, __m256i *multipliers, __m256i *addends) {
    const int *w = (const int *)table->words;
    // Packing interleaves 128-bit halves, so words 4...7 and 8...11 change places before it.
    __m256i low = _mm256_set_epi32(w[i[11]], w[i[10]], w[i[9]], w[i[8]], w[i[3]], w[i[2]], w[i[1]], w[i[0]]);
    __m256i high = _mm256_set_epi32(w[i[15]], w[i[14]], w[i[13]], w[i[12]], w[i[7]], w[i[6]], w[i[5]], w[i[4]]);
    __m256i mask = _mm256_set1_epi32(0xffff);
    *multipliers = _mm256_packus_epi32(_mm256_and_si256(low, mask), _mm256_and_si256(high, mask));
    *addends = _mm256_packs_epi32(_mm256_srai_epi32(low, 16), _mm256_srai_epi32(high, 16));
}

avx2 static void blend8(
    uint8_t *target, const uint8_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    for (; count >= 16; count -= 16, target += 16, source += 16, indices += 16) {
        __m256i multipliers, addends;
        look_up(table, indices, &multipliers, &addends);
        __m256i samples = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)source)), 7);
        __m256i sum = _mm256_adds_epi16(_mm256_mulhrs_epi16(samples, multipliers), addends);
        sum = _mm256_srai_epi16(sum, 7);
        __m128i result = _mm_packus_epi16(_mm256_castsi256_si128(sum), _mm256_extracti128_si256(sum, 1));
        _mm_storeu_si128((__m128i *)target, result);
    }
    blend8_loop(target, source, indices, count, table);
}

avx2 static void blend16(
    uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    __m128i shift = _mm_cvtsi32_si128(15 - table->bits);
    for (; count >= 16; count -= 16, target += 16, source += 16, indices += 16) {
        __m256i multipliers, addends;
        look_up(table, indices, &multipliers, &addends);
        __m256i samples = _mm256_sll_epi16(_mm256_loadu_si256((const __m256i *)source), shift);
        __m256i sum = _mm256_adds_epi16(_mm256_mulhrs_epi16(samples, multipliers), addends);
        sum = _mm256_sra_epi16(_mm256_max_epi16(sum, _mm256_setzero_si256()), shift);
        _mm256_storeu_si256((__m256i *)target, sum);
    }
    blend16_loop(target, source, indices, count, table);
}

const cblend_kernels cblend_kernels_avx2 = {ramp, blend8, blend16};
#endif
