/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.core.tensor.Tensor;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** Tells runs apart that would come to other tables: by model, parameters and policy. */
final class RunDigest {

  private RunDigest() {}

  /** Returns the SHA-256 of all of them, with its name in front. */
  static String of(ModelFile model, Map<String, Tensor> parameters, NonFinitePolicy policy) {
    MessageDigest digest = sha256();
    model.addTo(digest);
    new TreeMap<>(parameters)
        .forEach(
            (name, tensor) -> {
              digest.update((name + "=" + tensor).getBytes(StandardCharsets.UTF_8));
              digest.update(tensor.bytes());
            });
    digest.update(policy.name().getBytes(StandardCharsets.UTF_8));
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
