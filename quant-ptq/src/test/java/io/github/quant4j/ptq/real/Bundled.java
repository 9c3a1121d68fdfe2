/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import io.github.quant4j.onnx.OnnxModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.imageio.ImageIO;

/** Models, word lists and photographs in the jars that the profile {@code real-models} adds. */
final class Bundled {
  private static final String PHOTOS = "/imagingbook/sampleimages/GeneralSampleImage-data/";

  /** Photographs of at least 200 pixels each way. */
  private static final List<String> PHOTO_NAMES =
      List.of(
          "Balloons600.jpg",
          "Boats.png",
          "Castle.png",
          "Clown.png",
          "Flower.jpg",
          "IrishManor.png",
          "MapleLeafSmall.png",
          "MonasterySmall.png",
          "PostalPackageSmall.jpg",
          "Postcard2c.jpg",
          "RamsesSmall.png",
          "RhinoBigCrop.png",
          "RhinoSmall.png",
          "ToolsSmall.png",
          "WartburgSmall.jpg");

  private Bundled() {}

  static OnnxModel model(String resource) throws IOException {
    try (InputStream stream = open(resource)) {
      return OnnxModel.of(stream.readAllBytes());
    }
  }

  static List<String> lines(String resource) throws IOException {
    try (InputStream stream = open(resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  static int photoCount() {
    return PHOTO_NAMES.size();
  }

  /** Returns a photograph as a square; the list begins anew at its end. */
  static BufferedImage photo(int index, int side) throws IOException {
    try (InputStream stream = open(PHOTOS + PHOTO_NAMES.get(index % PHOTO_NAMES.size()))) {
      return Pixels.scaled(ImageIO.read(stream), side, side);
    }
  }

  static InputStream open(String resource) throws IOException {
    InputStream stream = Bundled.class.getResourceAsStream(resource);
    if (stream == null) {
      throw new IOException(
          "resource \"" + resource + "\" is missing; run with the Maven profile real-models");
    }
    return stream;
  }
}
