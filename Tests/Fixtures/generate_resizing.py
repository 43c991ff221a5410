#!/usr/bin/env python3
"""Makes Tests/Fixtures/resizing.json: a synthetic picture in several pixel formats, scaled by Pillow and OpenCV.

Needs: pip install pillow==11.3.0 opencv-python-headless==5.0.0.93 numpy==2.4.6
A picture in Y'CbCr is turned into red, green and blue first, by ITU-T H.273 with chroma interpolated linearly between its
samples and with values rounded to 8 bits: what a library is given. A crop is torchvision's: Resize, then CenterCrop.
Pillow 13 scales rows before columns in some cases, which shows where a filter overshoots; models were trained with the
order of the versions before.
"""

import base64
import json
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

WIDTH, HEIGHT = 41, 31
PILLOW = {name: getattr(Image.Resampling, name.upper())
          for name in ["bilinear", "bicubic", "nearest", "box", "hamming", "lanczos"]}
OPENCV = {"area": cv2.INTER_AREA, "bilinear-no-antialias": cv2.INTER_LINEAR}
# Kr, Kb.
MATRIX = {"bt709": (0.2126, 0.0722), "bt601": (0.299, 0.114)}


def drawn():
    """Waves, hard edges up to black and white, noise: uint8 [HEIGHT, WIDTH, 3]."""
    random = np.random.default_rng(13)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    waves = [127 + 55 * np.sin(x / (2 + 1.3 * c) + y / 7) + 50 * np.sin(x * y / (60 + 25 * c)) for c in range(3)]
    picture = np.stack(waves, -1)
    for colour in [0, 255, (255, 0, 40), (20, 230, 90), 255, 0]:
        top, left = random.integers(0, HEIGHT - 6), random.integers(0, WIDTH - 8)
        picture[top : top + random.integers(2, 12), left : left + random.integers(2, 16)] = colour
    return np.clip(np.rint(picture + random.normal(0, 3, picture.shape)), 0, 255).astype(np.uint8)


def soft(picture):
    """The same without colours that a coarser chroma cannot hold."""
    return cv2.GaussianBlur(picture, (0, 0), 1.5) // 2 + 60


def scales(bits, full):
    """Offset and span of luma, and middle and span of chroma."""
    if full:
        return 0, 2**bits - 1, 2 ** (bits - 1), 2**bits - 1
    return 16 << bits - 8, 219 << bits - 8, 128 << bits - 8, 224 << bits - 8


def along(plane, axis, step, place, length):
    """Interpolates samples that lie at place, place + step, ... in pixels, at 0 ... length - 1."""
    if step == 1:
        return plane
    at = np.clip((np.arange(length) - place) / step, 0, plane.shape[axis] - 1)
    low = np.minimum(np.floor(at).astype(int), plane.shape[axis] - 2)
    share = (at - low).reshape([-1 if a == axis else 1 for a in range(2)])
    return np.take(plane, low, axis) * (1 - share) + np.take(plane, low + 1, axis) * share


def coded(picture, matrix, bits, full, steps):
    """Planes of Y'CbCr; a chroma sample is the mean of its pixels."""
    kr, kb = MATRIX[matrix]
    r, g, b = np.moveaxis(picture / 255, -1, 0)
    luma = kr * r + (1 - kr - kb) * g + kb * b
    offset, span, middle, chroma_span = scales(bits, full)
    planes = [np.rint(offset + span * luma)]
    for chroma in [(b - luma) / (2 * (1 - kb)), (r - luma) / (2 * (1 - kr))]:
        padded = np.pad(chroma, [(0, -HEIGHT % steps[0]), (0, -WIDTH % steps[1])], mode="edge")
        h, w = padded.shape[0] // steps[0], padded.shape[1] // steps[1]
        mean = padded.reshape(h, steps[0], w, steps[1]).mean((1, 3))
        planes.append(np.clip(np.rint(middle + chroma_span * mean), 0, 2**bits - 1))
    return planes


def decoded(planes, matrix, bits, full, steps, places):
    kr, kb = MATRIX[matrix]
    offset, span, middle, chroma_span = scales(bits, full)
    luma = (planes[0] - offset) / span
    cb, cr = [
        (along(along(p, 0, steps[0], places[0], HEIGHT), 1, steps[1], places[1], WIDTH) - middle) / chroma_span
        for p in planes[1:]
    ]
    red, blue = luma + 2 * (1 - kr) * cr, luma + 2 * (1 - kb) * cb
    green = (luma - kr * red - kb * blue) / (1 - kr - kb)
    return np.clip(np.rint(255 * np.stack([red, green, blue], -1)), 0, 255).astype(np.uint8)


def resized(picture, name, width, height):
    if name in PILLOW:
        return np.asarray(Image.fromarray(picture).resize((width, height), PILLOW[name]))
    return cv2.resize(picture, (width, height), interpolation=OPENCV[name])


def cropped(picture, name, side, shorter):
    # int() and round() as in torchvision.transforms.functional.
    width, height = int(shorter * WIDTH / HEIGHT), shorter
    left, top = int(round((width - side) / 2.0)), int(round((height - side) / 2.0))
    return resized(picture, name, width, height)[top : top + side, left : left + side]


def text(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    pictures, cases, sources = {}, [], {}

    def add(name, planes, rgb, **facts):
        kind = "<u2" if facts.get("bits", 8) > 8 else "u1"
        pictures[name] = {"planes": [text(plane.astype(kind)) for plane in planes], **facts}
        sources[name] = rgb

    rgb = drawn()
    add("rgb", [rgb[..., c] for c in (1, 2, 0)], rgb, format="gbrp", full=True)
    # Rows and columns of the first chroma sample, in pixels, as FFmpeg's chroma locations name them.
    for name, format, location, matrix, bits, full, steps, places in [
        ("jpeg", "yuv420p", "center", "bt601", 8, True, (2, 2), (0.5, 0.5)),
        ("video", "yuv420p", "left", "bt709", 8, False, (2, 2), (0.5, 0)),
        ("ten bits", "yuv422p10le", "left", "bt709", 10, False, (1, 2), (0, 0)),
    ]:
        planes = coded(soft(rgb), matrix, bits, full, steps)
        picture = decoded(planes, matrix, bits, full, steps, places)
        add(name, planes, picture, format=format, location=location, matrix=matrix, bits=bits, full=full)
    for filter in [*PILLOW, *OPENCV]:
        for name, picture in sources.items():
            # Smaller, larger, larger and smaller at once, a whole factor, hardly smaller, much smaller.
            sizes = [(15, 11), (49, 40), (47, 13), (41, 10), (40, 30), (3, 2)] if name == "rgb" else [(15, 11), (47, 34)]
            for width, height in sizes:
                cases.append(dict(picture=name, filter=filter, width=width, height=height, channels="RGB",
                                  pixels=text(resized(picture, filter, width, height))))
            cases.append(dict(picture=name, filter=filter, width=16, height=16, channels="RGB", cropFrom=23,
                              pixels=text(cropped(picture, filter, 16, 23))))
        grey = np.asarray(Image.fromarray(rgb).convert("L"))
        cases.append(dict(picture="rgb", filter=filter, width=15, height=11, channels="GRAY",
                          pixels=text(resized(grey, filter, 15, 11))))
    path = Path(__file__).parent / "resizing.json"
    path.write_text(json.dumps(dict(width=WIDTH, height=HEIGHT, pictures=pictures, cases=cases), indent=0) + "\n")


main()
