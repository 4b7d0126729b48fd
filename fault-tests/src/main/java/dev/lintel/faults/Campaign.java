package dev.lintel.faults;

import dev.lintel.broker.KafkaBroker;
import dev.lintel.faults.fault.Fault;
import dev.lintel.faults.fault.SmallDisk;
import dev.lintel.faults.fault.StoredCheckpoint;
import dev.lintel.faults.process.FastStart;
import dev.lintel.faults.process.PipelineProcess;
import dev.lintel.faults.process.PipelineProcess.Command;
import dev.lintel.faults.process.Place;
import dev.lintel.faults.subject.Launch;
import dev.lintel.faults.subject.Subject;
import dev.lintel.faults.subject.Subject.Recovery;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One fault after the other. Each finds a job that was killed, or that runs, and leaves one.
 *
 * <p><i>Ownership:</i> one thread. <i>Failure:</i> {@link UnexpectedException} when the runner does
 * what it must not.
 */
final class Campaign {
  private static final long RECOVERY_MILLIS_MAX = 120_000;
  private static final long REFUSAL_MILLIS_MAX = 60_000;
  private static final long PLACE_MILLIS_MAX = 30_000;
  private static final long FINISH_MILLIS_MAX = 120_000;
  private static final long LOOK_MILLIS = 20;
  private static final long LAST_WORD_MILLIS = 2_000;
  private static final int LAST_LINES = 40;
  private static final String FENCED = "Fenced";
  private static final String DISK_IS_FULL = "No space left on device";

  private final Subject subject;
  private final KafkaBroker broker;
  private final SmallDisk disk;
  private final Path folder;
  private final Report report;
  private final FastStart fastStart;
  private int starts;

  /** The job's process; null if it is dead. */
  private @Nullable PipelineProcess running;

  /**
   * @param folder for the logs; local state is in it, too
   */
  Campaign(Subject subject, KafkaBroker broker, SmallDisk disk, Path folder, Report report)
      throws IOException {
    this.subject = subject;
    this.broker = broker;
    this.disk = disk;
    this.folder = folder;
    this.report = report;
    this.fastStart = new FastStart(folder.resolve("lib"));
  }

  /** Starts the job, does this to it until it was killed so often, lets it finish, and ends it. */
  void run(Iterator<Fault> faults, int kills) throws Exception {
    subject.begin();
    try {
      stopped(awaitWork(start(subject.command())));
      stopped(awaitWork(start(fastStart.archiving(subject.command()))));
      report.prepared();
      awaitWork(start());
      while (report.kills() < kills) {
        Fault fault = faults.next();
        inflict(fault);
        report.done(fault);
      }
      PipelineProcess last = awaitWork(running());
      subject.awaitAllDone(last, FINISH_MILLIS_MAX);
      if (!last.isAlive()) {
        throw unexpected("Expected the pipeline to run until it is stopped, but it ended", last);
      }
      stopped(last);
    } finally {
      PipelineProcess left = running;
      if (left != null) {
        left.kill();
      }
    }
  }

  private void inflict(Fault fault) throws Exception {
    switch (fault.kind()) {
      case KILL_EARLY -> killEarly(fault);
      case KILL -> kill(fault);
      case ZOMBIE -> zombie(fault);
      case SECOND_RUN -> secondRun(fault);
      case FULL_DISK -> fullDisk(fault);
      case FLIPPED_MANIFEST -> flippedManifest(fault);
      case FLIPPED_FILE -> flippedFile(fault);
      case BROKER_AWAY -> brokerAway(fault);
    }
  }

  // ---- the job's process ----

  private PipelineProcess start() throws IOException {
    return start(fastStart.later(subject.command()));
  }

  private PipelineProcess start(Command command) throws IOException {
    starts++;
    PipelineProcess started =
        PipelineProcess.start(command, folder.resolve(String.format("run-%04d.log", starts)));
    running = started;
    return started;
  }

