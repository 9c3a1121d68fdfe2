/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.internal.proto.GraphProto;
import io.github.quant4j.onnx.internal.proto.SparseTensorProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import io.github.quant4j.onnx.pass.PassPipeline;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExternalDataTest {
  private static final Tensor WEIGHT = ModelBuilder.random(7, 1, 2, 3);
  private static final int BYTES = 24;

  private final Path folder;

  ExternalDataTest(@TempDir Path folder) throws IOException {
    this.folder = Files.createDirectory(folder.resolve("model"));
    DataFiles.put(this.folder.resolve("w.bin"), 0, WEIGHT);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 4097, 65_537})
  void read_anyOffset_mapsTheElements(long offset) throws IOException {
    DataFiles.put(folder.resolve("odd.bin"), offset, WEIGHT);

    OnnxModel model =
        OnnxModel.read(
            model(Map.of("location", "odd.bin", "offset", "" + offset, "length", "" + BYTES)));

    assertThat(weight(model).bytes()).isEqualTo(WEIGHT.bytes());
    assertThat(weight(model).bytes().isDirect()).isTrue();
    assertThat(model.hasExternalData()).isTrue();
  }

  @Test
  void read_noOffsetAndNoLength_takesWhatTheShapeAsksFor() throws IOException {
    DataFiles.put(folder.resolve("long.bin"), 0, ModelBuilder.random(7, 1, 5, 3));

    OnnxModel model = OnnxModel.read(model(Map.of("location", "long.bin")));

    assertThat(weight(model).toString()).isEqualTo("float[2, 3]");
  }

  @Test
  void read_fileInASubfolder_isFound() throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    DataFiles.put(folder.resolve("sub").resolve("w.bin"), 0, WEIGHT);

    assertThat(weight(OnnxModel.read(model(Map.of("location", "sub/w.bin")))).bytes())
        .isEqualTo(WEIGHT.bytes());
  }

  @Test
  void read_fileOfMoreThan2GiB_mapsTheRegionBehind() throws IOException {
    long offset = (1L << 31) + 12_345;
    Path file = folder.resolve("sparse.bin");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(3L << 30);
    }
    DataFiles.put(file, offset, WEIGHT);

    OnnxModel model =
        OnnxModel.read(model(Map.of("location", "sparse.bin", "offset", "" + offset)));

    assertThat(weight(model).bytes()).isEqualTo(WEIGHT.bytes());
  }

  @Test
  void read_initializerListedAsInput_isAConstant() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin")).irVersion(3);
    builder.input("w", 2, 3);

    OnnxModel model = OnnxModel.read(DataFiles.write(folder.resolve("model.onnx"), builder));

    assertThat(model.graph().inputs()).extracting(Value::name).containsExactly("x");
    assertThat(weight(model).bytes()).isEqualTo(WEIGHT.bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "../w.bin, leads out of the model's folder",
    "sub/../../w.bin, leads out of the model's folder",
    "/etc/hostname, is an absolute path",
    "missing.bin, does not exist",
    "sub, is no regular file",
    "'', names no file",
    "'a\0b', is no path"
  })
  void read_impossibleLocation_isRefused(String location, String reason) throws IOException {
    Files.createDirectory(folder.resolve("sub"));
    DataFiles.put(folder.resolveSibling("w.bin"), 0, WEIGHT);

    assertRefused(
        Map.of("location", location),
        "initializer \"w\" is stored in \"%s\", which %s; expected the relative path of a regular file in the model's folder"
            .formatted(location, reason));
  }

  @Test
  void read_noLocation_isRefused() throws IOException {
    assertRefused(Map.of(), "initializer \"w\" is stored in \"\", which names no file");
  }

  @Test
  void read_linkOutOfTheFolder_isRefused() throws IOException {
    Path outside = folder.resolveSibling("outside.bin");
    DataFiles.put(outside, 0, WEIGHT);
    Files.createSymbolicLink(folder.resolve("link.bin"), outside);

    assertRefused(Map.of("location", "link.bin"), "which leads out of the model's folder");
  }

  @Test
  void read_linkedFolderOutOfTheFolder_isRefused() throws IOException {
    Path outside = Files.createDirectory(folder.resolveSibling("outside"));
    DataFiles.put(outside.resolve("w.bin"), 0, WEIGHT);
    Files.createSymbolicLink(folder.resolve("sub"), outside);

    assertRefused(Map.of("location", "sub/w.bin"), "which leads out of the model's folder");
  }

  @Test
  void read_linkWithinTheFolder_isFollowed() throws IOException {
    Files.createSymbolicLink(folder.resolve("link.bin"), Path.of("w.bin"));

    assertThat(weight(OnnxModel.read(model(Map.of("location", "link.bin")))).bytes())
        .isEqualTo(WEIGHT.bytes());
  }

  @Test
  void read_linkToModelAndDataInOneFolder_isFollowed() throws IOException {
    Path model = model(Map.of("location", "data"));
    Path links = Files.createDirectory(folder.resolveSibling("links"));
    Files.createSymbolicLink(links.resolve("data"), folder.resolve("w.bin"));
    Path link = Files.createSymbolicLink(links.resolve("model.onnx"), model);

    assertThat(weight(OnnxModel.read(link)).bytes()).isEqualTo(WEIGHT.bytes());
  }

  @ParameterizedTest
  @CsvSource({
    "offset, -1, 'has the offset \"-1\", expected a number of bytes'",
    "offset, 0x10, 'has the offset \"0x10\", expected a number of bytes'",
    "offset, 9999999999999999999, expected a number of bytes",
    "length, many, 'has the length \"many\", expected a number of bytes'",
    "length, 23, 'has a length of 23 bytes, expected 24 for float[2, 3]'",
    "length, 28, 'has a length of 28 bytes, expected 24 for float[2, 3]'",
    "offset, 1, 'has 24 bytes from offset 1 of'",
    "offset, 999999999999999999, 'expected a region within its 24 bytes'"
  })
  void read_impossibleRegion_isRefused(String key, String value, String reason) throws IOException {
    assertRefused(Map.of("location", "w.bin", key, value), reason);
  }

  @Test
  void read_keyTwice_isRefused() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    TensorProto.Builder tensor = builder.graph().getInitializerBuilder(0);
    tensor.addExternalData(tensor.getExternalData(0));

    assertRefused(builder, "states \"location\" of its external data twice");
  }

  @Test
  void read_contentsInsideToo_isRefused() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    builder
        .graph()
        .getInitializerBuilder(0)
        .setRawData(TensorCodec.encode("w", WEIGHT).getRawData());

    assertRefused(builder, "is stored both inside and outside the model file");
  }

  @Test
  void read_tensorOf2GiB_isRefused() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    builder.graph().getInitializerBuilder(0).clearDims().addDims(1L << 29);

    assertRefused(builder, "has type float and shape [536870912]; expected less than 2 GiB");
  }

  @Test
  void read_text_isRefused() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    builder.graph().getInitializerBuilder(0).setDataType(8);

    assertRefused(builder, "tensor \"w\" holds strings, expected numbers");
  }

  @Test
  void read_regionsThatOverlapInPart_areRefused() throws IOException {
    DataFiles.put(folder.resolve("two.bin"), 0, ModelBuilder.random(7, 1, 4, 3));
    ModelBuilder builder = builder(Map.of("location", "two.bin"));
    builder
        .graph()
        .addInitializer(
            DataFiles.external("v", WEIGHT, Map.of("location", "./two.bin", "offset", "20")));

    assertRefused(
        builder,
        "initializer \"v\" overlaps initializer \"w\" in \"%s\": [20, 44) and [0, 24); expected disjoint or equal regions"
            .formatted(folder.toRealPath().resolve("two.bin")));
  }

  @Test
  void read_equalRegions_areShared() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    builder.graph().addInitializer(DataFiles.external("v", WEIGHT, Map.of("location", "w.bin")));

    OnnxModel model = OnnxModel.read(DataFiles.write(folder.resolve("model.onnx"), builder));

    assertThat(model.graph().value("v").flatMap(Value::constant).orElseThrow().bytes())
        .isEqualTo(WEIGHT.bytes());
  }

  @Test
  void read_emptyTensorInsideAnother_isNoOverlap() throws IOException {
    ModelBuilder builder = builder(Map.of("location", "w.bin"));
    Tensor empty = ModelBuilder.random(1, 1, 0, 3);
    builder
        .graph()
        .addInitializer(DataFiles.external("v", empty, Map.of("location", "w.bin", "offset", "8")));

    OnnxModel model = OnnxModel.read(DataFiles.write(folder.resolve("model.onnx"), builder));

    assertThat(model.graph().value("v").flatMap(Value::constant).map(Tensor::toString))
        .hasValue("float[0, 3]");
  }

  @Test
  void read_rightChecksum_isAccepted() throws IOException {
    // printf 'abcdefghijklmnopqrstuvwx' | sha1sum
    Files.writeString(folder.resolve("text.bin"), "abcdefghijklmnopqrstuvwx");

    OnnxModel model =
        OnnxModel.read(
            model(
                Map.of(
                    "location", "text.bin",
                    "checksum", "D717E22E1659305FAD6EF08864923DB64ABA9C08")));

    assertThat(weight(model).bytes().get(0)).isEqualTo((byte) 'a');
  }

  @Test
  void read_wrongChecksum_isRefused() throws IOException {
    assertRefused(
        Map.of("location", "w.bin", "checksum", "0000"),
        "initializer \"w\" has the checksum \"0000\", but the SHA-1 of");
  }

  @Test
  void constant_fileReplacedSinceRead_isRefused() throws IOException {
    OnnxModel model = OnnxModel.read(model(Map.of("location", "w.bin")));
    Files.delete(folder.resolve("w.bin"));
    DataFiles.put(folder.resolve("w.bin"), 4, WEIGHT);

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> weight(model))
        .withMessageEndingWith("has changed since the model was read; read the model again");
  }

  @Test
  void constant_fileGoneSinceRead_isRefused() throws IOException {
    OnnxModel model = OnnxModel.read(model(Map.of("location", "w.bin")));
    Files.delete(folder.resolve("w.bin"));

    assertThatExceptionOfType(OnnxException.class)
        .isThrownBy(() -> weight(model))
        .withMessageStartingWith("tensor \"w\" cannot be read from \"");
  }

  @Test
  void read_tensorInABody_isTakenIn() throws IOException {
    ModelBuilder body = ModelBuilder.create();
    body.graph().addInitializer(DataFiles.external("inner", WEIGHT, Map.of("location", "w.bin")));
    body.output(body.sum("local", "x", "inner"));
    GraphProto branch = body.graph().build();
    ModelBuilder builder = ModelBuilder.create();
    builder.input("x", 2, 3);
    builder.constant("yes", Tensor.ofBytes(ElementType.BOOL, Shape.of(), (byte) 1));
    builder.output(
        builder.add(
            "If",
            "y",
            List.of("yes"),
            ModelBuilder.body("then_branch", branch),
            ModelBuilder.body("else_branch", branch)));
    Tensor x = ModelBuilder.random(3, 1, 2, 3);

    OnnxModel model = OnnxModel.read(DataFiles.write(folder.resolve("model.onnx"), builder));

    float[] sums = OnnxRuntimeOracle.run(model, x);
    for (int i = 0; i < sums.length; i++) {
      assertThat(sums[i]).isEqualTo(x.floats().get(i) + WEIGHT.floats().get(i));
    }
  }

  @Test
  void read_tensorInAConstantNode_becomesAnInitializer() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "w", List.of(), ModelBuilder.tensor("value", WEIGHT));
    builder
        .graph()
        .getNodeBuilder(0)
        .getAttributeBuilder(0)
        .setT(DataFiles.external("", WEIGHT, Map.of("location", "w.bin")));
    builder.output(builder.sum("y", builder.input("x", 2, 3), "w"));

    OnnxModel model = OnnxModel.read(DataFiles.write(folder.resolve("model.onnx"), builder));
    PassPipeline.normalization().run(model);

    assertThat(weight(model).bytes()).isEqualTo(WEIGHT.bytes());
  }

  @Test
  void read_badTensorInANode_isRefusedByTheNameOfTheNode() throws IOException {
    ModelBuilder builder = ModelBuilder.create();
    builder.add("Constant", "c", List.of(), ModelBuilder.tensor("value", WEIGHT));
    builder
        .graph()
        .getNodeBuilder(0)
        .getAttributeBuilder(0)
        .setT(DataFiles.external("t", WEIGHT, Map.of("location", "../w.bin")));

    assertRefused(builder, "tensor \"t\" in node \"c\" is stored in \"../w.bin\", which leads out");
  }

  @Test
  void read_moreThan1GiBInNodes_isRefused() throws IOException {
    Path file = folder.resolve("sparse.bin");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(1L << 30);
    }
    ModelBuilder builder = ModelBuilder.create();
    for (String name : List.of("a", "b")) {
      TensorProto large =
          DataFiles.external(name, WEIGHT, Map.of("location", "sparse.bin")).toBuilder()
              .clearDims()
              .addDims((1 << 27) + 1)
              .build();
      builder.add("Constant", name, List.of(), ModelBuilder.tensor("value", WEIGHT));
      builder
          .graph()
          .getNodeBuilder(builder.graph().getNodeCount() - 1)
          .getAttributeBuilder(0)
          .setT(large);
    }

    assertRefused(
        builder,
        "tensor \"b\" in node \"b\" lies in a data file, as do others that are no initializers, more than 1 GiB in all");
  }

  @Test
  void of_sparseInitializerOutside_pointsToReadingByPath() {
    ModelBuilder builder = ModelBuilder.create();
    builder
        .graph()
        .addSparseInitializer(
            SparseTensorProto.newBuilder()
                .setValues(DataFiles.external("s", WEIGHT, Map.of("location", "w.bin"))));

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(builder::build)
        .withMessage(
            "model: tensor \"s\" in the model is stored outside the model file;"
                + " read the model by its path, with OnnxModel.read(path)");
  }

  private Path model(Map<String, String> entries) throws IOException {
    return DataFiles.write(folder.resolve("model.onnx"), builder(entries));
  }

  /** Returns x + w, of which w lies where the entries say. */
  private static ModelBuilder builder(Map<String, String> entries) {
    ModelBuilder builder = ModelBuilder.create();
    builder.graph().addInitializer(DataFiles.external("w", WEIGHT, entries));
    return builder.output(builder.sum("y", builder.input("x", 2, 3), "w"));
  }

  private static Tensor weight(OnnxModel model) {
    return model.graph().value("w").flatMap(Value::constant).orElseThrow();
  }

  private void assertRefused(Map<String, String> entries, String message) throws IOException {
    assertRefused(builder(entries), message);
  }

  private void assertRefused(ModelBuilder builder, String message) throws IOException {
    Path file = DataFiles.write(folder.resolve("model.onnx"), builder);

    assertThatExceptionOfType(ModelFormatException.class)
        .isThrownBy(() -> OnnxModel.read(file))
        .withMessageContaining(message);
  }
}
