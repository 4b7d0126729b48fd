package dev.lintel.runner.checkpoint.claim;

import dev.lintel.runner.checkpoint.claim.Claims.Claim;
import dev.lintel.runner.checkpoint.folder.DamagedFileException;
import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.clock.Clock;
import dev.lintel.runner.clock.Pause;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * How a run gets hold of a job: unless the run that has it lives, by a claim of the next epoch.
 *
 * <p>A run lives while its heartbeat changes. One whose process was on this machine and is gone is
 * taken over at once; another one when its heartbeat has stood still for a lease's time, which the
 * claimant waits for if need be. Being wrong about that costs the other run its work, never the job
 * its checkpoints: see {@link Lease}.
 */
public final class Contest {
  /** Claims of the same epoch at the same time; each further one is half as likely. */
  private static final int ATTEMPTS_MAX = 30;

  private static final long PAUSE_MILLIS_MAX = 200;
  private static final long LOOKS_PER_LEASE = 25;

  private final Claims claims;
  private final Rules rules;

  /**
   * What a contest goes by.
   *
   * @param leaseMillis how long a heartbeat may stand still
   */
  public record Rules(long leaseMillis, Clock clock, Pause pause, Machine machine) {}

  public Contest(StorageFolder root, Rules rules) {
    this.claims = new Claims(root);
    this.rules = rules;
  }

  /**
   * Claims the job.
   *
   * @throws JobInUseException if another run has it, and lives
   */
  public Lease win() throws IOException, InterruptedException {
    RunOwner owner = rules.machine().newRun(rules.clock().millis());
    SplittableRandom random = new SplittableRandom(owner.runId().hashCode());
    for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      long newest = refuseIfInUse();
      Claim claim = new Claim(newest + 1, owner.runId());
      if (claimAlone(claim, owner)) {
        return new Lease(claims, claim, owner, rules);
      }
      claims.withdraw(claim);
      rules.pause().millis(1 + random.nextLong(PAUSE_MILLIS_MAX));
    }
    throw new JobInUseException(
        "Expected one process to start the job, but others do so at the same time ("
            + claims.describe()
            + "): start it once.");
  }

  private boolean claimAlone(Claim claim, RunOwner owner) throws IOException {
    try {
      claims.beat(claim, 0, rules.clock().millis());
      claims.write(claim, owner);
    } catch (IOException e) {
      // The winner may have cleaned up already.
      if (isOvertaken(claim, claims.list())) {
        return false;
      }
      throw e;
    }
    List<Claim> all = claims.list();
    if (isOvertaken(claim, all)) {
      return false;
    }
    if (!all.contains(claim)) {
      throw new IOException(
          "Expected the file system to list a file once it is written, but it does not list the"
              + " claim "
              + claim
              + " ("
              + claims.describe()
              + "): it can't be used for checkpoints.");
    }
    return true;
  }

  private static boolean isOvertaken(Claim claim, List<Claim> all) {
    return all.stream().anyMatch(each -> !each.equals(claim) && each.epoch() >= claim.epoch());
  }

  private long refuseIfInUse() throws IOException, InterruptedException {
    List<Claim> all = claims.list();
    long newest = all.isEmpty() ? 0 : all.get(0).epoch();
    for (Claim each : all) {
      if (each.epoch() == newest) {
        refuseIfAlive(each);
      }
    }
    return newest;
  }

  private void refuseIfAlive(Claim claim) throws IOException, InterruptedException {
    String first = claims.heartbeat(claim);
    Optional<RunOwner> owner = owner(claim);
    long endMillis = endOfLease(owner, first);
    String beat = first;
    while (beat != null && !(owner.isPresent() && rules.machine().isGone(owner.get()))) {
      if (!beat.equals(first)) {
        throw inUse(claim, owner, beat);
      }
      if (rules.clock().millis() >= endMillis) {
        return;
      }
      rules.pause().millis(Math.max(1, rules.leaseMillis() / LOOKS_PER_LEASE));
      beat = claims.heartbeat(claim);
    }
  }

  /** The time in the heartbeat means something only where the clock is the same. */
  private long endOfLease(Optional<RunOwner> owner, @Nullable String beat) {
    long now = rules.clock().millis();
    long seen = owner.isPresent() && rules.machine().isHere(owner.get()) ? millis(beat, now) : now;
    return Math.min(seen, now) + rules.leaseMillis();
  }

  private Optional<RunOwner> owner(Claim claim) throws IOException {
    try {
      return claims.owner(claim);
    } catch (DamagedFileException e) {
      // Its heartbeat alone decides.
      return Optional.empty();
    }
  }

  private JobInUseException inUse(Claim claim, Optional<RunOwner> owner, String beat) {
    String who =
        owner
            .map(
                run ->
                    "process "
                        + run.pid()
                        + " on "
                        + run.host()
                        + " since "
                        + Instant.ofEpochMilli(run.claimedMillis()))
            .orElse("run " + claim.runId());
    long now = rules.clock().millis();
    return new JobInUseException(
        "Expected no other run of the job, but it is run by "
            + who
            + ", last heartbeat "
            + Instant.ofEpochMilli(millis(beat, now))
            + " ("
            + claims.describe()
            + ", epoch="
            + claim.epoch()
            + "): stop that process, or give this job another --jobName or --checkpointDir.");
  }

  private static long millis(@Nullable String beat, long otherwise) {
    String text = beat == null ? "" : beat.substring(beat.indexOf(' ') + 1);
    return text.matches("\\d{1,18}") ? Long.parseLong(text) : otherwise;
  }
}
