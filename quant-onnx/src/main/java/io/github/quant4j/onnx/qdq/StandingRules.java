/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import java.util.List;

/** What holds of every plan and every insertion, and so has no rule class of its own. */
final class StandingRules {
  private StandingRules() {}

  static List<RuleDescription> descriptions() {
    return List.of(
        new RuleDescription(
            "P02",
            "bias of a Conv, ConvTranspose or Gemm",
            "no pair; rounded to whole units of input scale times weight scale, and written as a"
                + " float constant for TensorRT, as INT32 behind a DequantizeLinear for ONNX"
                + " Runtime",
            "the numbers are those of an integer kernel in both forms, and TensorRT refuses a"
                + " DequantizeLinear on INT32",
            "onnx-tensorrt issue 850; seen on TensorRT 10.6"),
        new RuleDescription(
            "P16",
            "constant that several operators read as their weight",
            "one int8 constant per set of scales: readers that agree on the axis share it, the"
                + " others get their own",
            "a constant that was replaced in place would be codes to the reader that wants it"
                + " otherwise, or in float",
            "ONNX DequantizeLinear, opset 13"),
        new RuleDescription(
            "P45",
            "tensor with several INT8 readers",
            "one pair, read by all",
            "TensorRT merges sibling convolutions that read the same codes; a second pair would be"
                + " a kernel more",
            "TensorRT issue 1602"),
        new RuleDescription(
            "P46",
            "tensor with INT8 and float readers",
            "a pair for the INT8 readers; the others go on reading float, and the plan notes it",
            "what computes the tensor has to write float for them, so quantization is a step of"
                + " its own there",
            "TensorRT developer guide, explicit quantization"),
        new RuleDescription(
            "P47",
            "input of the graph with INT8 readers",
            "a pair right behind the input",
            "callers go on feeding float32",
            "contract of the rewriting: inputs and outputs keep their types"),
        new RuleDescription(
            "P48",
            "output of the graph",
            "no pair behind the last operator",
            "it would cost a step and half a unit of error, and nobody would read the codes",
            "TensorRT issue 2383"),
        new RuleDescription(
            "P50",
            "tensor that was zero in every sample, or a channel of zeros in a weight",
            "scale 1 for the tensor; for the channel the smallest scale of the others",
            "a scale of zero is refused, and a huge one beside small ones would cost the other"
                + " tensors of a shared scale their precision",
            "onnx-tensorrt issue 764, TensorRT issue 2498"));
  }
}
