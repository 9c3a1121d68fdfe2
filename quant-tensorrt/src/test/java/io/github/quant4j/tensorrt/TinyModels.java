/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import java.util.Base64;

/**
 * Models of a few nodes, y = Relu(DequantizeLinear(QuantizeLinear(x))) with x and y float[4], scale
 * 1/16, opset 19: what {@code onnx.helper} of onnx 1.23.1 serialized. Steps of 1/16 from 0 to 7
 * come out as they went in.
 */
final class TinyModels {

  /** All in float32. */
  private static final String FLOAT32_PAIR =
      "CAk6kQEKHwoBeAoBcwoBehIBcRoBcSIOUXVhbnRpemVMaW5lYXIKIQoBcQoBcwoBehIBZBoBZCIQRGVxdWFudGl6ZUxp"
          + "bmVhcgoPCgFkEgF5GgFyIgRSZWx1EgFnKgsQAUIBc0oEAACAPSoIEANCAXpKAQBaDwoBeBIKCggIARIECgII"
          + "BGIPCgF5EgoKCAgBEgQKAggEQgQKABAT";

  /** All between x and y in float16. */
  private static final String FLOAT16_PAIR =
      "CAk6xwEKGgoBeBIBaBoBYyIEQ2FzdCoJCgJ0bxgKoAECCh8KAWgKAXMKAXoSAXEaAXEiDlF1YW50aXplTGluZWFyCiEK"
          + "AXEKAXMKAXoSAWQaAWQiEERlcXVhbnRpemVMaW5lYXIKDwoBZBIBchoBciIEUmVsdQoaCgFyEgF5GgFlIgRD"
          + "YXN0KgkKAnRvGAGgAQISAWcqCRAKQgFzSgIALCoIEANCAXpKAQBaDwoBeBIKCggIARIECgIIBGIPCgF5EgoK"
          + "CAgBEgQKAggEQgQKABAT";

  private TinyModels() {}

  static byte[] float32Pair() {
    return Base64.getDecoder().decode(FLOAT32_PAIR);
  }

  static byte[] float16Pair() {
    return Base64.getDecoder().decode(FLOAT16_PAIR);
  }
}
