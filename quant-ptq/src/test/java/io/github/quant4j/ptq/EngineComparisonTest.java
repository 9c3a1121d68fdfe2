/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.qdq.NodeSelector;
import io.github.quant4j.tensorrt.TensorRtUnavailableException;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class EngineComparisonTest {
  private static final PlacementBench FASTER = models -> List.of(0.5);
  private static final OnnxModel MODEL = TinyNetwork.harmless().build();
  private static final EngineComparison COMPARISON = EngineComparison.of(MODEL);

  @Test
  void options_thatAreOutOfRange_areRefused() {
    CalibrationSource once = CalibrationSource.of(Collections.<TensorBatch>emptyIterator());

    assertThatIllegalArgumentException().isThrownBy(() -> COMPARISON.batchSize(0));
    assertThatIllegalArgumentException().isThrownBy(() -> COMPARISON.minimumSqnr(Double.NaN));
    assertThatIllegalArgumentException().isThrownBy(() -> COMPARISON.largestTopOneDrop(Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> COMPARISON.test(once))
        .withMessage("the source of test samples is read once, expected one that can be rewound");
    assertThatIllegalArgumentException().isThrownBy(() -> COMPARISON.calibration(once));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CheckedBuild.of(MODEL).minimumSqnr(Double.POSITIVE_INFINITY));
  }

  @Test
  @Tag("without-natives")
  void run_withoutTensorRt_saysWhatIsMissing() {
    assertThatExceptionOfType(TensorRtUnavailableException.class).isThrownBy(COMPARISON::run);
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(() -> CheckedBuild.of(MODEL).build());
  }

  @Test
  void explicitModel_options_areFollowed() throws IOException {
    ExplicitModel asIs = new ExplicitModel(UnaryOperator.identity(), FASTER);
    ExplicitModel without =
        new ExplicitModel(
            quantization -> quantization.exclude(NodeSelector.none().withName("body2")), FASTER);

    assertThat(pairCount(without)).isPositive().isLessThan(pairCount(asIs));
  }

  private static long pairCount(ExplicitModel explicit) throws IOException {
    return explicit.of(MODEL, TinyNetwork.samples(8, 4), 4).model().graph().nodes().stream()
        .filter(node -> node.is("DequantizeLinear"))
        .count();
  }

  @Test
  void explicitModel_modelOfFixedBatchSize_isGivenWholeBatches() throws IOException {
    OnnxModel fixed = TinyNetwork.withRuin(4).build();

    assertThat(
            new ExplicitModel(UnaryOperator.identity(), FASTER)
                .of(fixed, TinyNetwork.samples(10, 3), 4)
                .model()
                .firstQuantizedNode())
        .isPresent();
  }

  @Test
  void explicitModel_nothingQuantized_saysSo() {
    TinyNetwork network = TinyNetwork.of(-1);
    OnnxModel relu = network.output(network.add("Relu", "y", List.of("x"))).build();

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(
            () -> new ExplicitModel(plan -> plan, FASTER).of(relu, TinyNetwork.samples(8, 4), 4))
        .withMessageStartingWith("the quantization leaves every operator float");
  }
}
