"""The reader of checkpoints: what it reads, and what it refuses."""

import io
import os
import pickle
import tempfile
import unittest
from pathlib import Path

from checkpoints import HalfStorage, LongStorage, Stored, View, checkpoint

from checkpoint import Refusal, load


class Calls:
    """Pickles to a call of any function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def read(data):
    return load(io.BytesIO(data))


class Reading(unittest.TestCase):
    def test_numbers_come_row_major_however_they_lie(self):
        stored = Stored("7", range(12))
        found = read(
            checkpoint(
                {
                    "rows": View(stored, 0, (3, 4), (4, 1)),
                    "columns": View(stored, 0, (4, 3), (1, 4)),
                    "part": View(stored, 5, (2, 1, 2), (4, 9, 1)),
                    "one": View(stored, 11, (), ()),
                },
                [stored],
            )
        )
        self.assertEqual(found["rows"][0], (3, 4))
        self.assertEqual(list(found["rows"][1]), list(range(12)))
        self.assertEqual(list(found["columns"][1]), [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
        self.assertEqual(list(found["part"][1]), [5, 6, 9, 10])
        self.assertEqual((found["one"][0], list(found["one"][1])), ((), [11]))

    def test_whole_numbers_are_read_too(self):
        count = Stored("1", [2**40], LongStorage)
        self.assertEqual(list(read(checkpoint({"count": View(count, 0, (), ())}, [count]))["count"][1]), [2**40])


class Refusing(unittest.TestCase):
    def refuses(self, data, part):
        with self.assertRaises(Refusal) as caught:
            read(data)
        self.assertIn(part, str(caught.exception))
        self.assertNotIn("\n", str(caught.exception))

    def test_no_other_function_is_called(self):
        with tempfile.TemporaryDirectory() as folder:
            victim = Path(folder) / "made"
            hostile = [
                (Calls(os.mkdir, str(victim)), "posix.mkdir"),
                (Calls(eval, f"open({str(victim)!r}, 'w')"), "__builtin__.eval"),
                (Calls(getattr, "", "join"), "__builtin__.getattr"),
                (Calls(pickle.loads, b"."), "pickle.loads"),
                (Calls(Path, str(victim)), "pathlib."),
            ]
            for value, name in hostile:
                with self.subTest(name):
                    self.refuses(checkpoint({"w": value}, []), name)
                    self.assertFalse(victim.exists())

    def test_no_pickle_of_the_file_is_trusted(self):
        self.refuses(pickle.dumps(Calls(os.mkdir, "made")), "posix.mkdir")

    def test_a_way_through_an_allowed_name_is_none(self):
        for name, told in [
            ("OrderedDict.__init__.__globals__",) * 2, ("OrderedDict.fromkeys",) * 2, ("a\nb\x1b[2J", r"a\nb\x1b[2J")
        ]:
            with self.subTest(name):
                # STACK_GLOBAL, which looks dotted names up.
                text = f"\x80\x04\x8c\x0bcollections\x8c{chr(len(name))}{name}\x93.".encode("latin-1")
                good = checkpoint({}, [])
                start = pickle.dumps({}, protocol=2)
                self.refuses(good.replace(start, text, 1), f"'collections.{told}'")

    def test_a_kind_of_storage_cannot_be_called(self):
        # GLOBAL torch FloatStorage, an empty tuple, REDUCE.
        call = b"\x80\x02ctorch\nFloatStorage\n)R."
        self.refuses(checkpoint({}, []).replace(pickle.dumps({}, protocol=2), call, 1), "is damaged: TypeError")

    def test_other_kinds_of_numbers_are_refused(self):
        half = Stored("1", [1], HalfStorage)
        self.refuses(checkpoint({"w": View(half, 0, (1,), (1,))}, [half]), "torch.HalfStorage")

    def test_a_view_stays_in_its_storage(self):
        stored = Stored("1", range(6))
        for offset, shape, strides in [
            (0, (7,), (1,)), (1, (6,), (1,)), (-1, (2,), (1,)), (0, (2, 3), (4, 1)), (0, (2,), (-1,)), (0, (0,), (1,)),
            (0, (1000, 1000), (0, 0)),
        ]:
            with self.subTest(f"{offset} {shape} {strides}"):
                self.refuses(checkpoint({"w": View(stored, offset, shape, strides)}, [stored]), "shape")

    def test_what_is_no_tensor_is_told(self):
        self.refuses(checkpoint({"w": 3}, []), "holds something that is no tensor")
        self.refuses(checkpoint([], []), "is damaged")
        stored = Stored("1", [1], view=("2", 0, 1))
        self.refuses(checkpoint({"w": View(stored, 0, (1,), (1,))}, [stored]), "no plain storage")

    def test_other_and_damaged_files_are_told(self):
        stored = Stored("1", range(6))
        good = checkpoint({"w": View(stored, 0, (6,), (1,))}, [stored])
        self.refuses(checkpoint({}, [], magic=1), "no checkpoint of PyTorch before 1.6")
        self.refuses(checkpoint({}, [], little_endian=False), "not little-endian")
        self.refuses(b"", "is damaged")
        self.refuses(b"PK\x03\x04", "is damaged")
        for length in range(1, len(good), 7):
            with self.subTest(length):
                with self.assertRaises(Refusal):
                    read(good[:length])
        fewer = Stored("1", range(6), announced=7)
        self.refuses(checkpoint({"w": View(fewer, 0, (6,), (1,))}, [fewer]), "6 numbers where it announced 7")


if __name__ == "__main__":
    unittest.main()
