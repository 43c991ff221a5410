// Moving maps, and fields themselves, by a field of displacements.
#include "CMotion.h"

/// Compiled twice; which one runs is decided when the program is loaded.
#if defined(__x86_64__)
#define fastest __attribute__((target_clones("avx2", "default")))
#else
#define fastest
#endif

/// Two neighbours in a row or column of cells, and the second one's weight; places outside count as the border's.
typedef struct {
    int first, second;
    float weight;
} tap;

/// - position: in cells, 0 being the first one's middle.
static inline tap tap_at(float position, int count) {
    float last = (float)(count - 1), inside = position > 0 ? position < last ? position : last : 0;
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
    float before = position + 1, behind = (float)count - position, least = before < behind ? before : behind;
    least = least > 0 ? least : 0;
    return least < 1 ? least : 1;
}

/// Cells of a row between the same two columns of the field, at most.
enum { longest_run = 64 };

/// Takes a run of cells from where they were, linearly interpolated; positions outside count as the border's. At least two
/// columns and rows.
static inline void take_linearly(
    float *restrict target, const float *map, int width, int height, const float *from_x, const float *from_y,
    int count) {
    int places[longest_run];
    float along[longest_run], down[longest_run], last_x = (float)(width - 1), last_y = (float)(height - 1);
    for (int i = 0; i < count; i++) {
        float x = from_x[i] > 0 ? from_x[i] : 0, y = from_y[i] > 0 ? from_y[i] : 0;
        x = x < last_x ? x : last_x;
        y = y < last_y ? y : last_y;
        int column = (int)x, row = (int)y;
        column = column < width - 2 ? column : width - 2;
        row = row < height - 2 ? row : height - 2;
        places[i] = row * width + column;
        along[i] = x - (float)column;
        down[i] = y - (float)row;
    }
    for (int i = 0; i < count; i++) {
        const float *upper = map + places[i], *lower = upper + width;
        float top = upper[0] + along[i] * (upper[1] - upper[0]);
        float bottom = lower[0] + along[i] * (lower[1] - lower[0]);
        target[i] = top + down[i] * (bottom - top);
    }
}

/// In a map of so many cells linear interpolation washes out nothing that can be seen.
enum { many_cells = 64 * 64 };

/// A displacement, in cells of the map, and how far it is trusted.
typedef struct {
    float x, y, known;
} displacement;

static inline displacement displacement_at(cmotion_field field, int column, tap row, float width, float height) {
    int upper = row.first * field.columns + column, lower = row.second * field.columns + column;
    float weight = row.weight;
    return (displacement){
        width * (field.dx[upper] + weight * (field.dx[lower] - field.dx[upper])),
        height * (field.dy[upper] + weight * (field.dy[lower] - field.dy[upper])),
        field.confidence[upper] + weight * (field.confidence[lower] - field.confidence[upper])};
}

fastest void cmotion_warp(
    cmotion_field field, const float *map, const float *arriving, float *moved, int32_t width, int32_t height) {
    float columns_per_cell = (float)field.columns / (float)width, rows_per_cell = (float)field.rows / (float)height;
    int is_large = width * height >= many_cells && width > 1 && height > 1;
    float from_x[longest_run], from_y[longest_run], shares[longest_run];
    for (int y = 0; y < height; y++) {
        tap row = tap_at(((float)y + 0.5f) * rows_per_cell - 0.5f, field.rows);
        for (int x = 0, count; x < width; x += count) {
            tap column = tap_at(((float)x + 0.5f) * columns_per_cell - 0.5f, field.columns);
            float next = ((float)column.first + 1.5f) / columns_per_cell - 0.5f - (float)x;
            count = next < longest_run ? 1 + (int)next : longest_run;
            if (count > width - x) count = width - x;
            displacement left = displacement_at(field, column.first, row, (float)width, (float)height);
            displacement right = displacement_at(field, column.second, row, (float)width, (float)height);
            for (int i = 0; i < count; i++) {
                float weight = ((float)(x + i) + 0.5f) * columns_per_cell - 0.5f - (float)column.first;
                weight = weight > 0 ? weight : 0;
                from_x[i] = (float)(x + i) - (left.x + weight * (right.x - left.x));
                from_y[i] = (float)y - (left.y + weight * (right.y - left.y));
                float known = left.known + weight * (right.known - left.known);
                shares[i] = known * coverage(from_x[i], width) * coverage(from_y[i], height);
            }
            float *target = moved + y * width + x;
            if (is_large) {
                take_linearly(target, map, width, height, from_x, from_y, count);
            } else {
                for (int i = 0; i < count; i++) {
                    target[i] =
                        cubic_sample(map, width, cubic_taps_at(from_x[i], width), cubic_taps_at(from_y[i], height));
                }
            }
            if (!arriving) continue;
            const float *now = arriving + y * width + x;
            for (int i = 0; i < count; i++) target[i] = now[i] + shares[i] * (target[i] - now[i]);
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
            confidence[i] = known < second.confidence[i] ? known : second.confidence[i];
        }
    }
}
