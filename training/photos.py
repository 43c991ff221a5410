"""The photographs of Caltech-101 and their split."""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

BACKGROUND = "BACKGROUND_Google"


@dataclass
class Photos:
    """Photographs of one side of the split; pictures are uint8 [height, width, 3] in RGB."""

    names: list[str]
    pictures: list[np.ndarray]
    labels: np.ndarray
    classes: list[str]

    def __len__(self):
        return len(self.pictures)

    @property
    def background(self):
        """Number of the class of clutter."""
        return self.classes.index(BACKGROUND)


def load(folder, split):
    """Reads the photographs that `split`.txt ("train" or "test") of the data set's folder lists."""
    folder = Path(folder)
    classes = sorted(p.name for p in (folder / "101_ObjectCategories").iterdir() if p.is_dir())
    names = (folder / f"{split}.txt").read_text().split()
    pictures = [_read(folder / "101_ObjectCategories" / name) for name in names]
    labels = np.array([classes.index(name.split("/")[0]) for name in names])
    return Photos(names, pictures, labels, classes)


def _read(path, longest=320):
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{path}: not a picture")
    scale = longest / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
