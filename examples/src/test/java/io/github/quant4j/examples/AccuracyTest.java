/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.pass.PassPipeline;
import io.github.quant4j.onnx.qdq.StripQuantizeDequantize;
import io.github.quant4j.ptq.QuantizedModel;
import io.github.quant4j.ptq.VerificationReport;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What quantization keeps of the real classifiers, on the 200 test images that are in the
 * repository.
 */
class AccuracyTest {

  @ParameterizedTest
  // One of 200 images is 0.5 points; the profile full asks for 0.1 points of 10,000.
  @CsvSource({"resnet20_fp32, 0.5", "mobilenet_fp32, 0.5"})
  void quantize_realClassifier_keepsTopOne(String name, double allowedDrop) throws IOException {
    OnnxModel floatModel = QuantizedClassifiers.floatModel(name);
    QuantizedModel int8 = QuantizedClassifiers.quantize(floatModel);
    VerificationReport report =
        QuantizedClassifiers.verify(
            floatModel,
            int8.model(),
            FashionMnist.resource("test-images-idx3-ubyte.gz"),
            FashionMnist.resource("test-labels-idx1-ubyte.gz"));
    assertThat(report.topOne().orElseThrow().dropPoints()).isLessThanOrEqualTo(allowedDrop);
  }

  /**
   * A quarter is what the weights shrink to. The MobileNet has 85,000 of them, of which the last
   * convolution and the classifier stay float, and names and scales of 22 convolutions weigh as
   * much as a tenth; so it stays above the 30 % of larger models.
   */
  @ParameterizedTest
  @CsvSource({"resnet20_fp32, 0.30", "mobilenet_fp32, 0.45"})
  void quantize_realClassifier_shrinksTheFile(String name, double allowedRatio) throws IOException {
    OnnxModel floatModel = QuantizedClassifiers.floatModel(name);
    int floatSize = floatModel.toByteArray().length;
    int int8Size = QuantizedClassifiers.quantize(floatModel).model().toByteArray().length;
    assertThat((double) int8Size / floatSize).isLessThanOrEqualTo(allowedRatio);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void quantize_twice_givesIdenticalBytes(String name) throws IOException {
    OnnxModel floatModel = QuantizedClassifiers.floatModel(name);
    assertThat(QuantizedClassifiers.quantize(floatModel).model().toByteArray())
        .isEqualTo(QuantizedClassifiers.quantize(floatModel).model().toByteArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet20_fp32", "mobilenet_fp32"})
  void strip_quantizedClassifier_givesTheFloatModelButForRounding(String name) throws IOException {
    OnnxModel floatModel = QuantizedClassifiers.floatModel(name);
    OnnxModel stripped = QuantizedClassifiers.quantize(floatModel).model().copy();
    new StripQuantizeDequantize().run(stripped);
    PassPipeline.normalization().run(floatModel);
    assertThat(ModelShape.of(stripped)).isEqualTo(ModelShape.of(floatModel));
    ModelShape.assertWeightsWithinHalfAStep(floatModel, stripped);
  }
}
