#!/usr/bin/env python3
"""Exports torchvision's architectures to ONNX, has camstream differentiate them, and compares with PyTorch's gradients.

Called by `make conformance`. Options: names of architectures. Without any, all are run, and the table in
docs/project/conformance.md is written anew.
"""

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch

from architectures import ARCHITECTURES, CARD, make, normalised
from exporting import OPERATOR_SETS, export
from pytorch_gradients import gradient_at
from table import Outcome, write_table

ROOT = Path(__file__).parent.parent.parent


def first_line(error):
    return str(error).strip().splitlines()[0]


def run_camstream(folder):
    """Reads NAME.onnx, NAME.yaml and NAME.u8, writes NAME.json, NAME.A and NAME.G."""
    command = ["swift", "test", "--skip-build", "--filter", "exportedClassifiersAreExplained"]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "CAMSTREAM_ARCHITECTURES": str(folder)}, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def compare(net, picture, base):
    """What came of one exported file."""
    report = json.loads(base.with_suffix(".json").read_text())
    if not base.with_suffix(".G").exists():
        return Outcome(problem=report["methods"]["gradcam"])
    scores = net(picture)[0].detach().numpy()
    activations = np.fromfile(base.with_suffix(".A"), np.float32).reshape(report["shape"])
    gradient = np.fromfile(base.with_suffix(".G"), np.float32).reshape(report["shape"])
    expected = gradient_at(net, picture, report["classID"], activations)
    if expected is None:
        return Outcome(problem=f"PyTorch has no tensor like '{report['layer']}'", layer=report["layer"])
    return Outcome(
        layer=report["layer"], shape=report["shape"],
        scores=float(np.abs(report["scores"] - scores).max() / np.ptp(scores)),
        difference=float(np.abs(gradient - expected).max() / np.ptp(expected)),
        correlation=float(np.corrcoef(gradient.ravel(), expected.ravel())[0, 1]),
        methods=report["methods"])


def check(name, folder):
    """Outcomes by operator set."""
    net, pixels = make(name)
    picture = normalised(pixels)
    outcomes = {}
    for operator_set in OPERATOR_SETS:
        base = folder / f"opset{operator_set}"
        try:
            export(net, picture, operator_set, str(base.with_suffix(".onnx")))
        except Exception as error:  # whatever an exporter throws
            outcomes[operator_set] = Outcome(problem=f"the exporter: {first_line(error)}", exported=False)
            continue
        base.with_suffix(".u8").write_bytes(pixels.numpy().tobytes())
        base.with_suffix(".yaml").write_text(CARD)
    run_camstream(folder)
    for operator_set in OPERATOR_SETS:
        if operator_set not in outcomes:
            outcomes[operator_set] = compare(net, picture, folder / f"opset{operator_set}")
    return outcomes


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *ARCHITECTURES], help="architectures; all without any")
    names = parser.parse_args().names or list(ARCHITECTURES)
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    results = {}
    for name in names:
        folder = Path(tempfile.mkdtemp(prefix="camstream-conformance-"))
        try:
            results[name] = check(name, folder)
        finally:
            shutil.rmtree(folder)
        for operator_set, outcome in results[name].items():
            print(f"{name:16} opset {operator_set}: {outcome}", flush=True)
    if len(results) == len(ARCHITECTURES):
        write_table(ROOT / "docs/project/conformance.md", results)
    bad = [f"{n} opset {o}" for n, r in results.items() for o, outcome in r.items() if outcome.is_bad]
    if bad:
        sys.exit(f"not right: {', '.join(bad)}")


if __name__ == "__main__":
    main()
