#include "CContour.h"

#include <string.h>

// 0: not above; 1: above; FOLLOWED: on a border that was followed, FOLLOWED_AT_RIGHT if what lies right of it is not above.
#define FOLLOWED 2
#define FOLLOWED_AT_RIGHT -126

// To the eight neighbours, from the right one against the clock.
static const int across[8] = {1, 1, 0, -1, -1, -1, 0, 1};
static const int down[8] = {0, -1, -1, -1, 0, 1, 1, 1};

static struct ccontour follow(int8_t *marks, int stride, int start_x, int start_y, int is_hole) {
    struct ccontour contour = {start_x - 1, start_y - 1, start_x, start_y, 0};
    int steps[8];
    for (int i = 0; i < 8; i++) steps[i] = down[i] * stride + across[i];
    int start = start_y * stride + start_x;
    // What is met first with the clock is the border's last pixel.
    int away = is_hole ? 0 : 4, direction = away;
    do { direction = (direction + 7) & 7; } while (marks[start + steps[direction]] == 0 && direction != away);
    if (direction == away) {
        marks[start] = FOLLOWED_AT_RIGHT;
        return contour;
    }
    int last = start + steps[direction], here = start, x = start_x, y = start_y, twice_area = 0;
    for (;;) {
        int from = direction;
        do { direction++; } while (marks[here + steps[direction & 7]] == 0);
        direction &= 7;
        if (direction >= 1 && direction - 1 < from) {
            marks[here] = FOLLOWED_AT_RIGHT;
        } else if (marks[here] == 1) {
            marks[here] = FOLLOWED;
        }
        twice_area += x * down[direction] - y * across[direction];
        int next = here + steps[direction];
        x += across[direction];
        y += down[direction];
        if (next == start && here == last) break;
        here = next;
        if (x - 1 < contour.x0) contour.x0 = x - 1;
        if (y - 1 < contour.y0) contour.y0 = y - 1;
        if (x > contour.x1) contour.x1 = x;
        if (y > contour.y1) contour.y1 = y;
        direction = (direction + 4) & 7;
    }
    contour.twice_area = twice_area < 0 ? -twice_area : twice_area;
    return contour;
}

int ccontour_find(
    const uint8_t *bytes, int width, int height, uint8_t level, int8_t *marks, struct ccontour *found, int most) {
    int stride = width + 2, count = 0;
    for (int y = 0; y < height; y++) {
        int8_t *row = marks + (y + 1) * stride + 1;
        const uint8_t *values = bytes + y * width;
        for (int x = 0; x < width; x++) row[x] = values[x] > level;
    }
    for (int y = 1; y <= height; y++) {
        int8_t *row = marks + y * stride;
        int8_t before = 0;
        int x = 1;
        while (x <= width + 1) {
            // Most neighbours are alike: eight at a time.
            if (x + 7 <= width + 1) {
                uint64_t eight;
                memcpy(&eight, row + x, 8);
                if (eight == (uint8_t)before * UINT64_C(0x0101010101010101)) {
                    x += 8;
                    continue;
                }
            }
            int8_t mark = row[x];
            if (mark != before) {
                int begins = before == 0 && mark == 1, ends = mark == 0 && before >= 1;
                if ((begins || ends) && count < most) found[count++] = follow(marks, stride, x - ends, y, ends);
                before = row[x];
            }
            x++;
        }
    }
    return count;
}
