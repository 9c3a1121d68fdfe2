/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;

/**
 * Objects of which none may be freed while another is in use: what is out of use waits for the
 * rest. Thread-safe.
 */
final class FreedTogether {

  private final List<Runnable> waiting = new ArrayList<>();
  private int inUseCount;

  /** Takes note of a new object. */
  synchronized void opened() {
    inUseCount++;
  }

  /**
   * Takes note that an object is out of use.
   *
   * @param free frees it; called at once or by a later call of this method
   */
  synchronized void closed(Runnable free) {
    waiting.add(free);
    inUseCount--;
    if (inUseCount == 0) {
      waiting.forEach(Runnable::run);
      waiting.clear();
    }
  }
}
