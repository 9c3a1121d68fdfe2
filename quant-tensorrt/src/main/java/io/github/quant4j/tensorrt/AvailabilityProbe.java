/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import io.github.quant4j.tensorrt.Availability.Available;
import io.github.quant4j.tensorrt.Availability.Unavailable;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for one piece after the other and stops at the first that is missing. */
final class AvailabilityProbe {

  private static final Logger LOGGER = LoggerFactory.getLogger(AvailabilityProbe.class);

  private final NativeLibraries libraries;
  private final List<ProbeStep> steps;
  private final Remedies remedies;

  AvailabilityProbe(NativeLibraries libraries, List<ProbeStep> steps, Remedies remedies) {
    this.libraries = libraries;
    this.steps = List.copyOf(steps);
    this.remedies = remedies;
  }

  /** Creates the probe of this JVM. */
  static AvailabilityProbe create(Properties system) {
    return new AvailabilityProbe(
        new PresetLibraries(),
        ProbeSteps.inOrder(system),
        new Remedies(
            PresetCoordinates.from(AvailabilityProbe.class.getClassLoader()),
            HostPlatform.from(system)));
  }

  /** Asks; throws nothing that native code and its loading throw. */
  Availability run() {
    Availability answer;
    try {
      answer = firstMissing().<Availability>map(this::unavailable).orElseGet(this::found);
    } catch (LinkageError | RuntimeException failure) {
      answer = unavailable(LinkFailure.explain(failure, "TensorRT", MissingPiece.TENSORRT));
    }
    LOGGER.debug("{}", answer.summary());
    return answer;
  }

  private Optional<Finding> firstMissing() {
    for (ProbeStep step : steps) {
      Optional<Finding> finding = step.run(libraries);
      if (finding.isPresent()) {
        return finding;
      }
    }
    return Optional.empty();
  }

  private Unavailable unavailable(Finding finding) {
    MissingPiece missing = finding.missing();
    return new Unavailable(missing, finding.reason(), remedies.of(missing), finding.cause());
  }

  private Available found() {
    CudaState cuda = libraries.cuda();
    return new Available(
        libraries.tensorRtVersion().toString(), cuda.runtime(), cuda.driver(), cuda.devices());
  }
}