  /** The process that is there, or a new one. */
  private PipelineProcess running() throws IOException {
    PipelineProcess now = running;
    return now == null ? start() : now;
  }

  /** Returns when the job has processed an element that it could not have processed before. */
  private PipelineProcess awaitWork(PipelineProcess process) throws Exception {
    if (report.isWorking(process)) {
      return process;
    }
    Recovery recovery = subject.awaitNewElement(process, RECOVERY_MILLIS_MAX);
    if (recovery == null) {
      throw unexpected("Expected the job to go on, but it does not", process);
    }
    report.working(process, recovery);
    return process;
  }

  /** Has the process end with a last checkpoint. */
  private void stopped(PipelineProcess process) throws IOException, InterruptedException {
    process.terminate();
    if (process.awaitExit(REFUSAL_MILLIS_MAX) == null) {
      throw unexpected("Expected the pipeline to end after a SIGTERM, but it runs on", process);
    }
    running = null;
  }

  private void kill(PipelineProcess process) throws IOException, InterruptedException {
    if (!process.isAlive()) {
      throw unexpected("Expected a process that runs, but it has ended", process);
    }
    process.kill();
    report.killed();
    running = null;
  }

  private void letWork(PipelineProcess process, long millis)
      throws IOException, InterruptedException {
    if (!process.staysAliveFor(millis)) {
      throw unexpected("Expected a process that runs, but it has ended", process);
    }
  }

  private static UnexpectedException unexpected(String what, PipelineProcess process)
      throws IOException, InterruptedException {
    String end = process.lastLines(LAST_LINES);
    process.dumpThreads();
    return new UnexpectedException(
        what
            + " (log "
            + process.log()
            + ", with its threads' stacks if it lives; before:\n"
            + end
            + ")");
  }

  // ---- the faults ----

  private void killEarly(Fault fault) throws Exception {
    PipelineProcess process = running();
    letWork(process, fault.millis());
    kill(process);
  }

  private void kill(Fault fault) throws Exception {
    kill(ready(fault));
  }

  /** A process that is at the place of the fault, or has worked for a while. */
  private PipelineProcess ready(Fault fault) throws Exception {
    Place place = fault.place();
    if (place == null) {
      PipelineProcess process = awaitWork(running());
      letWork(process, fault.millis());
      return process;
    }
    if (place == Place.RESTORING) {
      PipelineProcess before = awaitWork(running());
      awaitCheckpoint(before);
      kill(before);
      PipelineProcess process = start();
      process.arm(place, fault.passes());
      awaitPlace(process, place);
      return process;
    }
    PipelineProcess process = awaitWork(running());
    process.arm(place, fault.passes());
    awaitPlace(process, place);
    return process;
  }

  private void awaitPlace(PipelineProcess process, Place place)
      throws IOException, InterruptedException {
    if (process.await("reached " + place, PLACE_MILLIS_MAX) == null) {
      throw unexpected("Expected the process to get to " + place + ", but it does not", process);
    }
  }

  /** The successor comes while the process stands still; then both run. */
  private void zombie(Fault fault) throws Exception {
    PipelineProcess zombie = ready(fault);
    zombie.freeze();
    PipelineProcess successor = start();
    try {
      report.takesOver(successor);
      awaitWork(successor);
      zombie.thaw();
      zombie.release();
      Integer status = zombie.awaitExit(REFUSAL_MILLIS_MAX);
      if (status == null || status == 0 || !zombie.output().contains(FENCED)) {
        throw unexpected(
            "Expected the zombie to end because it is fenced, but its status is " + status, zombie);
      }
      report.fenced();
    } finally {
      zombie.kill();
    }
    letWork(successor, fault.millis());
  }

  private void secondRun(Fault fault) throws Exception {
    PipelineProcess first = awaitWork(running());
    expectRefusal("is run by process " + first.pid());
    running = first;
    letWork(first, fault.millis());
    kill(first);
  }

