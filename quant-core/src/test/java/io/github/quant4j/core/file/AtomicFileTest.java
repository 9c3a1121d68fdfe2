/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.core.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {

  private static List<Path> entries(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void write_newFile_holdsTheContentAlone(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("new");
    AtomicFile.write(file, out -> out.write(new byte[] {1, 2, 3}));
    assertThat(file).hasBinaryContent(new byte[] {1, 2, 3});
    assertThat(entries(folder)).containsExactly(file);
  }

  @Test
  void write_existingFile_isReplaced(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("old"), "much longer than the new content");
    AtomicFile.write(file, out -> out.write('n'));
    assertThat(file).hasContent("n");
  }

  @Test
  void write_contentFails_leavesTheOldFileAndNothingElse(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("old"), "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write('n');
                      throw new IOException("no more");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("no more");
    assertThat(file).hasContent("old");
    assertThat(entries(folder)).containsExactly(file);
  }

  @Test
  void write_symbolicLink_replacesWhatItPointsTo(@TempDir Path folder) throws IOException {
    Path target = Files.writeString(folder.resolve("target"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), target);
    AtomicFile.write(link, out -> out.write('n'));
    assertThat(target).hasContent("n");
    assertThat(link).isSymbolicLink();
  }

  @Test
  void write_newFile_hasThePermissionsOfAnyNewFile(@TempDir Path folder) throws IOException {
    Path ordinary = Files.createFile(folder.resolve("ordinary"));
    Path file = folder.resolve("file");
    AtomicFile.write(file, out -> out.write('n'));
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(Files.getPosixFilePermissions(ordinary));
  }

  @Test
  void write_missingDirectory_isRefused(@TempDir Path folder) {
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("none/file"), out -> out.write(1)))
        .isInstanceOf(NoSuchFileException.class);
  }
}
