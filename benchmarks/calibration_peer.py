# SPDX-License-Identifier: Apache-2.0
"""Measures the calibrators of onnxruntime.quantization on the batches that CalibrationCost saved.

One mode per process, one line of JSON, the members those of CalibrationCost. A failure of the
peer is a member "failure" instead. benchmarks/calibration.sh runs this.
"""

import argparse
import contextlib
import json
import os
import resource
import sys
import time

import numpy
import onnxruntime
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod
from onnxruntime.quantization.calibrate import create_calibrator
from onnxruntime.quantization.registry import QDQRegistry, QLinearOpsRegistry

METHODS = {
    "minmax": CalibrationMethod.MinMax,
    "entropy": CalibrationMethod.Entropy,
    "percentile": CalibrationMethod.Percentile,
}


class SavedBatches(CalibrationDataReader):
    """Hands out a number of batches, starting over where fewer were saved."""

    def __init__(self, folder, inputs, count):
        self.arrays = {}
        for text in inputs:
            name, _, form = text.partition("=")
            dimensions, _, numbers = form.partition("@")
            shape = [int(dimension) for dimension in dimensions.split("x")]
            kind = numpy.dtype("<i8" if numbers else "<f4")
            values = numpy.fromfile(os.path.join(folder, name + ".bin"), kind)
            self.arrays[name] = values.reshape([-1] + shape)
        self.count = count
        self.index = 0

    def get_next(self):
        if self.index == self.count:
            return None
        batch = {name: array[self.index % len(array)] for name, array in self.arrays.items()}
        self.index += 1
        return batch


def session_of(path, threads, level):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.graph_optimization_level = level
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def plain(arguments):
    session = session_of(
        arguments.model, arguments.threads, onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    )

    def run(batches):
        while (batch := batches.get_next()) is not None:
            session.run(None, batch)

    return run


def calibration(arguments):
    # The operators quantize_static takes when none are named.
    operators = sorted(set(QDQRegistry) | set(QLinearOpsRegistry))
    calibrator = create_calibrator(
        arguments.model,
        operators,
        os.path.join(arguments.samples, "augmented.onnx"),
        METHODS[arguments.mode],
    )
    # The calibrator's own session, but with the threads asked for.
    calibrator.infer_session = session_of(
        calibrator.augmented_model_path,
        arguments.threads,
        onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL,
    )

    def run(batches):
        calibrator.collect_data(batches)
        calibrator.compute_data()

    return run


def memory_limit():
    """16 GiB, or what the machine has left but for 4 GiB: rather the peer fails than others."""
    with open("/proc/meminfo") as lines:
        available = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable"))
    return max(1 << 30, min(16 << 30, available * 1024 - (4 << 30)))


def busy_seconds():
    """What all processors have done since the start of the machine: all but idle and waiting."""
    with open("/proc/stat") as lines:
        ticks = [int(tick) for tick in next(lines).split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--input", action="append", required=True)
    parser.add_argument("--mode", choices=["plain", *METHODS], required=True)
    parser.add_argument("--samples", required=True, help="the folder of CalibrationCost --save")
    parser.add_argument("--batches", type=int, default=16)
    parser.add_argument("--threads", type=int, default=0)
    arguments = parser.parse_args()
    limit = memory_limit()
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    figures = {
        "tool": "onnxruntime " + onnxruntime.__version__,
        "model": os.path.basename(arguments.model),
        "mode": arguments.mode,
        "threads": arguments.threads,
        "batches": arguments.batches,
    }
    batches = SavedBatches(arguments.samples, arguments.input, arguments.batches)
    run = (plain if arguments.mode == "plain" else calibration)(arguments)
    busy = busy_seconds()
    processor = time.process_time()
    start = time.perf_counter()
    try:
        with contextlib.redirect_stdout(sys.stderr):
            run(batches)
    except Exception as e:  # whatever it is, it is a result
        figures["failure"] = " ".join(str(e).split())[:120] or type(e).__name__
        figures["limitGib"] = limit >> 30
    figures["seconds"] = [round(time.perf_counter() - start, 4)]
    own = time.process_time() - processor
    figures["processorSeconds"] = [round(own, 4)]
    figures["otherSeconds"] = [round(max(0, busy_seconds() - busy - own), 4)]
    figures["peakResident"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    json.dump(figures, sys.stdout)
    print()


main()
