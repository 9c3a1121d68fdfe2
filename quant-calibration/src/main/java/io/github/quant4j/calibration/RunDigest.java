/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.file.Sha256;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;

/** Tells runs apart that would come to other tables: by model, parameters and policy. */
final class RunDigest {

  private RunDigest() {}

  /** Returns the SHA-256 of all of them, with its name in front. */
  static String of(ModelFile model, Map<String, Tensor> parameters, NonFinitePolicy policy) {
    MessageDigest digest = Sha256.create();
    model.addTo(digest);
    new TreeMap<>(parameters)
        .forEach(
            (name, tensor) -> {
              digest.update((name + "=" + tensor).getBytes(StandardCharsets.UTF_8));
              digest.update(tensor.bytes());
            });
    digest.update(policy.name().getBytes(StandardCharsets.UTF_8));
    return Sha256.text(digest);
  }
}
