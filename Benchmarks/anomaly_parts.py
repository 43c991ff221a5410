"""Draws parts and textures, good ones and ones with defects of known masks, for `camstream fit --normal`.

    anomaly_parts.py FOLDER [--seed 1] [--good 60] [--each 12]

Three products, in the folders that anomaly data sets have: PRODUCT/train/good, PRODUCT/test/good, PRODUCT/test/KIND and
PRODUCT/ground_truth/KIND/NAME_mask.png. Every picture has its own light, noise, and place of the part, so that good ones
differ, too. numpy and the standard library are all it needs; the same seed gives the same bytes.
"""

import argparse
import pathlib
import struct
import zlib

import numpy

SIZE = 256
FINE = 2  # drawn so many times as large, and averaged, so that edges are smooth
KINDS = ["scratch", "hole", "stain", "misplaced"]


def png(path, pixels):
    """Writes 8-bit grey [height, width] or RGB [height, width, 3]."""
    height, width = pixels.shape[:2]
    rows = numpy.concatenate([numpy.zeros((height, 1), numpy.uint8), pixels.reshape(height, -1)], axis=1)

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2 if pixels.ndim == 3 else 0, 0, 0, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows.tobytes(), 6)) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + data)


class Sheet:
    """A picture that is drawn on, and the mask of what is wrong with it."""

    def __init__(self, random):
        self.random = random
        side = SIZE * FINE
        self.y, self.x = numpy.mgrid[0:side, 0:side].astype(numpy.float32) / FINE
        self.pixels = numpy.zeros((side, side, 3), numpy.float32)
        self.mask = numpy.zeros((side, side), bool)

    def paint(self, where, colour, strength=1.0):
        weight = (numpy.asarray(where, numpy.float32) * strength)[..., None]
        self.pixels = self.pixels * (1 - weight) + numpy.asarray(colour, numpy.float32) * weight

    def rectangle(self, centre, size, angle=0.0):
        cosine, sine = numpy.cos(angle), numpy.sin(angle)
        across = (self.x - centre[0]) * cosine + (self.y - centre[1]) * sine
        down = (self.y - centre[1]) * cosine - (self.x - centre[0]) * sine
        return (abs(across) <= size[0] / 2) & (abs(down) <= size[1] / 2)

    def disc(self, centre, radius):
        return (self.x - centre[0]) ** 2 + (self.y - centre[1]) ** 2 <= radius**2

    def smooth_noise(self, cells):
        """Float [side, side], about -1 to 1, that changes over 1 / cells of the side."""
        grid = self.random.uniform(-1, 1, (cells + 2, cells + 2)).astype(numpy.float32)
        place = numpy.linspace(0, cells, self.x.shape[0], dtype=numpy.float32)
        low = place.astype(int)
        share = place - low
        share = share * share * (3 - 2 * share)
        rows = grid[low] * (1 - share)[:, None] + grid[low + 1] * share[:, None]
        return rows[:, low] * (1 - share) + rows[:, low + 1] * share

    def finish(self):
        """8-bit RGB and the mask, with the light and the noise of a camera."""
        light = 1 + 0.06 * self.smooth_noise(2) + self.random.uniform(-0.06, 0.06)
        blocks = (self.pixels * light[..., None]).reshape(SIZE, FINE, SIZE, FINE, 3).mean((1, 3))
        noisy = blocks + self.random.normal(0, 0.012, blocks.shape)
        mask = self.mask.reshape(SIZE, FINE, SIZE, FINE).mean((1, 3)) >= 0.5
        return (numpy.clip(noisy, 0, 1) * 255).round().astype(numpy.uint8), mask.astype(numpy.uint8) * 255


