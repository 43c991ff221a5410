// The loops that make maps steady: over cells of float maps, in place. The order of all sums is fixed, so that every
// processor gives the same numbers.
#pragma once
#include <stdint.h>

/// Σ|m - mean(m)|.
float csteady_spread(const float *map, int count);

/// Moves `slow` a share of the way towards `map`. Returns Σ|Δ|.
float csteady_approach(float *slow, const float *map, float share, int count);

/// Both become map + weight * (past - map).
void csteady_follow(float *past, float *map, float weight, int count);

/// Lowest and highest value; what is no number may or may not count.
void csteady_range(const float *map, int count, float *low, float *high);

/// Values to heat, 0...1: from 0 at `low` to `knee` at `low + span`, and above towards 1, in order; 0 if `span` is not
/// above 0.
void csteady_heat(float *map, int count, float low, float span, float knee);

/// Leaves some of the values among which the one with a rank (0: the largest) is.
///
/// - rank: becomes its rank among those.
/// - candidates: `count` values.
/// Returns how many there are.
int csteady_narrow(const float *map, int count, int *rank, float *candidates);

/// Maps that a median is taken of, at most.
#define CSTEADY_MAPS 32

/// Weighted medians: of each cell, the smallest value such that those up to it have half of the weight.
///
/// - weights: of the maps, at least 0; half of their sum is `half`, above 0.
/// - medians: `count` values, none of the maps.
void csteady_median(
    const float *const *maps, const float *weights, int map_count, float half, float *medians, int count);
