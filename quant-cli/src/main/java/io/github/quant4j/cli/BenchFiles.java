/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.cli;

import io.github.quant4j.onnx.OnnxModel;
import io.github.quant4j.ptq.EngineComparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The files to be timed, in the order given.
 *
 * @param all engines and models, at most one of these in float32
 */
record BenchFiles(List<BenchFile> all) {
  /** Reads the models among the files; each file may be named once. */
  static BenchFiles read(CommandSpec command, List<Path> paths) throws IOException {
    List<BenchFile> all = new ArrayList<>();
    for (Path path : paths) {
      if (all.stream().anyMatch(file -> file.path().equals(path))) {
        throw new ParameterException(
            command.commandLine(), "\"" + path + "\" is named twice; name every file once");
      }
      all.add(BenchFile.read(path));
    }
    List<BenchFile> floats = all.stream().filter(BenchFile::isFloatModel).toList();
    if (floats.size() > 1) {
      throw new ParameterException(
          command.commandLine(),
          "\""
              + floats.get(0).path()
              + "\" and \""
              + floats.get(1).path()
              + "\" are both float models; expected at most one, which the others are held against");
    }
    return new BenchFiles(all);
  }

  /** Returns the float model. */
  Optional<OnnxModel> floatModel() {
    return all.stream()
        .filter(BenchFile::isFloatModel)
        .flatMap(file -> file.model().stream())
        .findFirst();
  }

  /** Tells whether there is a model to make an engine of. */
  boolean hasModels() {
    return all.stream().anyMatch(file -> file.model().isPresent());
  }

  /** Tells whether there is nothing but one engine, to be timed by itself. */
  boolean isOneEngine() {
    return all.size() == 1 && all.get(0).model().isEmpty();
  }

  /** Returns the comparison of the float model's engines with all else. */
  EngineComparison comparison() {
    EngineComparison comparison =
        floatModel().map(EngineComparison::of).orElseGet(EngineComparison::ofAdded);
    for (BenchFile file : all) {
      if (!file.isFloatModel()) {
        comparison =
            file.model().isPresent()
                ? comparison.add(name(file), file.model().get())
                : comparison.add(name(file), file.path());
      }
    }
    return comparison;
  }

  /** Returns what a file is called in tables: by its path only where two have the same name. */
  String name(BenchFile file) {
    Path name = file.path().getFileName();
    boolean isUnique =
        all.stream().filter(other -> other.path().endsWith(name)).limit(2).count() == 1;
    return (isUnique ? name : file.path()).toString();
  }

  /** Returns the files with their sizes. */
  List<FileSize> sizes() throws IOException {
    List<FileSize> sizes = new ArrayList<>();
    for (BenchFile file : all) {
      sizes.add(FileSize.of(file.path()));
    }
    return sizes;
  }
}
