package dev.lintel.benchmarks.run;

import dev.lintel.benchmarks.cases.BenchmarkCase;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a run tells the driver: lines on its standard output that begin with {@code @}.
 *
 * <p>{@code @started} when the program's main begins, {@code @measured} when the warm-up is over,
 * {@link BenchmarkCase#RUNNING} when a trivial pipeline has its element, and at the end
 * {@code @result} with tab-separated {@code name=value}, or {@code @failed} with the reason.
 *
 * @param peakKibibytes the most memory that the process has had at once (RSS); 0 where the system
 *     does not tell
 * @param checks how many facts of the result were checked
 */
public record ResultLine(long elements, double seconds, long peakKibibytes, int checks) {
  public static final String STARTED = "@started";
  public static final String MEASURED = "@measured";
  public static final String RESULT = "@result";
  public static final String FAILED = "@failed";

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  static void started() {
    println(STARTED);
  }

  static void measured() {
    println(MEASURED);
  }

  static void failed(Throwable reason) {
    println(FAILED + "\t" + reason.toString().replaceAll("\\s+", " "));
    reason.printStackTrace(new PrintWriter(System.err, true, StandardCharsets.UTF_8));
  }

  void print(Map<String, Double> measures) {
    StringBuilder line = new StringBuilder(RESULT);
    line.append("\telements=").append(elements);
    line.append("\tseconds=").append(seconds);
    line.append("\tpeakKiB=").append(peakKibibytes);
    line.append("\tchecks=").append(checks);
    measures.forEach((name, value) -> line.append('\t').append(name).append('=').append(value));
    println(line.toString());
  }

  /**
   * The values of a {@link #RESULT} line by name.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static Map<String, Double> values(String line) {
    String[] parts = line.split("\t");
    if (!parts[0].equals(RESULT)) {
      throw new IllegalArgumentException("Expected " + RESULT + ", but the line is " + line);
    }
    Map<String, Double> values = new LinkedHashMap<>();
    for (int part = 1; part < parts.length; part++) {
      int end = parts[part].indexOf('=');
      values.put(parts[part].substring(0, end), Double.valueOf(parts[part].substring(end + 1)));
    }
    return values;
  }

  /** Of the record's components, from the values of its line. */
  public static ResultLine of(Map<String, Double> values) {
    return new ResultLine(
        (long) value(values, "elements"),
        value(values, "seconds"),
        (long) value(values, "peakKiB"),
        (int) value(values, "checks"));
  }

  private static double value(Map<String, Double> values, String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("Expected " + name + " in " + values);
    }
    return value;
  }

  static long readPeakKibibytes() {
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK)) {
          return Long.parseLong(line.substring(PEAK.length()).replace("kB", "").strip());
        }
      }
      return 0;
    } catch (IOException e) {
      return 0;
    }
  }

  private static void println(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
