package dev.lintel.benchmarks.compare;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What figures depend on beside the program: the machine, the JVM, the commit. */
final class Machine {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final String UNKNOWN = "unknown";
  private static final long KIBIBYTES_PER_GIBIBYTE = 1L << 20;

  private Machine() {}

  /** By name, in the order of a report. */
  static Map<String, String> describe(Path home) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(
        "machine",
        "%s, %d cores, %s"
            .formatted(
                field(CPU, "model name"), Runtime.getRuntime().availableProcessors(), memory()));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put(
        "Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    facts.put("commit", git(home, "rev-parse", "--short=12", "HEAD") + uncommitted(home));
    return facts;
  }

  private static String memory() {
    String total = field(MEMORY, "MemTotal");
    return total.equals(UNKNOWN)
        ? UNKNOWN
        : Long.parseLong(total.replaceAll("\\D", "")) / KIBIBYTES_PER_GIBIBYTE + " GiB memory";
  }

  private static String uncommitted(Path home) {
    return git(home, "status", "--porcelain", "--untracked-files=no").isEmpty()
        ? ""
        : " with changes";
  }

  private static String field(Path file, String name) {
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(UNKNOWN);
    } catch (IOException e) {
      return UNKNOWN;
    }
  }

  private static String git(Path home, String... arguments) {
    try {
      String[] command = new String[arguments.length + 3];
      command[0] = "git";
      command[1] = "-C";
      command[2] = home.toString();
      System.arraycopy(arguments, 0, command, 3, arguments.length);
      Process process = new ProcessBuilder(command).start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
