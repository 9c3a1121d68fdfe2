/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.tensorrt;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the JSON of TensorRT's engine inspector: an object with {@code Layers}, each a name or an
 * object, and {@code Bindings}.
 */
final class InspectionReader {

  /** TensorRT writes separators unescaped into texts, and NaN where a number has no meaning. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .build();

  private final JsonParser json;

  private InspectionReader(JsonParser json) {
    this.json = json;
  }

  static EngineInspection read(String text) {
    try (JsonParser json = FACTORY.createParser(text)) {
      return new InspectionReader(json).engine();
    } catch (IOException malformed) {
      String reason = malformed.getMessage() == null ? "" : malformed.getMessage();
      throw new TensorRtException(
          "layers of the engine cannot be read: " + reason.replaceAll("\\s*\\R\\s*", " "),
          malformed);
    }
  }

  private EngineInspection engine() throws IOException {
    List<EngineLayer> layers = new ArrayList<>();
    List<String> bindings = new ArrayList<>();
    boolean hasLayers = false;
    require(json.nextToken() == JsonToken.START_OBJECT, "an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "Layers" -> {
          hasLayers = true;
          readEach(() -> layers.add(layer()));
        }
        case "Bindings" -> readEach(() -> bindings.add(text()));
        default -> json.skipChildren();
      }
    }
    require(json.currentToken() == JsonToken.END_OBJECT, "the end of the object");
    require(hasLayers, "a field 'Layers'");
    return new EngineInspection(layers, bindings);
  }

  private EngineLayer layer() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return EngineLayer.named(json.getText());
    }
    require(json.currentToken() == JsonToken.START_OBJECT, "a layer");
    LayerFields fields = new LayerFields();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "Inputs" -> readEach(() -> fields.inputs.add(tensor()));
        case "Outputs" -> readEach(() -> fields.outputs.add(tensor()));
        case "Weights" -> fields.weights = typeOfWeights();
        default -> fields.put(field, text());
      }
    }
    return fields.layer();
  }

  private LayerTensor tensor() throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return new LayerTensor(json.getText(), List.of(), "");
    }
    require(json.currentToken() == JsonToken.START_OBJECT, "a tensor");
    String name = "";
    String format = "";
    List<Long> dimensions = new ArrayList<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "Name" -> name = text();
        case "Format/Datatype" -> format = text();
        case "Dimensions" -> readEach(() -> dimensions.add(json.getValueAsLong(-1)));
        default -> json.skipChildren();
      }
    }
    return new LayerTensor(name, dimensions, format);
  }

  private String typeOfWeights() throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      return text();
    }
    String type = "";
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      if (field.equals("Type")) {
        type = text();
      } else {
        json.skipChildren();
      }
    }
    return type;
  }

  /** The current value as a text, "" if it is an object or an array, which is passed over. */
  private String text() throws IOException {
    if (json.currentToken().isScalarValue()) {
      return json.getText();
    }
    json.skipChildren();
    return "";
  }

  /** Reads the elements of an array; anything else counts as an array without any. */
  private void readEach(Element element) throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      require(json.currentToken() != null, "the end of the array");
      element.read();
    }
  }

  private void require(boolean isMet, String expected) throws IOException {
    if (!isMet) {
      throw new IOException(
          "expected %s, found %s at %s"
              .formatted(
                  expected,
                  json.currentToken() == null ? "the end" : json.currentToken(),
                  json.currentTokenLocation().offsetDescription()));
    }
  }

  /** Reads one element, at whose first token the parser stands. */
  private interface Element {
    void read() throws IOException;
  }
}
