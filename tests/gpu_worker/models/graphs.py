"""ONNX graphs with the names of BiRefNet's input and output."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GAIN = 3.0
BIAS = -2.0
"""The mask is GAIN × the mean of the normalised channels + BIAS: bright is subject, black is not."""


def write_graph(
    path: Path,
    batch: int | str = 1,
    side: int | str = 64,
    half: bool = False,
    sigmoid: bool = False,
    gain: float = GAIN,
    outputs: int = 1,
) -> Path:
    """Write a graph `input_image` (batch×3×side×side) → `output_image` (batch×1×side×side); text frees an axis."""
    kind, dtype = (TensorProto.FLOAT16, np.float16) if half else (TensorProto.FLOAT, np.float32)
    constants = [
        numpy_helper.from_array(np.full((1, 3, 1, 1), gain / 3, dtype), "weights"),
        numpy_helper.from_array(np.full(1, BIAS, dtype), "bias"),
    ]
    last = "logits" if sigmoid else "output_image"
    nodes = [helper.make_node("Conv", ["input_image", "weights", "bias"], [last])]
    if sigmoid:
        nodes.append(helper.make_node("Sigmoid", ["logits"], ["output_image"]))
    found = [helper.make_tensor_value_info("output_image", kind, [batch, 1, side, side])]
    for number in range(1, outputs):
        nodes.append(helper.make_node("Neg", ["output_image"], [f"side_{number}"]))
        found.append(helper.make_tensor_value_info(f"side_{number}", kind, [batch, 1, side, side]))
    entry = helper.make_tensor_value_info("input_image", kind, [batch, 3, side, side])
    graph = helper.make_graph(nodes, "birefnet", [entry], found, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    return path
