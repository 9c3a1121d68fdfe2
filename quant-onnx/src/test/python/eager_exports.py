# SPDX-License-Identifier: Apache-2.0
"""Writes small models as PyTorch quantizes them in eager mode and exports them, with all defects.

  python src/test/python/eager_exports.py src/test/resources/eager

Made with torch 2.13.0+cpu, onnx 1.23.1, onnxruntime 1.30.0 and numpy 2.4.6 on x86-64, by the
exporter that is older than dynamo. The engine of each model stands in index.csv.

Only XNNPACK, called by the engine qnnpack, computes on activations of type qint8; fbgemm, x86 and
onednn refuse them, and builds without XNNPACK, such as this one, have no kernel for them at all.
The kernels are added here, see signed_kernels: they shift codes and zero points by 128 and call
those for quint8, so the integers are the same. What is exported does not depend on kernels.

Never in an export: a Conv without bias (the exporter writes zeros), quantized operators without
a Cast before each DequantizeLinear.

Writes, for each model NAME: NAME.onnx.gz as torch.onnx.export left it, NAME.bin with what PyTorch
itself answers to input.bin (float32, little-endian, row-major), NAME.float.bin with what it
answered before quantization, and a line of index.csv: the columns are name, engine, opset, whether constants were folded, scale and zero point of the
output. input.bin is float32 [6, 3, 8, 8].

Prints the signal-to-quantization-noise ratio of PyTorch's own answers, and how far ONNX Runtime
is from them in steps of the output scale: with the export as it is, and with every uint8 zero point
read as int8 where PyTorch computed with qint8.
"""

import gzip
import io
import pathlib
import sys
import warnings

import numpy as np
import onnx
import onnxruntime
import torch
import torch.ao.quantization as tq
from torch import nn
from torch.ao.nn.quantized import FloatFunctional

SYMMETRIC, AFFINE = torch.per_tensor_symmetric, torch.per_tensor_affine
PER_TENSOR, PER_CHANNEL = tq.default_weight_observer, tq.default_per_channel_weight_observer


def config(dtype, scheme, weight):
    return tq.QConfig(
        activation=tq.MinMaxObserver.with_args(dtype=dtype, qscheme=scheme), weight=weight
    )


class Residual(nn.Module):
    """An identity block, a projection block, a MaxPool between, average and Linear behind."""

    def __init__(self, bias=True, fused=True):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.stem = self.activated(3, bias, fused)
        self.first = self.activated(6, bias, fused)
        self.second = nn.Conv2d(6, 6, 3, padding=1, bias=bias)
        self.identity, self.relu1 = FloatFunctional(), nn.ReLU()
        self.pool = nn.MaxPool2d(2)
        self.third = self.activated(6, bias, fused)
        self.fourth = nn.Conv2d(6, 8, 3, stride=2, padding=1, bias=bias)
        self.down = nn.Conv2d(6, 8, 1, stride=2, bias=bias)
        self.projection, self.relu2 = FloatFunctional(), nn.ReLU()
        self.average = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 5)

    @staticmethod
    def activated(channels, bias, fused):
        pair = nn.Sequential(nn.Conv2d(channels, 6, 3, padding=1, bias=bias), nn.ReLU())
        return tq.fuse_modules(pair.eval(), ["0", "1"]) if fused else pair

    def forward(self, x):
        x = self.stem(self.quant(x))
        x = self.relu1(self.identity.add(self.second(self.first(x)), x))
        x = self.pool(x)
        x = self.relu2(self.projection.add(self.fourth(self.third(x)), self.down(x)))
        return self.dequant(self.head(torch.flatten(self.average(x), 1)))


