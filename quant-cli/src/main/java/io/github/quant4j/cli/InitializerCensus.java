/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.quant4j.core.tensor.ElementType;
import io.github.quant4j.onnx.Graph;
import java.io.IOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the initializers of a graph hold.
 *
 * @param sizes the size of each
 */
record InitializerCensus(List<InitializerSize> sizes) {
  private static final Set<ElementType> FLOATING_POINT =
      EnumSet.of(ElementType.FLOAT16, ElementType.BFLOAT16, ElementType.FLOAT, ElementType.DOUBLE);

  static InitializerCensus of(Graph graph) {
    return new InitializerCensus(graph.initializers().stream().map(InitializerSize::of).toList());
  }

  void writeText(TextLines text) {
    text.add("initializers", String.format(Locale.ROOT, "%,d", sizes.size()));
    byType()
        .forEach(
            (type, bytes) ->
                text.add(
                    String.format(
                        Locale.ROOT,
                        "%,7d %s, %,d bytes",
                        bytes.getCount(),
                        type,
                        bytes.getSum())));
    halfShare()
        .ifPresent(
            share ->
                text.add(
                    "float16",
                    String.format(
                        Locale.ROOT,
                        "%.1f %% of %,d floating-point numbers in initializers",
                        100 * share,
                        floatingPoint())));
  }

  void writeJson(JsonGenerator json) throws IOException {
    json.writeNumberField("initializers", sizes.size());
    json.writeObjectFieldStart("initializersByType");
    for (Map.Entry<String, LongSummaryStatistics> type : byType().entrySet()) {
      json.writeObjectFieldStart(type.getKey());
      json.writeNumberField("count", type.getValue().getCount());
      json.writeNumberField("bytes", type.getValue().getSum());
      json.writeEndObject();
    }
    json.writeEndObject();
    OptionalDouble share = halfShare();
    if (share.isPresent()) {
      json.writeNumberField("float16Share", share.getAsDouble());
    } else {
      json.writeNullField("float16Share");
    }
  }

  /** Returns how many of the floating-point numbers are float16, empty where there are none. */
  private OptionalDouble halfShare() {
    long all = floatingPoint();
    return all == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of((double) elements(EnumSet.of(ElementType.FLOAT16)) / all);
  }

  private long floatingPoint() {
    return elements(FLOATING_POINT);
  }

  private long elements(Set<ElementType> types) {
    return sizes.stream()
        .filter(size -> size.elementType().filter(types::contains).isPresent())
        .mapToLong(InitializerSize::elements)
        .sum();
  }

  private SortedMap<String, LongSummaryStatistics> byType() {
    return sizes.stream()
        .collect(
            Collectors.groupingBy(
                InitializerSize::typeName,
                TreeMap::new,
                Collectors.summarizingLong(InitializerSize::bytes)));
  }
}
