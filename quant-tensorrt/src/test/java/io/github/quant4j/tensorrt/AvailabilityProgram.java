/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/** Prints what {@link TensorRt#availability()} answers, and what a builder says, without JUnit. */
final class AvailabilityProgram {

  private AvailabilityProgram() {}

  public static void main(String[] arguments) {
    long start = System.nanoTime();
    Availability availability = TensorRt.availability();
    System.out.println(availability.summary());
    System.out.println(availability);
    System.out.printf("answered in %d ms%n", (System.nanoTime() - start) / 1_000_000);
    if (availability.isAvailable()) {
      BuildLog log = BuildLog.create();
      BuilderHandle.create(log).orElseThrow().close();
      log.messages().forEach(System.out::println);
    }
  }
}
