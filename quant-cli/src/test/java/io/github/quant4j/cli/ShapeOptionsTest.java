/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.tensorrt.ShapeProfile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class ShapeOptionsTest {
  private final ShapeOptions options = new ShapeOptions();
  private final CommandSpec command = CommandSpec.create().addMixin("shapes", spec());

  @Test
  void profiles_severalInputs_areOfOneProfileUntilOneIsNamedAgain() throws IOException {
    parse(
        "--shapes=input:1x1x32x32,8x1x32x32,9x1x32x32", "--shapes=y:2", "--shapes=input:3x1x32x32");

    assertThat(profiles(null))
        .extracting(ShapeProfile::toString)
        .containsExactly(
            "{input=[1, 1, 32, 32]..[8, 1, 32, 32]..[9, 1, 32, 32], y=[2]..[2]..[2]}",
            "{input=[3, 1, 32, 32]..[3, 1, 32, 32]..[3, 1, 32, 32]}");
    assertThat(options.batchSize()).hasValue(8);
  }

  @Test
  void profiles_unnamedInputWithUnknownBatch_takesThatGiven() throws IOException {
    parse("--shapes=y:2");

    assertThat(profiles(16))
        .extracting(ShapeProfile::toString)
        .containsExactly(
            "{y=[2]..[2]..[2]," + " input=[16, 1, 32, 32]..[16, 1, 32, 32]..[16, 1, 32, 32]}");
  }

  private List<ShapeProfile> profiles(@Nullable Integer batch) throws IOException {
    return options.profiles(command, OnnxModel.read(FashionMnist.RESNET), batch);
  }

  private void parse(String... args) {
    new CommandLine(command).parseArgs(args);
  }

  private CommandSpec spec() {
    return CommandSpec.forAnnotatedObject(options);
  }
}
