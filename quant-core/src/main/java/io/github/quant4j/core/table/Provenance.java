/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Where a calibration table comes from. Every part may be absent.
 *
 * <p>Nothing in it depends on the time or the machine, so that the same calibration gives the same
 * bytes. Immutable and thread-safe.
 */
public final class Provenance {

  static final String MODEL_DIGEST = "modelDigest";
  static final String DATA_DIGEST = "dataDigest";
  static final String METHOD = "method";
  static final String LIBRARY_VERSION = "libraryVersion";
  static final String RUNTIME_VERSION = "runtimeVersion";

  /** The texts that are there, by the names above. */
  private final Map<String, String> texts;

  private final long sampleCount;

  private Provenance(Builder builder) {
    this.texts = new TreeMap<>(builder.texts);
    this.sampleCount = builder.sampleCount;
  }

  /**
   * Returns a builder of a provenance without any part.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the digest of the float model.
   *
   * @return e.g. {@code sha256:} and 64 hexadecimal digits
   */
  public Optional<String> modelDigest() {
    return text(MODEL_DIGEST);
  }

  /**
   * Returns the digest of the samples.
   *
   * @return e.g. {@code sha256:} and 64 hexadecimal digits
   */
  public Optional<String> dataDigest() {
    return text(DATA_DIGEST);
  }

  /**
   * Returns how many samples were run.
   *
   * @return the count; 0 when unknown
   */
  public long sampleCount() {
    return sampleCount;
  }

  /**
   * Returns how the ranges were chosen.
   *
   * @return e.g. {@code minmax} or {@code percentile 99.99}
   */
  public Optional<String> method() {
    return text(METHOD);
  }

  /**
   * Returns the version of the library that made the table.
   *
   * @return e.g. {@code Quant4J 0.1.0}
   */
  public Optional<String> libraryVersion() {
    return text(LIBRARY_VERSION);
  }

  /**
   * Returns the version of the runtime that ran the model.
   *
   * @return e.g. {@code ONNX Runtime 1.29.0}
   */
  public Optional<String> runtimeVersion() {
    return text(RUNTIME_VERSION);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Provenance that
        && sampleCount == that.sampleCount
        && texts.equals(that.texts);
  }

  @Override
  public int hashCode() {
    return 31 * texts.hashCode() + Long.hashCode(sampleCount);
  }

  @Override
  public String toString() {
    return texts + ", " + sampleCount + " samples";
  }

  boolean isEmpty() {
    return texts.isEmpty() && sampleCount == 0;
  }

  /** Returns the texts that are there, sorted by name. */
  Map<String, String> texts() {
    return texts;
  }

  Provenance withSampleCount(long sampleCount) {
    Builder builder = builder().sampleCount(sampleCount);
    builder.texts.putAll(texts);
    return builder.build();
  }

  Provenance withMethod(String method) {
    Builder builder = builder().sampleCount(sampleCount);
    builder.texts.putAll(texts);
    return builder.method(method).build();
  }

  /** Returns the same without the method of a choice that is dropped. */
  Provenance withoutMethod() {
    Builder builder = builder().sampleCount(sampleCount);
    builder.texts.putAll(texts);
    builder.texts.remove(METHOD);
    return builder.build();
  }

  /**
   * Returns where the samples of this and another table come from. Commutative and associative: a
   * text that is dropped once stays dropped, and a model digest stays once it is known.
   */
  Provenance combine(Provenance other) {
    Builder builder = builder();
    builder.texts.putAll(texts);
    builder.texts.entrySet().retainAll(other.texts.entrySet());
    builder.texts.keySet().removeAll(Set.of(METHOD, DATA_DIGEST));
    combinedModelDigest(other).ifPresent(builder::modelDigest);
    try {
      return builder.sampleCount(Math.addExact(sampleCount, other.sampleCount)).build();
    } catch (ArithmeticException e) {
      throw new TableMergeException(
          "the tables count %s and %s samples, expected at most 2^63 - 1 in all"
              .formatted(sampleCount, other.sampleCount),
          e);
    }
  }

  private Optional<String> combinedModelDigest(Provenance other) {
    Optional<String> digest = modelDigest().or(other::modelDigest);
    Optional<String> otherDigest = other.modelDigest().or(this::modelDigest);
    if (!digest.equals(otherDigest)) {
      throw new TableMergeException(
          "the tables are of model digests %s and %s, expected tables of one model"
              .formatted(
                  TableText.quoted(digest.orElseThrow()),
                  TableText.quoted(otherDigest.orElseThrow())));
    }
    return digest;
  }

  private Optional<String> text(String name) {
    return Optional.ofNullable(texts.get(name));
  }

  /** Builds a provenance. A text has 1 to 65,535 characters. Not thread-safe. */
  public static final class Builder {

    private final Map<String, String> texts = new TreeMap<>();
    private long sampleCount;

    private Builder() {}

    /**
     * Sets the digest of the float model.
     *
     * @param digest the digest with its algorithm in front
     * @return this builder
     * @throws IllegalArgumentException if the text is empty, too long or no well-formed Unicode
     */
    public Builder modelDigest(String digest) {
      return text(MODEL_DIGEST, digest);
    }

    /**
     * Sets the digest of the samples.
     *
     * @param digest the digest with its algorithm in front
     * @return this builder
     * @throws IllegalArgumentException if the text is empty, too long or no well-formed Unicode
     */
    public Builder dataDigest(String digest) {
      return text(DATA_DIGEST, digest);
    }

    /**
     * Sets how many samples were run; 0 unless set.
     *
     * @param sampleCount the count, from 0
     * @return this builder
     * @throws IllegalArgumentException if the count is negative
     */
    public Builder sampleCount(long sampleCount) {
      if (sampleCount < 0) {
        throw new IllegalArgumentException(
            "sampleCount is " + sampleCount + ", expected 0 or more");
      }
      this.sampleCount = sampleCount;
      return this;
    }

    /**
     * Sets how the ranges were chosen.
     *
     * @param method the method and what it was told
     * @return this builder
     * @throws IllegalArgumentException if the text is empty, too long or no well-formed Unicode
     */
    public Builder method(String method) {
      return text(METHOD, method);
    }

    /**
     * Sets the library that made the table.
     *
     * @param version its name and version
     * @return this builder
     * @throws IllegalArgumentException if the text is empty, too long or no well-formed Unicode
     */
    public Builder libraryVersion(String version) {
      return text(LIBRARY_VERSION, version);
    }

    /**
     * Sets the runtime that ran the model.
     *
     * @param version its name and version
     * @return this builder
     * @throws IllegalArgumentException if the text is empty, too long or no well-formed Unicode
     */
    public Builder runtimeVersion(String version) {
      return text(RUNTIME_VERSION, version);
    }

    /**
     * Returns the provenance.
     *
     * @return a new provenance of all that was set so far
     */
    public Provenance build() {
      return new Provenance(this);
    }

    Builder text(String name, String text) {
      texts.put(name, TableText.requireValid(name, text));
      return this;
    }
  }
}
