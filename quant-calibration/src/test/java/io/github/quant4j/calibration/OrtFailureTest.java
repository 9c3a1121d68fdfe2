/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import org.junit.jupiter.api.Test;

class OrtFailureTest {

  @Test
  void gpuAskedOfThePackageWithoutOneNamesThePackageThatHasIt() {
    SessionSettings settings = SessionSettings.defaults().withProvider(ExecutionProvider.cuda(1));
    byte[] model = TestModels.read("two_inputs");

    assertThatThrownBy(() -> InferenceSession.open(model, settings))
        .isExactlyInstanceOf(CalibrationException.class)
        .hasMessage(
            "cannot compute on cuda:1: the ONNX Runtime on the class path knows no GPU, expected"
                + " com.microsoft.onnxruntime:onnxruntime_gpu in place of"
                + " com.microsoft.onnxruntime:onnxruntime");
  }

  @Test
  void failureOfTheGpuKeepsOnlyWhatCudaSays() {
    OrtException cause =
        new OrtException(
            "Error code - ORT_FAIL - message: /onnxruntime_src/cuda_call.cc:154 Status CudaCall() /"
                + "onnxruntime_src/cuda_call.cc:146 Status CudaCall() CUDA failure 2: out of memory"
                + " ; GPU=0 ; hostname=vm ; file=provider.cc ; line=345 ; expr=cudaMalloc(&p, n);\n");

    assertThat(OrtFailure.ofLoading("the model", ExecutionProvider.cuda(0), cause))
        .hasMessage(
            "cannot load the model on cuda:0, expected a valid ONNX model and free memory on the GPU"
                + " for it; ONNX Runtime says: CUDA failure 2: out of memory")
        .hasCause(cause);
  }

  @Test
  void libraryThatIsNotFoundIsNamed() {
    OrtException cause =
        new OrtException(
            "Error code - ORT_FAIL - message: /onnxruntime_src/provider_bridge_ort.cc:1988 Get()"
                + " [ONNXRuntimeError] : 1 : FAIL : Failed to load library /tmp/libprovider.so with"
                + " error: libcublasLt.so.12: cannot open shared object file\n");

    assertThat(OrtFailure.of("cannot compute", cause))
        .hasMessage(
            "cannot compute; ONNX Runtime says: Failed to load library /tmp/libprovider.so with"
                + " error: libcublasLt.so.12: cannot open shared object file");
  }

  @Test
  void loadingOnTheProcessorSpeaksOfTheModelAloneInOneLine() {
    OrtException cause = new OrtException("Protobuf parsing failed.\n");

    assertThat(OrtFailure.ofLoading("the model", ExecutionProvider.cpu(), cause))
        .hasMessage(
            "cannot load the model, expected a valid ONNX model; ONNX Runtime says: Protobuf"
                + " parsing failed");
  }
}
