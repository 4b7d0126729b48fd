package dev.lintel.benchmarks.held;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** What Linux says of the memory of this process, in bytes. */
final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path MAPPINGS = Path.of("/proc/self/smaps");
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern MAPPING = Pattern.compile("([0-9a-f]+)-[0-9a-f]+ .*");
  private static final Pattern MAPPING_RESIDENT = Pattern.compile("Rss:\\s+(\\d+) kB");
  private static final Pattern HEAP = Pattern.compile("\\[0x([0-9a-f]+), 0x([0-9a-f]+)\\)");

  private ProcessMemory() {}

  /** All of it (RSS). */
  static long resident() {
    for (String line : lines(STATUS)) {
      Matcher resident = RESIDENT.matcher(line);
      if (resident.matches()) {
        return kilobytes(resident);
      }
    }
    throw new IllegalStateException("Expected VmRSS in " + STATUS);
  }

  /**
   * The pages of the Java heap. (What the JVM calls committed may never have been touched, and what
   * it has just given up may still be there.)
   */
  static long heapResident() {
    Matcher heap = HEAP.matcher(heapInfo());
    if (!heap.find()) {
      throw new IllegalStateException("Expected the heap's addresses in: " + heapInfo());
    }
    long start = Long.parseLong(heap.group(1), 16);
    long end = Long.parseLong(heap.group(2), 16);
    long sum = 0;
    boolean within = false;
    for (String line : lines(MAPPINGS)) {
      Matcher mapping = MAPPING.matcher(line);
      Matcher resident = MAPPING_RESIDENT.matcher(line);
      if (mapping.matches()) {
        long address = Long.parseUnsignedLong(mapping.group(1), 16);
        within = address >= start && address < end;
      } else if (within && resident.matches()) {
        sum += kilobytes(resident);
      }
    }
    return sum;
  }

  private static String heapInfo() {
    try {
      return (String)
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcHeapInfo",
                  new Object[0],
                  new String[0]);
    } catch (JMException e) {
      throw new IllegalStateException("Expected HotSpot to tell of its heap", e);
    }
  }

  private static long kilobytes(Matcher matcher) {
    return Long.parseLong(matcher.group(1)) << 10;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory can be measured on Linux only", e);
    }
  }
}
