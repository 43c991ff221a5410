// Moving maps, and fields themselves, by a field of displacements.
#include "CMotion.h"
#include <math.h>
#include <string.h>

/// Two neighbours in a row or column of cells, and the second one's weight; places outside count as the border's.
typedef struct {
    int first, second;
    float weight;
} tap;

/// - position: in cells, 0 being the first one's middle.
static inline tap tap_at(float position, int count) {
    float inside = fminf(fmaxf(position, 0), (float)(count - 1));
    int first = (int)inside;
    return (tap){first, first + 1 < count ? first + 1 : first, inside - (float)first};
}

static inline float sample(const float *values, int columns, tap x, tap y) {
    const float *upper = values + y.first * columns, *lower = values + y.second * columns;
    float top = upper[x.first] + x.weight * (upper[x.second] - upper[x.first]);
    float bottom = lower[x.first] + x.weight * (lower[x.second] - lower[x.first]);
    return top + y.weight * (bottom - top);
}

/// Four neighbours in a row or column of cells, and their weights (Keys 1981, "Cubic convolution interpolation for digital
/// image processing", IEEE TASSP 29(6), a = -1/2): a map that is moved by parts of a cell again and again would be washed
/// out by linear ones.
typedef struct {
    int places[4];
    float weights[4];
} cubic_taps;

static inline cubic_taps cubic_taps_at(float position, int count) {
    tap inside = tap_at(position, count);
    float t = inside.weight, u = 1 - t;
    float before = -0.5f * t * u * u, after = -0.5f * u * t * t;
    float first = 1 + t * t * (1.5f * t - 2.5f), second = 1 + u * u * (1.5f * u - 2.5f);
    // The cell beyond a border continues the slope inside of it.
    if (inside.first == 0) first += 2 * before, second -= before, before = 0;
    if (inside.second >= count - 1) second += 2 * after, first -= after, after = 0;
    return (cubic_taps){
        {inside.first - (before != 0), inside.first, inside.second, inside.second + (after != 0)},
        {before, first, second, after}};
}

static inline float cubic_sample(const float *values, int columns, cubic_taps x, cubic_taps y) {
    float sum = 0;
    for (int i = 0; i < 4; i++) {
        const float *row = values + y.places[i] * columns;
        float along = 0;
        for (int j = 0; j < 4; j++) along += x.weights[j] * row[x.places[j]];
        sum += y.weights[i] * along;
    }
    return sum;
}

/// How much of a cell that was at `position` lies within `count` cells.
static inline float coverage(float position, int count) {
    return fmaxf(0, fminf(1, fminf(position + 1, (float)count - position)));
}

void cmotion_warp(
    cmotion_field field, const float *map, const float *arriving, float *moved, int32_t width, int32_t height) {
    float columns_per_cell = (float)field.columns / (float)width, rows_per_cell = (float)field.rows / (float)height;
    for (int y = 0; y < height; y++) {
        tap row = tap_at(((float)y + 0.5f) * rows_per_cell - 0.5f, field.rows);
        for (int x = 0; x < width; x++) {
            tap column = tap_at(((float)x + 0.5f) * columns_per_cell - 0.5f, field.columns);
            float from_x = (float)x - sample(field.dx, field.columns, column, row) * (float)width;
            float from_y = (float)y - sample(field.dy, field.columns, column, row) * (float)height;
            float value = 
                cubic_sample(map, width, cubic_taps_at(from_x, width), cubic_taps_at(from_y, height));
            if (arriving) {
                float known = sample(field.confidence, field.columns, column, row);
                float share = known * coverage(from_x, width) * coverage(from_y, height);
                float other = arriving[y * width + x];
                value = other + share * (value - other);
            }
            moved[y * width + x] = value;
        }
    }
}

void cmotion_compose(cmotion_field first, cmotion_field second, float *dx, float *dy, float *confidence) {
    for (int y = 0; y < second.rows; y++) {
        for (int x = 0; x < second.columns; x++) {
            int i = y * second.columns + x;
            // Where the cell was between the two.
            float share_x = ((float)x + 0.5f) / (float)second.columns - second.dx[i];
            float share_y = ((float)y + 0.5f) / (float)second.rows - second.dy[i];
            tap column = tap_at(share_x * (float)first.columns - 0.5f, first.columns);
            tap row = tap_at(share_y * (float)first.rows - 0.5f, first.rows);
            dx[i] = second.dx[i] + sample(first.dx, first.columns, column, row);
            dy[i] = second.dy[i] + sample(first.dy, first.columns, column, row);
            float known = sample(first.confidence, first.columns, column, row);
            confidence[i] = fminf(second.confidence[i], known);
        }
    }
}
