/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.observer;

/** What to do about NaN and infinite values. */
public enum NonFinitePolicy {

  /** They are left out of every result and counted. */
  EXCLUDE {
    @Override
    public Observer apply(String tensor, Observer observer) {
      return observer;
    }
  },

  /** The first one ends the observation with an {@link ObservationException}. */
  ERROR {
    @Override
    public Observer apply(String tensor, Observer observer) {
      return new FiniteOnlyObserver(tensor, observer);
    }
  };

  /**
   * Returns an observer that hands values on to another one under this policy.
   *
   * @param tensor the name of the tensor, for the message of a failure
   * @param observer the observer to feed, of which the caller keeps the results; every observer
   *     leaves NaN and infinite values out by itself
   * @return for {@link #EXCLUDE} the observer itself; for {@link #ERROR} one that throws {@link
   *     ObservationException} before a batch with such a value reaches the observer
   */
  public abstract Observer apply(String tensor, Observer observer);
}
