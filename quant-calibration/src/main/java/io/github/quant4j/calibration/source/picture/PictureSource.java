/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.calibration.source.picture;

import static java.util.Objects.requireNonNull;

import io.github.quant4j.calibration.CalibrationException;
import io.github.quant4j.core.source.CalibrationSource;
import io.github.quant4j.core.source.TensorBatch;
import io.github.quant4j.core.tensor.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams the pictures of a folder, scaled and normalized as the model was trained to take them.
 *
 * <p>Each element is (v - mean[c]) / std[c] with v = code * rescale, code from 0 to 255 and c the
 * channel of the tensor: v is computed in float64 and rounded to float32, the difference and the
 * quotient in float32. With the default rescale of 1 / 255 that is bit for bit what {@code
 * ToTensor} and {@code Normalize} of torchvision give; scaled pictures have the codes that Pillow
 * gives.
 *
 * <p>Reads JPEG, also of inks, PNG, BMP, and what else the ImageIO of the JVM reads, with or
 * without a display; needs the module java.desktop. Gray is replicated to all channels; alpha is
 * dropped, not blended; 16-bit samples keep their upper 8 bits, those of gray too, which Pillow
 * clips; of several pictures in a file the first is taken. Embedded colour profiles and the
 * orientation that a camera noted (EXIF) are not applied, as with {@code
 * Image.open(file).convert("RGB")} of Pillow.
 *
 * <p>A file that is empty, truncated, no picture or larger than the limit is undecodable; {@link
 * UndecodablePolicy} says what becomes of it.
 *
 * <p>Threads of the source's own decode ahead of the reader. What comes out, and in which order,
 * does not depend on their number. Memory: the batch handed out, in a new buffer every time, as
 * much again, or two samples per thread, decoded ahead, and one whole picture per thread.
 * Rewindable. {@link #close()} ends the threads. Used by one thread at a time; an interrupt ends
 * the wait for a picture with an {@link java.io.InterruptedIOException}, after which reading can go
 * on.
 */
public final class PictureSource implements CalibrationSource {

  private static final Logger LOGGER = LoggerFactory.getLogger(PictureSource.class);

  private final PictureBatches batches;
  private boolean isClosed;

  private PictureSource(PictureBatches batches) {
    this.batches = batches;
  }

  /**
   * Returns a builder of a source of all pictures in a folder, sorted by name as strings are. Files
   * of another suffix and names that begin with a dot are passed over.
   *
   * @param folder a folder with at least one picture
   * @return a new builder
   */
  public static Builder builder(Path folder) {
    return new Builder(requireNonNull(folder, "folder"), List.of());
  }

  /**
   * Returns a builder of a source of the pictures named, whatever their suffix.
   *
   * @param files at least one picture, in the order to read them, copied
   * @return a new builder
   * @throws IllegalArgumentException if there is no file
   */
  public static Builder builder(List<Path> files) {
    if (files.isEmpty()) {
      throw new IllegalArgumentException("files is empty, expected at least one picture");
    }
    return new Builder(null, files);
  }

  /**
   * Returns the next pictures, as many as the batch size unless fewer are left.
   *
   * @return a batch of one input, or empty at the end
   * @throws IOException if a file cannot be opened, or the wait for one is interrupted
   * @throws IllegalStateException if the source is closed
   * @throws CalibrationException if a file is undecodable and such are not skipped
   */
  @Override
  public Optional<TensorBatch> next() throws IOException {
    requireOpen();
    return batches.next();
  }

  @Override
  public boolean isRewindable() {
    return true;
  }

  @Override
  public void rewind() {
    requireOpen();
    batches.rewind();
  }

  /**
   * Passes over files without decoding them, unless undecodable ones are skipped, which only
   * decoding tells.
   *
   * @param sampleCount how many samples, from 0
   * @return how many were passed, fewer at the end; 0 where undecodable files are skipped
   * @throws IllegalArgumentException if the count is negative
   * @throws IllegalStateException if the source is closed
   */
  @Override
  public long skip(long sampleCount) {
    requireOpen();
    if (sampleCount < 0) {
      throw new IllegalArgumentException("sampleCount is " + sampleCount + ", expected 0 or more");
    }
    return batches.skip(sampleCount);
  }

  /**
   * Returns the number of files, or the limit if that is lower. Where undecodable files are
   * skipped, those not read yet count as pictures, so that there may be fewer.
   *
   * @return the count, always present
   */
  @Override
  public OptionalLong sampleCount() {
    return OptionalLong.of(batches.sampleCount());
  }

  /**
   * Returns how many files were found to be undecodable since the source was opened, each counted
   * once.
   *
   * @return the count, 0 unless such files are skipped
   */
  public int skippedCount() {
    return batches.skippedCount();
  }

  @Override
  public void close() {
    isClosed = true;
    batches.close();
  }

  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("source is closed");
    }
  }

  /** Collects which pictures to read and what a sample looks like. Not thread-safe. */
  public static final class Builder {

    private final @Nullable Path folder;
    private final List<Path> listed;
    private final Preprocessing preprocessing = new Preprocessing();
    private @Nullable String inputName;
    private boolean isRecursive;
    private @Nullable Long seed;
    private int batchSize = 32;
    private long sampleLimit = Long.MAX_VALUE;
    private long pixelLimit = 1L << 27;
    private int decoders = 2;
    private UndecodablePolicy undecodable = UndecodablePolicy.FAIL;

    private Builder(@Nullable Path folder, List<Path> listed) {
      this.folder = folder;
      this.listed = List.copyOf(listed);
    }

    /**
     * Names the input that the pictures are for; has to be set.
     *
     * @param inputName the name of a model input
     * @return this builder
     */
    public Builder inputName(String inputName) {
      this.inputName = requireNonNull(inputName, "inputName");
      return this;
    }

    /**
     * Sets the size that the model takes; has to be set.
     *
     * @param height rows, from 1
     * @param width columns, from 1
     * @return this builder
     * @throws IllegalArgumentException if one is below 1
     */
    public Builder size(int height, int width) {
      preprocessing.height = atLeast1(height, "height");
      preprocessing.width = atLeast1(width, "width");
      return this;
    }

    /**
     * Sets how pictures of another aspect are dealt with; {@link PictureFit#STRETCH} unless set, as
     * it needs no further choice.
     *
     * @param fit the way
     * @return this builder
     */
    public Builder fit(PictureFit fit) {
      preprocessing.fit = requireNonNull(fit, "fit");
      return this;
    }

    /**
     * Sets the size that the shorter side is scaled to before the middle is cut out, 256 for {@code
     * Resize(256)} and {@code CenterCrop(224)}; unless set, the least that covers the size.
     *
     * @param pixels the size, not below height or width; for {@link PictureFit#CENTER_CROP} only
     * @return this builder
     * @throws IllegalArgumentException if it is below 1
     */
    public Builder shorterSide(int pixels) {
      preprocessing.shorterSide = atLeast1(pixels, "shorterSide");
      return this;
    }

    /**
     * Sets the code that fills the rest of a letterbox, before it is normalized; 0, black, unless
     * set.
     *
     * @param code from 0 to 255, for all channels; for {@link PictureFit#LETTERBOX} only
     * @return this builder
     * @throws IllegalArgumentException if it is not in that range
     */
    public Builder padding(int code) {
      if (code < 0 || code > 255) {
        throw new IllegalArgumentException("padding is " + code + ", expected 0 to 255");
      }
      preprocessing.padding = code;
      return this;
    }

    /**
     * Sets how pixels are mixed; {@link Interpolation#BILINEAR} unless set, the default of
     * torchvision.
     *
     * @param interpolation the way
     * @return this builder
     */
    public Builder interpolation(Interpolation interpolation) {
      preprocessing.interpolation = requireNonNull(interpolation, "interpolation");
      return this;
    }

    /**
     * Sets the channels; {@link ChannelOrder#RGB} unless set, as most models take it.
     *
     * @param channelOrder the channels in their order
     * @return this builder
     */
    public Builder channelOrder(ChannelOrder channelOrder) {
      preprocessing.channelOrder = requireNonNull(channelOrder, "channelOrder");
      return this;
    }

    /**
     * Sets the order of the axes; {@link PictureLayout#NCHW} unless set, the layout of ONNX
     * convolutions.
     *
     * @param layout the order
     * @return this builder
     */
    public Builder layout(PictureLayout layout) {
      preprocessing.layout = requireNonNull(layout, "layout");
      return this;
    }

    /**
     * Sets the type of the elements; {@link ElementType#FLOAT} unless set.
     *
     * @param elementType float, or uint8 for the codes as they are, without normalization
     * @return this builder
     * @throws IllegalArgumentException if it is another type
     */
    public Builder elementType(ElementType elementType) {
      if (elementType != ElementType.FLOAT && elementType != ElementType.UINT8) {
        throw new IllegalArgumentException(
            "elementType is " + elementType + ", expected float or uint8");
      }
      preprocessing.isFloat = elementType == ElementType.FLOAT;
      return this;
    }

    /**
     * Sets what codes are multiplied by first; 1 / 255 unless set, 1 keeps 0 to 255.
     *
     * @param rescale a finite number
     * @return this builder
     * @throws IllegalArgumentException if it is not finite
     */
    public Builder rescale(double rescale) {
      if (!Double.isFinite(rescale)) {
        throw new IllegalArgumentException("rescale is " + rescale + ", expected a finite number");
      }
      preprocessing.rescale = rescale;
      return this;
    }

    /**
     * Sets what is subtracted from the rescaled codes; 0 unless set.
     *
     * @param mean finite numbers, one for all channels or one for each in the order of the tensor
     * @return this builder
     * @throws IllegalArgumentException if one is not finite
     */
    public Builder mean(float... mean) {
      preprocessing.mean = Preprocessing.finite(mean, "mean");
      return this;
    }

    /**
     * Sets what the differences are divided by; 1 unless set.
     *
     * @param std finite numbers other than 0, one for all channels or one for each in the order of
     *     the tensor
     * @return this builder
     * @throws IllegalArgumentException if one is not finite or 0
     */
    public Builder std(float... std) {
      preprocessing.std = Preprocessing.finite(std, "std");
      for (float value : std) {
        if (value == 0) {
          throw new IllegalArgumentException("std is 0, expected another number to divide by");
        }
      }
      return this;
    }

    /**
     * Sets whether pictures in folders within the folder are read too, sorted by their path; not
     * unless set. Folders that are links are not entered.
     *
     * @param isRecursive whether they are
     * @return this builder
     */
    public Builder recursive(boolean isRecursive) {
      this.isRecursive = isRecursive;
      return this;
    }

    /**
     * Reads the pictures in an order drawn at random from all of them, before the limit takes the
     * first; in order unless set.
     *
     * @param seed the same seed and files give the same order on every JVM
     * @return this builder
     */
    public Builder shuffled(long seed) {
      this.seed = seed;
      return this;
    }

    /**
     * Sets the number of pictures per batch; 32 unless set, enough to keep all cores busy while a
     * batch stays small. The last batch may be smaller.
     *
     * @param batchSize the number of pictures, from 1
     * @return this builder
     * @throws IllegalArgumentException if the size is below 1
     */
    public Builder batchSize(int batchSize) {
      this.batchSize = atLeast1(batchSize, "batchSize");
      return this;
    }

    /**
     * Sets how many pictures to hand out at most; all unless set. Skipped ones do not count.
     *
     * @param sampleLimit the number of pictures, from 1
     * @return this builder
     * @throws IllegalArgumentException if the limit is below 1
     */
    public Builder sampleLimit(long sampleLimit) {
      this.sampleLimit = atLeast1(sampleLimit, "sampleLimit");
      return this;
    }

    /**
     * Sets up to how many pixels a picture may have to be decoded, which guards against small files
     * that claim to be huge; 2^27 unless set, about 134 megapixels, more than cameras have.
     *
     * @param pixelLimit width times height, from 1
     * @return this builder
     * @throws IllegalArgumentException if the limit is below 1
     */
    public Builder pixelLimit(long pixelLimit) {
      this.pixelLimit = atLeast1(pixelLimit, "pixelLimit");
      return this;
    }

    /**
     * Sets what becomes of files that cannot be decoded; {@link UndecodablePolicy#FAIL} unless set,
     * as data that is not what it seems should be looked at.
     *
     * @param policy the policy
     * @return this builder
     */
    public Builder onUndecodable(UndecodablePolicy policy) {
      this.undecodable = requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Sets how many threads decode ahead of the reader; 2 unless set, which keep up with most
     * models and hold two whole pictures.
     *
     * @param threads the number of threads, from 1
     * @return this builder
     * @throws IllegalArgumentException if the number is below 1
     */
    public Builder decoders(int threads) {
      this.decoders = atLeast1(threads, "decoders");
      return this;
    }

    /**
     * Lists the files; none is decoded before the first batch is asked for.
     *
     * @return a source that the caller closes
     * @throws IOException if a file or the folder does not exist or cannot be read
     * @throws IllegalStateException if the name of the input or the size is not set
     * @throws IllegalArgumentException if options do not go together
     * @throws CalibrationException if there is no picture, what is named is no folder or file, or a
     *     batch exceeds 2^31 - 1 bytes
     */
    public PictureSource open() throws IOException {
      if (inputName == null) {
        throw new IllegalStateException("inputName is not set, expected the input of the model");
      }
      PictureLoader loader = preprocessing.loader(new PictureDecoder(pixelLimit));
      List<Path> files =
          new ArrayList<>(
              folder == null ? PictureFiles.of(listed) : PictureFiles.of(folder, isRecursive));
      if (seed != null) {
        Collections.shuffle(files, new Random(seed));
      }
      requireFit(loader.format().byteCount(), files.size());
      LOGGER.debug("{} pictures to read for input '{}'", files.size(), inputName);
      boolean isSkipping = undecodable == UndecodablePolicy.SKIP;
      return new PictureSource(
          new PictureBatches(
              new PictureBatches.Plan(inputName, batchSize, sampleLimit, isSkipping),
              files,
              new DecodeAhead(loader, decoders, Math.max(batchSize, 2 * decoders))));
    }

    private void requireFit(long sampleBytes, int fileCount) {
      long samples = Math.min(Math.min(batchSize, sampleLimit), fileCount);
      if (sampleBytes > Integer.MAX_VALUE / samples) {
        throw new CalibrationException(
            "input '%s' takes samples of %s bytes, expected at most 2^31 - 1 in a batch of %s; "
                    .formatted(inputName, sampleBytes, samples)
                + "use a smaller batch size");
      }
    }

    private static int atLeast1(int value, String name) {
      return (int) atLeast1((long) value, name);
    }

    private static long atLeast1(long value, String name) {
      if (value < 1) {
        throw new IllegalArgumentException(name + " is " + value + ", expected 1 or more");
      }
      return value;
    }
  }
}
