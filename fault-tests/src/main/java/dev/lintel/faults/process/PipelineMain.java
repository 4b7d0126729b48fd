package dev.lintel.faults.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The process that is killed: runs a pipeline's main method, and does what the harness says on
 * standard input: {@code arm PLACE PASSES} and {@code release}.
 */
public final class PipelineMain {
  private PipelineMain() {}

  /**
   * @param args the name of a main class and its arguments
   */
  public static void main(String[] args) throws Exception {
    Thread orders = new Thread(PipelineMain::takeOrders, "fault-orders");
    orders.setDaemon(true);
    orders.start();
    Class.forName(args[0])
        .getMethod("main", String[].class)
        .invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
  }

  /** Ends the process with the harness: nothing is to be left of a test. */
  private static void takeOrders() {
    try (BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = orders.readLine(); line != null; line = orders.readLine()) {
        String[] words = line.split(" ");
        if (words[0].equals("arm")) {
          Halts.arm(Place.valueOf(words[1]), Integer.parseInt(words[2]));
        } else {
          Halts.release();
        }
      }
    } catch (IOException e) {
      System.err.println("Lost the harness that started this process: " + e);
    }
    Runtime.getRuntime().halt(3);
  }
}
