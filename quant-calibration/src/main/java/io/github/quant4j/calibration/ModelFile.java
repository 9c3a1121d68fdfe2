/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;

/** A model before it is loaded: its bytes, or the path of its file. */
sealed interface ModelFile {

  static ModelFile of(byte[] model) {
    return new InMemory(requireNonNull(model, "observationModel"));
  }

  static ModelFile of(Path model) {
    return new OnDisk(requireNonNull(model, "observationModel"));
  }

  /** Loads the model for a calibrator, whose own threads work beside those of the runtime. */
  InferenceSession open(SessionSettings settings);

  /** Adds the bytes of the model to a digest, without weights in other files than its own. */
  void addTo(MessageDigest digest);

  /** The bytes of a model. */
  final class InMemory implements ModelFile {

    private final byte[] model;

    private InMemory(byte[] model) {
      this.model = model;
    }

    @Override
    public InferenceSession open(SessionSettings settings) {
      return InferenceSession.open(model, settings, false);
    }

    @Override
    public void addTo(MessageDigest digest) {
      digest.update(model);
    }
  }

  /** The path of a model. */
  record OnDisk(Path model) implements ModelFile {

    @Override
    public InferenceSession open(SessionSettings settings) {
      return InferenceSession.open(model, settings, false);
    }

    @Override
    public void addTo(MessageDigest digest) {
      try (InputStream in = new DigestInputStream(Files.newInputStream(model), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new CalibrationException("cannot read the model \"%s\": %s".formatted(model, e), e);
      }
    }
  }
}
