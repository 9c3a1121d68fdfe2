# SPDX-License-Identifier: Apache-2.0
"""Writes a small float model and the models that onnxruntime.quantization makes of it.

  python src/test/python/onnxruntime_exports.py src/test/resources/ort

Made with onnxruntime 1.30.0, onnx 1.23.1 and numpy 2.4.6. Weights are random, scaled so that
every activation is of the order of 1.

Writes float.onnx.gz, NAME.onnx.gz for each way to quantize it, input.bin, float32 [8, 3, 8, 8],
and output.bin, what ONNX Runtime answers with the float model, float32 [8, 5]; numbers are
little-endian and row-major. Prints the signal-to-quantization-noise ratio of each.
"""

import gzip
import logging
import pathlib
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import (
    CalibrationDataReader, QuantFormat, QuantType, quantize_dynamic, quantize_static)

QDQ, OPERATOR = QuantFormat.QDQ, QuantFormat.QOperator
UNSIGNED, SIGNED = QuantType.QUInt8, QuantType.QInt8
STATIC = {
    # name: format, type of activations, type of weights, per channel, reduce range, symmetric
    "qdq-unsigned": (QDQ, UNSIGNED, SIGNED, False, False, False),
    "qdq-unsigned-channels": (QDQ, UNSIGNED, SIGNED, True, True, False),
    "qdq-unsigned-weights": (QDQ, UNSIGNED, UNSIGNED, False, False, False),
    "qdq-signed": (QDQ, SIGNED, SIGNED, True, False, False),
    "qdq-symmetric": (QDQ, SIGNED, SIGNED, False, False, True),
    "qdq-symmetric-channels": (QDQ, SIGNED, SIGNED, True, False, True),
    "operators-unsigned": (OPERATOR, UNSIGNED, SIGNED, False, False, False),
    "operators-unsigned-channels": (OPERATOR, UNSIGNED, SIGNED, True, True, False),
    "operators-symmetric": (OPERATOR, SIGNED, SIGNED, False, False, True),
}


def float_model():
    """Conv, MaxPool, a residual Add, a Concat of two branches, an average and a Gemm."""
    random = np.random.RandomState(5)
    initializers, nodes = [], []

    def constant(name, *shape):
        fan_in = np.prod(shape[1:]) if len(shape) > 1 else 40
        values = random.standard_normal(shape) * (2 / fan_in) ** 0.5
        initializers.append(numpy_helper.from_array(values.astype("f4"), name))
        return name

    def node(operator, name, *inputs, **attributes):
        nodes.append(helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def conv(name, source, inputs, outputs, kernel):
        weight = constant(f"{name}.w", outputs, inputs, kernel, kernel)
        pads = [kernel // 2] * 4
        return node("Conv", name, source, weight, constant(f"{name}.b", outputs), pads=pads)

    stem = node("Relu", "relu1", conv("conv1", "input", 3, 6, 3))
    pooled = node("MaxPool", "pool", stem, kernel_shape=[2, 2], strides=[2, 2])
    inner = node("Relu", "relu2", conv("conv2", pooled, 6, 6, 3))
    sum_ = node("Add", "add", conv("conv3", inner, 6, 6, 3), pooled)
    block = node("Relu", "relu3", sum_)
    branches = conv("left", block, 6, 4, 1), node("Relu", "relu4", conv("right", block, 6, 4, 3))
    joined = node("Concat", "concat", *branches, axis=1)
    last = node("Relu", "relu5", conv("conv4", joined, 8, 8, 3))
    flat = node("Flatten", "flat", node("GlobalAveragePool", "average", last), axis=1)
    node("Gemm", "output", flat, constant("fc.w", 5, 8), constant("fc.b", 5), transB=1)
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["n", 3, 8, 8])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["n", 5])], initializers)
    return helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="test")


def samples(seed, count):
    return np.random.RandomState(seed).standard_normal((count, 3, 8, 8)).astype("<f4")


class Samples(CalibrationDataReader):
    def __init__(self):
        self.batches = iter([{"input": samples(seed, 16)} for seed in range(1, 9)])

    def get_next(self):
        return next(self.batches, None)


def quantized(source, folder):
    for name, (form, activations, weights, channels, reduced, symmetric) in STATIC.items():
        quantize_static(
            source, folder / f"{name}.onnx", Samples(), quant_format=form,
            activation_type=activations, weight_type=weights, per_channel=channels,
            reduce_range=reduced, extra_options={"ActivationSymmetric": symmetric})
        yield name
    quantize_dynamic(source, folder / "dynamic.onnx", weight_type=UNSIGNED)
    yield "dynamic"


def answers(file, inputs):
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    return session.run(None, {"input": inputs})[0]


def main(target):
    logging.disable(logging.WARNING)
    inputs = samples(0, 8)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        onnx.save(float_model(), folder / "float.onnx")
        expected = answers(folder / "float.onnx", inputs).astype(np.float64)
        (target / "input.bin").write_bytes(inputs.tobytes())
        (target / "output.bin").write_bytes(expected.astype("<f4").tobytes())
        for name in ["float", *quantized(folder / "float.onnx", folder)]:
            model = (folder / f"{name}.onnx").read_bytes()
            (target / f"{name}.onnx.gz").write_bytes(gzip.compress(model, 9, mtime=0))
            noise = ((answers(folder / f"{name}.onnx", inputs) - expected) ** 2).sum()
            ratio = 10 * np.log10((expected**2).sum() / noise) if noise else np.inf
            operators = sorted({node.op_type for node in onnx.load_from_string(model).graph.node})
            print(f"{name}: {len(model)} bytes, {ratio:.2f} dB, {' '.join(operators)}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
