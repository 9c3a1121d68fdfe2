/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ProvenanceTest {

  @Test
  void partsAreAbsentUnlessSet() {
    Provenance none = Provenance.builder().build();

    assertThat(none.modelDigest()).isEmpty();
    assertThat(none.dataDigest()).isEmpty();
    assertThat(none.method()).isEmpty();
    assertThat(none.libraryVersion()).isEmpty();
    assertThat(none.runtimeVersion()).isEmpty();
    assertThat(none.sampleCount()).isZero();
  }

  @Test
  void partsAreThoseSet() {
    Provenance provenance = full().build();

    assertThat(provenance.modelDigest()).contains("sha256:1");
    assertThat(provenance.dataDigest()).contains("sha256:2");
    assertThat(provenance.method()).contains("entropy");
    assertThat(provenance.libraryVersion()).contains("Quant4J 1");
    assertThat(provenance.runtimeVersion()).contains("ONNX Runtime 1");
    assertThat(provenance.sampleCount()).isEqualTo(3);
    assertThat(provenance)
        .hasToString(
            "{dataDigest=sha256:2, libraryVersion=Quant4J 1, method=entropy, modelDigest=sha256:1,"
                + " runtimeVersion=ONNX Runtime 1}, 3 samples");
  }

  @Test
  void buildIsNotChangedLater() {
    Provenance.Builder builder = full();
    Provenance provenance = builder.build();
    builder.method("minmax");

    assertThat(provenance.method()).contains("entropy");
  }

  @Test
  void equalsComparesAllParts() {
    assertThat(full().build())
        .isEqualTo(full().build())
        .hasSameHashCodeAs(full().build())
        .isNotEqualTo(full().method("minmax").build())
        .isNotEqualTo(full().sampleCount(4).build())
        .isNotEqualTo("provenance");
  }

  @Test
  void impossiblePartsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Provenance.builder().sampleCount(-1))
        .withMessage("sampleCount is -1, expected 0 or more");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Provenance.builder().method(""))
        .withMessage("method has 0 characters, expected 1 to 65535");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Provenance.builder().modelDigest("m".repeat(65_536)))
        .withMessage("modelDigest has 65536 characters, expected 1 to 65535");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Provenance.builder().method("\ud800"))
        .withMessageEndingWith("has half a surrogate pair, expected well-formed Unicode");
  }

  private static Provenance.Builder full() {
    return Provenance.builder()
        .modelDigest("sha256:1")
        .dataDigest("sha256:2")
        .method("entropy")
        .libraryVersion("Quant4J 1")
        .runtimeVersion("ONNX Runtime 1")
        .sampleCount(3);
  }
}
