// What depends on the order of values: high ones, medians.
#include "loops.h"
#include <float.h>

fastest void csteady_range(const float *map, int count, float *low, float *high) {
    *low = *high = map[0];
    int whole = count - count % lane_count;
    lanes lows = {0}, highs, values;
    lows += map[0];
    highs = lows;
    for (int i = 0; i < whole; i += lane_count) {
        load(values, map + i);
        lows = choose(values < lows, values, lows);
        highs = choose(values > highs, values, highs);
    }
    for (int j = 0; j < lane_count; j++) {
        *low = lows[j] < *low ? lows[j] : *low;
        *high = highs[j] > *high ? highs[j] : *high;
    }
    for (int i = whole; i < count; i++) {
        *low = map[i] < *low ? map[i] : *low;
        *high = map[i] > *high ? map[i] : *high;
    }
}

enum { bins = 1024, bin_run = 64 };

/// Numbers of values' bins; what is no number is in the first one.
fastest static void find_bins(int32_t *restrict found, const float *restrict map, int count, float low, float scale) {
    for (int i = 0; i < count; i++) {
        float place = (map[i] - low) * scale;
        place = place > 0 ? place : 0;
        found[i] = (int32_t)(place < bins - 1 ? place : bins - 1);
    }
}

int csteady_narrow(const float *map, int count, int *rank, float *candidates) {
    float low, high;
    csteady_range(map, count, &low, &high);
    float scale = (float)bins / (high - low);
    if (count < 4 * bins || !(scale > 0 && scale <= FLT_MAX)) {
        memcpy(candidates, map, (size_t)count * sizeof(float));
        return count;
    }
    int32_t run[bin_run];
    // Two histograms: neighbours are alike, and one counter would wait for itself.
    int counts[2][bins] = {0};
    for (int start = 0; start < count; start += bin_run) {
        int length = count - start < bin_run ? count - start : bin_run;
        find_bins(run, map + start, length, low, scale);
        for (int i = 0; i < length; i++) counts[i & 1][run[i]]++;
    }
    int bin = bins - 1, above = 0;
    for (; bin > 0; bin--) {
        int here = counts[0][bin] + counts[1][bin];
        if (above + here > *rank) break;
        above += here;
    }
    *rank -= above;
    int found = 0;
    for (int start = 0; start < count; start += bin_run) {
        int length = count - start < bin_run ? count - start : bin_run;
        find_bins(run, map + start, length, low, scale);
        for (int i = 0; i < length; i++) {
            candidates[found] = map[start + i];
            found += run[i] == bin;
        }
    }
    return found;
}

/// Puts the values of two rows in order, and their weights with them.
#define exchange(lower, upper)                                                                                         \
    for (int j = 0; j < vectors; j++) {                                                                                \
        lanes a = values[lower][j], b = values[upper][j], v = weights[lower][j], w = weights[upper][j];                \
        choices wrong = a > b;                                                                                         \
        values[lower][j] = choose(wrong, b, a);                                                                        \
        values[upper][j] = choose(wrong, a, b);                                                                        \
        weights[lower][j] = choose(wrong, w, v);                                                                       \
        weights[upper][j] = choose(wrong, v, w);                                                                       \
    }

/// Cells that are worked on at once.
enum { block = 32, vectors = block / lane_count };

fastest void csteady_median(
    const float *const *maps, const float *weights_of_maps, int map_count, float half, float *medians, int count) {
    lanes values[CSTEADY_MAPS][vectors], weights[CSTEADY_MAPS][vectors], found[vectors];
    memset(values, 0, sizeof values);
    int top = 1;
    while (2 * top < map_count) top *= 2;
    for (int start = 0; start < count; start += block) {
        size_t bytes = sizeof(float) * (size_t)(count - start < block ? count - start : block);
        for (int i = 0; i < map_count; i++) {
            memcpy(values[i], maps[i] + start, bytes);
            lanes weight = {0};
            weight += weights_of_maps[i];
            for (int j = 0; j < vectors; j++) weights[i][j] = weight;
        }
        // Merge exchange (Batcher 1968; Knuth, The Art of Computer Programming 3, 5.2.2, algorithm M): all cells at once,
        // as what is compared does not depend on the values.
        for (int p = top; p > 0; p /= 2) {
            for (int q = top, r = 0, d = p;; d = q - p, q /= 2, r = p) {
                for (int i = 0; i + d < map_count; i++) {
                    if ((i & p) == r) exchange(i, i + d);
                }
                if (q == p) break;
            }
        }
        for (int j = 0; j < vectors; j++) {
            lanes sum = {0};
            found[j] = values[0][j];
            for (int i = 0; i < map_count; i++) {
                found[j] = choose(sum < half, values[i][j], found[j]);
                sum += weights[i][j];
            }
        }
        memcpy(medians + start, found, bytes);
    }
}
