// Finds contours in pictures of two values.
#pragma once
#include <stdint.h>

struct ccontour {
    /// The pixels x0 to before x1, y0 to before y1.
    int32_t x0, y0, x1, y1;
    /// Twice the area of the polygon through the centres of the border's pixels.
    int32_t twice_area;
};

/// The borders of what is above a level: of parts, whose pixels touch by an edge or a corner, and of the holes in them, each along
/// the pixels that are above.
///
/// Suzuki and Abe 1985, algorithm 1, with the marks of OpenCV's findContours; areas are those of its contourArea, so that a line has
/// none. In reading order of where each is met first.
///
/// - bytes: [height, width].
/// - marks: [height + 2, width + 2]; the border is 0 and stays so.
/// - found: room for `most`.
/// Returns how many there are, no more than `most`.
int ccontour_find(
    const uint8_t *bytes, int width, int height, uint8_t level, int8_t *marks, struct ccontour *found, int most);
