/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.core.file.AtomicFile;
import io.github.quant4j.core.observer.ValueRange;
import io.github.quant4j.core.qparams.SymmetricInt8;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The calibration cache of TensorRT: a scale for each tensor, as text.
 *
 * <pre>
 * TRT-8603-EntropyCalibration2
 * input: 3c010204
 * (Unnamed Layer* 7) [Convolution]_output: 3d418306
 * </pre>
 *
 * <p>The first line is {@code TRT-}, the version of TensorRT, {@code -} and the algorithm; TensorRT
 * calibrates anew when they are not its own, so it is kept as it is. Every other line is a name, a
 * colon, and the bits of a float32 in hexadecimal, most significant digit first.
 *
 * <p>Formula: {@code scale = amax / 127} in float32, and a code {@code q} of -127 to 127 stands for
 * {@code scale * q}, so the range is {@code -127 * scale} to {@code 127 * scale}.
 *
 * <ul>
 *   <li>A name ends at the last colon of its line, so it may hold colons and spaces itself.
 *   <li>A scale is finite and not below 0, nor -0.0. It has eight digits, so that a line that was
 *       cut off is noticed; only the scale 0 of a tensor that is always 0 is the single digit
 *       {@code 0}, as TensorRT writes it, or eight.
 *   <li>LF, CRLF and blank lines are read, LF is written.
 *   <li>The order of the lines is kept, and a cache with LF that TensorRT wrote is written again
 *       byte for byte.
 *   <li>A scale that is the quotient of some float32 and 127 goes through a {@link
 *       CalibrationTable} without a change of its bits, if it is not subnormal. Other scales, less
 *       than 1 % of the float32 numbers, may change in the last bit.
 * </ul>
 *
 * <p>Immutable and thread-safe.
 *
 * <p>Source: TensorRT's sample trtexec, which sets {@code setDynamicRange(-127 * scale, 127 *
 * scale)} from a cache; caches written by TensorRT 8 and 10.
 */
public final class TensorRtCalibrationCache {

  private static final Pattern HEADER =
      Pattern.compile("TRT-([A-Za-z0-9.]{1,32})-([A-Za-z0-9_]{1,64})");
  private static final float LARGEST_CODE = 127f;

  private final String header;

  /** In the order of the lines. */
  private final Map<String, Float> scales;

  private TensorRtCalibrationCache(String header, Map<String, Float> scales) {
    this.header = header;
    this.scales = Collections.unmodifiableMap(new LinkedHashMap<>(scales));
  }

  /**
   * Returns a cache of given scales.
   *
   * @param header the first line, e.g. {@code TRT-100600-MinMaxCalibration}
   * @param scales the scale of each tensor, in the order of the lines
   * @return the cache
   * @throws IllegalArgumentException if the header is no such line, a name is empty or has a line
   *     break, or a scale is NaN, infinite or negative
   */
  public static TensorRtCalibrationCache of(String header, Map<String, Float> scales) {
    requireHeader(header);
    scales.forEach(TensorRtCalibrationCache::requireEntry);
    return new TensorRtCalibrationCache(header, scales);
  }

  /**
   * Returns the cache that holds the ranges of a table, in the order of the names.
   *
   * <p>The scales are those of {@link SymmetricInt8}: a range that is not symmetric is widened to
   * its largest magnitude, the range 0 gets the scale 1, a subnormal scale is raised.
   *
   * @param table the table
   * @param header the first line; TensorRT accepts only its own version and algorithm
   * @return the cache and what it can't hold
   * @throws IllegalArgumentException if the header is no such line or a name has a line break
   */
  public static Conversion<TensorRtCalibrationCache> from(CalibrationTable table, String header) {
    Losses losses = Losses.ofRangesOnly(table);
    Map<String, Float> scales = new LinkedHashMap<>();
    for (String tensor : table.tensors()) {
      ValueRange range = table.range(tensor).orElseThrow();
      float scale = SymmetricInt8.forActivation(range).scale(0);
      if (range.minimum() != -range.maximum()) {
        losses.add("asymmetric range widened to its largest magnitude", tensor);
      }
      if (range.absoluteMaximum() == 0) {
        losses.add("range 0 written as scale 1", tensor);
      } else if (scale != range.absoluteMaximum() / LARGEST_CODE) {
        losses.add("scale raised to the smallest normal float32", tensor);
      }
      scales.put(tensor, scale);
    }
    return new Conversion<>(of(header, scales), losses.toList(table.provenance()));
  }

