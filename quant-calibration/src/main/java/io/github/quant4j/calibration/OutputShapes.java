/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration;

import ai.onnxruntime.OnnxValue;
import io.github.quant4j.calibration.InferenceSession.Wanted;
import io.github.quant4j.core.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows the shapes of the observed outputs before a batch is run, so that the runtime can write
 * them to memory of ours.
 *
 * <p>They follow from what the model declares where that leaves nothing open but named dimensions
 * of the inputs. Otherwise they are learnt from one run more for every new shape of the inputs. An
 * output whose shape changes while those of the inputs stay depends on the values, as that of
 * NonZero does; there is no knowing it, and it is copied instead, as is one of another shape than
 * the model declares.
 *
 * <p>Thread-safe.
 */
final class OutputShapes {

  private static final Logger LOGGER = LoggerFactory.getLogger(OutputShapes.class);

  /** Enough for every size of a picture that comes again; others are learnt anew. */
  private static final int LARGEST_COUNT = 256;

  private final InferenceSession session;
  private final Set<String> names;
  private final Map<Map<String, Shape>, Map<String, Shape>> known =
      new LinkedHashMap<>(16, 0.75f, true); // least recently used first
  private final Set<Map<String, Shape>> learnt = new HashSet<>();
  private final Set<String> unpredictable = new HashSet<>();
  private final Set<String> misdeclared = new HashSet<>();

  OutputShapes(InferenceSession session, Set<String> names) {
    this.session = session;
    this.names = names;
  }

  /** Returns the shapes of all observed outputs but those that depend on values. */
  Map<String, Shape> of(Map<String, DirectTensor> inputs) {
    Map<String, Shape> key = shapesOf(inputs);
    Optional<Map<String, Shape>> found = find(key);
    return found.isPresent() ? found.get() : put(key, learn(inputs), true);
  }

  /**
   * Looks again, after a run into memory of the shapes found before has failed.
   *
   * @return whether they were wrong, so that another run may succeed
   */
  boolean correct(Map<String, DirectTensor> inputs, Map<String, Shape> found) {
    Map<String, Shape> key = shapesOf(inputs);
    Map<String, Shape> actual = learn(inputs);
    synchronized (this) {
      if (!predictable(known.getOrDefault(key, found)).equals(found)) {
        return true; // another thread was first
      }
      if (predictable(actual).equals(found)) {
        return false;
      }
      Set<String> wrong = new TreeSet<>(found.keySet());
      wrong.removeIf(name -> Objects.equals(found.get(name), actual.get(name)));
      if (learnt.contains(key)) {
        LOGGER.debug("the shapes of {} depend on values, they are copied", wrong);
        unpredictable.addAll(wrong);
      } else {
        LOGGER.debug("the shapes of {} are not as declared", wrong);
        misdeclared.addAll(wrong);
      }
      put(key, actual, true);
      return true;
    }
  }

  /** What a model declares wrongly the runtime computes, but not into memory of ours. */
  private void copyUnlessAdmitted(String name, Shape shape) {
    if (!symbolic(session.outputShapes(), name).admits(shape) && unpredictable.add(name)) {
      LOGGER.debug("'{}' is {}, not as the model declares it, it is copied", name, shape);
    }
  }

  private synchronized Optional<Map<String, Shape>> find(Map<String, Shape> key) {
    Map<String, Shape> shapes = known.get(key);
    return shapes == null
        ? declared(key).map(declared -> put(key, declared, false))
        : Optional.of(predictable(shapes));
  }

  private synchronized Map<String, Shape> put(
      Map<String, Shape> key, Map<String, Shape> shapes, boolean isLearnt) {
    if (known.size() >= LARGEST_COUNT && !known.containsKey(key)) {
      Map<String, Shape> oldest = known.keySet().iterator().next();
      known.remove(oldest);
      learnt.remove(oldest);
    }
    known.put(key, shapes);
    if (isLearnt) {
      learnt.add(key);
      shapes.forEach(this::copyUnlessAdmitted);
    }
    return predictable(shapes);
  }

  private Map<String, Shape> predictable(Map<String, Shape> shapes) {
    Map<String, Shape> predictable = new LinkedHashMap<>(shapes);
    predictable.keySet().removeAll(unpredictable);
    return predictable;
  }

  private Optional<Map<String, Shape>> declared(Map<String, Shape> inputs) {
    Map<String, Long> sizes = new HashMap<>();
    inputs.forEach((name, shape) -> symbolic(session.inputShapes(), name).bind(shape, sizes));
    Map<String, Shape> shapes = new LinkedHashMap<>();
    Set<String> wanted = new LinkedHashSet<>(names);
    wanted.removeAll(unpredictable);
    for (String name : wanted) {
      Optional<Shape> shape = symbolic(session.outputShapes(), name).resolve(sizes);
      if (shape.isEmpty() || misdeclared.contains(name)) {
        return Optional.empty();
      }
      shapes.put(name, shape.get());
    }
    return Optional.of(shapes);
  }

  private static SymbolicShape symbolic(Map<String, SymbolicShape> shapes, String name) {
    return Optional.ofNullable(shapes.get(name)).orElseThrow();
  }

  private Map<String, Shape> learn(Map<String, DirectTensor> inputs) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    session.runFor(
        inputs,
        new Wanted(names, Map.of()),
        (String name, OnnxValue value) -> shapes.put(name, OrtTensors.shape(name, value)));
    return shapes;
  }

  private static Map<String, Shape> shapesOf(Map<String, DirectTensor> tensors) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }
}