def fabric(sheet, kind):
    """A weave; misplaced: a patch in which the threads run otherwise."""
    random = sheet.random
    shift, angle = random.uniform(0, 12, 2), random.normal(0, 0.03)

    def weave(angle, shift):
        across = sheet.x * numpy.cos(angle) + sheet.y * numpy.sin(angle) + shift[0] + 0.8 * sheet.smooth_noise(6)
        down = sheet.y * numpy.cos(angle) - sheet.x * numpy.sin(angle) + shift[1] + 0.8 * sheet.smooth_noise(6)
        over = numpy.sin(across * numpy.pi / 6) * numpy.sin(down * numpy.pi / 6) > 0
        thread = numpy.where(over, abs(numpy.sin(down * numpy.pi / 6)), abs(numpy.sin(across * numpy.pi / 6)))
        tone = (0.35 + 0.5 * thread)[..., None]
        return tone * numpy.where(over[..., None], [0.75, 0.68, 0.55], [0.58, 0.62, 0.72]).astype(numpy.float32)

    sheet.pixels = weave(angle, shift)
    if kind == "misplaced":
        patch = sheet.rectangle(random.uniform(50, 206, 2), random.uniform(28, 44, 2), random.uniform(0, 3))
        sheet.pixels = numpy.where(patch[..., None], weave(angle + random.uniform(0.5, 1.0), shift), sheet.pixels)
        sheet.mask |= patch


def metal(sheet, kind):
    """A brushed plate with two bolts in their holes; misplaced: a bolt that is not in its hole."""
    random = sheet.random
    streaks = numpy.repeat(random.normal(0, 1, (sheet.x.shape[0], 1)), sheet.x.shape[0], axis=1)
    streaks = 0.025 * streaks + 0.02 * numpy.roll(streaks, 3, axis=0) * (1 + sheet.smooth_noise(5))
    sheet.pixels = (0.6 + streaks.astype(numpy.float32))[..., None] * numpy.asarray([0.97, 1.0, 1.03], numpy.float32)
    wrong = random.integers(2) if kind == "misplaced" else None
    for number, home in enumerate([(64, 64), (192, 192)]):
        home = numpy.asarray(home) + random.normal(0, 1.0, 2)
        place = home
        if number == wrong:
            direction = random.uniform(0, 2 * numpy.pi)
            place = home + random.uniform(14, 26) * numpy.asarray([numpy.cos(direction), numpy.sin(direction)])
            sheet.paint(sheet.disc(home, 8), [0.3, 0.3, 0.32])
            sheet.paint(sheet.disc(home, 6.5), [0.05, 0.05, 0.06])
            sheet.mask |= sheet.disc(home, 8) | sheet.disc(place, 17)
        sheet.paint(sheet.disc(place, 17), [0.32, 0.33, 0.36])
        sheet.paint(sheet.disc(place, 13), [0.5, 0.51, 0.53])
        turn = random.uniform(0, numpy.pi)
        sheet.paint(sheet.rectangle(place, (20, 4), turn), [0.2, 0.2, 0.22])


def board(sheet, kind):
    """A circuit board; misplaced: a component that is shifted, turned or missing."""
    random = sheet.random
    sheet.pixels += numpy.asarray([0.08, 0.34, 0.2], numpy.float32) * (1 + 0.04 * sheet.smooth_noise(20))[..., None]
    origin, tilt = random.normal(0, 1.5, 2), random.normal(0, 0.008)

    def at(x, y):
        x, y, cosine, sine = x - 128, y - 128, numpy.cos(tilt), numpy.sin(tilt)
        return numpy.asarray([128 + x * cosine - y * sine, 128 + y * cosine + x * sine]) + origin

    for x in range(24, 250, 26):
        sheet.paint(sheet.rectangle(at(x, 128), (2, 220), tilt), [0.14, 0.44, 0.27])
    for x, y in [(18, 18), (238, 18), (18, 238), (238, 238)]:
        sheet.paint(sheet.disc(at(x, y), 9), [0.75, 0.66, 0.35])
        sheet.paint(sheet.disc(at(x, y), 5), [0.05, 0.06, 0.05])
    parts = [((84, 84), (62, 62), [0.1, 0.1, 0.11])] + [
        (place, (26, 12), [0.72, 0.62, 0.45]) for place in [(176, 56), (176, 84), (176, 112), (60, 176), (60, 204)]]
    parts += [(place, (14, 28), [0.16, 0.16, 0.18]) for place in [(130, 184), (160, 184), (190, 184)]]
    wrong = random.integers(1, len(parts)) if kind == "misplaced" else None
    for number, (place, size, colour) in enumerate(parts):
        home = at(*place)
        pads = numpy.asarray(size) + [8, 0]
        sheet.paint(sheet.rectangle(home, pads, tilt), [0.78, 0.78, 0.75])
        angle, centre = tilt, home
        if number == wrong:
            way = random.integers(3)
            centre = home + (random.choice([-1, 1], 2) * random.uniform(7, 11, 2) if way == 0 else 0)
            angle = tilt + (random.uniform(0.5, 1.1) if way == 1 else 0)
            sheet.mask |= sheet.rectangle(home, pads, tilt) | sheet.rectangle(centre, size, angle)
            if way == 2:
                continue
        sheet.paint(sheet.rectangle(centre, size, angle), colour)
        print_size = numpy.asarray(size) * [0.5, 0.12]
        sheet.paint(sheet.rectangle(centre, print_size, angle), numpy.asarray(colour) * 0.5 + 0.4)


