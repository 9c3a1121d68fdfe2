# SPDX-License-Identifier: Apache-2.0
"""Makes the models and NumPy files beside this script, which the tests of quant-calibration read.

Documentation, not part of the build. Run in this folder with onnx 1.23.1 and numpy 2.4.6:
    python make_models.py
"""

import numpy as np
from onnx import TensorProto as T, checker, helper as h, numpy_helper, parser, save

TYPES = {
    "float": T.FLOAT, "double": T.DOUBLE, "float16": T.FLOAT16, "bfloat16": T.BFLOAT16,
    "int8": T.INT8, "uint8": T.UINT8, "int16": T.INT16, "int32": T.INT32, "int64": T.INT64,
    "bool": T.BOOL,
}


def value(name, type_, *dims):
    return h.make_tensor_value_info(name, type_, list(dims))


def write(name, nodes, inputs, outputs, weights=(), unshaped=()):
    initializers = [numpy_helper.from_array(array, key) for key, array in dict(weights).items()]
    graph = h.make_graph(nodes, name, inputs, outputs, initializers)
    model = h.make_model(
        graph, opset_imports=[h.make_opsetid("", 17)], ir_version=10, producer_name="make_models")
    checker.check_model(model, full_check=True)
    for output in model.graph.output:
        if output.name in unshaped:  # as no checker lets pass and every runtime does
            output.type.tensor_type.ClearField("shape")
    save(model, f"models/{name}.onnx")


def write_text(name, inputs, outputs, nodes):
    graph = f"{name} ({inputs}) => ({outputs}) {{ {nodes} }}"
    model = parser.parse_model(f'<ir_version: 10, opset_import: ["" : 17]> {graph}')
    checker.check_model(model, full_check=True)
    save(model, f"models/{name}.onnx")


def calibrated_models():
    """Every kind of graph that the tests of the calibrator observe; all sums of them are exact."""
    write_text(
        "mixed",
        "int64[n,s] ids, int32[n,s] kinds, bool[n,s] mask, float16[n,s] half, float[n,s] x",
        "float[n,s] y, float[n,s] masked, float total, float[3] constant, float[p] positives",
        """idsF = Cast<to=1>(ids)  kindsF = Cast<to=1>(kinds)  halfF = Cast<to=1>(half)
        product = Mul(x, idsF)  moved = Add(product, kindsF)  y = Sub(moved, halfF)
        zero = Constant<value=float {0}>()  masked = Where(mask, y, zero)
        total = ReduceSum<keepdims=0>(masked)
        constant = Constant<value=float[3] {-1, 0.5, 4}>()
        isPositive = Greater(x, zero)  one = Constant<value=int64[1] {-1}>()
        flatX = Reshape(x, one)  flatP = Reshape(isPositive, one)
        positives = Compress<axis=0>(flatX, flatP)""")
    # The first sample's flag decides on the branch, its count on how often the loop doubles.
    write_text(
        "control", "float[n,2] x, bool[n] flag, int64[n] count",
        "float[n,2] before, float[n,w] chosen, float[n,w] doubled",
        """before = Neg(x)  zero = Constant<value=int64 {0}>()
        isSet = Gather<axis=0>(flag, zero)  times = Gather<axis=0>(count, zero)
        chosen = If(isSet) <
          then_branch = g1 () => (float[n,w] wide) { wide = Concat<axis=1>(x, before) },
          else_branch = g2 () => (float[n,w] narrow) { narrow = Add(before, before) }>
        yes = Constant<value=bool {1}>()
        doubled = Loop(times, yes, chosen) <
          body = g3 (int64 i, bool go, float[n,w] old) => (bool goOut, float[n,w] new)
            { goOut = Identity(go)  new = Add(old, old) }>""")
    write_text(
        "expand", "float[n,1] x, int64[n,1] width", "float[n,w] wide",
        """top = ReduceMax<axes=[0,1],keepdims=0>(width)
        one = Constant<value=int64[1] {1}>()  size = Reshape(top, one)  wide = Expand(x, size)""")
    write_text(
        "passing", "float[n,2] x", "float[n,2] x, float[n,2] y, float[n,2] z, float[2] bias",
        "y = Neg(x)  bias = Constant<value=float[2] {2, -3}>()  z = Add(y, bias)")
    # An output that says to be of one sample, whatever the batch size.
    write_text(
        "one_sample", "float[n,2] x", "float[1,2] y, float[n,2] z", "y = Neg(x)  z = Neg(y)")
    write_text(
        "gain", "float[n,1,2,1,2] x, float gain", "float[n,1,2,1,2] y", "y = Mul(x, gain)")
    # Shapes that are not as declared, and one whose number of axes is not known.
    write(
        "misdeclared",
        [h.make_node("Relu", ["x"], ["swapped"]), h.make_node("Reshape", ["x", "size"], ["free"])],
        [value("x", T.FLOAT, "a", "b"), value("size", T.INT64, "k")],
        [value("swapped", T.FLOAT, "b", "a"), value("free", T.FLOAT, "f")],
        unshaped=["free"])
    columns = ", ".join(f"t{i}" for i in range(100))
    write_text(
        "hundred", "float[n,100] x", ", ".join(f"float[n,1] t{i}" for i in range(100)),
        f"{columns} = Split<axis=1>(x)")


