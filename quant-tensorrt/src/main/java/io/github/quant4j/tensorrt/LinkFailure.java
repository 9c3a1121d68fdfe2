/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Recognises in the texts of the dynamic linker, the JVM, JavaCPP and TensorRT which piece is
 * missing.
 *
 * <p>When a glue library cannot be linked, JavaCPP reports "no jnicudart in java.library.path", as
 * if the glue were missing, and chains the linker's "libjnicudart.so: libcuda.so.1: cannot open
 * shared object file". So a library that is named anywhere in the chain of causes comes first, and
 * the absence of the glue is believed only where none is named.
 */
final class LinkFailure {

  private static final int DEEPEST_CAUSE = 16;
  private static final Pattern LIBRARY = Pattern.compile("\\blib(?!jni)[\\w+-]+\\.so[.\\d]*");
  private static final Pattern GLUE = Pattern.compile("no (jni\\w+) in java\\.library\\.path");
  private static final String WINDOWS_DEPENDENCY = "dependent libraries";

  /** In the order of asking: a longer beginning of a name stands before a shorter one. */
  private static final List<Library> LIBRARIES =
      List.of(
          new Library("libcuda.", MissingPiece.DRIVER),
          new Library("libcudart.", MissingPiece.CUDA_RUNTIME),
          new Library("libcublas", MissingPiece.CUDA_LIBRARIES),
          new Library("libcudnn", MissingPiece.CUDA_LIBRARIES),
          new Library("libnvrtc", MissingPiece.CUDA_LIBRARIES),
          new Library("libnvinfer_builder_resource", MissingPiece.BUILDER_RESOURCE),
          new Library("libnvinfer", MissingPiece.TENSORRT),
          new Library("libnvonnxparser", MissingPiece.PARSER));

  private LinkFailure() {}

  /**
   * The piece behind a failure to load or call {@code subject}.
   *
   * @param otherwise the piece to blame where the failure names none
   */
  static Finding explain(Throwable failure, String subject, MissingPiece otherwise) {
    List<String> messages = messages(failure);
    for (String message : messages) {
      Optional<Finding> named = inText(message);
      if (named.isPresent()) {
        return new Finding(named.get().missing(), named.get().reason(), failure);
      }
    }
    String text = String.join(": ", messages);
    Matcher glue = GLUE.matcher(text);
    if (glue.find() && !text.contains(WINDOWS_DEPENDENCY)) {
      String reason =
          "the JNI glue '%s' of the presets is not on the class path".formatted(glue.group(1));
      return new Finding(MissingPiece.PRESETS, reason, failure);
    }
    if (failure.getCause() instanceof ClassNotFoundException absent) {
      String reason =
          "class '%s' of the presets is not on the class path".formatted(absent.getMessage());
      return new Finding(MissingPiece.PRESETS, reason, failure);
    }
    return new Finding(otherwise, "'%s' failed: %s".formatted(subject, text), failure);
  }

  /** The piece whose library a text names, such as an error that TensorRT logged. */
  static Optional<Finding> inText(String text) {
    Matcher library = LIBRARY.matcher(text);
    while (library.find()) {
      String name = library.group();
      for (Library known : LIBRARIES) {
        if (name.startsWith(known.beginning())) {
          String reason = "native library '%s' could not be loaded: %s".formatted(name, text);
          return Optional.of(Finding.of(known.piece(), reason));
        }
      }
    }
    return Optional.empty();
  }

  private static List<String> messages(Throwable failure) {
    List<String> messages = new ArrayList<>();
    Throwable current = failure;
    while (current != null && messages.size() < DEEPEST_CAUSE) {
      String message = current.getMessage();
      messages.add(oneLine(message == null ? current.getClass().getName() : message));
      current = current.getCause();
    }
    return messages;
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }

  /** A beginning of file names, and the piece that such files belong to. */
  private record Library(String beginning, MissingPiece piece) {}
}
