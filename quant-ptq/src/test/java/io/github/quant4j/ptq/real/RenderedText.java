/* SPDX-License-Identifier: Apache-2.0 */
package io.github.quant4j.ptq.real;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Lines of text drawn with Java2D, so that any number of exactly labelled pictures can be had. The
 * same seed gives the same words, fonts and colours.
 */
final class RenderedText {
  private static final String[] FONTS = {"DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"};
  private static final String[] WORDS =
      ("time year people way day man thing woman life child world school state family student group"
              + " country problem hand part place case week company system program question work"
              + " government number night point home water room mother area money story fact month"
              + " lot right study book eye job word business issue side kind head house service"
              + " friend father power hour game line end member law car city community name"
              + " president team minute idea kid body information back parent face others level"
              + " office door health person art war history party result change morning reason"
              + " research girl guy moment air teacher force education quantize measure Berlin"
              + " Paris TOTAL Invoice No. Date: 2024 1987 42 3.14 Page ROOM EXIT Main Street 7th")
          .split(" ", -1);

  private RenderedText() {}

  /** A picture and what is written on it. */
  record Line(BufferedImage image, String text) {}

  /** Returns lines of one to four words, 48 pixels high, as wide as the text asks for. */
  static List<Line> lines(long seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Line> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(line(random));
    }
    return lines;
  }

  private static Line line(SplittableRandom random) {
    String text = words(random, 1 + random.nextInt(3));
    Font font = font(random, 26 + random.nextInt(8));
    BufferedImage image = new BufferedImage(width(font, text) + 16, 48, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(image, random);
    graphics.setFont(font);
    FontMetrics metrics = graphics.getFontMetrics();
    int slack = 48 - metrics.getHeight();
    graphics.drawString(text, 8, metrics.getAscent() + slack / 2);
    graphics.dispose();
    return new Line(image, text);
  }

  /** Returns a page of a given size with lines of text all over it. */
  static BufferedImage page(long seed, int width, int height) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = graphics(image, random);
    int y = 20;
    while (y < height - 40) {
      graphics.setFont(font(random, 14 + random.nextInt(24)));
      y += graphics.getFontMetrics().getHeight();
      graphics.drawString(words(random, 1 + random.nextInt(6)), 10 + random.nextInt(width / 3), y);
      y += random.nextInt(30);
    }
    graphics.dispose();
    return image;
  }

  /** Returns the picture turned upside down. */
  static BufferedImage turned(BufferedImage image) {
    BufferedImage turned =
        new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        turned.setRGB(image.getWidth() - 1 - x, image.getHeight() - 1 - y, image.getRGB(x, y));
      }
    }
    return turned;
  }

  private static Graphics2D graphics(BufferedImage image, SplittableRandom random) {
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    boolean isDark = random.nextInt(4) == 0;
    int paper = isDark ? random.nextInt(60) : 255 - random.nextInt(60);
    int ink = isDark ? 255 - random.nextInt(60) : random.nextInt(80);
    graphics.setColor(new Color(paper, paper, Math.max(0, paper - random.nextInt(30))));
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setColor(new Color(ink, Math.max(0, ink - random.nextInt(30)), ink));
    return graphics;
  }

  private static Font font(SplittableRandom random, int size) {
    int style = random.nextInt(3) == 0 ? Font.BOLD : Font.PLAIN;
    return new Font(FONTS[random.nextInt(FONTS.length)], style, size);
  }

  private static int width(Font font, String text) {
    BufferedImage scratch = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = scratch.createGraphics();
    try {
      return graphics.getFontMetrics(font).stringWidth(text);
    } finally {
      graphics.dispose();
    }
  }

  private static String words(SplittableRandom random, int count) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      words.add(WORDS[random.nextInt(WORDS.length)]);
    }
    return String.join(" ", words);
  }
}
