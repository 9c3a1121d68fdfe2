/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.onnx.lint;

import io.github.quant4j.onnx.repair.Defect;
import io.github.quant4j.onnx.repair.Finding;
import io.github.quant4j.onnx.repair.Remedy.Outcome;
import io.github.quant4j.onnx.repair.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The text form of a report, findings of one kind and severity together. */
final class LintText {
  /** What a name in the model could break a line or drive a terminal with. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]+");

  private LintText() {}

  static String of(LintReport report, int mostPerDefect) {
    if (report.findings().isEmpty()) {
      return "no findings\n";
    }
    Map<Group, List<Finding>> groups = new LinkedHashMap<>();
    for (Finding finding : report.findings()) {
      Group group = new Group(finding.defect(), finding.severity());
      groups.computeIfAbsent(group, absent -> new ArrayList<>()).add(finding);
    }
    StringBuilder text = new StringBuilder();
    groups.forEach((group, findings) -> append(text, group, findings, mostPerDefect));
    return text.append(totals(report)).append('\n').toString();
  }

  private static void append(StringBuilder text, Group group, List<Finding> findings, int most) {
    addLine(text, word(group.severity) + " " + group.defect.id() + ": " + group.defect.title());
    addLine(text, "  expected: " + group.defect.expectation());
    for (Finding finding : findings.subList(0, Math.min(most, findings.size()))) {
      String outcome = word(finding.remedy().outcome()) + ": " + finding.remedy().text();
      addLine(text, "  " + finding.site() + ": " + finding.found() + "; " + outcome);
    }
    if (findings.size() > most) {
      String count = String.format(Locale.ROOT, "%,d", findings.size() - most);
      addLine(text, "  " + count + (most == 0 ? " times" : " more"));
    }
  }

  private static String totals(LintReport report) {
    List<String> counts = new ArrayList<>();
    for (Severity severity : Severity.values()) {
      counts.add(counted(report.count(severity), word(severity)));
    }
    long repaired = count(report, Outcome.REPAIRED);
    long refused = count(report, Outcome.REFUSED);
    return counts.stream().collect(Collectors.joining(", "))
        + String.format(Locale.ROOT, "; the repair mends %,d, cannot mend %,d", repaired, refused);
  }

  private static String counted(long count, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", count, noun, count == 1 ? "" : "s");
  }

  private static long count(LintReport report, Outcome outcome) {
    return report.findings().stream()
        .filter(finding -> finding.remedy().outcome() == outcome)
        .count();
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void addLine(StringBuilder text, String line) {
    text.append(CONTROL.matcher(line).replaceAll(" ")).append('\n');
  }

  private record Group(Defect defect, Severity severity) {}
}
