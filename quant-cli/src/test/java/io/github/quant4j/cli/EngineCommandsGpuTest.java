/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that build and run engines, on ResNet-20. */
@Tag("gpu")
class EngineCommandsGpuTest {
  private static final int COUNT = 64;
  private static final List<String> QUICK =
      List.of("--duration=0.2", "--warm-up=0.05", "--batch=32");

  private Path folder;
  private Path samples;
  private Path plan;

  @BeforeEach
  void prepare(@TempDir Path given) throws IOException {
    folder = given;
    plan = folder.resolve("engine.plan");
    samples = floats("samples.npy", FashionMnist.calibrationImages(COUNT));
  }

  @Test
  void buildThenInspectThenBench_floatModel_tellOfOneEngine() throws IOException {
    CommandRun build =
        done(
            "build",
            FashionMnist.RESNET,
            "-o",
            plan,
            "--shapes=input:1x1x32x32,8x1x32x32,64x1x32x32");
    CommandRun inspect = done("inspect", plan);
    CommandRun bench = done("bench", plan, "--layers", "--duration=0.2", "--warm-up=0.05");
    Map<String, @Nullable Object> json =
        JsonTree.object(done("bench", plan, "--batch=64", "--json", "--no-cuda-graph").out());

    assertThat(build.out()).contains("options      FP16", "check        'logits' ", "build  ");
    assertThat(inspect.out())
        .contains("engine       " + plan, "input        input float[-1, 1, 32, 32]")
        .contains("[1, 1, 32, 32]..[8, 1, 32, 32]..[64, 1, 32, 32]", "reading      ")
        .contains("layer        ");
    assertThat(bench.out()).contains("throughput   ", "compute      min ", " % ");
    assertThat((Double) json.get("samplesPerSecond")).isPositive();
  }

  @Test
  void build_implicitInt8_comesFromCalibratorCacheAndTable() throws IOException {
    Path cache = folder.resolve("calibration.cache");
    Path table = folder.resolve("table.json");
    List<Object> given = List.of("--data", samples, "--calibrator=minmax", "--cache", cache);

    done(with(given, "build", FashionMnist.RESNET, "-o", plan, "--batch=32"));
    byte[] first = Files.readAllBytes(cache);
    done(with(given, "build", FashionMnist.RESNET, "-o", plan, "--batch=32"));
    done("calibrate", FashionMnist.RESNET, "--data", samples, "-o", table);
    CommandRun ofTable =
        done("build", FashionMnist.RESNET, "-o", plan, "--table", table, "--batch=32");

    assertThat(cache).hasBinaryContent(first);
    assertThat(ofTable.out()).contains("options      INT8", "check        'logits' ");
    assertThat(done("inspect", plan).out()).contains("reading      int8 ", "check        E1 ");
  }

  @Test
  void build_engineBelowTheLimit_isNotWritten() {
    CommandRun run =
        CommandRun.of("build", FashionMnist.RESNET, "-o", plan, "--batch=8", "--min-sqnr=1000");

    assertThat(run.exitCode()).isEqualTo(Quant.FAILED);
    assertThat(run.err().lines().filter(line -> line.startsWith("quant: ")))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("cannot build", "'logits'");
    assertThat(plan).doesNotExist();
  }

  @Test
  void bench_floatModel_comparesAllKindsAndRecommendsOne() throws IOException {
    Path test = floats("test.npy", FashionMnist.testImages(COUNT));
    Path labels =
        NumpyWriter.writeLongs(folder.resolve("labels.npy"), FashionMnist.testLabels(COUNT));
    Path int8 = folder.resolve("int8.onnx");
    Path saved = folder.resolve("saved");
    done("quantize", FashionMnist.RESNET, "--data", samples, "-o", int8);

    CommandRun run =
        done(
            with(
                QUICK,
                "bench",
                FashionMnist.RESNET,
                int8,
                "--data=" + samples,
                "--test=" + test,
                "--labels=" + labels,
                "--save=" + saved));
    CommandRun plans =
        done(with(QUICK, "bench", saved.resolve("fp16.plan"), saved.resolve("int8-explicit.plan")));

    assertThat(run.out())
        .contains("FP32 ", "FP16 ", "INT8 implicit MinMax", "INT8 implicit Entropy2")
        .contains("INT8 explicit", "int8.onnx ", "take ")
        .doesNotContain("failed");
    assertThat(plans.out()).contains("fp16.plan", "int8-explicit.plan", "take ");
  }

  private Path floats(String name, float[] images) throws IOException {
    return NumpyWriter.writeFloats(folder.resolve(name), images, COUNT, 1, 32, 32);
  }

  private static Object[] with(List<?> options, Object... arguments) {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(options);
    return all.toArray();
  }

  private static CommandRun done(Object... arguments) {
    CommandRun run = CommandRun.of(arguments);
    assertThat(run.exitCode()).as("%s: %s", Arrays.toString(arguments), run.err()).isZero();
    return run;
  }
}
