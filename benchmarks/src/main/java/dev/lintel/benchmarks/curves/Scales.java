package dev.lintel.benchmarks.curves;

import dev.lintel.benchmarks.curves.Curve.Axis;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Makes scales: where a value stands on an axis, and where its marks are. */
final class Scales {
  private static final int TICKS = 5;
  private static final double[] STEPS = {1, 2, 5, 10};

  /** With fewer decades there are marks between them. */
  private static final double DECADES_ALONE = 2;

  private static final double THOUSAND = 1e3;
  private static final double MILLION = 1e6;
  private static final double ROUNDING = 1e-9;

  private Scales() {}

  /**
   * The way from values to places on an axis.
   *
   * @param from the value at its beginning
   * @param to the value at its end, which is larger
   * @param ticks the values with marks, in order
   */
  record Scale(double from, double to, boolean logarithmic, List<Double> ticks) {
    /** From 0, at the beginning, to 1; what is outside stands at the nearest end. */
    double at(double value) {
      double inside = Math.min(to, Math.max(from, value));
      return logarithmic
          ? Math.log(inside / from) / Math.log(to / from)
          : (inside - from) / (to - from);
    }
  }

  /** The smallest scale with round ends that all values are on; a linear one begins with 0. */
  static Scale of(Axis axis, List<Double> values) {
    double max = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
    if (!axis.logarithmic()) {
      return linear(max <= 0 ? 1 : max);
    }
    double min =
        values.stream().mapToDouble(Double::doubleValue).filter(each -> each > 0).min().orElse(1);
    return logarithmic(min, Math.max(min, max));
  }

  private static Scale linear(double max) {
    double power = power(max / TICKS);
    double step = power;
    for (double each : STEPS) {
      step = each * power;
      if (step * TICKS >= max * (1 - ROUNDING)) {
        break;
      }
    }
    long count = (long) Math.ceil(max / step - ROUNDING);
    List<Double> ticks = new ArrayList<>();
    for (long i = 0; i <= count; i++) {
      ticks.add(i * step);
    }
    return new Scale(0, count * step, false, List.copyOf(ticks));
  }

  /** The ends are 1, 2 or 5 times a power of ten. */
  private static Scale logarithmic(double min, double max) {
    double from = power(min);
    for (double each : STEPS) {
      if (each * power(min) <= min * (1 + ROUNDING)) {
        from = each * power(min);
      }
    }
    double to = 10 * power(max);
    for (int i = STEPS.length - 1; i >= 0; i--) {
      if (STEPS[i] * power(max) >= max * (1 - ROUNDING)) {
        to = STEPS[i] * power(max);
      }
    }
    if (to <= from * (1 + ROUNDING)) {
      to = 10 * from;
    }
    boolean between = Math.log10(to / from) < DECADES_ALONE;
    List<Double> ticks = new ArrayList<>();
    for (double decade = power(from); decade <= to * (1 + ROUNDING); decade *= 10) {
      for (double each : between ? new double[] {1, 2, 5} : new double[] {1}) {
        double tick = each * decade;
        if (tick >= from * (1 - ROUNDING) && tick <= to * (1 + ROUNDING)) {
          ticks.add(tick);
        }
      }
    }
    return new Scale(from, to, true, List.copyOf(ticks));
  }

  /** The largest power of ten that is not above a value. */
  private static double power(double value) {
    return Math.pow(10, Math.floor(Math.log10(value) + ROUNDING));
  }

  /** {@code 2 M}, {@code 100 k}, {@code 0.5}. */
  static String label(double value) {
    if (value >= MILLION) {
      return plain(value / MILLION) + " M";
    }
    return value >= THOUSAND ? plain(value / THOUSAND) + " k" : plain(value);
  }

  private static String plain(double value) {
    String text = String.format(Locale.ROOT, "%.3f", value);
    return text.contains(".") ? text.replaceAll("\\.?0+$", "") : text;
  }
}
