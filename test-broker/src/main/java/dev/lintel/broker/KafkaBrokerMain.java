package dev.lintel.broker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import kafka.Kafka;
import kafka.tools.StorageTool;

/** The process of a {@link KafkaBroker}: formats the broker's folder if it is new, and serves. */
final class KafkaBrokerMain {
  private KafkaBrokerMain() {}

  /**
   * Serves until standard input ends, which it does when the process that started this one is gone.
   *
   * @param args the broker's properties file, its data folder, and the id of the cluster
   */
  public static void main(String[] args) {
    Thread watch = new Thread(() -> haltAtEndOf(System.in), "watch-parent");
    watch.setDaemon(true);
    watch.start();
    if (!Files.exists(Path.of(args[1], "meta.properties"))) {
      int status =
          StorageTool.execute(
              new String[] {"format", "--config", args[0], "--cluster-id", args[2]}, System.out);
      if (status != 0) {
        throw new IllegalStateException(
            "Expected the folder " + args[1] + " to be formatted, but the status is " + status);
      }
    }
    Kafka.main(new String[] {args[0]});
  }

  private static void haltAtEndOf(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is ever sent: only the end counts.
      }
    } catch (IOException e) {
      System.err.println("Lost the process that started this broker: " + e);
    }
    Runtime.getRuntime().halt(0);
  }
}
