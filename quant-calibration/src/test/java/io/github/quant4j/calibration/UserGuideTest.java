/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.quant4j.calibration.source.NumpySource;
import io.github.quant4j.calibration.source.picture.PictureFit;
import io.github.quant4j.calibration.source.picture.PictureSource;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.TensorStatistics;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds the examples of the package descriptions. */
class UserGuideTest {

  /** The samples are {@code np.arange(1, 7).reshape(3, 2)}, the model is y = log(x). */
  @Test
  void calibrationExampleHolds() throws IOException {
    byte[] model = TestModels.read("log");
    Path path = TestFiles.numpy("samples.npz");

    try (Calibrator calibrator = Calibrator.builder(model, List.of("x", "y")).build();
        CalibrationSource source = NumpySource.builder(path).batchSize(2).open()) {
      CalibrationTable table = calibrator.run(source);

      assertThat(table.sampleCount()).isEqualTo(3);
      assertThat(table.statistics("x")).contains(new TensorStatistics(1f, 6f, 6, 0));
      assertThat(table.statistics("y").orElseThrow().maximum())
          .isCloseTo((float) Math.log(6), within(1e-6f));
    }
  }

  @Test
  void sourceExampleHolds() throws IOException {
    Path path = TestFiles.numpy("stored.npz");
    try (CalibrationSource source = NumpySource.builder(path).open()) {
      Optional<TensorBatch> first = source.next(); // up to 32 samples of every array

      assertThat(first).get().hasToString("{images=float[3, 2, 2], labels=int64[3]}");
    }
  }

  @Test
  void pictureExampleHolds(@TempDir Path folder) throws IOException {
    BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 33; i++) {
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }

    PictureSource.Builder pictures =
        PictureSource.builder(folder)
            .inputName("x")
            .size(224, 224)
            .fit(PictureFit.CENTER_CROP)
            .shorterSide(256)
            .mean(0.485f, 0.456f, 0.406f)
            .std(0.229f, 0.224f, 0.225f)
            .shuffled(1)
            .sampleLimit(512);
    try (CalibrationSource source = pictures.open()) {
      Optional<TensorBatch> first = source.next(); // x=float[32, 3, 224, 224]

      assertThat(first).get().hasToString("{x=float[32, 3, 224, 224]}");
    }
  }
}
