/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.picture.ChannelOrder;
import io.github.quant4j.calibration.source.picture.Interpolation;
import io.github.quant4j.calibration.source.picture.PictureFit;
import io.github.quant4j.calibration.source.picture.PictureLayout;
import io.github.quant4j.calibration.source.picture.PictureSource;
import io.github.quant4j.calibration.source.picture.UndecodablePolicy;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say how pictures become samples. */
final class PictureOptions {
  private static final String SIZE = "--image-size";
  private static final Set<String> NAMES =
      Set.of(
          SIZE,
          "--fit",
          "--shorter-side",
          "--interpolation",
          "--rescale",
          "--mean",
          "--std",
          "--layout",
          "--channel-order",
          "--undecodable");

  @Option(
      names = SIZE,
      paramLabel = "HxW",
      converter = PictureSize.Converter.class,
      description =
          "The height and width of pictures, for example 224x224; those the model is fixed to"
              + " unless given.")
  private @Nullable PictureSize size;

  @Option(
      names = "--fit",
      paramLabel = "FIT",
      converter = ChoiceConverter.OfPictureFit.class,
      description =
          "How pictures of another aspect become that size: stretch, the default, center-crop or"
              + " letterbox.")
  private @Nullable PictureFit fit;

  @Option(
      names = "--shorter-side",
      paramLabel = "N",
      converter = PositiveNumber.class,
      description =
          "Scale the shorter side to N pixels before the centre is cut out; with --fit"
              + " center-crop, the least that will do unless given.")
  private @Nullable Integer shorterSide;

  @Option(
      names = "--interpolation",
      paramLabel = "WAY",
      converter = ChoiceConverter.OfInterpolation.class,
      description = "How pixels are mixed: nearest, area, bilinear, the default, or bicubic.")
  private @Nullable Interpolation interpolation;

  @Option(
      names = "--rescale",
      paramLabel = "FACTOR",
      converter = FiniteNumber.class,
      description = "What codes of 0 to 255 are multiplied by first; 1/255 unless given.")
  private @Nullable Double rescale;

  @Option(
      names = "--mean",
      paramLabel = "M",
      split = ",",
      description =
          "What is subtracted from the rescaled codes, one number or one for each channel,"
              + " separated by commas; 0 unless given.")
  private float @Nullable [] mean;

  @Option(
      names = "--std",
      paramLabel = "S",
      split = ",",
      description = "What the differences are divided by, as --mean; 1 unless given.")
  private float @Nullable [] std;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      converter = ChoiceConverter.OfPictureLayout.class,
      description = "The order of the axes, nchw or nhwc; that of the model's input unless given.")
  private @Nullable PictureLayout layout;

  @Option(
      names = "--channel-order",
      paramLabel = "ORDER",
      converter = ChoiceConverter.OfChannelOrder.class,
      description =
          "The channels: rgb, bgr or gray; rgb unless given, gray for a model of one channel.")
  private @Nullable ChannelOrder channelOrder;

  @Option(
      names = "--undecodable",
      paramLabel = "POLICY",
      converter = ChoiceConverter.OfUndecodablePolicy.class,
      description = "What to do about damaged pictures: fail, the default, or skip.")
  private @Nullable UndecodablePolicy undecodable;

  /** Makes sure that no option is given where the samples are no pictures. */
  static void requireNone(CommandSpec command) {
    command.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(NAMES::contains)
        .findFirst()
        .ifPresent(
            name -> {
              throw new ParameterException(
                  command.commandLine(),
                  name + " is for pictures, found arrays or test data; leave it out");
            });
  }

  /** Opens pictures for the only input of a model. */
  CalibrationSource open(CommandSpec command, Path data, List<Value> inputs, int batchSize)
      throws IOException {
    if (inputs.size() != 1) {
      throw new CommandException(
          "samples \"%s\" are pictures, but the model has the inputs %s; expected a model of one input, or a .npz with an array for each"
              .formatted(data, inputs));
    }
    try {
      PictureInput input = new PictureInput(inputs.get(0));
      PictureLayout order = layout != null ? layout : input.layout();
      PictureSize wanted =
          Optional.ofNullable(size).or(() -> input.size(order)).orElseThrow(() -> unsized(command));
      PictureSource.Builder builder =
          builder(data)
              .inputName(input.name())
              .size(wanted.height(), wanted.width())
              .layout(order)
              .channelOrder(channelOrder != null ? channelOrder : input.channelOrder(order))
              .batchSize(batchSize);
      if (input.elementType() == ElementType.UINT8) {
        builder.elementType(ElementType.UINT8);
      }
      return withOptions(builder).open();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "options for pictures do not go together: " + e.getMessage(), e);
    }
  }

  private static PictureSource.Builder builder(Path data) {
    return Files.isDirectory(data)
        ? PictureSource.builder(data)
        : PictureSource.builder(List.of(data));
  }

  private static ParameterException unsized(CommandSpec command) {
    return new ParameterException(
        command.commandLine(),
        "the model does not fix the size of pictures; expected " + SIZE + "=HxW");
  }

  private PictureSource.Builder withOptions(PictureSource.Builder builder) {
    Optional.ofNullable(fit).ifPresent(builder::fit);
    Optional.ofNullable(shorterSide).ifPresent(builder::shorterSide);
    Optional.ofNullable(interpolation).ifPresent(builder::interpolation);
    Optional.ofNullable(rescale).ifPresent(builder::rescale);
    Optional.ofNullable(mean).ifPresent(builder::mean);
    Optional.ofNullable(std).ifPresent(builder::std);
    Optional.ofNullable(undecodable).ifPresent(builder::onUndecodable);
    return builder;
  }
}
