#!/usr/bin/env python3
"""Prints Sources/Overlay/ColormapTables.swift: the colour maps that are published as tables, 8 bits a channel.

    python3 -m venv tables-venv && tables-venv/bin/pip install matplotlib opencv-python-headless
    tables-venv/bin/python scripts/colormap-tables.py > Sources/Overlay/ColormapTables.swift
"""
import cv2
import numpy
from matplotlib import colormaps


def matplotlib_s(name: str) -> numpy.ndarray:
    """RGB, uint8 [256, 3]."""
    table = colormaps[name](numpy.arange(colormaps[name].N))[:, :3]
    positions = numpy.linspace(0, len(table) - 1, 256)
    channels = [numpy.interp(positions, numpy.arange(len(table)), table[:, c]) for c in range(3)]
    return numpy.round(numpy.stack(channels, 1) * 255).astype(numpy.uint8)


def opencv_s(name: str) -> numpy.ndarray:
    """RGB, uint8 [256, 3]."""
    ramp = numpy.arange(256, dtype=numpy.uint8)[None]
    return cv2.applyColorMap(ramp, getattr(cv2, f"COLORMAP_{name.upper()}"))[0, :, ::-1]


# Whose table it is, and where that comes from. A table that neither library has gets a function of its own here.
TABLES = {
    "magma": (matplotlib_s, "Van der Walt and Smith 2015, from Matplotlib; CC0"),
    "inferno": (matplotlib_s, "Van der Walt and Smith 2015, from Matplotlib; CC0"),
    "plasma": (matplotlib_s, "Van der Walt and Smith 2015, from Matplotlib; CC0"),
    "viridis": (matplotlib_s, "Van der Walt, Smith and Firing 2015, from Matplotlib; CC0"),
    "cividis": (
        matplotlib_s, "Nuñez, Anderton and Renslow 2018, doi:10.1371/journal.pone.0199239, from Matplotlib; CC0"),
    "twilight": (matplotlib_s, "Bechtold 2016, from Matplotlib, 510 entries resampled to 256; Matplotlib licence"),
    "turbo": (matplotlib_s, "Mikhailov, Google 2019, from Matplotlib; Apache-2.0"),
    "parula": (opencv_s, "after MathWorks' map of 2014, as OpenCV has it; Apache-2.0"),
}

print("// Printed by scripts/colormap-tables.py; do not edit. 256 entries each, RRGGBB.")
print("enum ColormapTables {")
for i, (name, (entries, source)) in enumerate(TABLES.items()):
    digits = entries(name).tobytes().hex()
    print(f"{chr(10) if i else ''}    /// {source}.")
    print(f'    static let {name} = """')
    for start in range(0, len(digits), 96):
        end = "\\" if start + 96 < len(digits) else ""
        print(f"        {digits[start:start + 96]}{end}")
    print('        """')
print("}")
