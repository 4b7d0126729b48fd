package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.curves.Curve.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * A picture of lines over an axis, as SVG: readable on light and on dark ground, by the style that
 * the reader's system asks for.
 */
record Chart(String title, Axis x, Axis y, List<Line> lines) {
  static final int WIDTH = 760;
  static final int FRAME_LEFT = 76;
  static final int FRAME_RIGHT = WIDTH - 24;
  static final int FRAME_TOP = 48;
  static final int FRAME_BOTTOM = 380;

  private static final int LEGEND_TOP = FRAME_BOTTOM + 76;
  private static final int LEGEND_LINE = 22;
  private static final int LEGEND_COLUMNS = 2;
  private static final int SWATCH = 34;
  private static final int TICK_GAP = 8;
  private static final int RADIUS = 4;

  private static final String STYLE =
      """
      <style>
      text { font: 13px system-ui, sans-serif; fill: #24292f; }
      .title { font-size: 16px; font-weight: 600; }
      .ground { fill: #ffffff; }
      .frame { fill: none; stroke: #8c959f; }
      .grid { stroke: #d8dee4; }
      .line { fill: none; stroke-width: 2.2; }
      .dashed { stroke-dasharray: 7 5; }
      .range { stroke-width: 1.2; opacity: 0.6; }
      .c0 { stroke: #0969da; } .d0 { fill: #0969da; }
      .c1 { stroke: #d1570a; } .d1 { fill: #d1570a; }
      .c2 { stroke: #1a7f37; } .d2 { fill: #1a7f37; }
      .c3 { stroke: #a83fc4; } .d3 { fill: #a83fc4; }
      @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3; }
      .ground { fill: #0d1117; }
      .frame { stroke: #6e7681; }
      .grid { stroke: #30363d; }
      .c0 { stroke: #58a6ff; } .d0 { fill: #58a6ff; }
      .c1 { stroke: #f0883e; } .d1 { fill: #f0883e; }
      .c2 { stroke: #3fb950; } .d2 { fill: #3fb950; }
      .c3 { stroke: #d2a8ff; } .d3 { fill: #d2a8ff; }
      }
      </style>
      """;

  /** How many lines can be told apart by colour. */
  static final int COLOURS = 4;

  /**
   * @param colour from 0 to {@link #COLOURS} - 1
   */
  record Line(String name, int colour, boolean dashed, List<Dot> dots) {
    Line {
      if (colour < 0 || colour >= COLOURS) {
        throw new IllegalArgumentException(
            "Expected a colour below " + COLOURS + ", but " + name + " has " + colour);
      }
    }
  }

  /** A median, and the smallest and largest of what it is the median of. */
  record Dot(double x, double y, double low, double high) {}

