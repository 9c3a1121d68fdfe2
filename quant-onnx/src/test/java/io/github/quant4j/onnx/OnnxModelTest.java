/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.quant4j.onnx.internal.proto.OperatorSetIdProto;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OnnxModelTest {
  private final Path folder;

  OnnxModelTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void read_missingFile_namesIt() {
    Path file = folder.resolve("missing.onnx");

    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage("model \"" + file + "\" does not exist; expected the path of an .onnx file");
  }

  @Test
  void read_directory_saysSo() {
    assertThatIOException()
        .isThrownBy(() -> OnnxModel.read(folder))
        .withMessageContaining(folder + "\" is a directory");
  }

  @Test
  void read_emptyFile_namesIt() throws IOException {
    Path file = Files.createFile(folder.resolve("empty.onnx"));

    assertThatThrownBy(() -> OnnxModel.read(file))
        .isInstanceOf(ModelFormatException.class)
        .hasMessage("model \"" + file + "\" is empty; expected an ONNX model");
  }

  @Test
  void write_newFile_readsBackEqual() throws IOException {
    Path file = folder.resolve("out.onnx");

    chain().write(file);

    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(chain().toByteArray());
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void write_newFile_hasThePermissionsOfAnyNewFile() throws IOException {
    Path file = folder.resolve("out.onnx");
    Path other = Files.createFile(folder.resolve("other"));

    chain().write(file);

    assertThat(Files.getPosixFilePermissions(file)).isEqualTo(Files.getPosixFilePermissions(other));
  }

  @Test
  void write_existingFile_isReplaced() throws IOException {
    Path file = Files.writeString(folder.resolve("out.onnx"), "old");

    chain().write(file);

    assertThat(file).hasBinaryContent(chain().toByteArray());
  }

  @Test
  void write_symbolicLink_replacesWhatItLeadsTo() throws IOException {
    Path file = Files.writeString(folder.resolve("real.onnx"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), file);

    chain().write(link);

    assertThat(link).isSymbolicLink();
    assertThat(file).hasBinaryContent(chain().toByteArray());
  }

  @Test
  void write_missingDirectory_saysWhatIsExpected() {
    Path file = folder.resolve("none").resolve("out.onnx");

    assertThatIOException()
        .isThrownBy(() -> chain().write(file))
        .withMessage(
            "model cannot be written to \""
                + file
                + "\": expected a file path in an existing directory");
  }

  @Test
  void write_directory_isRefused() {
    assertThatIOException()
        .isThrownBy(() -> chain().write(folder))
        .withMessageContaining("expected a file path in an existing directory");
  }

  @Test
  void write_impossibleName_leavesNothingBehind() {
    Path file = folder.resolve("n".repeat(300));

    assertThatIOException()
        .isThrownBy(() -> chain().write(file))
        .withMessageContaining("model cannot be written to")
        .withMessageContaining("check permissions and space");
    assertThat(folder).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"QuantizeLinear", "DequantizeLinear", "QLinearConv", "QLinearAdd", "ConvInteger"})
  void firstQuantizedNode_quantizedOperator_isFound(String opType) {
    ModelBuilder builder = ModelBuilder.create();
    builder.relu("r", builder.input("x", 3));
    OnnxModel model = builder.output(builder.add(opType, "q", List.of("r"))).build();

    assertThat(model.firstQuantizedNode()).map(Node::name).hasValue("q");
  }

  @Test
  void firstQuantizedNode_floatModel_isEmpty() {
    assertThat(chain().firstQuantizedNode()).isEmpty();
  }

  @Test
  void putMetadata_newAndKnownKeys_keepsTheOthersInPlace() {
    ModelBuilder builder = ModelBuilder.create();
    for (String key : List.of("a", "b")) {
      builder
          .model()
          .addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue("old"));
    }
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();

    model.putMetadata("a", "new");
    model.putMetadata("c", "added");

    assertThat(OnnxModel.of(model.toByteArray()).metadata())
        .containsExactly(entry("a", "new"), entry("b", "old"), entry("c", "added"));
  }

  @Test
  void raiseIrVersion_lowerAndHigher_neverLowers() {
    OnnxModel model = chain();

    model.raiseIrVersion(3);
    assertThat(model.irVersion()).isEqualTo(8);
    model.raiseIrVersion(10);
    assertThat(model.irVersion()).isEqualTo(10);
  }

  @Test
  void opsets_standardDomainUnderBothNames_isEmptyText() {
    ModelBuilder builder = ModelBuilder.create();
    builder
        .model()
        .setOpsetImport(0, OperatorSetIdProto.newBuilder().setDomain("ai.onnx").setVersion(15))
        .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("com.example").setVersion(2));
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();

    assertThat(model.opset()).isEqualTo(15);
    assertThat(model.opsets()).containsOnlyKeys("", "com.example");
  }

  @Test
  void producer_nameAndVersion_areJoined() {
    assertThat(chain().producer()).isEqualTo("test");
  }

  private static OnnxModel chain() {
    ModelBuilder builder = ModelBuilder.create();
    return builder.output(builder.relu("y", builder.input("x", "n", 3))).build();
  }
}
