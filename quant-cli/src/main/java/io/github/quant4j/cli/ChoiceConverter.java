/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.calibration.source.picture.ChannelOrder;
import io.github.quant4j.calibration.source.picture.Interpolation;
import io.github.quant4j.calibration.source.picture.PictureFit;
import io.github.quant4j.calibration.source.picture.PictureLayout;
import io.github.quant4j.calibration.source.picture.UndecodablePolicy;
import io.github.quant4j.core.observer.NonFinitePolicy;
import io.github.quant4j.onnx.qdq.BuildMode;
import io.github.quant4j.onnx.qdq.PlanProfile;
import io.github.quant4j.onnx.qdq.Target;
import io.github.quant4j.onnx.qdq.WeightForm;
import io.github.quant4j.onnx.repair.CodeReading;
import io.github.quant4j.ptq.EngineKind;
import io.github.quant4j.tensorrt.Precision;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads one of a few words, in lower case or any other.
 *
 * @param <E> what the words stand for
 */
abstract sealed class ChoiceConverter<E extends Enum<E>> implements ITypeConverter<E> {
  /** Words other than the names in the library. */
  private static final Map<Enum<?>, String> SHORT_WORDS =
      Map.of(
          BuildMode.WEAKLY_TYPED, "weak",
          BuildMode.STRONGLY_TYPED, "strong",
          WeightForm.FLOAT_WITH_PAIRS, "pairs",
          EngineKind.INT8_MIN_MAX, "int8-minmax",
          EngineKind.INT8_ENTROPY_2, "int8-entropy2");

  private final Class<E> choices;

  ChoiceConverter(Class<E> choices) {
    this.choices = choices;
  }

  @Override
  public final E convert(String text) {
    return Arrays.stream(choices.getEnumConstants())
        .filter(choice -> word(choice).equals(text.toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "expected " + words(choices) + ", found '" + text + "'"));
  }

  /** Returns the word for a choice. */
  static String word(Enum<?> choice) {
    return SHORT_WORDS.getOrDefault(
        choice, choice.name().toLowerCase(Locale.ROOT).replace('_', '-'));
  }

  /** Returns all words for the choices of one kind. */
  static <E extends Enum<E>> String words(Class<E> choices) {
    return Arrays.stream(choices.getEnumConstants())
        .map(ChoiceConverter::word)
        .collect(Collectors.joining(" or "));
  }

  /** Reads a runtime. */
  static final class OfTarget extends ChoiceConverter<Target> {
    OfTarget() {
      super(Target.class);
    }
  }

  /** Reads a profile. */
  static final class OfProfile extends ChoiceConverter<PlanProfile> {
    OfProfile() {
      super(PlanProfile.class);
    }
  }

  /** Reads a build mode. */
  static final class OfBuildMode extends ChoiceConverter<BuildMode> {
    OfBuildMode() {
      super(BuildMode.class);
    }
  }

  /** Reads a form of weights. */
  static final class OfWeightForm extends ChoiceConverter<WeightForm> {
    OfWeightForm() {
      super(WeightForm.class);
    }
  }

  /** Reads how undecided codes are to be read. */
  static final class OfCodeReading extends ChoiceConverter<CodeReading> {
    OfCodeReading() {
      super(CodeReading.class);
    }
  }

  /** Reads a form of findings. */
  static final class OfLintFormat extends ChoiceConverter<LintFormat> {
    OfLintFormat() {
      super(LintFormat.class);
    }
  }

  /** Reads a method. */
  static final class OfMethod extends ChoiceConverter<CalibrationMethod> {
    OfMethod() {
      super(CalibrationMethod.class);
    }
  }

  /** Reads what an engine may compute with. */
  static final class OfPrecision extends ChoiceConverter<Precision> {
    OfPrecision() {
      super(Precision.class);
    }
  }

  /** Reads a kind of engines. */
  static final class OfEngineKind extends ChoiceConverter<EngineKind> {
    OfEngineKind() {
      super(EngineKind.class);
    }
  }

  /** Reads a calibrator of TensorRT. */
  static final class OfCalibrator extends ChoiceConverter<CalibratorChoice> {
    OfCalibrator() {
      super(CalibratorChoice.class);
    }
  }

  /** Reads a form of calibration tables. */
  static final class OfTableFormat extends ChoiceConverter<TableFormat> {
    OfTableFormat() {
      super(TableFormat.class);
    }
  }

  /** Reads how pictures are made to fit. */
  static final class OfPictureFit extends ChoiceConverter<PictureFit> {
    OfPictureFit() {
      super(PictureFit.class);
    }
  }

  /** Reads how pixels are mixed. */
  static final class OfInterpolation extends ChoiceConverter<Interpolation> {
    OfInterpolation() {
      super(Interpolation.class);
    }
  }

  /** Reads an order of channels. */
  static final class OfChannelOrder extends ChoiceConverter<ChannelOrder> {
    OfChannelOrder() {
      super(ChannelOrder.class);
    }
  }

  /** Reads an order of axes. */
  static final class OfPictureLayout extends ChoiceConverter<PictureLayout> {
    OfPictureLayout() {
      super(PictureLayout.class);
    }
  }

  /** Reads what becomes of damaged pictures. */
  static final class OfUndecodablePolicy extends ChoiceConverter<UndecodablePolicy> {
    OfUndecodablePolicy() {
      super(UndecodablePolicy.class);
    }
  }

  /** Reads what becomes of values that are not finite. */
  static final class OfNonFinitePolicy extends ChoiceConverter<NonFinitePolicy> {
    OfNonFinitePolicy() {
      super(NonFinitePolicy.class);
    }
  }
}
