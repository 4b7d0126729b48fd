package dev.lintel.validates;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was done to the jobs of a run under fire, and what they did about it.
 *
 * @param jobs that ran
 * @param restarts attempts beside the first ones
 * @param checkpoints that became real
 * @param faults that were injected, by where
 */
public record ChaosTotals(int jobs, long restarts, long checkpoints, Map<String, Long> faults) {
  /** What the runner leaves for each job: name, attempts, checkpoints, {@code POINT=count ...}. */
  private static final int COLUMNS_MIN = 4;

  /** Reads the file with a line for each job. */
  public static ChaosTotals read(Path file) throws IOException {
    int jobs = 0;
    long restarts = 0;
    long checkpoints = 0;
    Map<String, Long> faults = new TreeMap<>();
    for (String line : Files.exists(file) ? Files.readAllLines(file) : List.<String>of()) {
      String[] columns = line.split("\t");
      if (columns.length < COLUMNS_MIN) {
        throw new IOException(
            "Expected a job's line, but found '" + line + "' (file=" + file + ")");
      }
      jobs++;
      restarts += Math.max(0, Long.parseLong(columns[1]) - 1);
      checkpoints += Long.parseLong(columns[2]);
      for (String each : columns[3].split(" ")) {
        if (!each.isEmpty()) {
          String[] fault = each.split("=");
          faults.merge(fault[0], Long.parseLong(fault[1]), Long::sum);
        }
      }
    }
    return new ChaosTotals(jobs, restarts, checkpoints, faults);
  }

  private long faultCount() {
    return faults.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Empty if the run was worth something; a run in which nothing failed shows nothing. */
  public List<String> complaints() {
    return restarts > 0 && checkpoints > 0 && faultCount() > 0
        ? List.of()
        : List.of("Expected faults, restarts and checkpoints, but found: " + line());
  }

  /** Machines read it, too. */
  public String line() {
    return "jobs=%d faults=%d restarts=%d checkpoints=%d %s"
        .formatted(jobs, faultCount(), restarts, checkpoints, faults);
  }
}
