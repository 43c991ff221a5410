"""Batches of views with their targets, cropped and flipped on the way."""

import queue
import threading
from dataclasses import dataclass

import cv2
import numpy as np
import torch

from network import STRIDE
from prepare import PASTES, PHOTOGRAPHS, WHOLE

SHARES = 0.3, 0.4, 0.3  # of whole photographs, parts of photographs and pastes in what the student is shown


@dataclass
class Batch:
    """`pictures` uint8 [n, size, size, 3], `targets` [n, classes], `dense` [n, cells, cells, basis],
    `coverage` [n, cells, cells] (0 everywhere: place unknown), `labels` [n]."""

    pictures: torch.Tensor
    targets: torch.Tensor
    dense: torch.Tensor
    coverage: torch.Tensor
    labels: torch.Tensor


class Cache:
    """What prepare.py left."""

    def __init__(self, folder):
        self.jpegs = np.load(folder / "jpegs.npy", mmap_mode="r")
        self.offsets = np.load(folder / "offsets.npy")
        self.coverage = np.load(folder / "coverage.npy")
        self.pooled = np.load(folder / "pooled.npy")
        self.dense = np.load(folder / "dense.npy", mmap_mode="r")
        self.labels = np.load(folder / "labels.npy")
        self.classes = (folder / "classes.txt").read_text().split()
        self.views = self.pooled.shape[1]
        # How often each view is shown: whole photographs, their parts, pastes.
        counts = [WHOLE, PHOTOGRAPHS - WHOLE, PASTES]
        self.shares = np.repeat(np.divide(SHARES, counts), counts)

    def picture(self, photograph, view):
        """uint8 [size, size, 3], BGR."""
        i = photograph * self.views + view
        return cv2.imdecode(np.asarray(self.jpegs[self.offsets[i] : self.offsets[i + 1]]), cv2.IMREAD_COLOR)


def batches(cache, soft, order, count, size, rng):
    """Batches of `count` views, one of each photograph in `order`, made on a thread ahead of their use.

    - soft: the teacher's probabilities, [photographs, views, classes].
    """
    ready = queue.Queue(4)

    def produce():
        for start in range(0, len(order) - count + 1, count):
            ready.put(_batch(cache, soft, order[start : start + count], size, rng))
        ready.put(None)

    threading.Thread(target=produce, daemon=True).start()
    while (batch := ready.get()) is not None:
        yield batch


def _batch(cache, soft, chosen, size, rng):
    cells = size // STRIDE
    pictures = np.empty((len(chosen), size, size, 3), np.uint8)
    views = rng.choice(cache.views, size=len(chosen), p=cache.shares)
    to_dense = np.empty((2, len(chosen), cells, cache.dense.shape[2]), np.float32)
    to_coverage = np.empty((2, len(chosen), cells, cache.coverage.shape[2]), np.float32)
    for k, (photograph, view) in enumerate(zip(chosen, views)):
        picture = cache.picture(photograph, view)
        side = rng.uniform(0.92 if view < WHOLE else 0.8, 1)
        x, y = rng.uniform(0, 1 - side, 2)
        full = picture.shape[0]
        left, top, edge = round(x * full), round(y * full), round(side * full)
        picture = cv2.resize(picture[top : top + edge, left : left + edge], (size, size), interpolation=cv2.INTER_AREA)
        flip = rng.random() < 0.5
        if flip:
            picture = picture[:, ::-1]
        if rng.random() < 0.25:
            picture = _dim(picture, rng)
        pictures[k] = picture[..., ::-1]
        for axis, (start, mirror) in enumerate(((y, False), (x, flip))):
            to_dense[axis, k] = _sampling(start, side, mirror, cells, to_dense.shape[3])
            to_coverage[axis, k] = _sampling(start, side, mirror, cells, to_coverage.shape[3])
    dense = torch.from_numpy(np.stack([cache.dense[p, v] for p, v in zip(chosen, views)]).astype(np.float32))
    coverage = torch.from_numpy(cache.coverage[chosen, views].astype(np.float32) / 255)
    rows, columns = torch.from_numpy(to_dense)
    dense = torch.einsum("nyh,nhwc,nxw->nyxc", rows, dense, columns)
    rows, columns = torch.from_numpy(to_coverage)
    coverage = torch.einsum("nyh,nhw,nxw->nyx", rows, coverage, columns)
    return Batch(
        torch.from_numpy(pictures), torch.from_numpy(soft[chosen, views]), dense, coverage,
        torch.from_numpy(cache.labels[chosen]))


def _dim(picture, rng):
    """Worse light than the teacher had: it answers for the picture as it was."""
    levels = np.linspace(0, 1, 256) ** np.exp(rng.normal(0.2, 0.4)) * rng.uniform(0.35, 1) * 255
    dim = cv2.LUT(picture, levels.astype(np.uint8))
    if rng.random() < 0.5:
        noise = rng.integers(-14, 15, dim.shape, np.int16)
        dim = np.clip(dim + noise, 0, 255).astype(np.uint8)
    return dim


def _sampling(start, side, mirror, cells, source):
    """Matrix [cells, source] that samples a row of `source` cells, linearly, at the centres of the crop's cells."""
    at = (start + side * (np.arange(cells) + 0.5) / cells) * source - 0.5
    if mirror:
        at = at[::-1]
    at = np.clip(at, 0, source - 1)
    matrix = np.zeros((cells, source), np.float32)
    low = np.minimum(at.astype(int), source - 2)
    matrix[np.arange(cells), low] = 1 - (at - low)
    matrix[np.arange(cells), low + 1] = at - low
    return matrix
