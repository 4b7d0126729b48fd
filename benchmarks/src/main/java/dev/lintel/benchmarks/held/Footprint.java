package dev.lintel.benchmarks.held;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What this process needs at a moment, in bytes.
 *
 * @param resident its memory (RSS)
 * @param heap objects that are reachable
 * @param outside its memory without the pages that the heap has: RocksDB's, the JVM's own, stacks
 * @param disk files below a folder
 */
record Footprint(long resident, long heap, long outside, long disk) {
  private static final double MEBIBYTE = 1 << 20;

  /** Collections, so that the heap gives back the pages that it doesn't need any more. */
  private static final int COLLECTIONS = 3;

  private static final long SETTLING_MILLIS = 1_000;
  private static final long SETTLED_BYTES = 1 << 20;

  static Footprint measure(Path folder) {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    long resident = settledResident();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    return new Footprint(resident, heap, resident - ProcessMemory.heapResident(), disk(folder));
  }

  /** By name with unit, as a run tells them. */
  Map<String, Double> measures() {
    Map<String, Double> measures = new LinkedHashMap<>();
    measures.put("RSS MiB", resident / MEBIBYTE);
    measures.put("heap MiB", heap / MEBIBYTE);
    measures.put("outside heap MiB", outside / MEBIBYTE);
    measures.put("disk MiB", disk / MEBIBYTE);
    return measures;
  }

  /** The collector gives pages back little by little, in a thread of its own. */
  private static long settledResident() {
    long resident = ProcessMemory.resident();
    long before;
    do {
      before = resident;
      try {
        Thread.sleep(SETTLING_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("Interrupted while memory was measured", e);
      }
      resident = ProcessMemory.resident();
    } while (before - resident > SETTLED_BYTES);
    return resident;
  }

  /** A file with several names counts once. One that goes away meanwhile does not count. */
  private static long disk(Path folder) {
    Set<Object> seen = new HashSet<>();
    long[] sum = new long[1];
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (seen.add(attributes.fileKey())) {
                sum[0] += attributes.size();
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("Could not look into " + folder, e);
    }
    return sum[0];
  }
}
