/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.google.protobuf.ByteString;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.StringStringEntryProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLayoutTest {
  private static final Tensor INPUT = ModelBuilder.random(3, 1, 1, 160);

  private final Path folder;
  private final Path file;

  ModelLayoutTest(@TempDir Path folder) {
    this.folder = folder;
    this.file = folder.resolve("model.onnx");
  }

  @Test
  void write_modelFromMemory_isOneFile() throws IOException {
    model(1).write(file);

    assertThat(names()).containsExactly("model.onnx");
    assertThat(OnnxModel.read(file).hasExternalData()).isFalse();
  }

  @Test
  void write_externalData_movesOnlyTensorsOfMoreThan1KiB() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(names()).containsExactly("model.onnx", "model.onnx.data");
    Map<String, Map<String, String>> places = places(file);
    assertThat(places).containsOnlyKeys("small.B", "large.B");
    assertThat(places.get("small.B"))
        .isEqualTo(Map.of("location", "model.onnx.data", "offset", "0", "length", "10240"));
    assertThat(places.get("large.B"))
        .isEqualTo(Map.of("location", "model.onnx.data", "offset", "65536", "length", "65536"));
  }

  @Test
  void write_anyLayout_returnsTheDataFile() throws IOException {
    assertThat(model(1).write(file)).isEmpty();
    assertThat(model(1).write(file, ModelLayout.EXTERNAL_DATA))
        .contains(folder.resolve("model.onnx.data"));

    Files.delete(file);
    assertThat(model(1).write(file, ModelLayout.EXTERNAL_DATA))
        .contains(folder.resolve("model.onnx.1.data"));
  }

  @Test
  void read_externalData_namesItsFiles() throws IOException {
    Path data = model(1).write(file, ModelLayout.EXTERNAL_DATA).orElseThrow();

    assertThat(OnnxModel.read(file).dataFiles()).containsExactly(data.toRealPath());
    assertThat(OnnxModel.read(file).copy().dataFiles()).containsExactly(data.toRealPath());
    assertThat(model(1).dataFiles()).isEmpty();
  }

  @Test
  void write_externalData_giveTheSameNumbersInTheRuntime() throws IOException {
    OnnxModel model = model(1);

    model.write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(OnnxRuntimeOracle.run(file, INPUT)).isEqualTo(OnnxRuntimeOracle.run(model, INPUT));
  }

  @Test
  void read_externalData_isTheModelThatWasWritten() throws IOException {
    OnnxModel model = model(1);
    model.write(file, ModelLayout.EXTERNAL_DATA);

    OnnxModel back = OnnxModel.read(file);

    assertThat(back.hasExternalData()).isTrue();
    assertThat(back.toByteArray()).isEqualTo(model.toByteArray());
  }

  @Test
  void write_modelReadWithExternalData_keepsThemOutside() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    Path second = folder.resolve("second.onnx");

    OnnxModel.read(file).copy().write(second);

    assertThat(second).exists();
    assertThat(folder.resolve("second.onnx.data"))
        .hasSameBinaryContentAs(folder.resolve("model.onnx.data"));
  }

  @Test
  void write_singleFile_takesTensorsIn() throws IOException {
    OnnxModel model = model(1);
    model.write(file, ModelLayout.EXTERNAL_DATA);
    Path single = folder.resolve("single.onnx");

    OnnxModel.read(file).write(single, ModelLayout.SINGLE_FILE);

    assertThat(single).hasBinaryContent(model.toByteArray());
    assertThat(folder.resolve("single.onnx.data")).doesNotExist();
  }

  @Test
  void write_nothingToMove_isOneFile() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();

    model.write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(names()).containsExactly("model.onnx");
  }

  @Test
  void write_sharedRegion_isWrittenOnce() throws IOException {
    Tensor tied = ModelBuilder.random(1, 1, 160, 160);
    DataFiles.put(folder.resolve("tied.bin"), 0, tied);
    ModelBuilder builder = ModelBuilder.create();
    Map<String, String> entries = Map.of("location", "tied.bin");
    builder.graph().addInitializer(DataFiles.external("a", tied, entries));
    builder.graph().addInitializer(DataFiles.external("b", tied, entries));
    builder.input("x", "n", 160);
    builder.output(
        builder.add("MatMul", "y", List.of(builder.add("MatMul", "h", List.of("x", "a")), "b")));
    OnnxModel model = OnnxModel.read(DataFiles.write(file, builder));
    Path second = folder.resolve("second.onnx");

    model.write(second);

    assertThat(folder.resolve("second.onnx.data")).hasSize(tied.bytes().remaining());
    assertThat(OnnxRuntimeOracle.run(second, INPUT)).isEqualTo(OnnxRuntimeOracle.run(model, INPUT));
  }

  @Test
  void write_typedList_isMovedAsBytes() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    TensorProto.Builder list = TensorProto.newBuilder().setName("w").setDataType(1).addDims(300);
    for (int i = 0; i < 300; i++) {
      list.addFloatData(i);
    }
    builder.graph().addInitializer(list);
    builder.output(builder.sum("y", builder.input("x", 300), "w"));
    builder.build().write(file, ModelLayout.EXTERNAL_DATA);

    Tensor back = OnnxModel.read(file).graph().value("w").flatMap(Value::constant).orElseThrow();

    assertThat(back.floats().get(299)).isEqualTo(299);
    assertThat(places(file)).containsOnlyKeys("w");
  }

  @Test
  void write_text_staysInside() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    TensorProto.Builder text = TensorProto.newBuilder().setName("t").setDataType(8).addDims(600);
    for (int i = 0; i < 600; i++) {
      text.addStringData(ByteString.copyFromUtf8("word"));
    }
    builder.graph().addInitializer(text);
    builder.output(builder.relu("y", builder.input("x", 3)));

    builder.build().write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(names()).containsExactly("model.onnx");
  }

  @Test
  void write_overTheModelItWasReadFrom_keepsEveryTensor() throws IOException {
    OnnxModel original = model(1);
    original.write(file, ModelLayout.EXTERNAL_DATA);
    OnnxModel model = OnnxModel.read(file);
    Tensor first = ModelBuilder.random(9, 1, 200, 160);
    // Before the others, so that none of them keeps its offset.
    model.graph().rewriter().replaceConstant(model.graph().value("small.B").orElseThrow(), first);
    byte[] expected = model.copy().toByteArray();

    model.write(file);

    assertThat(names()).containsExactly("model.onnx", "model.onnx.data");
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(expected);
    assertThat(model.toByteArray()).isEqualTo(expected);
  }

  @Test
  void write_overAnotherModelWithData_leavesTheSameFilesAsInAnEmptyFolder() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    Path other = Files.createDirectory(folder.resolve("other")).resolve("model.onnx");

    model(2).write(file, ModelLayout.EXTERNAL_DATA);
    model(2).write(other, ModelLayout.EXTERNAL_DATA);

    assertThat(file).hasSameBinaryContentAs(other);
    assertThat(folder.resolve("model.onnx.data"))
        .hasSameBinaryContentAs(other.resolveSibling("model.onnx.data"));
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(model(2).toByteArray());
  }

  @Test
  void write_dataFileCannotBeRemoved_keepsTheNewDataUnderAnotherName() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    Path data = folder.resolve("model.onnx.data");
    Files.delete(data);
    Files.writeString(Files.createDirectory(data).resolve("in the way"), "");

    model(2).write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(names()).containsExactly("model.onnx", "model.onnx.1.data", "model.onnx.data");
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(model(2).toByteArray());
  }

  @Test
  void write_failingTensor_leavesTheOldModelAndNothingElse() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    OnnxModel failing = model(2);
    failing
        .graph()
        .rewriter()
        .addInitializer(
            "broken",
            ElementType.INT8,
            Shape.of(1 << 20),
            () -> {
              throw new OnnxException("no contents");
            });

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> failing.write(file, ModelLayout.EXTERNAL_DATA))
        .withMessage("no contents");
    assertThat(names()).containsExactly("model.onnx", "model.onnx.data");
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(model(1).toByteArray());
  }

  @Test
  void write_dataOfAModelThatWasRenamed_areLeft() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    Path renamed = Files.move(file, folder.resolve("renamed.onnx"));

    model(2).write(file, ModelLayout.EXTERNAL_DATA);

    assertThat(names())
        .containsExactly("model.onnx", "model.onnx.1.data", "model.onnx.data", "renamed.onnx");
    assertThat(OnnxModel.read(file).toByteArray()).isEqualTo(model(2).toByteArray());
    assertThat(OnnxModel.read(renamed).toByteArray()).isEqualTo(model(1).toByteArray());
  }

  @Test
  void write_throughALink_putsTheDataBesideTheFile() throws IOException {
    Path real = Files.createDirectory(folder.resolve("real")).resolve("m.onnx");
    Files.writeString(real, "old");
    Path link = Files.createSymbolicLink(folder.resolve("link.onnx"), real);

    model(1).write(link, ModelLayout.EXTERNAL_DATA);

    assertThat(real.resolveSibling("m.onnx.data")).exists();
    assertThat(OnnxModel.read(link).toByteArray()).isEqualTo(model(1).toByteArray());
  }

  @Test
  void write_missingDirectory_writesNoDataEither() {
    Path lost = folder.resolve("none").resolve("model.onnx");

    assertThatIOException()
        .isThrownBy(() -> model(1).write(lost, ModelLayout.EXTERNAL_DATA))
        .withMessageContaining("expected a file path in an existing directory");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void toByteArray_moreThan2GiB_pointsToWrite() {
    OnnxModel model = largeModel();

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(model::toByteArray)
        .withMessageMatching(
            "a model of 2415\\d+ bytes does not fit one file, which ends at 2 GiB;"
                + " use OnnxModel.write\\(path\\), which puts its tensors into a second file");
  }

  @Test
  void write_moreThan2GiBAsOneFile_isRefused() {
    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> largeModel().write(file, ModelLayout.SINGLE_FILE))
        .withMessageContaining("does not fit one file");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  @Tag("full")
  void write_moreThan2GiB_usesADataFile() throws IOException {
    largeModel().write(file);

    assertThat(folder.resolve("model.onnx.data")).hasSize(9L << 28);
    OnnxModel back = OnnxModel.read(file);
    assertThat(back.graph().value("t8").flatMap(Value::constant).orElseThrow().bytes().get(5))
        .isEqualTo((byte) 8);
  }

  @Test
  void byteSize_anyModel_isNotBelowTheTrueSize() throws IOException {
    for (OnnxModel model : List.of(model(1), OnnxModel.read(external()))) {
      long size = model.toByteArray().length;

      assertThat(model.byteSize()).isBetween(size, size + 200);
    }
  }

  private Path external() throws IOException {
    model(1).write(file, ModelLayout.EXTERNAL_DATA);
    return file;
  }

  /** Returns a model of 2.25 GiB that takes no memory. */
  private static OnnxModel largeModel() {
    ModelBuilder builder = ModelBuilder.create();
    OnnxModel model = builder.output(builder.relu("y", builder.input("x", 3))).build();
    int length = 1 << 28;
    for (int i = 0; i < 9; i++) {
      byte value = (byte) i;
      model
          .graph()
          .rewriter()
          .addInitializer(
              "t" + i, ElementType.INT8, Shape.of(length), () -> constant(length, value));
    }
    return model;
  }

  private static Tensor constant(int length, byte value) {
    byte[] bytes = new byte[length];
    bytes[5] = value;
    return Tensor.of(ElementType.INT8, Shape.of(length), ByteBuffer.wrap(bytes));
  }

  private static OnnxModel model(int seed) {
    ModelBuilder builder = ModelBuilder.create();
    builder.constant("small.B", ModelBuilder.random(seed, 1, 16, 160));
    builder.weight("small.C", 16);
    builder.input("x", "n", 160);
    builder.add(
        "Gemm", "small", List.of("x", "small.B", "small.C"), ModelBuilder.integer("transB", 1));
    builder.weight("large.B", 1024, 16);
    builder.output(
        builder.add("Gemm", "y", List.of("small", "large.B"), ModelBuilder.integer("transB", 1)));
    return builder.build();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(found -> found.getFileName().toString()).sorted().toList();
    }
  }

  private static Map<String, Map<String, String>> places(Path model) throws IOException {
    Map<String, Map<String, String>> places = new TreeMap<>();
    for (TensorProto tensor :
        ModelProto.parseFrom(Files.readAllBytes(model)).getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
        Map<String, String> entries = new TreeMap<>();
        for (StringStringEntryProto entry : tensor.getExternalDataList()) {
          entries.put(entry.getKey(), entry.getValue());
        }
        places.put(tensor.getName(), entries);
      }
    }
    return places;
  }
}
