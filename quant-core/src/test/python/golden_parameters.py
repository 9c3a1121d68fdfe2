# SPDX-License-Identifier: Apache-2.0
"""Writes the scales and zero points that PyTorch and ONNX Runtime choose for many ranges.

  python src/test/python/golden_parameters.py | gzip -9n > src/test/resources/golden/parameters.csv.gz

Made with torch 2.13.0, onnxruntime 1.30.0 and numpy 2.4.6. Floats are the bits of a float32 in
hexadecimal, so that nothing depends on decimal conversion.
"""

import itertools
import warnings

import numpy as np
import torch
from onnx import TensorProto
from onnxruntime.quantization.quant_utils import compute_scale_zp, get_qmin_qmax_for_qType
from torch.ao.quantization import MinMaxObserver

TORCH_TYPES = {
    "INT4": (torch.qint8, (-8, 7)),
    "UINT4": (torch.quint4x2, None),
    "INT8": (torch.qint8, None),
    "UINT8": (torch.quint8, None),
    "INT16": (torch.int16, None),
    "UINT16": (torch.uint16, None),
    "INT32": (torch.qint32, None),
}
FULL = {
    "INT4": (-8, 7), "UINT4": (0, 15), "INT8": (-128, 127), "UINT8": (0, 255),
    "INT16": (-32768, 32767), "UINT16": (0, 65535), "INT32": (-(2**31), 2**31 - 1),
}
ORT_TYPES = ["INT4", "UINT4", "INT8", "UINT8", "INT16", "UINT16"]


def ranges():
    fixed = [(-1, 3), (0.5, 3), (-3, -0.5), (0, 0), (-1, 1), (-5, 1), (-4.8935546875, 40), (0, 6),
             (1e-10, 2e-10), (-1e-6, 1e-7), (-1e-40, 1e-41), (-1e30, 2e30), (0, 1e-37), (1e9, 1e9)]
    random = np.random.default_rng(20261121)
    for magnitude in (1e-5, 1e-2, 1, 1e3):
        for low, high in random.standard_normal((6, 2)) * magnitude:
            fixed.append((min(low, high), max(low, high)))
    return [(np.float32(low), np.float32(high)) for low, high in fixed]


def bits(value):
    return "%08x" % int(np.float32(value).view(np.uint32))


def torch_parameters(name, symmetric, code_range, low, high):
    dtype, custom = TORCH_TYPES[name]
    full = FULL[name]
    if code_range == "NARROW" and full[0] < 0:
        custom = (-full[1], full[1])
    elif code_range == "REDUCED":
        custom = (full[0] // 2, full[1] // 2)
    if custom:
        scheme = {"quant_min": custom[0], "quant_max": custom[1]}
    else:
        scheme = {}
    qscheme = torch.per_tensor_symmetric if symmetric else torch.per_tensor_affine
    observer = MinMaxObserver(dtype=dtype, qscheme=qscheme, **scheme)
    observer(torch.tensor([low, high], dtype=torch.float32))
    scale, zero = observer.calculate_qparams()
    return scale.item(), int(zero.item())


def ort_parameters(name, symmetric, code_range, low, high):
    qmin, qmax = get_qmin_qmax_for_qType(
        getattr(TensorProto, name), reduce_range=code_range == "REDUCED", symmetric=symmetric)
    zero, scale = compute_scale_zp(low, high, qmin, qmax, symmetric)
    return scale.item(), int(zero)


def main():
    warnings.simplefilter("ignore")
    print("profile,type,scheme,codes,minimum,maximum,scale,zero_point")
    for name, scheme, codes in itertools.product(FULL, ("SYMMETRIC", "ASYMMETRIC"),
                                                 ("FULL", "NARROW", "REDUCED")):
        symmetric = scheme == "SYMMETRIC"
        for low, high in ranges():
            head = f"{name},{scheme},{codes},{bits(low)},{bits(high)}"
            # refused here: zero point 32768 beyond the codes; int32 sums wrap around in PyTorch
            if not (name == "UINT16" and codes == "REDUCED" and symmetric) and not (
                    name == "INT32" and not symmetric):
                scale, zero = torch_parameters(name, symmetric, codes, low, high)
                print(f"TORCH,{head},{bits(scale)},{zero}")
            if name in ORT_TYPES and codes != "NARROW":
                scale, zero = ort_parameters(name, symmetric, codes, low, high)
                print(f"ONNXRUNTIME,{head},{bits(scale)},{zero}")


main()