class Branches(nn.Module):
    """Two convolutions and a MaxPool joined by cat, then a convolution without activation."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = tq.QuantStub(), tq.DeQuantStub()
        self.stem = Residual.activated(3, True, True)
        self.left = nn.Conv2d(6, 4, 1)
        self.right = Residual.activated(6, True, True)
        self.pool = nn.MaxPool2d(3, 1, 1)
        self.joined = FloatFunctional()
        self.last = nn.Conv2d(16, 2, 3, stride=2)

    def forward(self, x):
        x = self.stem(self.quant(x))
        x = self.joined.cat([self.left(x), self.right(x), self.pool(x)], 1)
        return self.dequant(self.last(x))


def models():
    signed = config(torch.qint8, SYMMETRIC, PER_TENSOR)
    signed_channels = config(torch.qint8, SYMMETRIC, PER_CHANNEL)
    affine = config(torch.qint8, AFFINE, PER_TENSOR)
    affine_channels = config(torch.qint8, AFFINE, PER_CHANNEL)
    # name, module, configuration, engine, opset, whether constants are folded
    yield "unsigned-fbgemm", Residual(), tq.get_default_qconfig("fbgemm"), "fbgemm", 17, True
    yield "unsigned-x86", Branches(), tq.get_default_qconfig("x86"), "x86", 13, True
    yield "unsigned-qnnpack", Residual(), tq.get_default_qconfig("qnnpack"), "qnnpack", 17, False
    centered = config(torch.quint8, SYMMETRIC, PER_CHANNEL)
    yield "unsigned-symmetric", Residual(bias=False, fused=False), centered, "qnnpack", 17, True
    yield "symmetric", Residual(), signed, "qnnpack", 17, True
    yield "symmetric-channels", Residual(), signed_channels, "qnnpack", 13, True
    yield "symmetric-unfolded", Residual(), signed_channels, "qnnpack", 17, False
    yield "symmetric-no-bias", Residual(bias=False), signed_channels, "qnnpack", 17, True
    yield "symmetric-unfused", Residual(fused=False), signed_channels, "qnnpack", 17, True
    yield "symmetric-branches", Branches(), signed_channels, "qnnpack", 17, True
    yield "affine", Residual(), affine_channels, "qnnpack", 17, True
    yield "affine-unfolded", Residual(fused=False), affine, "qnnpack", 13, False
    yield "affine-branches", Branches(), affine_channels, "qnnpack", 13, True


def signed_kernels():
    """Lets conv2d, conv2d_relu and linear take qint8 by the kernels for quint8 codes + 128."""

    def shifted(x, offset, storage):
        codes = (x.int_repr().to(torch.int32) + offset).to(storage)
        return torch._make_per_tensor_quantized_tensor(
            codes, x.q_scale(), x.q_zero_point() + offset)

    def unsigned(x):
        return shifted(x, 128, torch.uint8)

    def signed(x):
        return shifted(x, -128, torch.int8)

    def convolution(operator):
        def kernel(x, packed, scale, zero_point):
            settings = packed.stride(), packed.padding(), packed.dilation(), packed.groups()
            return signed(operator(unsigned(x), packed, *settings, scale, zero_point + 128))
        return kernel

    def linear(x, packed, scale, zero_point):
        weight, bias = torch.ops.quantized.linear_unpack(packed)
        codes = weight.int_repr()[:, :, None, None].contiguous()
        if weight.qscheme() == torch.per_channel_affine:
            weight = torch._make_per_channel_quantized_tensor(
                codes, weight.q_per_channel_scales(), weight.q_per_channel_zero_points(), 0)
        else:
            weight = torch._make_per_tensor_quantized_tensor(codes, weight.q_scale(), 0)
        one, none = [1, 1], [0, 0]
        pointwise = torch.ops.quantized.conv2d_prepack(weight, bias, one, none, one, 1)
        x = unsigned(x)[:, :, None, None].contiguous()
        x = torch.ops.quantized.conv2d(x, pointwise, one, none, one, 1, scale, zero_point + 128)
        return signed(x[:, :, 0, 0])

    kernels = torch.library.Library("quantized", "IMPL", "QuantizedCPU")
    kernels.impl("conv2d.new", convolution(torch.ops.quantized.conv2d.default))
    kernels.impl("conv2d_relu.new", convolution(torch.ops.quantized.conv2d_relu.default))
    kernels.impl("linear", linear)
    return kernels


def samples(seed, count):
    return np.random.RandomState(seed).standard_normal((count, 3, 8, 8)).astype("<f4")


def quantized(module, configuration, engine):
    torch.backends.quantized.engine = engine
    module.eval().qconfig = configuration
    tq.prepare(module, inplace=True)
    for seed in range(1, 5):
        module(torch.from_numpy(samples(seed, 16)))
    return tq.convert(module, inplace=True)


def exported(module, inputs, opset, folded):
    file = io.BytesIO()
    torch.onnx.export(
        module, inputs, file, opset_version=opset, dynamo=False, do_constant_folding=folded,
        input_names=["input"], output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
    )
    return file.getvalue()


def read_as_signed(model):
    """Gives every uint8 constant the type int8, its bits as they are, and every Cast likewise."""
    model = onnx.load_from_string(model)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name == "value" and attribute.t.data_type == onnx.TensorProto.UINT8:
                attribute.t.data_type = onnx.TensorProto.INT8
                attribute.t.raw_data = bytes(attribute.t.raw_data)
            if attribute.name == "to" and attribute.i == onnx.TensorProto.UINT8:
                attribute.i = onnx.TensorProto.INT8
    return model.SerializeToString()


def distance(model, inputs, expected, scale):
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.abs(session.run(None, {"input": inputs})[0] - expected).max() / scale


def main(folder):
    warnings.filterwarnings("ignore")
    inputs = samples(0, 6)
    (folder / "input.bin").write_bytes(inputs.tobytes())
    index = ["name,engine,opset,folded,scale,zeroPoint"]
    torch.manual_seed(7)
    kernels = None
    for name, module, configuration, engine, opset, folded in models():
        if kernels is None and configuration.activation().dtype == torch.qint8:
            kernels = signed_kernels()
        with torch.no_grad():
            unquantized = module.eval()(torch.from_numpy(inputs)).numpy()
        module = quantized(module, configuration, engine)
        expected = module(torch.from_numpy(inputs)).numpy()
        model = exported(module, torch.from_numpy(inputs), opset, folded)
        last = module.head if hasattr(module, "head") else module.last
        (folder / f"{name}.onnx.gz").write_bytes(gzip.compress(model, 9, mtime=0))
        (folder / f"{name}.bin").write_bytes(expected.astype("<f4").tobytes())
        (folder / f"{name}.float.bin").write_bytes(unquantized.astype("<f4").tobytes())
        index.append(f"{name},{engine},{opset},{folded},{last.scale!r},{last.zero_point}".lower())
        raw = distance(model, inputs, expected, last.scale)
        signed = "" if name.startswith("unsigned") else ", read as int8 %.3f" % distance(
            read_as_signed(model), inputs, expected, last.scale)
        noise = ((expected - unquantized) ** 2).sum()
        ratio = 10 * np.log10((unquantized**2).sum() / noise)
        print(f"{name}: {len(model)} bytes, {ratio:.2f} dB, raw {raw:.3f}{signed} steps of "
              f"{last.scale:.6f}")
    (folder / "index.csv").write_text("\n".join(index) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
