package dev.lintel.benchmarks.broker;

import dev.lintel.broker.KafkaBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Starts a broker, prints a line with its address, and ends it when standard input ends, which it
 * does when the driver is gone.
 */
final class BrokerProgram {
  /** As those of a broker that serves in earnest. */
  private static final List<String> JVM_OPTIONS = List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC");

  private BrokerProgram() {}

  /**
   * @param args the folder for its data
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    try (KafkaBroker broker = KafkaBroker.start(Path.of(args[0]), JVM_OPTIONS)) {
      System.out.println(broker.bootstrapServers());
      System.out.flush();
      while (System.in.read() >= 0) {
        // Nothing is ever sent: only the end counts.
      }
    }
    System.exit(0);
  }
}
