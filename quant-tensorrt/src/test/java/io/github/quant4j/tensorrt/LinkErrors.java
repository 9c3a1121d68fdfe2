/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

/**
 * Failures as JavaCPP 1.5.11 and JDK 17 on Linux threw them when the libraries of the presets
 * 10.6-1.5.11 were taken away one by one: java -cp PRESETS and GLUE, loading the preset class.
 */
final class LinkErrors {

  private LinkErrors() {}

  /** The glue is there, and needs a library that is not. */
  static UnsatisfiedLinkError missing(String glue, String library) {
    UnsatisfiedLinkError error = noGlueInPath(glue);
    error.initCause(
        new UnsatisfiedLinkError(
            "/home/me/.javacpp/cache/presets.jar/org/bytedeco/linux-x86_64/lib%s.so: %s: cannot open shared object file: No such file or directory"
                .formatted(glue, library)));
    return error;
  }

  /** The glue jar is not on the class path. */
  static UnsatisfiedLinkError missingGlue(String glue) {
    UnsatisfiedLinkError error = noGlueInPath(glue);
    error.initCause(
        new UnsatisfiedLinkError(
            "Could not find %s in class, module, and library paths.".formatted(glue)));
    return error;
  }

  /** The second attempt of a JVM that met a missing glue jar before. */
  static NoClassDefFoundError secondAttempt(String glue) {
    NoClassDefFoundError error =
        new NoClassDefFoundError("Could not initialize class org.bytedeco.cuda.global.cudart");
    error.initCause(
        new ExceptionInInitializerError(
            "Exception java.lang.UnsatisfiedLinkError: %s [in thread \"main\"]"
                .formatted(noGlueInPath(glue).getMessage())));
    return error;
  }

  private static UnsatisfiedLinkError noGlueInPath(String glue) {
    return new UnsatisfiedLinkError(
        "no %s in java.library.path: /usr/java/packages/lib:/usr/lib/x86_64-linux-gnu/jni:/lib:/usr/lib"
            .formatted(glue));
  }
}