def models():
    # Weights and sums are multiples of 1/8, so that float32 arithmetic is exact in every order.
    kernel = ((np.arange(18).reshape(2, 1, 3, 3) * 7 % 17 - 8) / 8).astype(np.float32)
    matrix = ((np.arange(24).reshape(8, 3) * 5 % 13 - 6) / 8).astype(np.float32)
    write(
        "conv",
        [h.make_node("Conv", ["x", "kernel"], ["conv"]),
         h.make_node("Relu", ["conv"], ["relu"]),
         h.make_node("Flatten", ["relu"], ["flat"]),
         h.make_node("Gemm", ["flat", "matrix"], ["y"])],
        [value("x", T.FLOAT, "n", 1, 4, 4)],
        [value("y", T.FLOAT, "n", 3), value("conv", T.FLOAT, "n", 2, 2, 2),
         value("relu", T.FLOAT, "n", 2, 2, 2)],
        {"kernel": kernel, "matrix": matrix})
    write(
        "types",
        [h.make_node("Identity", [n], [n + "_out"]) for n in TYPES],
        [value(n, t, "n", 2) for n, t in TYPES.items()],
        [value(n + "_out", t, "n", 2) for n, t in TYPES.items()])
    write(
        "unsigned",
        [h.make_node("Cast", ["x"], [n], to=t)
         for n, t in (("a", T.UINT16), ("b", T.UINT32), ("c", T.UINT64))],
        [value("x", T.INT32, "n", 2)],
        [value("a", T.UINT16, "n", 2), value("b", T.UINT32, "n", 2), value("c", T.UINT64, "n", 2)])
    write(
        "uint16_input", [h.make_node("Identity", ["x"], ["y"])],
        [value("x", T.UINT16, "n", 2)], [value("y", T.UINT16, "n", 2)])
    write(
        "fixed_batch", [h.make_node("Relu", ["x"], ["y"])],
        [value("x", T.FLOAT, 1, 3)], [value("y", T.FLOAT, 1, 3)])
    write(
        "two_inputs", [h.make_node("Add", ["z", "a"], ["sum"]),
                       h.make_node("Sub", ["z", "a"], ["difference"])],
        [value("z", T.FLOAT, "n", 2), value("a", T.FLOAT, "n", 2)],
        [value("sum", T.FLOAT, "n", 2), value("difference", T.FLOAT, "n", 2)])
    write(
        "log", [h.make_node("Log", ["x"], ["y"])],
        [value("x", T.FLOAT, "n", 2)], [value("y", T.FLOAT, "n", 2)])
    write(
        "reshape", [h.make_node("Reshape", ["x", "shape"], ["y"])],
        [value("x", T.FLOAT, "n", 2)], [value("y", T.FLOAT, 2, 2)],
        {"shape": np.array([2, 2], np.int64)})
    write(
        "no_element", [h.make_node("Slice", ["x", "zero", "zero"], ["empty"]),
                       h.make_node("Relu", ["x"], ["y"])],
        [value("x", T.FLOAT, "n", 2)],
        [value("empty", T.FLOAT, None, 2), value("y", T.FLOAT, "n", 2)],
        {"zero": np.array([0], np.int64)})
    write(
        "sequence", [h.make_node("SplitToSequence", ["x"], ["parts"])],
        [value("x", T.FLOAT, "n", 2)],
        [h.make_value_info("parts", h.make_sequence_type_proto(
            h.make_tensor_type_proto(T.FLOAT, None)))])
    write(
        "string", [h.make_node("Identity", ["text"], ["y"]), h.make_node("Relu", ["x"], ["z"])],
        [value("x", T.FLOAT, "n", 2)],
        [value("y", T.STRING, 1), value("z", T.FLOAT, "n", 2)],
        {"text": np.array(["a"], object)})


def arrays():
    images = (np.arange(12, dtype=np.float32) / 4).reshape(3, 2, 2)
    labels = np.array([7, 0, 9], np.int64)
    np.save("numpy/images.npy", images)
    np.savez("numpy/stored.npz", images=images, labels=labels)
    np.savez_compressed("numpy/deflated.npz", images=images, labels=labels)
    np.savez("numpy/samples.npz", x=np.arange(1, 7, dtype=np.float32).reshape(3, 2))
    np.save("numpy/pickled.npy", np.array([{"a": 1}, None], object), allow_pickle=True)


if __name__ == "__main__":
    models()
    calibrated_models()
    arrays()
