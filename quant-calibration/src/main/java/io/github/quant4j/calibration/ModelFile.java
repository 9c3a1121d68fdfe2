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
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

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

  /** Returns the SHA-256 of the model; weights in other files than its own are not in it. */
  String digest();

  private static String text(MessageDigest digest) {
    return "sha256:" + HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** The bytes of a model. */
  record InMemory(byte[] model) implements ModelFile {

    @Override
    public InferenceSession open(SessionSettings settings) {
      return InferenceSession.open(model, settings, false);
    }

    @Override
    public String digest() {
      MessageDigest digest = sha256();
      digest.update(model);
      return text(digest);
    }
  }

  /** The path of a model. */
  record OnDisk(Path model) implements ModelFile {

    @Override
    public InferenceSession open(SessionSettings settings) {
      return InferenceSession.open(model, settings, false);
    }

    @Override
    public String digest() {
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(Files.newInputStream(model), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw new CalibrationException("cannot read the model \"%s\": %s".formatted(model, e), e);
      }
      return text(digest);
    }
  }
}
