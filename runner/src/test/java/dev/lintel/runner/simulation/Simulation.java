package dev.lintel.runner.simulation;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.LogManager;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;

/** Plays stories, one for each seed: {@code runner/simulate}. */
public final class Simulation {
  private static final int REPORT_EVERY = 1_000;

  private final Path temporary;

  Simulation(Path temporary) {
    this.temporary = temporary;
    // A story has many failures, each of which would be logged.
    if (!Boolean.getBoolean("log")) {
      LogManager.getLogManager().reset();
    }
    FileSystems.setDefaultPipelineOptions(PipelineOptionsFactory.create());
  }

  /**
   * @throws AssertionError if something happens that must not, which says how to replay it
   */
  Story.Outcome play(long seed, Mutation mutation) {
    try {
      return new Story(seed, mutation, temporary).play();
    } catch (AssertionError e) {
      throw new AssertionError(
          "Seed "
              + seed
              + " fails. Replay it with: runner/simulate --seed "
              + seed
              + "\n"
              + e.getMessage(),
          e);
    }
  }

  /** Takes {@code FIRST COUNT}; ends with 1 if a seed fails. */
  public static void main(String[] args) throws IOException {
    PrintStream out = System.out;
    Simulation simulation = new Simulation(Files.createTempDirectory("lintel-simulation-"));
    long first = Long.parseLong(args[0]);
    long count = Long.parseLong(args[1]);
    long start = System.nanoTime();
    int failed = 0;
    long turns = 0;
    long lives = 0;
    long checkpoints = 0;
    for (long seed = first; seed < first + count; seed++) {
      try {
        Story.Outcome outcome = simulation.play(seed, Mutation.NONE);
        turns += outcome.turns();
        lives += outcome.lives();
        checkpoints += outcome.checkpoints();
        if (count == 1) {
          out.println(outcome);
        }
      } catch (AssertionError e) {
        failed++;
        out.println(e.getMessage());
        if (args.length > 2) {
          e.printStackTrace(out);
        }
      }
      long done = seed - first + 1;
      if (done % REPORT_EVERY == 0 || done == count) {
        double minutes = (System.nanoTime() - start) / 6e10;
        out.printf(
            "seeds=%d failed=%d lives=%d checkpoints=%d turns=%d seedsPerMinute=%.0f%n",
            done, failed, lives, checkpoints, turns, done / minutes);
      }
    }
    System.exit(failed == 0 ? 0 : 1);
  }
}
