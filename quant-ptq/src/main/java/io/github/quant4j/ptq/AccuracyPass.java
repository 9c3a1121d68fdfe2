/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq;

import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.tensorrt.EngineReference;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs samples through a float model once and through any number of engines beside it. What fills
 * up the last batch does not count. Memory is that of one batch, whatever the number of samples.
 */
final class AccuracyPass {
  private final EngineReference reference;
  private final List<String> outputs;
  private final long @Nullable [] labels;

  /**
   * Prepares a reading of the samples.
   *
   * @param reference the float model
   * @param outputs the outputs to compare, the scores of classes first
   * @param labels a class per sample, or null
   * @throws VerificationException if there is no output to compare
   */
  AccuracyPass(EngineReference reference, List<String> outputs, long @Nullable [] labels) {
    if (outputs.isEmpty()) {
      throw new VerificationException(
          "the float model has no float output, expected one of scores to compare with labels");
    }
    this.reference = reference;
    this.outputs = outputs;
    this.labels = labels;
  }

  /**
   * Runs the float model alone on the first batch, so that samples and labels that do not fit it
   * show before engines are built.
   *
   * @throws VerificationException if it has no answers that engines and labels can be compared with
   */
  void verify(Map<String, Tensor> first, long batchSize) {
    Map<String, Tensor> answers = reference.run(first);
    OutputComparison comparison =
        new OutputComparison(outputs, labels == null ? null : new long[0]);
    comparison.verify(batchSize, answers);
  }

  /**
   * Measures engines on all samples.
   *
   * @param engines the engines by name; one that fails is left out from then on
   * @param failed told of the name and what failed
   * @return the accuracy of those that did not fail, by name
   */
  Map<String, EngineAccuracy> run(
      Map<String, ? extends EngineReference> engines,
      FilledBatches samples,
      BiConsumer<String, RuntimeException> failed)
      throws IOException {
    List<Subject> subjects = new ArrayList<>();
    engines.forEach(
        (name, engine) ->
            subjects.add(new Subject(name, engine, new OutputComparison(outputs, labels))));
    for (Optional<TensorBatch> next = samples.next(); next.isPresent(); next = samples.next()) {
      Batch batch = new Batch(next.get(), samples.sampleCountOfBatch());
      Map<String, Tensor> expected = batch.answers(reference);
      subjects.removeIf(
          subject -> !attempt(subject.name, () -> subject.add(batch, expected), failed));
    }
    Map<String, EngineAccuracy> accuracies = new LinkedHashMap<>();
    subjects.forEach(
        subject ->
            attempt(
                subject.name,
                () -> accuracies.put(subject.name, accuracy(subject.comparison)),
                failed));
    return accuracies;
  }

  private static EngineAccuracy accuracy(OutputComparison comparison) {
    VerificationReport report = comparison.report(List.of());
    return new EngineAccuracy(report.sampleCount(), report.worstOutputSqnr(), report.topOne());
  }

  private static boolean attempt(
      String name, Runnable step, BiConsumer<String, RuntimeException> failed) {
    try {
      step.run();
      return true;
    } catch (RuntimeException e) {
      failed.accept(name, e);
      return false;
    }
  }

  /** An engine with what was found of it so far. */
  private record Subject(String name, EngineReference engine, OutputComparison comparison) {
    void add(Batch batch, Map<String, Tensor> expected) {
      comparison.add(batch.sampleCount, expected, batch.answers(engine));
    }
  }

  /** A batch of which only the first samples count. */
  private record Batch(TensorBatch filled, long sampleCount) {
    Map<String, Tensor> answers(EngineReference model) {
      Map<String, Tensor> answers = new LinkedHashMap<>();
      model.run(EngineInputs.of(filled)).forEach((name, tensor) -> answers.put(name, cut(tensor)));
      return answers;
    }

    /** An output without an axis of samples is compared as a whole: both models saw the same. */
    private Tensor cut(Tensor tensor) {
      boolean isPerSample =
          tensor.shape().rank() > 0 && tensor.shape().dimension(0) == filled.sampleCount();
      return isPerSample && sampleCount < filled.sampleCount()
          ? tensor.slice(0, sampleCount)
          : tensor;
    }
  }
}