  String svg() {
    Scales.Scale across = Scales.of(x, all(Dot::x));
    List<Double> heights = all(Dot::y);
    heights.addAll(all(Dot::low));
    heights.addAll(all(Dot::high));
    Scales.Scale up = Scales.of(y, heights);
    int rows = (lines.size() + LEGEND_COLUMNS - 1) / LEGEND_COLUMNS;
    int height = LEGEND_TOP + rows * LEGEND_LINE;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\">%n"
            .formatted(WIDTH, height));
    svg.append("<title>").append(escape(title)).append("</title>\n").append(STYLE);
    svg.append("<rect class=\"ground\" width=\"%d\" height=\"%d\"/>%n".formatted(WIDTH, height));
    text(svg, FRAME_LEFT, FRAME_TOP - 20, "class=\"title\"", title);
    appendAxes(svg, across, up);
    for (Line line : lines) {
      appendLine(svg, line, across, up);
    }
    appendLegend(svg);
    return svg.append("</svg>\n").toString();
  }

  private List<Double> all(ToDoubleFunction<Dot> of) {
    List<Double> all = new ArrayList<>();
    for (Line line : lines) {
      for (Dot dot : line.dots()) {
        all.add(of.applyAsDouble(dot));
      }
    }
    return all;
  }

  private void appendAxes(StringBuilder svg, Scales.Scale across, Scales.Scale up) {
    for (double tick : across.ticks()) {
      double at = left(across, tick);
      segment(svg, "grid", at, FRAME_TOP, at, FRAME_BOTTOM);
      text(svg, at, FRAME_BOTTOM + 2.5 * TICK_GAP, "text-anchor=\"middle\"", Scales.label(tick));
    }
    for (double tick : up.ticks()) {
      double at = top(up, tick);
      segment(svg, "grid", FRAME_LEFT, at, FRAME_RIGHT, at);
      text(svg, FRAME_LEFT - TICK_GAP, at + RADIUS, "text-anchor=\"end\"", Scales.label(tick));
    }
    svg.append(
        "<rect class=\"frame\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>%n"
            .formatted(FRAME_LEFT, FRAME_TOP, FRAME_RIGHT - FRAME_LEFT, FRAME_BOTTOM - FRAME_TOP));
    text(
        svg,
        (FRAME_LEFT + FRAME_RIGHT) / 2.0,
        FRAME_BOTTOM + 6 * TICK_GAP,
        "text-anchor=\"middle\"",
        x.title());
    double middle = (FRAME_TOP + FRAME_BOTTOM) / 2.0;
    text(
        svg,
        2.25 * TICK_GAP,
        middle,
        "text-anchor=\"middle\" transform=\"rotate(-90 %.1f %.1f)\""
            .formatted(2.25 * TICK_GAP, middle),
        y.title());
  }

  private static void appendLine(
      StringBuilder svg, Line line, Scales.Scale across, Scales.Scale up) {
    StringBuilder points = new StringBuilder();
    for (Dot dot : line.dots()) {
      points.append(
          String.format(Locale.ROOT, "%.1f,%.1f ", left(across, dot.x()), top(up, dot.y())));
      if (dot.high() > dot.low()) {
        segment(
            svg,
            "range c" + line.colour(),
            left(across, dot.x()),
            top(up, dot.low()),
            left(across, dot.x()),
            top(up, dot.high()));
      }
    }
    svg.append(
        "<polyline class=\"line c%d%s\" points=\"%s\"/>%n"
            .formatted(line.colour(), line.dashed() ? " dashed" : "", points.toString().strip()));
    for (Dot dot : line.dots()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle class=\"d%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%d\"><title>%s</title></circle>%n",
              line.colour(),
              left(across, dot.x()),
              top(up, dot.y()),
              RADIUS,
              escape(line.name() + ": " + Scales.label(dot.y()))));
    }
  }

  private void appendLegend(StringBuilder svg) {
    int column = (FRAME_RIGHT - FRAME_LEFT) / LEGEND_COLUMNS;
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      double from = FRAME_LEFT + (double) (i % LEGEND_COLUMNS) * column;
      double at = LEGEND_TOP + (double) (i / LEGEND_COLUMNS) * LEGEND_LINE;
      segment(
          svg,
          "line c" + line.colour() + (line.dashed() ? " dashed" : ""),
          from,
          at - RADIUS,
          from + SWATCH,
          at - RADIUS);
      text(svg, from + SWATCH + TICK_GAP, at, "", line.name());
    }
  }

  private static double left(Scales.Scale across, double value) {
    return FRAME_LEFT + across.at(value) * (FRAME_RIGHT - FRAME_LEFT);
  }

  private static double top(Scales.Scale up, double value) {
    return FRAME_BOTTOM - up.at(value) * (FRAME_BOTTOM - FRAME_TOP);
  }

  private static void segment(
      StringBuilder svg, String style, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>%n",
            style,
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(
      StringBuilder svg, double x, double y, String attributes, String content) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" %s>%s</text>%n",
            x,
            y,
            attributes,
            escape(content)));
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
