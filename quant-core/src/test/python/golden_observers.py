# SPDX-License-Identifier: Apache-2.0
"""Writes the golden ranges of the peers' observers, with the original code as the oracle.

    pip install numpy==2.4.6 onnx onnxruntime==1.30.0 torch==2.13.0
    python quant-core/src/test/python/golden_observers.py quant-core/src/test/resources/golden

Every data set is made of whole numbers from splitmix64 by exact operations, so that the Java test
(GoldenData) makes the same bits. A set comes in one batch or in three of growing spread. x86-64 is
expected: on other processors NumPy and PyTorch round some float32 results otherwise.
"""

import contextlib
import io
import pathlib
import sys
import tempfile
import warnings

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import calibrate

MASK = (1 << 64) - 1
DISTRIBUTIONS = ("normal", "laplace", "uniform", "relu", "heavy", "constant", "tiny", "huge", "sparse",
                 "offset", "late")
GROWTH = (1.0, 1.25, 1.75)


class SplitMix:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def bits24(self):
        return self.next() >> 40

    def normal(self):
        return sum(self.bits24() for _ in range(12)) / 2.0**24 - 6.0

    def exponential(self):
        zeros = 64 - self.next().bit_length()
        return zeros + self.bits24() / 2.0**24


def value(random, distribution):
    if distribution in ("normal", "late"):
        return random.normal()
    if distribution == "relu":
        return max(random.normal(), 0.0)
    if distribution == "offset":
        return random.normal() + 8.0
    if distribution == "uniform":
        return random.bits24() / 2.0**23 - 1.0
    if distribution == "laplace":
        x = random.exponential()
        return x if random.next() & 1 else -x
    if distribution == "heavy":
        x = float(np.float32(random.normal()))
        return x * x * x
    if distribution == "constant":
        return 2.375
    if distribution == "sparse":
        return random.normal() if random.next() & 7 == 0 else 0.0
    return random.normal() * (2.0**-100 if distribution == "tiny" else 2.0**60)


def batches(distribution, size, seed, count):
    random = SplitMix(seed)
    result = []
    for batch in range(count):
        growth = GROWTH[batch]
        if distribution == "constant":
            growth = 1.0 + batch
        if distribution == "late" and batch == 0:
            growth = 0.0
        result.append(np.array([value(random, distribution) * growth + 0.0 for _ in range(size)], np.float32))
    return result


def torch_histogram(data):
    observer = torch.ao.quantization.HistogramObserver()
    for batch in data:
        observer(torch.from_numpy(batch))
    return tuple(np.float32(x.item()) for x in observer._non_linear_param_search())


def onnxruntime_histogram(method, symmetric, bins, levels, percentile):
    def run(data):
        collector = calibrate.HistogramCollector(method, symmetric, bins, levels, percentile, None)
        for batch in data:
            collector.collect({"x": batch})
        low, high = collector.compute_collection_result()["x"][:2]
        return np.float32(low), np.float32(high)

    return run


class Reader(calibrate.CalibrationDataReader):
    def __init__(self, data):
        self.data = iter(data)

    def get_next(self):
        batch = next(self.data, None)
        return None if batch is None else {"x": batch}


def onnxruntime_minmax(symmetric, moving_average, rounds):
    """One call of collect_data for all batches, or, by rounds, one for each."""

    def run(data):
        values = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None]) for n in "xy"]
        graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", values[:1], values[1:])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=10)
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "m.onnx")
            onnx.save(model, path)
            calibrator = calibrate.create_calibrator(
                path, ["Identity"], str(pathlib.Path(folder, "a.onnx")),
                extra_options={"symmetric": symmetric, "moving_average": moving_average})
            for part in [[batch] for batch in data] if rounds else [data]:
                calibrator.collect_data(Reader(part))
            low, high = calibrator.compute_data()["x"].range_value
            return np.float32(np.squeeze(low)), np.float32(np.squeeze(high))

    return run


METHODS = {
    "torch-histogram": torch_histogram,
    "ort-entropy-128-128": onnxruntime_histogram("entropy", False, 128, 128, None),
    "ort-entropy-512-128": onnxruntime_histogram("entropy", False, 512, 128, None),
    "ort-entropy-2048-128": onnxruntime_histogram("entropy", False, 2048, 128, None),
    "ort-percentile-99.9-symmetric": onnxruntime_histogram("percentile", True, 2048, 0, 99.9),
    "ort-percentile-99.9-asymmetric": onnxruntime_histogram("percentile", False, 2048, 0, 99.9),
    "ort-percentile-99.999-symmetric": onnxruntime_histogram("percentile", True, 2048, 0, 99.999),
    "ort-minmax": onnxruntime_minmax(False, False, False),
    "ort-minmax-symmetric-average": onnxruntime_minmax(True, True, False),
    "ort-minmax-average-rounds": onnxruntime_minmax(False, True, True),
}


def expected(method, data):
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            low, high = METHODS[method](data)
    except (AssertionError, ValueError, IndexError) as failure:
        return f"error,{type(failure).__name__}"
    return f"{low!s},{high!s}"


def main(folder):
    for method in METHODS:
        lines = [
            f"# python golden_observers.py; numpy {np.__version__}, onnxruntime "
            f"{calibrate.onnxruntime.__version__}, torch {torch.__version__}",
            "# distribution,batch size,seed,batches,minimum,maximum",
        ]
        for distribution in DISTRIBUTIONS:
            for size, seed in ((200, 1), (1000, 2), (5000, 3)):
                for count in (1, 3):
                    data = batches(distribution, size, seed, count)
                    result = expected(method, data)
                    lines.append(f"{distribution},{size},{seed},{count},{result}")
        pathlib.Path(folder, method + ".csv").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
