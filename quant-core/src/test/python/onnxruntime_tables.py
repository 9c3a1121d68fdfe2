# SPDX-License-Identifier: Apache-2.0
"""Writes ONNX Runtime's calibration tables with its own code into the folder given.

python quant-core/src/test/python/onnxruntime_tables.py \
    quant-core/src/test/resources/io/github/quant4j/core/table

needs onnxruntime 1.30, onnx, numpy, flatbuffers.
"""

import pathlib
import sys
import tempfile

import numpy as np
from onnxruntime.quantization.calibrate import CalibrationMethod, TensorData, TensorsData, save_tensors_data
from onnxruntime.quantization.quant_utils import write_calibration_table


def scalar(lowest, highest):
    return TensorData(lowest=np.float32(lowest), highest=np.float32(highest))


def array(lowest, highest, **more):
    return TensorData(
        lowest=np.array(lowest, dtype=np.float32), highest=np.array(highest, dtype=np.float32), **more
    )


SCALARS = {
    "backbone/conv:0 out": scalar(-5, 1),
    "head": scalar(0, 0.1),
    "input": scalar(-1, 3),
    "zero": scalar(0, 0),
}
ARRAYS = {
    "hidden": array(
        -1, 3, hist=np.array([1, 2, 1], dtype=np.int64), hist_edges=np.array([-1, 0, 1, 3], dtype=np.float32)
    ),
    "keptdims": array([[-2.5]], [[0.001]]),
}


def main(folder):
    with tempfile.TemporaryDirectory() as made:
        made = pathlib.Path(made)
        write_calibration_table(SCALARS, made)
        (folder / "scalars.json").write_bytes((made / "calibration.json").read_bytes())
        (folder / "scalars.cache").write_bytes((made / "calibration.cache").read_bytes())
        write_calibration_table({"input": ARRAYS["hidden"]}, made)
        (folder / "arrays.json").write_bytes((made / "calibration.json").read_bytes())
        save_tensors_data(TensorsData(CalibrationMethod.MinMax, ARRAYS), made / "saved.json")
        (folder / "saved.json").write_bytes((made / "saved.json").read_bytes())


main(pathlib.Path(sys.argv[1]))
