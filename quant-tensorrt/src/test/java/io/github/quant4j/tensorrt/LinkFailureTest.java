/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkFailureTest {

  @ParameterizedTest
  @CsvSource({
    "jnicudart, libcuda.so.1, DRIVER",
    "jnicudart, libcudart.so.12, CUDA_RUNTIME",
    "jnicublas, libcublas.so.12, CUDA_LIBRARIES",
    "jnicublas, libcublasLt.so.12, CUDA_LIBRARIES",
    "jninvrtc, libnvrtc.so.12, CUDA_LIBRARIES",
    "jnicudnn, libcudnn_cnn.so.9, CUDA_LIBRARIES",
    "jninvinfer, libnvinfer.so.10, TENSORRT",
    "jninvinfer_plugin, libnvinfer_plugin.so.10, TENSORRT",
    "jninvonnxparser, libnvonnxparser.so.10, PARSER"
  })
  void glueNeedsLibrary_libraryAbsent_blamesLibraryNotGlue(
      String glue, String library, MissingPiece piece) {
    UnsatisfiedLinkError failure = LinkErrors.missing(glue, library);

    Finding finding = LinkFailure.explain(failure, "preset", MissingPiece.VERSION);

    assertThat(finding.missing()).isEqualTo(piece);
    assertThat(finding.reason()).startsWith("native library '" + library + "' could not be loaded");
    assertThat(finding.cause()).isSameAs(failure);
  }

  @Test
  void glueAbsent_firstAttempt_blamesPresets() {
    Finding finding =
        LinkFailure.explain(
            LinkErrors.missingGlue("jnicudart"), "preset", MissingPiece.CUDA_RUNTIME);

    assertThat(finding.missing()).isEqualTo(MissingPiece.PRESETS);
    assertThat(finding.reason())
        .isEqualTo("the JNI glue 'jnicudart' of the presets is not on the class path");
  }

  @Test
  void glueAbsent_secondAttemptInOneJvm_blamesPresets() {
    Finding finding =
        LinkFailure.explain(
            LinkErrors.secondAttempt("jnicudart"), "preset", MissingPiece.CUDA_RUNTIME);

    assertThat(finding.missing()).isEqualTo(MissingPiece.PRESETS);
  }

  @Test
  void glueFoundOnWindows_itsDependencyAbsent_blamesPieceOfTheStep() {
    UnsatisfiedLinkError failure =
        new UnsatisfiedLinkError("no jnicudart in java.library.path: C:\\Windows");
    failure.initCause(
        new UnsatisfiedLinkError("C:\\cache\\jnicudart.dll: Can't find dependent libraries"));

    Finding finding = LinkFailure.explain(failure, "preset", MissingPiece.CUDA_RUNTIME);

    assertThat(finding.missing()).isEqualTo(MissingPiece.CUDA_RUNTIME);
    assertThat(finding.reason()).contains("jnicudart.dll");
  }

  @Test
  void presetClassAbsent_blamesPresetsAndNamesClass() {
    NoClassDefFoundError failure = new NoClassDefFoundError("preset");
    failure.initCause(new ClassNotFoundException("org.bytedeco.javacpp.Loader"));

    Finding finding = LinkFailure.explain(failure, "preset", MissingPiece.CUDA_RUNTIME);

    assertThat(finding.missing()).isEqualTo(MissingPiece.PRESETS);
    assertThat(finding.reason())
        .isEqualTo("class 'org.bytedeco.javacpp.Loader' of the presets is not on the class path");
  }

  @Test
  void failureWithoutMessage_namesSubjectAndType() {
    Finding finding =
        LinkFailure.explain(new NoSuchMethodError(), "getInferLibVersion", MissingPiece.VERSION);

    assertThat(finding.missing()).isEqualTo(MissingPiece.VERSION);
    assertThat(finding.reason())
        .isEqualTo("'getInferLibVersion' failed: java.lang.NoSuchMethodError");
  }

  @Test
  void messageOfSeveralLines_becomesOneLine() {
    Finding finding =
        LinkFailure.explain(
            new IllegalStateException("one\n  two\n"), "subject", MissingPiece.TENSORRT);

    assertThat(finding.reason()).isEqualTo("'subject' failed: one two");
  }

  @Test
  void endlessChainOfCauses_ends() {
    RuntimeException first = new RuntimeException("first");
    first.initCause(new RuntimeException("second", first));

    Finding finding = LinkFailure.explain(first, "subject", MissingPiece.TENSORRT);

    assertThat(finding.missing()).isEqualTo(MissingPiece.TENSORRT);
  }

  @Test
  void textOfTensorRt_builderResourceAbsent_blamesBuilderResource() {
    // As TensorRT 10.7 logs it.
    String text =
        "createInferBuilder: Error Code 6: API Usage Error (Unable to load library: "
            + "libnvinfer_builder_resource.so.10.7.0: libnvinfer_builder_resource.so.10.7.0: "
            + "cannot open shared object file: No such file or directory)";

    assertThat(LinkFailure.inText(text))
        .map(Finding::missing)
        .contains(MissingPiece.BUILDER_RESOURCE);
  }

  @Test
  void textOfTensorRt_noLibraryNamed_findsNothing() {
    assertThat(LinkFailure.inText("CUDA initialization failure with error: 35")).isEmpty();
    assertThat(LinkFailure.inText("libfoo.so.1: cannot open shared object file")).isEmpty();
  }
}
