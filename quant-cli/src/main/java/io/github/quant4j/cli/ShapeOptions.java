/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.onnx.Dimension;
import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.Value;
import io.github.quant4j.tensorrt.ShapeProfile;
import io.github.quant4j.tensorrt.ShapeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/** The option that says which shapes an engine takes, for inputs with axes of unknown size. */
final class ShapeOptions {
  private static final String SHAPES = "--shapes";

  @Option(
      names = SHAPES,
      paramLabel = "NAME:MIN,OPT,MAX",
      converter = Converter.class,
      description =
          "The shapes the engine takes for an input, and the one it is fastest at, such as"
              + " x:1x3x32x32,8x3x32x32,64x3x32x32, or x:8x3x32x32 for one alone; repeatable for"
              + " other inputs, and an input named again begins another profile; unless given"
              + " batches of --batch samples.")
  private List<ShapeProfile> shapes = List.of();

  /** Returns the batch size that the engine is to be fastest at, empty where none is given. */
  OptionalInt batchSize() {
    return shapes.stream()
        .flatMap(profile -> profile.ranges().values().stream())
        .map(ShapeRange::opt)
        .filter(opt -> opt.rank() > 0 && opt.dimension(0) <= Integer.MAX_VALUE)
        .mapToInt(opt -> (int) opt.dimension(0))
        .findFirst();
  }

  /**
   * Returns profiles in which every input with an axis of unknown size has shapes: those given, or
   * one shape where only the first axis is unknown and its size is given.
   *
   * @param batch the size of that axis, null where it is not given
   * @return none where all sizes are fixed and none are given
   */
  List<ShapeProfile> profiles(CommandSpec command, OnnxModel model, @Nullable Integer batch) {
    List<ShapeProfile> profiles = given();
    for (Value input : model.graph().inputs()) {
      if (!isNamed(input) && isDynamic(input)) {
        Shape shape = withBatch(input, batch).orElseThrow(() -> missing(command, input));
        ShapeProfile fixed = ShapeProfile.of(input.name(), shape, shape, shape);
        profiles =
            profiles.isEmpty()
                ? List.of(fixed)
                : profiles.stream().map(profile -> joined(profile, fixed)).toList();
      }
    }
    return profiles;
  }

  /** Returns the profiles in the order given, none when the option is not. */
  List<ShapeProfile> given() {
    List<ShapeProfile> profiles = new ArrayList<>();
    for (ShapeProfile next : shapes) {
      int last = profiles.size() - 1;
      if (last < 0 || !isFree(profiles.get(last), next)) {
        profiles.add(next);
      } else {
        profiles.set(last, joined(profiles.get(last), next));
      }
    }
    return profiles;
  }

  /** Returns the one profile that engines are timed with, empty where none is given. */
  Optional<ShapeProfile> oneProfile(CommandSpec command) {
    List<ShapeProfile> profiles = given();
    if (profiles.size() > 1) {
      throw new ParameterException(
          command.commandLine(), SHAPES + " names an input twice; expected one set of shapes");
    }
    return profiles.stream().findFirst();
  }

  private boolean isNamed(Value input) {
    return shapes.stream().anyMatch(profile -> profile.ranges().containsKey(input.name()));
  }

  private static ParameterException missing(CommandSpec command, Value input) {
    return new ParameterException(
        command.commandLine(),
        "input '"
            + input.name()
            + "' "
            + input.type()
            + " has axes of unknown size; give the least, the usual and the greatest with "
            + SHAPES
            + " "
            + input.name()
            + ":MIN,OPT,MAX, or one size for all samples at once with --batch");
  }

  private static Optional<Shape> withBatch(Value input, @Nullable Integer batch) {
    List<Dimension> dimensions = input.type().dimensions().orElse(List.of());
    long[] sizes = new long[dimensions.size()];
    for (int axis = 0; axis < sizes.length; axis++) {
      if (dimensions.get(axis) instanceof Dimension.Fixed fixed) {
        sizes[axis] = fixed.size();
      } else if (axis == 0 && batch != null) {
        sizes[axis] = batch;
      } else {
        return Optional.empty();
      }
    }
    return sizes.length == 0 ? Optional.empty() : Optional.of(Shape.of(sizes));
  }

  private static boolean isDynamic(Value input) {
    return input.type().dimensions().orElse(List.of()).stream()
        .anyMatch(dimension -> !(dimension instanceof Dimension.Fixed));
  }

  private static boolean isFree(ShapeProfile profile, ShapeProfile next) {
    return next.ranges().keySet().stream().noneMatch(profile.ranges()::containsKey);
  }

  private static ShapeProfile joined(ShapeProfile profile, ShapeProfile next) {
    ShapeProfile all = profile;
    for (String input : next.ranges().keySet()) {
      all = all.with(input, next.ranges().get(input));
    }
    return all;
  }

  /** Reads the shapes of one input. */
  static final class Converter implements ITypeConverter<ShapeProfile> {
    @Override
    public ShapeProfile convert(String text) {
      try {
        return ShapeProfile.parse(List.of(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
