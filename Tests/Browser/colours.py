"""How far apart colours are for people with different colour vision."""

from itertools import combinations

# Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
VISION = {
    "normal vision": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
# OKLab (Ottosson 2020): linear RGB to cone responses, their cube roots to lightness and two colour axes.
CONES = (
    (0.4122214708, 0.5363325363, 0.0514459929), (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005))
AXES = (
    (0.2104542553, 0.7936177850, -0.0040720468), (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660))

Triple = tuple[float, ...]


def times(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    return tuple(sum(a * b for a, b in zip(row, vector)) for row in matrix)


def linear(name: str) -> Triple:
    """"#rrggbb" to linear RGB."""
    values = [int(name[i:i + 2], 16) / 255 for i in (1, 3, 5)]
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)


def seen(name: str, vision: str) -> Triple:
    light = tuple(min(1.0, max(0.0, v)) for v in times(VISION[vision], linear(name)))
    return times(AXES, tuple(v ** (1 / 3) for v in times(CONES, light)))


def nearest(names: list[str]) -> tuple[str, float]:
    """The two colours that are hardest to tell apart: with which vision, and their distance in OKLab."""
    return min(
        ((vision, sum((a - b) ** 2 for a, b in zip(seen(one, vision), seen(other, vision))) ** 0.5)
         for vision in VISION for one, other in combinations(names, 2)),
        key=lambda found: found[1])
