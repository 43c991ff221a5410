#!/usr/bin/env python3
"""Prints Sources/Overlay/ColormapTables.swift: the colour maps that are published as tables, 8 bits a channel.

    python3 -m venv tables-venv && tables-venv/bin/pip install matplotlib opencv-python-headless
    tables-venv/bin/python scripts/colormap-tables.py > Sources/Overlay/ColormapTables.swift
"""
import cv2
import numpy
from matplotlib import colormaps

SOURCES = {
    "magma": "Van der Walt and Smith 2015, from Matplotlib; CC0",
    "inferno": "Van der Walt and Smith 2015, from Matplotlib; CC0",
    "plasma": "Van der Walt and Smith 2015, from Matplotlib; CC0",
    "viridis": "Van der Walt, Smith and Firing 2015, from Matplotlib; CC0",
    "cividis": "Nuñez, Anderton and Renslow 2018, doi:10.1371/journal.pone.0199239, from Matplotlib; CC0",
    "twilight": "Bechtold 2016, from Matplotlib, 510 entries resampled to 256; Matplotlib licence",
    "turbo": "Mikhailov, Google 2019, from Matplotlib; Apache-2.0",
    "parula": "after MathWorks' map of 2014, as OpenCV has it; Apache-2.0",
}


def entries(name: str) -> numpy.ndarray:
    """RGB, uint8 [256, 3]."""
    if name == "parula":
        ramp = numpy.arange(256, dtype=numpy.uint8)[None]
        return cv2.applyColorMap(ramp, cv2.COLORMAP_PARULA)[0, :, ::-1]
    table = colormaps[name](numpy.arange(colormaps[name].N))[:, :3]
    positions = numpy.linspace(0, len(table) - 1, 256)
    channels = [numpy.interp(positions, numpy.arange(len(table)), table[:, c]) for c in range(3)]
    return numpy.round(numpy.stack(channels, 1) * 255).astype(numpy.uint8)


print("// Printed by scripts/colormap-tables.py; do not edit. 256 entries each, RRGGBB.")
print("enum ColormapTables {")
for i, (name, source) in enumerate(SOURCES.items()):
    digits = entries(name).tobytes().hex()
    print(f"{chr(10) if i else ''}    /// {source}.")
    print(f'    static let {name} = """')
    for start in range(0, len(digits), 96):
        end = "\\" if start + 96 < len(digits) else ""
        print(f"        {digits[start:start + 96]}{end}")
    print('        """')
print("}")
