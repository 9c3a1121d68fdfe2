# SPDX-License-Identifier: Apache-2.0
"""Writes codes and values of ONNX Runtime's QuantizeLinear and DequantizeLinear.

  python src/test/python/golden_quantizer.py | gzip -9n > src/test/resources/golden/quantizer.csv.gz

Made with onnxruntime 1.30.0, onnx 1.23.1 and numpy 2.4.6 on x86-64. A line holds the operator, the
type of the codes, the granularity, shape, scales, zero points, inputs and outputs; floats are the
bits of a float32 in hexadecimal.
"""

import numpy as np
import onnxruntime as ort
from onnx import TensorProto as T
from onnx import helper as h

TYPES = {"INT4": (-8, 7), "UINT4": (0, 15), "INT8": (-128, 127), "UINT8": (0, 255),
         "INT16": (-32768, 32767), "UINT16": (0, 65535), "INT32": (-(2**31), 2**31 - 1)}
SPECIALS = [0.0, -0.0, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 1e-45, -1e-45, 1e-38, 3.4e38, -3.4e38,
            np.inf, -np.inf, 126.5, 127.5, 128.5, -128.5, 254.5, 255.5, 32766.5, 32767.5, -32768.5,
            65534.5, 65535.5, 7.5, 6.5, -7.5, -8.5, 14.5, 15.5, np.nan]


def run(nodes, inputs, output, constants):
    graph = h.make_graph(nodes, "g", inputs, [output], constants)
    model = h.make_model(graph, opset_imports=[h.make_opsetid("", 21)], ir_version=10)
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return ort.InferenceSession(model.SerializeToString(), options)


def tensor(name, kind, values, shape):
    return h.make_tensor(name, kind, shape, np.asarray(values).ravel().tolist())


def quantize(name, x, scales, zeros, attributes):
    kind = getattr(T, name)
    nodes = [h.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], **attributes),
             # scale 1 and zero point 0 give the codes themselves, for 4 bits too
             h.make_node("DequantizeLinear", ["q", "one", "nil"], ["y"])]
    constants = [tensor("s", T.FLOAT, scales, scales.shape), tensor("z", kind, zeros, zeros.shape),
                 tensor("one", T.FLOAT, [1.0], []), tensor("nil", kind, [0], [])]
    session = run(nodes, [h.make_tensor_value_info("x", T.FLOAT, x.shape)],
                  h.make_tensor_value_info("y", T.FLOAT, x.shape), constants)
    return session.run(None, {"x": x})[0].astype(np.int64)


def dequantize(name, codes, scales, zeros, attributes):
    kind = getattr(T, name)
    nodes = [h.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], **attributes)]
    constants = [tensor("q", kind, codes, codes.shape), tensor("s", T.FLOAT, scales, scales.shape),
                 tensor("z", kind, zeros, zeros.shape)]
    session = run(nodes, [], h.make_tensor_value_info("y", T.FLOAT, codes.shape), constants)
    return session.run(None, {})[0]


def floats(values):
    return " ".join("%08x" % b for b in np.asarray(values, np.float32).ravel().view(np.uint32))


def integers(values):
    return " ".join(str(int(v)) for v in np.asarray(values).ravel())


def main():
    random = np.random.default_rng(20261121)
    print("operator;type;granularity;shape;scales;zero_points;inputs;outputs")
    cases = [("tensor", (33,), (), {}), ("tensor", (3, 13), (), {}), ("tensor", (67,), (), {}),
             ("axis 0", (3, 2, 7), (3,), {"axis": 0}), ("axis 1", (4, 5, 3), (5,), {"axis": 1}),
             ("axis 2", (3, 2, 9), (9,), {"axis": 2}), ("axis 0", (6,), (6,), {"axis": 0}),
             ("block 0 4", (8, 5), (2, 5), {"axis": 0, "block_size": 4}),
             ("block 0 3", (8, 5), (3, 5), {"axis": 0, "block_size": 3}),
             ("block 1 16", (2, 32), (2, 2), {"axis": 1, "block_size": 16}),
             ("block 1 8", (3, 20), (3, 3), {"axis": 1, "block_size": 8}),
             ("block 1 2", (2, 5, 3), (2, 3, 3), {"axis": 1, "block_size": 2})]
    for name, (low, high) in TYPES.items():
        for number, (granularity, shape, scale_shape, attributes) in enumerate(cases):
            span = float(high) - low
            if number == 0:
                scales, x = np.float32(1.0), np.array(SPECIALS, np.float32).reshape(shape)
            else:
                scales = np.exp(random.uniform(-6, 2, scale_shape)).astype(np.float32)
                x = (random.standard_normal(shape) * np.median(scales) * span / 4).astype(np.float32)
                if granularity == "tensor":
                    # finite only with channels and blocks: kernels there convert quotients beyond
                    # int32, infinite ones and NaN to the lowest int32, wherever they belong
                    x.ravel()[5] = np.nan
            scales = np.asarray(scales, np.float32)
            zeros = random.integers(low // 2, high // 2 + 1, scale_shape)
            if number == 0 or name == "INT32":
                zeros = np.zeros_like(zeros)
            zeros = np.asarray(zeros)
            head = (f"{name};{granularity};{integers(shape)};{floats(scales)};{integers(zeros)}")
            if name != "INT32":
                y = quantize(name, x, scales, zeros, attributes)
                print(f"quantize;{head};{floats(x)};{integers(y)}")
            codes = random.integers(low, high + 1, shape)
            codes.ravel()[:2] = low, high
            y = dequantize(name, codes, scales, zeros, attributes)
            print(f"dequantize;{head};{integers(codes)};{floats(y)}")


main()
