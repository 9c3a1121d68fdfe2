/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.github.quant4j.onnx.internal.proto.ModelProto;
import io.github.quant4j.onnx.internal.proto.TensorProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Goes all ways on which the format lets a model hold a tensor. */
class OutsideTensorsTest {
  private static final TensorProto INSIDE = TensorProto.newBuilder().setName("t").build();
  private static final TensorProto OUTSIDE =
      INSIDE.toBuilder().setDataLocation(TensorProto.DataLocation.EXTERNAL).build();

  @Test
  void isAnyIn_tensorWhereverTheFormatAllowsOne_tellsOutsideFromInside() throws Exception {
    List<List<FieldDescriptor>> ways =
        waysToTensors(ModelProto.getDescriptor(), List.of(), new HashSet<>());

    assertThat(ways).hasSizeGreaterThan(20);
    for (List<FieldDescriptor> way : ways) {
      assertThat(OutsideTensors.isAnyIn(model(way, OUTSIDE))).as("%s", way).isTrue();
      assertThat(OutsideTensors.isAnyIn(model(way, INSIDE))).as("%s", way).isFalse();
    }
  }

  /** Returns the fields to follow, entering no type twice on one way but the last time. */
  private static List<List<FieldDescriptor>> waysToTensors(
      Descriptor type, List<FieldDescriptor> before, Set<Descriptor> entered) {
    List<List<FieldDescriptor>> ways = new ArrayList<>();
    for (FieldDescriptor field : type.getFields()) {
      if (field.getJavaType() != JavaType.MESSAGE) {
        continue;
      }
      List<FieldDescriptor> way = new ArrayList<>(before);
      way.add(field);
      Set<Descriptor> path = new HashSet<>(entered);
      if (field.getMessageType().equals(TensorProto.getDescriptor())) {
        ways.add(way);
      } else if (path.add(field.getMessageType())) {
        ways.addAll(waysToTensors(field.getMessageType(), way, path));
      }
    }
    return ways;
  }

  private static ModelProto model(List<FieldDescriptor> way, TensorProto tensor)
      throws InvalidProtocolBufferException {
    Message inner = tensor;
    for (int i = way.size() - 1; i >= 0; i--) {
      FieldDescriptor field = way.get(i);
      DynamicMessage.Builder holder = DynamicMessage.newBuilder(field.getContainingType());
      if (field.isRepeated()) {
        holder.addRepeatedField(field, inner);
      } else {
        holder.setField(field, inner);
      }
      inner = holder.build();
    }
    return ModelProto.parseFrom(inner.toByteString());
  }
}
