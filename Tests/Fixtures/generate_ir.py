#!/usr/bin/env python3
"""Makes Tests/Fixtures/ir: a tiny anomaly model as an OpenVINO IR, with anomalib 2's outputs.

Needs: pip install openvino==2026.4.1 numpy==2.4.6
Input [?, 3, ?, ?] in 0...1; the map is the red channel, the score its largest value, the threshold 0.5.
"""

from pathlib import Path

import numpy as np
import openvino as ov
from openvino import opset13 as op

HERE = Path(__file__).parent / "ir"

picture = op.parameter([-1, 3, -1, -1], np.float32, name="input")
picture.output(0).get_tensor().set_names({"input"})
red = op.gather(picture, op.constant([0]), op.constant(1))
score = op.reduce_max(red, op.constant([1, 2, 3]), keep_dims=False)
half = op.constant(np.float32(0.5))
outputs = {
    "anomaly_map": red,
    "pred_score": score,
    "pred_label": op.greater_equal(score, half),
    "pred_mask": op.greater_equal(red, half),
}
results = []
for name, node in outputs.items():
    node.output(0).get_tensor().set_names({name})
    results.append(op.result(node))
HERE.mkdir(exist_ok=True)
ov.save_model(ov.Model(results, [picture], "anomaly"), HERE / "anomaly.xml", compress_to_fp16=False)