  /** Starts a process that has to end with an error that says this. */
  private void expectRefusal(String text) throws Exception {
    PipelineProcess process = start();
    Integer status = process.awaitExit(REFUSAL_MILLIS_MAX);
    process.kill();
    running = null;
    if (status == null || status == 0 || !process.output().contains(text)) {
      throw unexpected(
          "Expected a start that is refused with '" + text + "', but its status is " + status,
          process);
    }
    report.refused();
  }

  /**
   * The disk stays full, whatever the job deletes: else the space of an old checkpoint would do for
   * a new one. The successor may have found the space for its claim all the same: then it works
   * without completing a checkpoint, and says so.
   */
  private void fullDisk(Fault fault) throws Exception {
    PipelineProcess process = awaitWork(running());
    disk.fill();
    try {
      letWork(process, fault.millis());
      kill(process);
      PipelineProcess successor = start();
      if (saysThatDiskIsFull(successor)) {
        kill(successor);
      } else {
        report.refused();
        running = null;
      }
    } finally {
      disk.free();
    }
  }

  /** Returns false if it has said so and ended. */
  private boolean saysThatDiskIsFull(PipelineProcess process) throws Exception {
    Integer status = process.awaitExit(LOOK_MILLIS);
    while (status == null && process.ageMillis() < REFUSAL_MILLIS_MAX) {
      disk.fill();
      if (process.output().contains(DISK_IS_FULL)) {
        // That it does may be its last word.
        status = process.awaitExit(LAST_WORD_MILLIS);
        if (status == null) {
          return true;
        }
      } else {
        status = process.awaitExit(LOOK_MILLIS);
      }
    }
    if (status == null || status == 0 || !process.output().contains(DISK_IS_FULL)) {
      throw unexpected("Expected to be told that the disk is full, but status " + status, process);
    }
    return false;
  }

  private void flippedManifest(Fault fault) throws Exception {
    StoredCheckpoint checkpoint = killAfterCheckpoint();
    expectRefusalOf(checkpoint.manifest(), fault);
  }

  private void flippedFile(Fault fault) throws Exception {
    StoredCheckpoint checkpoint = killAfterCheckpoint();
    List<Path> files = checkpoint.stateFiles();
    if (files.isEmpty()) {
      throw new UnexpectedException("Expected state in " + checkpoint + ", but there is none");
    }
    // Otherwise the good copies would be taken.
    dropLocalCopies();
    expectRefusalOf(files.get((int) (fault.millis() % files.size())), fault);
  }

  private void expectRefusalOf(Path file, Fault fault) throws Exception {
    StoredCheckpoint.flipBit(file, fault.millis());
    try {
      expectRefusal(file.getFileName().toString());
    } finally {
      StoredCheckpoint.flipBit(file, fault.millis());
    }
  }

  private StoredCheckpoint killAfterCheckpoint() throws Exception {
    PipelineProcess process = awaitWork(running());
    awaitCheckpoint(process);
    kill(process);
    return newest().orElseThrow();
  }

  /** Returns when the job has completed one more checkpoint. */
  private void awaitCheckpoint(PipelineProcess process) throws Exception {
    Optional<StoredCheckpoint> before = newest();
    while (Objects.equals(newest(), before)) {
      letWork(process, LOOK_MILLIS);
    }
  }

  private Optional<StoredCheckpoint> newest() throws IOException {
    return StoredCheckpoint.newest(disk.folder().resolve(Launch.JOB));
  }

  private void dropLocalCopies() throws IOException {
    try (DirectoryStream<Path> caches =
        Files.newDirectoryStream(folder.resolve(FaultTests.LOCAL), "lintel-cache-*")) {
      for (Path cache : caches) {
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(cache)) {
          for (Path copy : copies) {
            Files.delete(copy);
          }
        }
      }
    }
  }

  private void brokerAway(Fault fault) throws Exception {
    PipelineProcess process = awaitWork(running());
    broker.kill();
    letWork(process, fault.millis());
    broker.restart();
    letWork(process, fault.millis());
    kill(process);
  }
}
