"""Cuts objects out of their photographs, so that they can be pasted elsewhere."""

import cv2
import numpy as np


def cut_out(picture):
    """The object's mask, uint8 [height, width] of 0 or 255; None where no believable one is found.

    GrabCut (Rother, Kolmogorov, Blake, 2004), started with the photograph's margin as ground: Caltech's objects are
    centred. What covers nearly nothing, nearly everything or much of the margin is no object.
    """
    scale = 140 / max(picture.shape[:2])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    height, width = small.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    margin_x, margin_y = max(2, width // 20), max(2, height // 20)
    rectangle = (margin_x, margin_y, width - 2 * margin_x, height - 2 * margin_y)
    cv2.setRNGSeed(0)
    try:
        models = np.zeros((1, 65)), np.zeros((1, 65))
        cv2.grabCut(small, mask, rectangle, *models, 3, cv2.GC_INIT_WITH_RECT)
    except cv2.error:  # a photograph of one colour
        return None
    found = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    found = cv2.morphologyEx(found, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    found = _largest_parts(found)
    share = found.mean()
    if not 0.08 < share < 0.75:
        return None
    inner = found[margin_y + 1 : -margin_y - 1, margin_x + 1 : -margin_x - 1]
    edge = np.concatenate([inner[0], inner[-1], inner[:, 0], inner[:, -1]]).mean()
    if edge > 0.3:
        return None
    return cv2.resize(found * 255, picture.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def _largest_parts(mask):
    count, parts, stats, _ = cv2.connectedComponentsWithStats(mask)
    if count < 2:
        return mask
    areas = stats[1:, cv2.CC_STAT_AREA]
    kept = [i + 1 for i, area in enumerate(areas) if area > 0.2 * areas.max()]
    solid = np.isin(parts, kept).astype(np.uint8)
    contours, _ = cv2.findContours(solid, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = solid.copy()
    for contour in contours:
        hole_free = np.zeros_like(solid)
        cv2.drawContours(hole_free, [contour], -1, 1, -1)
        # Large holes (a mug's handle, a chair's legs) stay.
        if (hole_free.sum() - (hole_free & solid).sum()) < 0.1 * hole_free.sum():
            filled |= hole_free
    return filled
