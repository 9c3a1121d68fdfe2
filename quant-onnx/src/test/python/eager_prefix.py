# SPDX-License-Identifier: Apache-2.0
"""Cuts the first residual block out of an eager-mode export and computes it with PyTorch's kernels.

  python src/test/python/eager_prefix.py resnet18_eager_int8.onnx t10k-images-idx3-ubyte.gz \\
      src/test/resources/eager

Made with torch 2.13.0+cpu, onnx 1.23.1, onnxruntime 1.30.0 and numpy 2.4.6 from a ResNet-18 that
PyTorch 2.11 quantized (qnnpack, symmetric qint8, a weight scale per channel), top-1 .9506 on
Fashion-MNIST. The stem and block 0 are kept: three convolutions and the Add, with every Cast and
constant as exported, but for the first 16 of their 64 channels alone; the answer is what the next
convolution reads, [2, 16, 10, 10].

Writes resnet18-prefix.onnx.gz, resnet18-prefix-input.bin, float32 [2, 1, 10, 10], parts of test
images, and resnet18-prefix.bin.gz, the int8 codes of the answer of torch.ops.quantized; their scale
is the last line printed. Kernels for quint8 compute with codes and zero points 128 higher, as in
eager_exports.py.
"""

import gzip
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

OUTPUT = "/layers/1/conv1/DequantizeLinear_output_0"
SIDE = 10
CHANNELS = 16


def narrow(node):
    """Leaves the first channels in constants and in shapes; no other dimension is as long."""
    if node.op_type == "Constant":
        values = numpy_helper.to_array(node.attribute[0].t)
        values = np.array(values[tuple(slice(CHANNELS) for _ in values.shape)])
        values = np.minimum(values, CHANNELS) if values.dtype == np.int64 else values
        node.attribute[0].t.CopyFrom(numpy_helper.from_array(values, node.attribute[0].t.name))
    return node


def prefix(model):
    """Returns the nodes OUTPUT depends on; the exporter writes them in order."""
    needed, kept = {OUTPUT}, []
    for node in reversed(model.graph.node):
        if needed.intersection(node.output):
            needed.update(node.input)
            kept.insert(0, narrow(node))
    graph = helper.make_graph(
        kept, model.graph.name,
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 1, SIDE, SIDE])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", CHANNELS, SIDE, SIDE])])
    return helper.make_model(
        graph, opset_imports=model.opset_import, ir_version=model.ir_version,
        producer_name=model.producer_name, producer_version=model.producer_version)


class Block:
    """The same computation by torch.ops.quantized, with the numbers of the export."""

    def __init__(self, model):
        self.constants = {
            node.output[0]: numpy_helper.to_array(node.attribute[0].t)
            for node in model.graph.node if node.op_type == "Constant"}
        self.nodes = {node.name: node for node in model.graph.node}

    def parameter(self, name, index):
        return self.constants[self.nodes[name].input[index]]

    def scale(self, name):
        return float(self.parameter(name, 1))

    def conv(self, x, name, output, operator):
        codes = torch.from_numpy(self.parameter(f"{name}/DequantizeLinear_1", 0).copy())
        scales = torch.from_numpy(self.parameter(f"{name}/DequantizeLinear_1", 1).astype("f8"))
        bias = self.parameter(f"{name}/DequantizeLinear_2", 0).astype("f8")
        bias = bias * self.parameter(f"{name}/DequantizeLinear_2", 1)
        weight = torch._make_per_channel_quantized_tensor(
            codes, scales, torch.zeros(len(scales), dtype=torch.long), 0)
        packed = torch.ops.quantized.conv2d_prepack(
            weight, torch.from_numpy(bias.astype("f4")), [1, 1], [1, 1], [1, 1], 1)
        return operator(x, packed, self.scale(output), 128)

    def run(self, images):
        ops = torch.ops.quantized
        x = torch.quantize_per_tensor(
            torch.from_numpy(images), self.scale("/quant/QuantizeLinear"), 128, torch.quint8)
        x = self.conv(x, "/conv1", "/conv1/QuantizeLinear", ops.conv2d_relu)
        y = self.conv(x, "/layers/0/conv1", "/layers/0/conv1/QuantizeLinear", ops.conv2d_relu)
        y = self.conv(y, "/layers/0/conv2", "/layers/0/conv2/QuantizeLinear", ops.conv2d)
        return torch.relu(ops.add(y, x, self.scale("/layers/0/QuantizeLinear"), 128))


def main(model, images, folder):
    torch.backends.quantized.engine = "qnnpack"
    pixels = np.frombuffer(gzip.decompress(images.read_bytes()), np.uint8, offset=16)
    part = pixels.reshape(-1, 28, 28)[:2, 9:9 + SIDE, 9:9 + SIDE]
    part = ((part[:, None].astype("f4") / 255 - np.float32(0.2860)) / np.float32(0.3530))
    cut = prefix(onnx.load(model))
    output = Block(cut).run(part)
    codes = (output.int_repr().to(torch.int16) - 128).to(torch.int8).numpy()
    content = cut.SerializeToString()
    for name, data in (("prefix.onnx", content), ("prefix.bin", codes.tobytes())):
        (folder / f"resnet18-{name}.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    (folder / "resnet18-prefix-input.bin").write_bytes(part.astype("<f4").tobytes())
    raw = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    error = raw.run(None, {"input": part})[0] / output.q_scale() - codes
    print(f"{len(content)} bytes, codes {codes.min()} to {codes.max()}, {np.unique(codes).size} "
          f"different; the export in ONNX Runtime is up to {np.abs(error).max():.3f} steps off")
    print(np.float32(output.q_scale()))


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
