"""Exports a net to ONNX, with the exporter that a user of an operator set would have had."""

import contextlib
import io
import warnings

import torch

# The tracing exporter up to 17, torch.export's from 18 on.
OPERATOR_SETS = [11, 13, 17, 18, 20]


def export(net, picture, operator_set, path):
    """Throws whatever the exporter throws."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        torch.onnx.export(
            net, (picture,), path, opset_version=operator_set, dynamo=operator_set >= 18, input_names=["picture"],
            output_names=["scores"], **({"external_data": False} if operator_set >= 18 else {}))
