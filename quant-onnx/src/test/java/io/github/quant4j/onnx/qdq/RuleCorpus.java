/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.qdq;

import io.github.quant4j.core.tensor.Shape;
import io.github.quant4j.core.tensor.Tensor;
import io.github.quant4j.onnx.Formulas;
import io.github.quant4j.onnx.ModelBuilder;
import io.github.quant4j.onnx.OnnxModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** A small graph for each rule of the planner, on which the rule has something to say. */
final class RuleCorpus {
  private static final PlannerOptions OPTIONS =
      PlannerOptions.DEFAULT.withProfile(PlanProfile.SPEED);

  private final Map<Class<? extends PlanningRule>, Sample> samples = new LinkedHashMap<>();

  /** Returns a graph and options to plan it with, by the class of the rule. */
  static Map<Class<? extends PlanningRule>, Sample> samples() {
    RuleCorpus corpus = new RuleCorpus();
    corpus.addOperators();
    corpus.addProducts();
    corpus.addJoins();
    corpus.addMovers();
    corpus.addFunctions();
    return corpus.samples;
  }

  private void add(Class<? extends PlanningRule> rule, Function<Blocks, String> output) {
    add(rule, OPTIONS, output);
  }

  private void add(
      Class<? extends PlanningRule> rule, PlannerOptions options, Function<Blocks, String> output) {
    Blocks blocks = new Blocks();
    samples.put(rule, new Sample(blocks.builder.output(output.apply(blocks)).build(), options));
  }

  private void addOperators() {
    add(
        MeasuredCostRule.class,
        OPTIONS.withMeasured(MeasuredCostRule.NOISE, Map.of("c", "keeps 9 dB")),
        b -> b.conv("c", b.stem));
    add(OpaqueOperatorRule.class, b -> b.f.op("TopK", b.stem));
    add(EmbeddingRule.class, Blocks::embedding);
    add(ConstantWeightRule.class, b -> b.builder.convOf("c", b.stem, b.builder.input("w", 16)));
    add(
        SmallActivationRule.class,
        OPTIONS.withTarget(Target.ONNXRUNTIME),
        b -> b.builder.conv("c", b.builder.input("small", 1, 4, 1, 1), 4, 16, 1));
    add(
        VolumeConvolutionRule.class,
        b ->
            b.builder.convOf(
                "c",
                b.builder.input("volume", 1, 24, 8, 8, 8),
                b.builder.weight("w", 24, 24, 3, 3, 3)));
    add(GroupedConvolutionRule.class, b -> b.builder.conv("c", b.wide, 64, 64, 3, 4));
    add(SmallChannelsRule.class, b -> b.builder.conv("c", b.conv("a", b.stem, 5), 5, 5, 1));
    add(ConvolutionRule.class, b -> b.conv("c", b.stem));
    add(
        TransposedConvolutionRule.class,
        b -> b.f.op("ConvTranspose", List.of(b.stem, b.builder.weight("w", 16, 16, 2, 2))));
    add(
        HeadRule.class,
        PlannerOptions.DEFAULT.withProfile(PlanProfile.ACCURACY),
        b -> b.conv("c", b.stem));
  }

  private void addProducts() {
    add(DegenerateProductRule.class, b -> b.builder.gemm("g", b.rows(8), 8, 8));
    add(GemmRule.class, b -> b.builder.gemm("g", b.rows(32), 32, 32));
    add(MatMulRule.class, b -> b.product("p", b.rows(32)));
    add(AttentionRule.class, OPTIONS.withInt8Attention(true), Blocks::attention);
    add(
        ActivationProductRule.class,
        b -> {
          String rows = b.builder.input("rows", 2, 32, 32);
          return b.f.matMul(b.product("p", rows), b.product("q", rows));
        });
  }

  private void addJoins() {
    add(
        SqueezeExciteRule.class,
        b -> {
          String main = b.builder.relu("main", b.conv("c", b.stem));
          String gate = b.f.op("Sigmoid", b.conv("excite", b.f.average(main)));
          return b.conv("d", b.f.mul(main, gate));
        });
    add(ResidualAddRule.class, b -> b.conv("d", b.f.add(b.stem, b.conv("c", b.stem))));
    add(
        PointwiseAddRule.class,
        b -> b.conv("d", b.f.add(b.f.silu(b.conv("a", b.stem)), b.f.silu(b.conv("c", b.stem)))));
    add(ConcatRule.class, b -> b.builder.conv("d", b.joined(), 32, 16, 1));
    add(
        AllReadersRule.class,
        OPTIONS.withAllReadersQuantized(true),
        b -> {
          b.builder.output(b.builder.maxPool("pool", b.stem));
          return b.conv("c", b.stem);
        });
  }

