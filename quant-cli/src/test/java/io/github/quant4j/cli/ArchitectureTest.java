/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The architecture of the whole project, whose modules this one all sees. */
class ArchitectureTest {
  private static final String ROOT = "io.github.quant4j";
  private static final String GENERATED = ROOT + ".onnx.internal.proto..";

  private static JavaClasses project;

  @BeforeAll
  static void importProject() {
    project =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "onnx", "calibration", "tensorrt", "ptq", "cli"})
  void analysis_seesEveryModule(String module) {
    assertThat(project.that(resideInAPackage(ROOT + "." + module + ".."))).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "core, ''",
    "onnx, core",
    "calibration, core",
    "tensorrt, core",
    "ptq, core onnx calibration tensorrt",
    "cli, core onnx calibration tensorrt ptq",
  })
  void modules_formAStar(String module, String allowed) {
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + module + "..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT + "..")
                .and(not(resideInAPackage(ROOT + "." + module + "..")))
                .and(not(resideInAnyPackage(packages(allowed)))))
        .check(project);
  }

  /**
   * JSON is written and read by the calibration table in the core and by the command, and read
   * where TensorRT tells of its layers.
   */
  @Test
  void jackson_isUsedByTheTableTheCommandAndTheInspection() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".core.table..", ROOT + ".tensorrt..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml.jackson..")
        .check(project);
  }

  /** Models are protobuf, and so are the test data that come with them. */
  @Test
  void protobuf_isUsedByTheModelAndTheTestData() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".onnx..", ROOT + ".calibration.source..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.google.protobuf..")
        .check(project);
  }

  @ParameterizedTest
  @CsvSource({
    "calibration, ai.onnxruntime..",
    "tensorrt, org.bytedeco..",
    "tensorrt, com.sun.jna..",
    "cli, picocli..",
  })
  void library_isUsedByOneModule(String module, String library) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "." + module + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .check(project);
  }

  @Test
  void publicSignatures_showNoLibraryAndNothingInternal() {
    classes()
        .that(areOpenToUsers())
        .should(new KeepOutOfSignatures(internalTypes()))
        .check(project);
  }

  @Test
  void staticState_isConstant() {
    fields()
        .that()
        .areStatic()
        .and()
        .areDeclaredInClassesThat(not(resideInAPackage(GENERATED)))
        .should()
        .beFinal()
        .check(project);
  }

  @Test
  void logging_goesThroughSlf4j() {
    noClasses()
        .that()
        .resideOutsideOfPackage(GENERATED)
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.logging..")
        .check(project);
  }

  @Test
  void standardStreams_areUsedByTheCommandAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(project);
  }

  @Test
  void classes_areClosedForExtensionUnlessMadeForIt() {
    classes()
        .that(not(resideInAPackage(GENERATED)))
        .and()
        .areNotInterfaces()
        .and()
        .areNotAnonymousClasses()
        .should()
        .haveModifier(JavaModifier.FINAL)
        .orShould()
        .haveModifier(JavaModifier.ABSTRACT)
        .orShould()
        .beAssignableTo(Throwable.class)
        .orShould()
        .beEnums()
        .orShould(new BeSealed())
        .check(project);
  }

  private static String[] packages(String modules) {
    return modules.isEmpty()
        ? new String[0]
        : Arrays.stream(modules.split(" "))
            .map(module -> ROOT + "." + module + "..")
            .toArray(String[]::new);
  }

  private static DescribedPredicate<JavaClass> areOpenToUsers() {
    return describe(
        "are public and outside of internal packages",
        type -> isPublic(type) && !type.getPackageName().contains(".internal"));
  }

  /** A public class within one that is not can be used by nobody but a library that reflects. */
  private static boolean isPublic(JavaClass type) {
    return type.getModifiers().contains(JavaModifier.PUBLIC)
        && type.getEnclosingClass().map(ArchitectureTest::isPublic).orElse(true);
  }

  private static DescribedPredicate<JavaClass> internalTypes() {
    return resideInAnyPackage(
        "com.google.protobuf..",
        "ai.onnxruntime..",
        "org.bytedeco..",
        "com.sun.jna..",
        "com.fasterxml.jackson..",
        "picocli..",
        ROOT + ".onnx.internal..");
  }
}
