// AVX-512 with VBMI: Ice Lake, Zen 4 and later.
#if defined(__x86_64__)
#include "kernels.h"
#include <immintrin.h>

#define vbmi __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi")))

/// 256 bytes in four registers.
typedef struct {
    __m512i quarters[4];
} byte_table;

vbmi static inline byte_table load_table(const uint8_t *bytes) {
    byte_table table;
    for (int i = 0; i < 4; i++) table.quarters[i] = _mm512_loadu_si512(bytes + 64 * i);
    return table;
}

/// Each index takes its low seven bits to one of two halves of the table; its eighth bit says which.
vbmi static inline __m512i look_up(const byte_table *table, __m512i indices, __mmask64 upper) {
    __m512i low = _mm512_permutex2var_epi8(table->quarters[0], indices, table->quarters[1]);
    __m512i high = _mm512_permutex2var_epi8(table->quarters[2], indices, table->quarters[3]);
    return _mm512_mask_blend_epi8(upper, low, high);
}

vbmi static void ramp(uint8_t *indices, int count, int64_t start, int64_t step) {
    const __m512i lanes = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    __m512i small_step = _mm512_set1_epi32((int32_t)((step + 0x8000) >> 16));
    __m512i half = _mm512_set1_epi32(128);
    __m512i offsets = _mm512_mullo_epi32(lanes, small_step);
    if (count <= 16) {
        uint16_t base = (uint16_t)((start + (1 << 23)) >> 24);
        __m512i sum = _mm512_add_epi32(_mm512_srai_epi32(_mm512_add_epi32(offsets, half), 8), _mm512_set1_epi32(base));
        _mm_storeu_si128((__m128i *)indices, _mm512_cvtepi32_epi8(_mm512_srli_epi32(sum, 8)));
        return;
    }
    __m512i next = _mm512_slli_epi32(small_step, 4);
    __m256i words[4];
    for (int i = 0; i < 4; i++) {
        words[i] = _mm512_cvtepi32_epi16(_mm512_srai_epi32(_mm512_add_epi32(offsets, half), 8));
        offsets = _mm512_add_epi32(offsets, next);
    }
    __m512i first = _mm512_inserti64x4(_mm512_castsi256_si512(words[0]), words[1], 1);
    __m512i second = _mm512_inserti64x4(_mm512_castsi256_si512(words[2]), words[3], 1);
    // Bytes 1, 3, 5 ... 127 of two registers: the upper byte of each word.
    const __m512i odd = _mm512_add_epi8(
        _mm512_set1_epi8(1),
        _mm512_slli_epi16(
            _mm512_set_epi8(
                63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40, 39, 38, 37,
                36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10,
                9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
            1));
    for (; count > 0; count -= 64, indices += 64, start += 64 * step) {
        __m512i base = _mm512_set1_epi16((int16_t)((start + (1 << 23)) >> 24));
        __m512i low = _mm512_add_epi16(base, first), high = _mm512_add_epi16(base, second);
        _mm512_storeu_si512(indices, _mm512_permutex2var_epi8(low, odd, high));
    }
}

vbmi static void blend8(
    uint8_t *target, const uint8_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    byte_table tables[4];
    for (int i = 0; i < 4; i++) tables[i] = load_table(table->bytes[i]);
    for (; count > 0; count -= 64, target += 64, source += 64, indices += 64) {
        __mmask64 in_row = count >= 64 ? ~0ULL : ~0ULL >> (64 - count);
        __m512i index = _mm512_maskz_loadu_epi8(in_row, indices);
        __m512i samples = _mm512_maskz_loadu_epi8(in_row, source);
        __mmask64 upper = _mm512_movepi8_mask(index);
        __m512i bytes[4];
        for (int i = 0; i < 4; i++) bytes[i] = look_up(&tables[i], index, upper);
        __m512i zero = _mm512_setzero_si512();
        // A sample in the upper byte of a word, halved, is a sample with 7 fraction bits.
        __m512i low = _mm512_srli_epi16(_mm512_unpacklo_epi8(zero, samples), 1);
        __m512i high = _mm512_srli_epi16(_mm512_unpackhi_epi8(zero, samples), 1);
        low = _mm512_mulhrs_epi16(low, _mm512_unpacklo_epi8(bytes[0], bytes[1]));
        high = _mm512_mulhrs_epi16(high, _mm512_unpackhi_epi8(bytes[0], bytes[1]));
        low = _mm512_adds_epi16(low, _mm512_unpacklo_epi8(bytes[2], bytes[3]));
        high = _mm512_adds_epi16(high, _mm512_unpackhi_epi8(bytes[2], bytes[3]));
        __m512i result = _mm512_packus_epi16(_mm512_srai_epi16(low, 7), _mm512_srai_epi16(high, 7));
        _mm512_mask_storeu_epi8(target, in_row, result);
    }
}

vbmi static void blend16(
    uint16_t *target, const uint16_t *source, const uint8_t *indices, int count, const cblend_table *table) {
    byte_table tables[4];
    for (int i = 0; i < 4; i++) tables[i] = load_table(table->bytes[i]);
    __m128i shift = _mm_cvtsi32_si128(15 - table->bits);
    // Unpacking takes eight bytes from each group of sixteen: bring samples 0...31 there, so that they come out in order.
    const __m512i order = _mm512_set_epi64(7, 3, 6, 2, 5, 1, 4, 0);
    __m512i zero = _mm512_setzero_si512();
    for (; count > 0; count -= 64, target += 64, source += 64, indices += 64) {
        __mmask64 in_row = count >= 64 ? ~0ULL : ~0ULL >> (64 - count);
        __mmask32 in_low = (__mmask32)in_row, in_high = (__mmask32)(in_row >> 32);
        __m512i index = _mm512_permutexvar_epi64(order, _mm512_maskz_loadu_epi8(in_row, indices));
        __mmask64 upper = _mm512_movepi8_mask(index);
        __m512i bytes[4];
        for (int i = 0; i < 4; i++) bytes[i] = look_up(&tables[i], index, upper);
        __m512i low = _mm512_sll_epi16(_mm512_maskz_loadu_epi16(in_low, source), shift);
        __m512i high = _mm512_sll_epi16(_mm512_maskz_loadu_epi16(in_high, source + 32), shift);
        low = _mm512_mulhrs_epi16(low, _mm512_unpacklo_epi8(bytes[0], bytes[1]));
        high = _mm512_mulhrs_epi16(high, _mm512_unpackhi_epi8(bytes[0], bytes[1]));
        low = _mm512_max_epi16(_mm512_adds_epi16(low, _mm512_unpacklo_epi8(bytes[2], bytes[3])), zero);
        high = _mm512_max_epi16(_mm512_adds_epi16(high, _mm512_unpackhi_epi8(bytes[2], bytes[3])), zero);
        _mm512_mask_storeu_epi16(target, in_low, _mm512_sra_epi16(low, shift));
        _mm512_mask_storeu_epi16(target + 32, in_high, _mm512_sra_epi16(high, shift));
    }
}

const cblend_kernels cblend_kernels_avx512vbmi = {ramp, blend8, blend16};
#endif
