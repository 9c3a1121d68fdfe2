/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.quant4j.onnx.internal.proto.FunctionProto;
import java.util.List;
import org.junit.jupiter.api.Test;

class LocalFunctionsTest {
  @Test
  void all_severalFunctions_areThoseOfTheModelInItsOrder() {
    LocalFunctions functions =
        new LocalFunctions(
            List.of(
                function("com.example", "Swish"),
                function("ai.onnx", "Act"),
                function("com.example", "Swish")));

    assertThat(functions.all())
        .extracting(function -> function.domain() + ":" + function.name())
        .containsExactly("com.example:Swish", ":Act");
  }

  @Test
  void all_noFunction_isEmpty() {
    assertThat(new LocalFunctions(List.of()).all()).isEmpty();
  }

  private static FunctionProto function(String domain, String name) {
    return FunctionProto.newBuilder().setDomain(domain).setName(name).build();
  }
}
