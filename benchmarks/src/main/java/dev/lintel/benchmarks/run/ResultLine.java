package dev.lintel.benchmarks.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * What a run tells the driver: lines on its standard output that begin with {@code @}.
 *
 * <p>{@code @started} when the program's main begins, {@code @measured} when the warm-ups are over,
 * {@code @result elements=… seconds=… peakKiB=… checks=… [measure=…]}, tab-separated, at the end.
 */
public final class ResultLine {
  public static final String STARTED = "@started";
  public static final String MEASURED = "@measured";
  public static final String RESULT = "@result";

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK = "VmHWM:";

  private ResultLine() {}

  public static void started() {
    println(STARTED);
  }

  public static void measured() {
    println(MEASURED);
  }

  public static void print(
      long elements, double seconds, int checks, Map<String, Double> measures) {
    StringBuilder line = new StringBuilder(RESULT);
    line.append("\telements=").append(elements);
    line.append("\tseconds=").append(seconds);
    line.append("\tpeakKiB=").append(peakKibibytes());
    line.append("\tchecks=").append(checks);
    measures.forEach((name, value) -> line.append('\t').append(name).append('=').append(value));
    println(line.toString());
  }

  /** The most memory that the process has had at once; 0 where the system does not tell. */
  private static long peakKibibytes() {
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
