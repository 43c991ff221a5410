// Averages over time, and the heat of what comes out.
#include "loops.h"

fastest float csteady_spread(const float *map, int count) {
    int whole = count - count % lane_count;
    lanes sums = {0}, ways = {0}, values;
    for (int i = 0; i < whole; i += lane_count) {
        load(values, map + i);
        sums += values;
    }
    float sum = sum_of(sums);
    for (int i = whole; i < count; i++) sum += map[i];
    float mean = sum / (float)count;
    for (int i = 0; i < whole; i += lane_count) {
        load(values, map + i);
        lanes way = values - mean;
        ways += choose(way < 0, -way, way);
    }
    float way = sum_of(ways);
    for (int i = whole; i < count; i++) way += magnitude(map[i] - mean);
    return way;
}

fastest float csteady_approach(float *slow, const float *map, float share, int count) {
    int whole = count - count % lane_count;
    lanes ways = {0}, before, now;
    for (int i = 0; i < whole; i += lane_count) {
        load(before, slow + i);
        load(now, map + i);
        lanes change = share * (now - before);
        before += change;
        store(slow + i, before);
        ways += choose(change < 0, -change, change);
    }
    float way = sum_of(ways);
    for (int i = whole; i < count; i++) {
        float change = share * (map[i] - slow[i]);
        slow[i] += change;
        way += magnitude(change);
    }
    return way;
}

fastest void csteady_follow(float *restrict past, float *restrict map, float weight, int count) {
    for (int i = 0; i < count; i++) {
        float smoothed = map[i] + weight * (past[i] - map[i]);
        past[i] = smoothed;
        map[i] = smoothed;
    }
}

fastest void csteady_heat(float *map, int count, float low, float span, float knee) {
    if (!(span > 0)) {
        memset(map, 0, (size_t)count * sizeof(float));
        return;
    }
    for (int i = 0; i < count; i++) {
        float value = map[i] - low, share = (value > 0 ? value : 0) / span;
        // Both sides are computed, so neither may divide by 0.
        float above = 1 - (1 - knee) / (share > 1 ? share : 1);
        map[i] = share <= 1 ? knee * share : above;
    }
}
