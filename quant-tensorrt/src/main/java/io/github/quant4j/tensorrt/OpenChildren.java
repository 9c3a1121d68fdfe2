/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The children of a native object that have to be closed before it: keeps it open while one is, and
 * keeps new ones from a closed object. Thread-safe.
 */
final class OpenChildren {

  private final String parent;
  private final String children;
  private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean isClosed;

  /**
   * Creates an empty set for an open parent.
   *
   * @param parent the parent in words, such as "engine"
   * @param children its children in words, such as "sessions"
   */
  OpenChildren(String parent, String children) {
    this.parent = parent;
    this.children = children;
  }

  /** Makes a child of an open parent. */
  synchronized <T> T open(Supplier<T> make) {
    requireOpen();
    T child = make.get();
    open.add(child);
    return child;
  }

  /** Takes note that a child is closed. */
  synchronized void closed(Object child) {
    open.remove(child);
  }

  /** Closes the parent once. */
  synchronized void closeParent(Runnable close) {
    if (!open.isEmpty()) {
      throw new IllegalStateException(
          "%s has %s open %s, close them first".formatted(parent, open.size(), children));
    }
    if (!isClosed) {
      isClosed = true;
      close.run();
    }
  }

  synchronized void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException(parent + " is closed");
    }
  }
}
