/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTextTest {
  @Test
  void of_nestedValues_breaksTheTwoOuterLevels() {
    Map<String, Object> inner = new LinkedHashMap<>();
    inner.put("b", true);
    inner.put("a", List.of(1, 2L, "x"));
    Map<String, Object> outer = new LinkedHashMap<>();
    outer.put("count", 2);
    outer.put("rows", List.of(inner, Map.of()));
    outer.put("none", List.of());

    assertThat(JsonText.of(outer))
        .isEqualTo(
            """
            {
              "count": 2,
              "rows": [
                {"b": true, "a": [1, 2, "x"]},
                {}
              ],
              "none": []
            }
            """);
  }

  @Test
  void of_decimals_haveNoExponent() {
    assertThat(JsonText.of(Map.of("x", new BigDecimal("1.5E-7")))).contains("0.00000015");
    assertThat(JsonText.of(Map.of("x", new BigDecimal("2E+3")))).contains("2000");
  }

  @Test
  void of_emptyMap_isAnEmptyObject() {
    assertThat(JsonText.of(Map.of())).isEqualTo("{}\n");
  }

  /** Columns: a code unit, the JSON text of it. */
  @ParameterizedTest
  @CsvSource({
    "0000, \\u0000",
    "0008, \\u0008",
    "0009, \\t",
    "000a, \\n",
    "000d, \\r",
    "001b, \\u001b",
    "0022, \\\"",
    "005c, \\\\",
    "007f, \\u007f",
    "0085, \\u0085",
    "2028, \\u2028",
    "2029, \\u2029",
    "d800, \\ud800",
    "dfff, \\udfff"
  })
  void quoted_unitThatMayNotStandBare_isEscaped(String unit, String expected) {
    String text = "a" + (char) Integer.parseInt(unit, 16) + "b";

    assertThat(JsonText.quoted(text)).isEqualTo("\"a" + expected + "b\"");
  }

  @Test
  void quoted_textOfAllPlanes_staysAsItIs() {
    String text = "/conv1/Conv:0 \u00e9\u4e2d" + Character.toString(0x1f600) + " '<&>";

    assertThat(JsonText.quoted(text)).isEqualTo('"' + text + '"');
  }

  @Test
  void quoted_surrogatesInTheWrongOrder_areEscapedEach() {
    String quoted = JsonText.quoted("\udc00\ud800");

    assertThat(quoted).isEqualTo("\"\\udc00\\ud800\"");
    assertThat(new String(quoted.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
        .isEqualTo(quoted);
  }
}
