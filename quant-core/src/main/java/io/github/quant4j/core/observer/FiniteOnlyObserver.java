/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

import io.github.quant4j.core.tensor.Shape;
import java.nio.FloatBuffer;

/** Hands on batches of finite values only. Not thread-safe. */
final class FiniteOnlyObserver implements Observer {

  private final String tensor;
  private final Observer observer;

  FiniteOnlyObserver(String tensor, Observer observer) {
    this.tensor = tensor;
    this.observer = observer;
  }

  @Override
  public void observe(FloatBuffer values, Shape shape) {
    int start = values.position();
    for (int i = start; i < values.limit(); i++) {
      float value = values.get(i);
      if (!Float.isFinite(value)) {
        throw new ObservationException(tensor, i - start, value);
      }
    }
    observer.observe(values, shape);
  }

  @Override
  public long count() {
    return observer.count();
  }

  @Override
  public long nonFiniteCount() {
    return observer.nonFiniteCount();
  }
}
