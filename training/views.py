"""What a camera might see: photographs cropped, stretched, pasted on clutter, blurred and relit."""

from dataclasses import dataclass

import cv2
import numpy as np

SIZE = 224  # side of a view in pixels, as the teacher reads it
CELLS = 16  # side of the coverage grid


@dataclass
class View:
    """`picture` is uint8 [SIZE, SIZE, 3]; `coverage` uint8 [CELLS, CELLS], how much of a cell the object covers.

    `box` is (left, top, right, bottom) in pixels; coverage and box are None where the object's place is unknown.
    """

    picture: np.ndarray
    coverage: np.ndarray | None = None
    box: tuple | None = None


class Views:
    """Draws views of photographs. The same generator state gives the same view."""

    def __init__(self, photos, masks):
        self.photos = photos
        self.masks = masks
        self.clutter = np.flatnonzero(photos.labels == photos.background)

    def photograph(self, rng, index, whole=False):
        """A crop of the photograph, stretched to a square, as the model's input is."""
        picture = self.photos.pictures[index]
        height, width = picture.shape[:2]
        area = rng.uniform(0.85, 1) if whole else rng.uniform(0.3, 1)
        stretch = np.exp(rng.uniform(-0.3, 0.3)) if not whole else np.exp(rng.uniform(-0.05, 0.05))
        w, h = min(width, width * np.sqrt(area) * stretch), min(height, height * np.sqrt(area) / stretch)
        x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
        angle = rng.uniform(-15, 15) if not whole and rng.random() < 0.3 else 0
        view = cv2.warpAffine(
            picture, _to_square((x + w / 2, y + h / 2), (w, h), angle), (SIZE, SIZE), flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT_101)
        return View(relight(rng, view, strength=0.3 if whole else 0.6))

    def paste(self, rng, index, cut_only=False):
        """The object, cut out, anywhere on clutter. Its bounding box covers a tenth to nine tenths of the view.

        Without `cut_only`, some are pasted with a frame of their photograph around them.
        """
        if self.photos.labels[index] == self.photos.background:
            return View(relight(rng, self.ground(rng), strength=1))
        picture, mask = self.photos.pictures[index], self.masks[index]
        if not cut_only and (mask is None or rng.random() < 0.15):
            mask = _soft_frame(rng, picture.shape[:2])
        ys, xs = np.nonzero(mask > 127)
        left, right, top, bottom = xs.min(), xs.max() + 1, ys.min(), ys.max() + 1
        share = np.exp(rng.uniform(np.log(0.1), np.log(0.9)))
        aspect = (right - left) / (bottom - top) * np.exp(rng.uniform(-0.25, 0.25))
        w = min(0.97, np.sqrt(share * aspect)) * SIZE
        h = min(0.97, np.sqrt(share / aspect)) * SIZE
        x, y = rng.uniform(0, SIZE - w), rng.uniform(0, SIZE - h)
        square = _to_square(
            ((left + right) / 2, (top + bottom) / 2), (right - left, bottom - top), rng.uniform(-20, 20))
        place = np.array([[w / SIZE, 0, x], [0, h / SIZE, y]]) @ np.vstack([square, [0, 0, 1]])
        object_, alpha = _shrink_smoothly(picture, mask, place)
        alpha = cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.6, 1.6))
        ys, xs = np.nonzero(alpha > 127)
        if len(xs) == 0:  # thin, and lost in scaling
            return self.photograph(rng, index)
        ground = self.ground(rng)
        object_ = relight(rng, object_, strength=0.4)
        a = alpha[..., None].astype(np.float32) / 255
        view = (object_ * a + ground * (1 - a) + 0.5).astype(np.uint8)
        coverage = cv2.resize(alpha, (CELLS, CELLS), interpolation=cv2.INTER_AREA)
        box = int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1
        return View(relight(rng, view, strength=0.8), coverage, box)

    def ground(self, rng):
        """Clutter: mostly a part of a photograph of clutter, else another photograph out of focus, or plain noise."""
        kind = rng.random()
        if kind < 0.9:
            source = rng.choice(self.clutter) if kind < 0.7 else rng.integers(len(self.photos))
            picture = self.photos.pictures[source]
            height, width = picture.shape[:2]
            side = rng.uniform(0.35, 1)
            w, h = width * side, height * side
            x, y = rng.uniform(0, width - w), rng.uniform(0, height - h)
            matrix = _to_square((x + w / 2, y + h / 2), (w, h), rng.choice([0, 90, 180, 270]) if kind > 0.6 else 0)
            ground = cv2.warpAffine(picture, matrix, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT_101)
            if kind >= 0.7:
                ground = cv2.GaussianBlur(ground, (0, 0), rng.uniform(8, 20))
            return ground if rng.random() < 0.5 else ground[:, ::-1]
        ground = np.full((SIZE, SIZE, 3), rng.uniform(0, 255, 3), np.float32)
        for cells in (3, 8, 30):
            noise = rng.normal(0, rng.uniform(0, 40), (cells, cells, 3)).astype(np.float32)
            ground += cv2.resize(noise, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
        return np.clip(ground, 0, 255).astype(np.uint8)


def relight(rng, picture, strength):
    """Other light, colour cast, focus and noise; `strength` is the share of views that get each."""
    x = picture.astype(np.float32) / 255
    if rng.random() < strength:
        x = x ** np.exp(rng.normal(0, 0.35))
    if rng.random() < strength:
        mean = x.mean()
        x = (x - mean) * np.exp(rng.normal(0, 0.25)) + mean * np.exp(rng.normal(0, 0.25))
        x = x * np.exp(rng.normal(0, 0.07, 3).astype(np.float32))
    if rng.random() < strength * 0.3:
        direction, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7)
        ramp = np.linspace(-0.5, 0.5, SIZE, dtype=np.float32)
        x = x * (1 + fall * (np.cos(direction) * ramp[None, :, None] + np.sin(direction) * ramp[:, None, None]))
    if rng.random() < strength * 0.15:
        x = np.repeat(x.mean(axis=2, keepdims=True), 3, axis=2)
    if rng.random() < strength * 0.35:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.5, 2.5))
    if rng.random() < strength * 0.4:
        x = x + rng.normal(0, rng.uniform(0.005, 0.05), x.shape).astype(np.float32)
    return (np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)


