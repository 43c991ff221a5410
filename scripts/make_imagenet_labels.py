#!/usr/bin/env python3
"""Makes configs/labels/imagenet.txt, the 1,000 ImageNet class names in the standard order, one a line.

They are read from the list in torchvision (BSD-3-Clause, see configs/labels/README.md), which pip fetches.
"""

import ast
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

VERSION = "0.29.2"
TARGET = Path(__file__).parent.parent / "configs" / "labels" / "imagenet.txt"

with tempfile.TemporaryDirectory() as folder:
    download = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, f"torchvision=={VERSION}"]
    subprocess.run(download, check=True)
    wheel = next(Path(folder).glob("torchvision-*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        source = archive.read("torchvision/models/_meta.py").decode()

lists = {
    target.id: ast.literal_eval(statement.value)
    for statement in ast.parse(source).body
    if isinstance(statement, ast.Assign)
    for target in statement.targets
}
names = lists["_IMAGENET_CATEGORIES"]
assert len(names) == 1000
TARGET.parent.mkdir(parents=True, exist_ok=True)
TARGET.write_text("".join(f"{name}\n" for name in names))
