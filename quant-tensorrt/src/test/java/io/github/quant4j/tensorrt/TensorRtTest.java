/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.quant4j.core.QuantizationException;
import io.github.quant4j.tensorrt.Availability.Available;
import io.github.quant4j.tensorrt.Availability.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class TensorRtTest {

  /** Runs wherever the glue jars are not on the class path, as in the default build. */
  @Test
  @Tag("without-natives")
  void availability_noGlueJars_saysWhichToAdd() {
    Unavailable answer = (Unavailable) TensorRt.availability();

    if (HostPlatform.from(System.getProperties()).hasPresets()) {
      assertThat(answer.missing()).isEqualTo(MissingPiece.PRESETS);
      assertThat(answer.reason())
          .isEqualTo("the JNI glue 'jnijavacpp' of the presets is not on the class path");
      assertThat(answer.remedy())
          .contains("org.bytedeco:javacpp:", "org.bytedeco:cuda:", "org.bytedeco:tensorrt:");
      assertThat(answer.cause()).isInstanceOf(UnsatisfiedLinkError.class);
    } else {
      assertThat(answer.missing()).isEqualTo(MissingPiece.PLATFORM);
    }
  }

  @Test
  @Tag("without-natives")
  void verifyAvailable_noGlueJars_throwsTheAnswer() {
    assertThatExceptionOfType(TensorRtUnavailableException.class)
        .isThrownBy(TensorRt::verifyAvailable)
        .satisfies(e -> assertThat(e.availability()).isEqualTo(TensorRt.availability()));
  }

  @Test
  void availability_askedTwice_isTheSameAnswer() {
    assertThat(TensorRt.availability()).isSameAs(TensorRt.availability());
  }

  @Test
  void verify_available_returns() {
    assertThatCode(
            () ->
                TensorRt.verify(
                    new Available("10.6.0", "12.6", "13.0", List.of(FakeLibraries.DEVICE))))
        .doesNotThrowAnyException();
  }

  @Test
  void verify_unavailable_throwsReasonRemedyAndCause() {
    UnsatisfiedLinkError cause = LinkErrors.missing("jnicudart", "libcuda.so.1");
    Unavailable missing = new Unavailable(MissingPiece.DRIVER, "no driver", "install one", cause);

    assertThatThrownBy(() -> TensorRt.verify(missing))
        .isInstanceOf(TensorRtException.class)
        .isInstanceOf(QuantizationException.class)
        .hasMessage("TensorRT is not available: no driver; install one")
        .cause()
        .isSameAs(cause);
  }

  @Test
  void verify_unavailableWithoutCause_hasNone() {
    Unavailable missing = new Unavailable(MissingPiece.SWITCHED_OFF, "off", "switch on", null);

    assertThatThrownBy(() -> TensorRt.verify(missing)).hasNoCause();
  }

  @Test
  void exception_serialized_keepsItsAnswer() throws IOException, ClassNotFoundException {
    Unavailable missing = new Unavailable(MissingPiece.DRIVER, "no driver", "install one", null);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new TensorRtUnavailableException(missing));
    }

    ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()));
    TensorRtUnavailableException read = (TensorRtUnavailableException) in.readObject();

    assertThat(read.availability()).isEqualTo(missing);
  }

  @Test
  void exception_withCause_chainsIt() {
    IllegalStateException cause = new IllegalStateException("below");

    assertThat(new TensorRtException("above", cause)).hasMessage("above").hasCause(cause);
  }
}
