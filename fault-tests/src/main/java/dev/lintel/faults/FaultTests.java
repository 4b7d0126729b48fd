package dev.lintel.faults;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.faults.fault.Fault.Kind;
import dev.lintel.faults.fault.Schedule;
import dev.lintel.faults.fault.SmallDisk;
import dev.lintel.faults.outcome.Effects.Comparison;
import dev.lintel.faults.process.Place;
import dev.lintel.faults.subject.Subject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;

/**
 * Kills a running job, in many ways, and compares what came out with what went in: {@code
 * fault-tests/run}.
 */
final class FaultTests {
  static final String LOCAL = "local";
  private static final int DISK_MIB = 256;

  private FaultTests() {}

  /** Exits with 1 if something was lost or came twice, or the runner did what it must not. */
  public static void main(String[] args) throws Exception {
    Arguments arguments;
    try {
      arguments = Arguments.parse(args);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    Path folder = Files.createTempDirectory("lintel-fault-tests-");
    boolean exact = false;
    try {
      exact = run(arguments, folder, System.out);
    } finally {
      if (!exact) {
        System.out.println("FAILED: " + arguments + "; logs are in " + folder);
      }
    }
    System.exit(exact ? 0 : 1);
  }

  /**
   * @param folder for everything that is written; empty
   * @return whether all effects are there once
   */
  static boolean run(Arguments arguments, Path folder, PrintStream out) throws Exception {
    Report report = new Report(out);
    out.println(arguments + "; logs are in " + folder);
    boolean big = arguments.stateBytes() > 0;
    Path checkpoints = folder.resolve("checkpoints");
    try (SmallDisk disk = big ? SmallDisk.plain(checkpoints) : SmallDisk.in(checkpoints, DISK_MIB);
        KafkaBroker broker = KafkaBroker.start(folder.resolve("broker"));
        Subject subject = arguments.subject(folder, disk.folder(), broker)) {
      Set<Kind> kinds = big ? EnumSet.of(Kind.KILL) : EnumSet.allOf(Kind.class);
      if (!disk.canBeFull() && kinds.contains(Kind.FULL_DISK)) {
        kinds.remove(Kind.FULL_DISK);
        out.println("No disk is filled: this process may not mount one of its own.");
      }
      if (!subject.places().contains(Place.UPLOADING)) {
        kinds.remove(Kind.FLIPPED_FILE); // it has no state
      }
      new Campaign(subject, broker, disk, folder, report)
          .run(new Schedule(arguments.seed(), subject.places(), kinds), arguments.kills());
      Comparison outcome = subject.compare();
      report.print(outcome);
      return outcome.isExact();
    }
  }
}
