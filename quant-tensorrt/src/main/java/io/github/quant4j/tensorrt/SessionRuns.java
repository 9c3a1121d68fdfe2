/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;

/** Runs of a session, timed by CUDA events. One thread at a time. */
final class SessionRuns implements TimedRuns {

  /** One run is on the GPU and one behind it. */
  private static final int DEPTH = 2;

  private static final double NANOS_PER_MILLISECOND = 1e6;

  private final ExecutionSession session;
  private final boolean hasTransfers;
  private final long batchSize;
  private final List<Marks> marks = new ArrayList<>();
  private long queuedCount;
  private long awaitedCount;

  private SessionRuns(ExecutionSession session, TimingCandidate candidate, TimingOptions options) {
    this.session = session;
    this.hasTransfers = options.hasTransfers;
    this.batchSize =
        candidate.engine().inputs().stream()
            .map(input -> candidate.inputs().get(input.name()))
            .filter(tensor -> tensor != null && tensor.shape().rank() > 0)
            .mapToLong(tensor -> tensor.shape().dimension(0))
            .findFirst()
            .orElse(1);
  }

  /** Makes a session, brings the inputs to the GPU and captures a graph if wanted. */
  static SessionRuns open(TimingCandidate candidate, TimingOptions options) {
    ExecutionSession session = candidate.engine().newSession(candidate.inputs());
    SessionRuns runs = new SessionRuns(session, candidate, options);
    boolean isReady = false;
    try {
      session.withCudaGraph(options.hasGraph);
      for (int slot = 0; slot < DEPTH; slot++) {
        Marks made = new Marks();
        runs.marks.add(made);
        made.create(options.isSpinning);
      }
      // Twice: a graph is captured in the second run.
      session.run(candidate.inputs());
      session.run(candidate.inputs());
      isReady = true;
      return runs;
    } finally {
      if (!isReady) {
        runs.close();
      }
    }
  }

  @Override
  public long batchSize() {
    return batchSize;
  }

  @Override
  public void enqueue() {
    Marks run = marks.get((int) (queuedCount++ % DEPTH));
    CudaStream stream = session.stream();
    run.mark(0, stream);
    if (hasTransfers) {
      session.enqueueInputs();
    }
    run.mark(1, stream);
    long start = System.nanoTime();
    session.enqueueCompute();
    run.enqueueNanos = System.nanoTime() - start;
    run.mark(2, stream);
    if (hasTransfers) {
      session.enqueueOutputs();
    }
    run.mark(3, stream);
  }

  @Override
  public TimingSample await() {
    return marks.get((int) (awaitedCount++ % DEPTH)).await();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  /** Frees the events after what is queued is done. */
  @Override
  public void close() {
    session.close();
    marks.forEach(Marks::close);
  }

  /** The four marks of one run, with the three times between them. */
  private static final class Marks {

    private static final int COUNT = 4;

    private final List<CudaEvent> events = new ArrayList<>();
    private long enqueueNanos;

    void create(boolean isSpinning) {
      while (events.size() < COUNT) {
        events.add(isSpinning ? CudaEvent.create() : CudaEvent.createBlocking());
      }
    }

    void mark(int index, CudaStream stream) {
      events.get(index).record(stream);
    }

    TimingSample await() {
      events.get(COUNT - 1).synchronize();
      return new TimingSample(
          enqueueNanos / NANOS_PER_MILLISECOND, elapsed(1), elapsed(2), elapsed(3));
    }

    void close() {
      events.forEach(CudaEvent::close);
    }

    private float elapsed(int end) {
      return events.get(end).millisecondsSince(events.get(end - 1));
    }
  }
}