  private void addMovers() {
    add(AveragePoolRule.class, b -> b.conv("d", b.f.average(b.conv("c", b.stem))));
    add(LinearResizeRule.class, b -> b.conv("d", b.resized(b.conv("c", b.stem))));
    add(PadRule.class, b -> b.conv("c", b.padded(b.stem)));
    add(
        InheritedScaleRule.class,
        b -> b.f.add(b.conv("c", b.stem), b.conv("d", b.builder.maxPool("pool", b.stem))));
    add(
        CopyOperatorRule.class,
        b -> b.f.add(b.conv("c", b.stem), b.conv("d", b.f.transposed(b.stem, 0, 1, 3, 2))));
  }

  private void addFunctions() {
    add(SwishBeforeAverageRule.class, b -> b.f.average(b.f.op("HardSwish", b.conv("c", b.stem))));
    add(NormalizationRule.class, b -> b.f.normalized(b.stem));
    add(FusedActivationRule.class, b -> b.f.silu(b.conv("c", b.stem)));
    add(GeluRule.class, b -> b.f.gelu(b.conv("c", b.stem)));
    add(FloatFunctionRule.class, b -> b.f.softmax(b.conv("c", b.stem)));
    add(RemainingOperators.class, b -> b.f.op("Sin", b.stem));
  }

  /** A model, and what was chosen for its plan. */
  record Sample(OnnxModel model, PlannerOptions options) {
    /** Returns all a plan says, or how planning fails without the rules it needs. */
    String plan(PlanningRules rules) {
      try {
        return QdqPlanner.create().plan(model, rules).toJson();
      } catch (RuntimeException e) {
        return e.toString();
      }
    }

    /** Returns which nodes are INT8 and where pairs stand, without the reasons. */
    String placement(PlanningRules rules) {
      return plan(rules).replaceAll("\"(rule|reason)\": *\"([^\"\\\\]|\\\\.)*\"", "");
    }
  }

  /** Parts of models on a tensor "stem" of [n, 16, 8, 8] and a tensor of 64 channels. */
  private static final class Blocks {
    private final ModelBuilder builder = ModelBuilder.create();
    private final Formulas f = new Formulas(builder);
    private final String stem = builder.relu("stem", builder.input("x", 2, 16, 8, 8));
    private final String wide = builder.relu("wide", builder.input("y", 2, 64, 8, 8));

    private String conv(String name, String input) {
      return conv(name, input, 16);
    }

    private String conv(String name, String input, int outputs) {
      return builder.conv(name, input, 16, outputs, 1);
    }

    private String product(String name, String input) {
      builder.weight(name + ".W", 32, 32);
      return builder.add("MatMul", name, List.of(input, name + ".W"));
    }

    private String rows(int features) {
      return builder.relu("rows", builder.input("z", 4, features));
    }

    private String embedding() {
      builder.weight("table", 10, 16);
      builder.longs("row", 1);
      return f.op("Gather", List.of("table", f.op("NonZero", stem)));
    }

    private String attention() {
      String tokens = builder.relu("tokens", builder.input("t", 2, 32, 32));
      builder.longs("split", 2, 32, 2, 16);
      String q = split(product("q", tokens), 0, 2, 1, 3);
      String k = split(product("k", tokens), 0, 2, 3, 1);
      String v = split(product("v", tokens), 0, 2, 1, 3);
      String scores = f.softmax(f.div(f.matMul(q, k), f.number(4)));
      builder.longs("merged", 2, 32, 32);
      String context = f.transposed(f.matMul(scores, v), 0, 2, 1, 3);
      return product("o", f.op("Reshape", List.of(context, "merged")));
    }

    private String split(String input, long... permutation) {
      return f.transposed(f.op("Reshape", List.of(input, "split")), permutation);
    }

    private String joined() {
      return builder.add(
          "Concat", "joined", List.of(conv("a", stem), stem), ModelBuilder.integer("axis", 1));
    }

    private String resized(String input) {
      builder.constant("scales", Tensor.ofFloats(Shape.of(4), 1, 1, 2, 2));
      return builder.add(
          "Resize", "resized", List.of(input, "", "scales"), ModelBuilder.text("mode", "linear"));
    }

    private String padded(String input) {
      builder.longs("pads", 0, 0, 1, 1, 0, 0, 1, 1);
      return builder.add("Pad", "padded", List.of(input, "pads"));
    }
  }
}