def _to_square(centre, size, angle):
    """Affine map of a rectangle (turned by `angle` degrees) onto the view."""
    turn = np.deg2rad(angle)
    c, s = np.cos(turn), np.sin(turn)
    scale = np.diag([SIZE / size[0], SIZE / size[1]]) @ np.array([[c, s], [-s, c]])
    offset = np.array([SIZE / 2, SIZE / 2]) - scale @ np.array(centre)
    return np.hstack([scale, offset[:, None]])


def _shrink_smoothly(picture, mask, place):
    """Both warped into a view; first made small by averaging, since warping alone would alias."""
    scale = max(np.hypot(*place[:, 0]), np.hypot(*place[:, 1]))
    if scale < 0.7:
        size = [max(1, round(n * scale)) for n in picture.shape[1::-1]]
        ratio = np.diag([picture.shape[1] / size[0], picture.shape[0] / size[1], 1])
        picture, mask = (cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in (picture, mask))
        place = place @ ratio
    return (
        cv2.warpAffine(picture, place, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101),
        cv2.warpAffine(mask, place, (SIZE, SIZE), flags=cv2.INTER_LINEAR))


def _soft_frame(rng, shape):
    """An ellipse or rounded rectangle around the middle, where the object cannot be cut out."""
    height, width = shape
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    power = rng.choice([2, 4, 8])
    size = rng.uniform(0.75, 0.95)
    return ((np.abs(x / size) ** power + np.abs(y / size) ** power < 1) * 255).astype(np.uint8)