def spoil(sheet, kind):
    """Draws a scratch, a hole or a stain, wherever it falls."""
    random = sheet.random
    centre = random.uniform(48, 208, 2)
    if kind == "scratch":
        angle, length, bend = random.uniform(0, numpy.pi), random.uniform(40, 110), random.uniform(-0.004, 0.004)
        along = (sheet.x - centre[0]) * numpy.cos(angle) + (sheet.y - centre[1]) * numpy.sin(angle)
        aside = (sheet.y - centre[1]) * numpy.cos(angle) - (sheet.x - centre[0]) * numpy.sin(angle) - bend * along**2
        where = (abs(along) <= length / 2) & (abs(aside) <= random.uniform(1.0, 2.0))
        sheet.paint(where, random.choice([0.06, 0.95]) * numpy.ones(3), 0.85)
        sheet.mask |= where
    elif kind == "hole":
        radius = random.uniform(6, 13)
        edge = sheet.disc(centre, radius + 1.5)
        sheet.paint(edge, [0.2, 0.19, 0.18], 0.7)
        sheet.paint(sheet.disc(centre, radius), [0.02, 0.02, 0.03])
        sheet.mask |= edge
    elif kind == "stain":
        radius = random.uniform(14, 26)
        distance = numpy.hypot(sheet.x - centre[0], sheet.y - centre[1]) / (radius * (1 + 0.35 * sheet.smooth_noise(8)))
        where = distance <= 1
        sheet.paint(where, random.uniform(0.1, 0.5, 3) * [1.0, 0.7, 0.4], random.uniform(0.35, 0.6))
        sheet.mask |= where


PRODUCTS = {"fabric": fabric, "metal": metal, "board": board}


def draw(product, kind, seed):
    """A picture and its mask; kind "good": an empty one."""
    sheet = Sheet(numpy.random.default_rng(seed))
    PRODUCTS[product](sheet, kind)
    spoil(sheet, kind)
    return sheet.finish()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--good", type=int, default=60, help="pictures to learn from, a product")
    parser.add_argument("--each", type=int, default=12, help="pictures to test on, a kind and product; good: twice")
    options = parser.parse_args()
    for product_number, product in enumerate(PRODUCTS):
        folder = options.folder / product
        for number in range(options.good):
            picture, _ = draw(product, "good", [options.seed, product_number, 0, number])
            png(folder / "train" / "good" / f"{number:03}.png", picture)
        for kind_number, kind in enumerate(["good"] + KINDS):
            for number in range(options.each * (2 if kind == "good" else 1)):
                picture, mask = draw(product, kind, [options.seed, product_number, 1 + kind_number, number])
                png(folder / "test" / kind / f"{number:03}.png", picture)
                if kind != "good":
                    png(folder / "ground_truth" / kind / f"{number:03}_mask.png", mask)


if __name__ == "__main__":
    main()
