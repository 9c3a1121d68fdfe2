/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.file.Sha256;
import io.github.quant4j.core.table.CalibrationTable;
import io.github.quant4j.core.table.CalibrationTableJson;
import io.github.quant4j.core.table.TensorCalibration;
import io.github.quant4j.onnx.OnnxException;
import io.github.quant4j.onnx.OnnxModel;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a quantized model says of itself in its metadata, so that whoever builds an engine of it
 * need not guess.
 *
 * <pre>
 * quant.tool         Quant4J
 * quant.mode         W or S, see {@link BuildMode}
 * quant.rules        version of the set of placement rules
 * quant.calibration  SHA-256 of the calibrated ranges, 64 hexadecimal digits
 * quant.target       tensorrt or onnxruntime
 * quant.bias         float or int32
 * </pre>
 *
 * <p>The digest is that of the range of every tensor of the calibration table, as {@link
 * CalibrationTableJson} writes a table of nothing but ranges: tables that give the same scales have
 * equal digests on every machine, whether they keep histograms or not and wherever they come from.
 * Immutable and thread-safe.
 */
public final class QuantizationManifest {
  /**
   * The version of the set of placement rules; rises when the same plan could come out otherwise.
   */
  static final String RULES = "1";

  static final String TOOL_NAME = "Quant4J";

  private static final String PREFIX = "quant.";
  private static final String TOOL = PREFIX + "tool";
  private static final String MODE = PREFIX + "mode";
  private static final String RULE_SET = PREFIX + "rules";
  private static final String CALIBRATION = PREFIX + "calibration";
  private static final String TARGET = PREFIX + "target";
  private static final String BIAS = PREFIX + "bias";

  private final Map<String, String> metadata;
  private final BuildMode mode;

  private QuantizationManifest(Map<String, String> metadata, BuildMode mode) {
    this.metadata = metadata;
    this.mode = mode;
  }

  /**
   * Reads the manifest of a model.
   *
   * @param model the model; not changed, later changes to it are not seen
   * @return the manifest, empty when the model states no build mode
   * @throws OnnxException if it states a mode other than W and S
   */
  public static Optional<QuantizationManifest> of(OnnxModel model) {
    Map<String, String> metadata = model.metadata();
    return Optional.ofNullable(metadata.get(MODE))
        .map(
            code ->
                BuildMode.ofCode(code)
                    .orElseThrow(
                        () ->
                            new OnnxException(
                                "metadata \"%s\" of the model is \"%s\", expected \"W\" or \"S\""
                                    .formatted(MODE, code))))
        .map(mode -> new QuantizationManifest(metadata, mode));
  }

  /** Writes the manifest of a model just quantized. */
  static void write(
      OnnxModel model, BuildMode mode, CalibrationTable table, Target target, BiasForm biasForm) {
    model.putMetadata(TOOL, TOOL_NAME);
    model.putMetadata(MODE, mode.code());
    model.putMetadata(RULE_SET, RULES);
    model.putMetadata(CALIBRATION, digest(table));
    model.putMetadata(TARGET, target.name().toLowerCase(Locale.ROOT));
    model.putMetadata(BIAS, biasForm.name().toLowerCase(Locale.ROOT));
  }

  /**
   * Returns the mode to build an engine in.
   *
   * @return the mode
   */
  public BuildMode mode() {
    return mode;
  }

  /**
   * Returns the program that quantized the model.
   *
   * @return its name, empty when not stated
   */
  public Optional<String> tool() {
    return text(TOOL);
  }

  /**
   * Returns the version of the rules that placed the pairs.
   *
   * @return the version, empty when not stated
   */
  public Optional<String> rules() {
    return text(RULE_SET);
  }

  /**
   * Returns the digest of the calibrated ranges.
   *
   * @return 64 hexadecimal digits, empty when not stated
   */
  public Optional<String> calibration() {
    return text(CALIBRATION);
  }

  /**
   * Returns the runtime the model was made for.
   *
   * @return the runtime, empty when not stated or not known here
   */
  public Optional<Target> target() {
    return text(TARGET).flatMap(text -> constant(Target.values(), text));
  }

  /**
   * Returns how biases are written.
   *
   * @return the form, empty when not stated or not known here
   */
  public Optional<BiasForm> biasForm() {
    return text(BIAS).flatMap(text -> constant(BiasForm.values(), text));
  }

  /**
   * Tells whether the model was quantized with the ranges of a table.
   *
   * @param table the table
   * @return true when the digests agree
   */
  public boolean isCalibratedBy(CalibrationTable table) {
    return calibration().filter(digest(table)::equals).isPresent();
  }

  /**
   * Returns the stated entries, for messages.
   *
   * @return e.g. {@code {quant.tool=Quant4J, quant.mode=W}}
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(PREFIX)) {
            text.append(text.isEmpty() ? "{" : ", ").append(key).append('=').append(value);
          }
        });
    return text.append('}').toString();
  }

  private Optional<String> text(String key) {
    return Optional.ofNullable(metadata.get(key));
  }

  private static <E extends Enum<E>> Optional<E> constant(E[] constants, String text) {
    for (E constant : constants) {
      if (constant.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(constant);
      }
    }
    return Optional.empty();
  }

  private static CalibrationTable rangesOf(CalibrationTable table) {
    CalibrationTable.Builder ranges = CalibrationTable.builder();
    for (String tensor : table.tensors()) {
      ranges.put(tensor, TensorCalibration.of(table.range(tensor).orElseThrow()));
    }
    return ranges.build();
  }

  private static String digest(CalibrationTable table) {
    try (DigestOutputStream out =
        new DigestOutputStream(OutputStream.nullOutputStream(), Sha256.create())) {
      CalibrationTableJson.write(rangesOf(table), out);
      return HexFormat.of().formatHex(out.getMessageDigest().digest());
    } catch (IOException e) {
      throw new UncheckedIOException("the digest of a calibration table failed", e);
    }
  }
}
