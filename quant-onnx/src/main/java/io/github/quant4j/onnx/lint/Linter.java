/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.QdqRepair;
import io.github.quant4j.onnx.repair.Remedy;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.RepairException;
import io.github.quant4j.onnx.repair.RepairReport;
import io.github.quant4j.onnx.repair.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what keeps a quantized model from running rightly and fast in TensorRT. Needs no data, runs
 * nothing, takes any ONNX model and changes none; costs as much as a repair. Immutable and
 * thread-safe.
 */
public final class Linter {
  private static final Logger LOGGER = LoggerFactory.getLogger(Linter.class);
  private static final long OLDEST_OPSET = 9;
  private static final long NEWEST_OPSET = 24;

  private final Function<OnnxModel, RepairReport> repair;

  Linter(Function<OnnxModel, RepairReport> repair) {
    this.repair = repair;
  }

  /**
   * Returns the linter for TensorRT.
   *
   * @return the linter
   */
  public static Linter create() {
    return new Linter(QdqRepair.create()::examine);
  }

  /**
   * Finds the defects of a model. A model so strange that a pass of the repair gives up has an
   * error that says so ({@link Defect#REPAIR_FAILED}), beside what was found until then.
   *
   * @param model the model, quantized or not; not changed
   * @return the findings
   */
  public LintReport lint(OnnxModel model) {
    List<Finding> findings = new ArrayList<>(ofModel(model));
    try {
      findings.addAll(repair.apply(model).findings());
    } catch (RepairException e) {
      LOGGER.debug("linting goes on without the repair", e);
      findings.addAll(e.report().map(RepairReport::findings).orElse(List.of()));
      findings.add(failure(e));
    }
    findings.addAll(ForeignOperators.find(model, findings));
    return new LintReport(findings);
  }

  private static Finding failure(RepairException failure) {
    Remedy remedy = new Remedy(Outcome.REFUSED, "export the model anew; the repair stops here too");
    String found = String.valueOf(failure.getMessage());
    return new Finding(Defect.REPAIR_FAILED, Site.ofModel(), found, remedy);
  }

  private static List<Finding> ofModel(OnnxModel model) {
    List<Finding> findings = new ArrayList<>();
    long opset = model.opset();
    if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
      findings.add(
          new Finding(
              Defect.OPERATOR_SET,
              Site.ofModel(),
              opset == 0 ? "it imports no standard operators" : "it imports version " + opset,
              new Remedy(Outcome.REFUSED, "export the model with version 13 to 21")));
    }
    if (model.firstQuantizedNode().isEmpty()) {
      findings.add(
          new Finding(
              Defect.NOT_QUANTIZED,
              Site.ofModel(),
              "no node quantizes, dequantizes or computes on codes",
              new Remedy(Outcome.KEPT, "there is nothing to repair; quantize the model")));
    }
    return findings;
  }
}
