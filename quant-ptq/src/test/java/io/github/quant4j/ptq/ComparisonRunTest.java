/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.EngineRecommendation.Verdict;
import io.github.quant4j.tensorrt.TimingRatio;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ComparisonRunTest {
  private static final ComparisonEnvironment PLACE = new ComparisonEnvironment("", "", "", "");
  private static final int SAMPLE_COUNT = 10;
  private static final int CLASS_COUNT = 16;

  private final List<String> events = new ArrayList<>();
  private final Bench bench = new Bench();

  @Test
  void run_allKinds_areBuiltMeasuredTimedAndClosed() throws IOException {
    EngineComparisonReport report = run(settings -> {});

    assertThat(report.batchSize()).isEqualTo(4);
    assertThat(report.rows())
        .extracting(EngineRow::name)
        .containsExactly(
            "FP32", "FP16", "INT8 implicit MinMax", "INT8 implicit Entropy2", "INT8 explicit");
    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.failure()).isEmpty();
              assertThat(row.figures().plan()).isPresent();
              assertThat(row.accuracy().map(EngineAccuracy::sampleCount)).hasValue(10L);
              assertThat(row.speed()).isPresent();
            });
    assertThat(report.baseline().map(EngineRow::name)).hasValue("FP16");
    assertThat(report.recommendation().verdict()).isEqualTo(Verdict.FASTER);
    assertThat(bench.timed.get(0)).isEqualTo("FP16");
    assertThat(bench.closed).containsExactlyInAnyOrderElementsOf(bench.opened);
  }

  @Test
  void run_labels_countsTheAnswersOfTheFloatModel() throws IOException {
    long[] labels = new long[SAMPLE_COUNT];
    EngineComparisonReport report = run(settings -> settings.labels = labels);

    TopOneAccuracy topOne =
        report.rows().get(1).accuracy().flatMap(EngineAccuracy::topOne).orElseThrow();
    assertThat(topOne.sampleCount()).isEqualTo(SAMPLE_COUNT);
    assertThat(topOne.quantizedCorrect()).isEqualTo(topOne.referenceCorrect());
  }

  @Test
  void run_engineThatCannotBeBuilt_isARowAndTheOthersGoOn() throws IOException {
    bench.unbuildable.add("INT8 explicit");
    EngineComparisonReport report = run(settings -> {});

    assertThat(report.rows().get(4).failure()).hasValue("INT8 explicit cannot be built; twice");
    assertThat(report.rows().get(4).speed()).isEmpty();
    assertThat(bench.timed).hasSize(4).doesNotContain("INT8 explicit");
  }

  @Test
  void run_engineThatCannotRun_isClosedBeforeTheOthersAreTimed() throws IOException {
    bench.mute.add("FP16");
    EngineComparisonReport report = run(settings -> {});

    assertThat(report.rows().get(1).failure()).hasValue("FP16 does not run");
    assertThat(report.rows().get(1).figures().plan()).isPresent();
    assertThat(report.baseline().map(EngineRow::name)).hasValue("FP32");
    assertThat(bench.closed.get(0)).isEqualTo("FP16");
    assertThat(bench.closed).hasSize(5);
  }

  @Test
  void run_timingThatFails_leavesWhatWasMeasuredBefore() throws IOException {
    bench.isTimeless = true;
    EngineComparisonReport report = run(settings -> {});

    assertThat(report.recommendation().verdict()).isEqualTo(Verdict.NONE);
    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.accuracy()).isPresent();
              assertThat(row.failure()).hasValue("IllegalStateException");
            });
    assertThat(bench.closed).hasSize(5);
  }

  @Test
  void run_listener_isToldOfEveryStepAtOnce() throws IOException {
    run(
        settings -> {
          settings.kinds = Set.of(EngineKind.FP32, EngineKind.FP16);
          settings.listener =
              row ->
                  events.add(
                      row.name()
                          + (row.accuracy().isPresent() ? " accuracy" : "")
                          + (row.speed().isPresent() ? " speed" : ""));
        });

    assertThat(events)
        .containsExactly(
            "open FP32",
            "FP32",
            "open FP16",
            "FP16",
            "FP32 accuracy",
            "FP16 accuracy",
            "FP16 accuracy speed",
            "FP32 accuracy speed");
  }

  @Test
  void run_noCalibration_comparesFloatKindsOnMadeUpSamples() throws IOException {
    EngineComparisonReport report =
        run(
            settings -> {
              settings.test = null;
              settings.calibration = null;
            });

    assertThat(report.rows()).extracting(EngineRow::name).containsExactly("FP32", "FP16");
    assertThat(report.rows().get(0).accuracy().map(EngineAccuracy::sampleCount)).hasValue(4L);
  }

  @Test
  void run_addedPlansWithoutAModel_areTimedOnInputsOfTheFirst() throws IOException {
    EngineComparisonReport report =
        run(
            new ComparisonSettings(null)
                .with(
                    changed ->
                        changed.added =
                            List.of(
                                new EngineCandidate.OfPlan("a", Path.of("a.plan")),
                                new EngineCandidate.OfPlan("b", Path.of("b.plan")))));

    assertThat(report.batchSize()).as("what the plan takes").isEqualTo(4);
    assertThat(report.rows()).allSatisfy(row -> assertThat(row.accuracy()).isEmpty());
    assertThat(report.recommendation().reason()).endsWith("accuracy not measured");
  }

  @Test
  void run_modelWithoutFloatOutput_isTimedAndLabelsAreRefused() throws IOException {
    ComparisonSettings settings =
        new ComparisonSettings(sorter())
            .with(changed -> changed.test = TinyNetwork.samples(SAMPLE_COUNT, 3));
    EngineComparisonReport report = run(settings);

    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.accuracy()).isEmpty();
              assertThat(row.speed()).isPresent();
            });
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> run(settings.with(changed -> changed.labels = new long[SAMPLE_COUNT])))
        .withMessageStartingWith("the float model has no float output");
  }

  @Test
  void run_labelsOfAnotherNumber_isRefusedBeforeAnythingIsBuilt() {
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> run(settings -> settings.labels = new long[3]))
        .withMessage("found 3 labels for 10 samples; expected a label per sample");
    assertThat(bench.opened).isEmpty();
  }

  @Test
  void run_labelsWithoutTestSamples_isRefused() {
    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(
            () ->
                run(
                    settings -> {
                      settings.test = null;
                      settings.labels = new long[SAMPLE_COUNT];
                    }))
        .withMessageContaining("without test samples");
  }

  @Test
  void run_batchSizeThatTheModelDoesNotTake_isRefused() {
    ComparisonSettings settings =
        new ComparisonSettings(TinyNetwork.withRuin(2).build())
            .with(changed -> changed.batchSize = 4);

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> run(settings))
        .withMessageStartingWith("the batch size is 4, but the model takes 2 samples at once");
  }

  @Test
  void new_nothingToCompareOrEqualNames_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ComparisonRun(new ComparisonSettings(null), bench))
        .withMessageContaining("nothing to compare");
    ComparisonSettings settings =
        new ComparisonSettings(classifier())
            .with(
                changed ->
                    changed.added = List.of(new EngineCandidate.OfPlan("FP16", Path.of("a.plan"))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ComparisonRun(settings, bench))
        .withMessageContaining("two engines have the name 'FP16'");
  }

  @Test
  void new_enginesThatWouldBeKeptInOneFile_areRefused() {
    ComparisonSettings settings =
        new ComparisonSettings(classifier())
            .with(
                changed -> {
                  changed.folder = Path.of("engines");
                  changed.added =
                      List.of(
                          new EngineCandidate.OfPlan("fp32", Path.of("kept already")),
                          new EngineCandidate.OfModel("fp16", classifier()));
                });

    assertThatExceptionOfType(VerificationException.class)
        .isThrownBy(() -> new ComparisonRun(settings, bench))
        .withMessageStartingWith("engines 'FP16' and 'fp16' would both be kept in 'fp16.plan'");
  }

  private EngineComparisonReport run(Consumer<ComparisonSettings> change) throws IOException {
    return run(
        new ComparisonSettings(classifier())
            .with(
                settings -> {
                  settings.calibration = TinyNetwork.samples(SAMPLE_COUNT, 3);
                  settings.test = TinyNetwork.samples(SAMPLE_COUNT, 3);
                  settings.batchSize = 4;
                })
            .with(change));
  }

  private EngineComparisonReport run(ComparisonSettings settings) throws IOException {
    try (ComparisonRun run = new ComparisonRun(settings, bench)) {
      return run.run(PLACE);
    }
  }

  private static OnnxModel sorter() {
    TinyNetwork network = TinyNetwork.of(-1);
    network.add("ArgMax", "y", List.of("x"));
    return network.output("y", ElementType.INT64).build();
  }

  /** The mean of every channel of x is the score of a class. */
  private static OnnxModel classifier() {
    TinyNetwork network = TinyNetwork.of(-1);
    network.add("GlobalAveragePool", "pool", List.of("x"));
    return network.output(network.add("Flatten", "y", List.of("pool"))).build();
  }

  /**
   * Engines that compute the means in Java; the time of each is a tenth less than the one before.
   */
  private final class Bench implements EngineBench {
    final List<String> opened = new ArrayList<>();
    final List<String> closed = new ArrayList<>();
    final List<String> unbuildable = new ArrayList<>();
    final List<String> mute = new ArrayList<>();
    final List<String> timed = new ArrayList<>();
    boolean isTimeless;

    @Override
    public ComparedEngine open(EngineCandidate candidate, ComparisonSamples samples) {
      String name = candidate.name();
      events.add("open " + name);
      if (unbuildable.contains(name)) {
        throw new IllegalStateException(name + " cannot be built\n  twice\n");
      }
      opened.add(name);
      return new FakeEngine(this, name);
    }

    @Override
    public Map<String, EngineSpeed> time(
        Map<String, ComparedEngine> engines, Map<String, Tensor> inputs) {
      if (isTimeless) {
        throw new IllegalStateException();
      }
      Map<String, EngineSpeed> speeds = new LinkedHashMap<>();
      for (String name : engines.keySet()) {
        double ratio = 1 - 0.1 * timed.size();
        Optional<TimingRatio> related =
            timed.isEmpty()
                ? Optional.empty()
                : Optional.of(new TimingRatio(name, ratio, ratio, ratio));
        timed.add(name);
        speeds.put(name, new EngineSpeed(ratio, 1 / ratio, related, List.of()));
      }
      return speeds;
    }
  }

  private record FakeEngine(Bench bench, String name) implements ComparedEngine {
    @Override
    public PlanFacts plan() {
      return new PlanFacts(1, Optional.empty(), Optional.empty(), List.of());
    }

    @Override
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
      if (bench.mute.contains(name)) {
        throw new IllegalStateException(name + " does not run");
      }
      Tensor x = requireNonNull(inputs.get("x"));
      int count = (int) x.shape().dimension(0) * CLASS_COUNT;
      int size = x.floats().remaining() / count;
      float[] means = new float[count];
      for (int i = 0; i < count * size; i++) {
        means[i / size] += x.floats().get(i) / size;
      }
      return Map.of("y", Tensor.ofFloats(Shape.of(count / CLASS_COUNT, CLASS_COUNT), means));
    }

    @Override
    public Map<String, Tensor> madeUpInputs(int batchSize) {
      Shape shape = Shape.of(4L * batchSize, CLASS_COUNT, 2, 2);
      return Map.of("x", Tensor.ofFloats(shape, new float[(int) shape.elementCount()]));
    }

    @Override
    public void close() {
      bench.closed.add(name);
    }
  }
}