  /**
   * Reads a cache.
   *
   * @param path the file
   * @return the cache
   * @throws IOException if the file can't be read
   * @throws TableFormatException if it is no calibration cache
   */
  public static TensorRtCalibrationCache read(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return TensorRtCacheReader.read(in, path);
    }
  }

  /**
   * Reads a cache from a stream to its end.
   *
   * @param in the stream; stays open
   * @return the cache
   * @throws IOException if the stream can't be read
   * @throws TableFormatException if it holds no calibration cache
   */
  public static TensorRtCalibrationCache read(InputStream in) throws IOException {
    return TensorRtCacheReader.read(in, null);
  }

  /**
   * Returns the first line.
   *
   * @return e.g. {@code TRT-8603-EntropyCalibration2}
   */
  public String header() {
    return header;
  }

  /**
   * Returns the version of TensorRT that wrote the cache.
   *
   * @return the second word of the header: {@code 8603} is 8.6.3, {@code 100600} is 10.6.0; other
   *     tools write what is no number, such as {@code 8XXX}
   */
  public String version() {
    return requireHeader(header).group(1);
  }

  /**
   * Returns the algorithm that chose the scales.
   *
   * @return the last word of the header, e.g. {@code MinMaxCalibration}
   */
  public String algorithm() {
    return requireHeader(header).group(2);
  }

  /**
   * Returns the names of all tensors.
   *
   * @return an unmodifiable set in the order of the lines
   */
  public Set<String> tensors() {
    return scales.keySet();
  }

  /**
   * Returns the scale of one tensor.
   *
   * @param tensor its name
   * @return the scale, or empty when the cache has none of that name
   */
  public Optional<Float> scale(String tensor) {
    return Optional.ofNullable(scales.get(tensor));
  }

  /**
   * Returns the table of the ranges.
   *
   * <p>The header becomes the method and the runtime version of the provenance.
   *
   * @return a table of chosen ranges without statistics, and what changed on the way
   */
  public Conversion<CalibrationTable> toTable() {
    Losses losses = Losses.create();
    CalibrationTable.Builder table = CalibrationTable.builder();
    scales.forEach(
        (tensor, scale) -> {
          float end = scale * LARGEST_CODE;
          if (Float.isInfinite(end)) {
            losses.add("range limited to the largest float32", tensor);
            end = Float.MAX_VALUE;
          }
          table.put(tensor, TensorCalibration.of(new ValueRange(0 - end, end)));
        });
    Provenance provenance =
        Provenance.builder().method(algorithm()).runtimeVersion("TensorRT " + version()).build();
    return new Conversion<>(table.provenance(provenance).build(), losses.toList());
  }

  /**
   * Writes the cache, in place of the file if it exists; a failed write leaves the old file.
   *
   * @param path the file
   * @throws IOException if the file can't be written
   */
  public void write(Path path) throws IOException {
    AtomicFile.write(path, this::write);
  }

  /**
   * Writes the cache.
   *
   * @param out the stream; stays open
   * @throws IOException if the stream can't be written
   */
  public void write(OutputStream out) throws IOException {
    StringBuilder text = new StringBuilder(header).append('\n');
    scales.forEach(
        (tensor, scale) -> text.append(tensor).append(": ").append(digits(scale)).append('\n'));
    out.write(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TensorRtCalibrationCache that
        && header.equals(that.header)
        && List.copyOf(scales.entrySet()).equals(List.copyOf(that.scales.entrySet()));
  }

  @Override
  public int hashCode() {
    return 31 * header.hashCode() + scales.hashCode();
  }

  /**
   * Returns the header and the size of the cache.
   *
   * @return e.g. {@code TRT-8603-EntropyCalibration2, 24 tensors}
   */
  @Override
  public String toString() {
    return header + ", " + scales.size() + " tensors";
  }

  private static String digits(float scale) {
    int bits = Float.floatToIntBits(scale);
    return bits == 0 ? "0" : String.format(Locale.ROOT, "%08x", bits);
  }

  static Matcher requireHeader(String header) {
    Matcher matcher = HEADER.matcher(requireNonNull(header, "header"));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "header is "
              + TableText.quoted(header)
              + ", expected TRT-<version>-<algorithm> such as 'TRT-8603-EntropyCalibration2'");
    }
    return matcher;
  }

  static void requireEntry(String tensor, Float scale) {
    TableText.requireOneLine("name of a tensor", tensor);
    if (!Float.isFinite(scale) || Float.compare(scale, 0f) < 0) {
      throw new IllegalArgumentException(
          "scale of tensor %s is %s, expected a finite number of 0 or more"
              .formatted(TableText.quoted(tensor), scale));
    }
  }
}
