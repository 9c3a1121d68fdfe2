/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.core.tensor.Tensor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the Javadoc. */
class UserGuideTest {

  @Test
  @Tag("without-natives")
  void packageInfo_availability_printsReasonAndRemedy() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(printed, true, StandardCharsets.UTF_8);

    Availability availability = TensorRt.availability();
    if (availability instanceof Availability.Unavailable unavailable) {
      err.println(unavailable.reason() + "; " + unavailable.remedy());
    }

    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("presets", "; ");
  }

  @Test
  @Tag("gpu")
  void engineBuilder_checkedBuild_writesThePlan(@TempDir Path folder) throws IOException {
    List<Map<String, Tensor>> samples = List.of(FashionMnist.pictures(0, 16));
    try (Engine float32 = FashionMnist.quickBuilder().build().load();
        ExecutionSession session = float32.newSession()) {
      EngineReference reference = session::run;

      EnginePlan plan =
          EngineBuilder.of(Path.of("../data/models/resnet20_fp32.onnx"))
              .precision(Precision.FP16)
              .profile(ShapeProfile.parse(List.of("input:1x1x32x32,8x1x32x32,100x1x32x32")))
              .check(AnswerCheck.against(reference, samples))
              .build();
      plan.write(folder.resolve("resnet20.plan"));

      assertThat(folder.resolve("resnet20.plan")).hasSize(plan.byteCount());
    }
  }

  @Test
  @Tag("gpu")
  void packageInfo_buildAndRun_givesLogitsOfAllPictures() throws IOException {
    Tensor pictures = requireNonNull(FashionMnist.pictures(0, 5).get("input"));

    EnginePlan plan =
        EngineBuilder.of(Path.of("../data/models/resnet20_fp32.onnx"))
            .precision(Precision.FP16)
            .profile(ShapeProfile.parse(List.of("input:1x1x32x32,100x1x32x32,100x1x32x32")))
            .build();
    try (Engine engine = plan.load();
        ExecutionSession session = engine.newSession()) {
      Map<String, Tensor> outputs = session.run(Map.of("input", pictures));

      assertThat(outputs).hasToString("{logits=float[5, 10]}");
    }
  }
}
