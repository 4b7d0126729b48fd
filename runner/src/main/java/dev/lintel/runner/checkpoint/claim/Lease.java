package dev.lintel.runner.checkpoint.claim;

import dev.lintel.runner.checkpoint.claim.Claims.Claim;
import java.io.IOException;
import java.util.List;

/**
 * A run's hold of its job, from its claim on.
 *
 * <p><b>Why there is one owner of the future.</b> All that is needed is that a file is listed once
 * its writing has returned.
 *
 * <ol>
 *   <li><i>An epoch has one winner.</i> A run writes its claim, then lists the claims, and has won
 *       if there is no other of its epoch or a later one. Of two that claim the same epoch, the one
 *       that listed later sees the other's claim. (Both may; then both withdraw, having written
 *       nothing.)
 *   <li><i>Zombie and successor see each other.</i> The zombie writes a manifest, then lists the
 *       claims ({@link #check}). The successor writes its claim, then reads the manifests. If the
 *       zombie's list lacks the claim, the list came before the claim and so the manifest before
 *       the reading: the successor goes on from that manifest, whose effects the zombie may make
 *       visible. Otherwise the zombie is fenced and makes nothing visible.
 *   <li><i>What the successor has read stays.</i> A zombie deletes only after a check that found no
 *       successor, and only what the manifest written before that check does not retain. The
 *       successor sees that manifest, or a later one, and uses only what the newest one retains. So
 *       it doesn't matter how long the zombie stands still between its check and its deletion.
 *   <li><i>What the zombie writes later doesn't count.</i> Before it does anything else the
 *       successor records, in its own epoch, what it began with; readers go by the newest epoch
 *       that has such a record. Between its claim and its record the successor may die: then the
 *       manifests that the zombie wrote meanwhile count, none of which has been finalized, and none
 *       of which has lost a file, as each was followed by a check that found the claim.
 *   <li><i>The successor deletes only what its record does not retain,</i> after a check of its
 *       own; for that point the successor is the zombie of the next run.
 * </ol>
 *
 * <p><i>Ownership:</i> thread-safe. One thread beats.
 */
public final class Lease implements AutoCloseable {
  /** Beats per lease: several may be late before another run thinks that this one is gone. */
  private static final long BEATS = 5;

  private final Claims claims;
  private final Claim claim;
  private final RunOwner owner;
  private final Contest.Rules rules;

  /** Written by the thread that beats, read by those that commit. */
  private volatile long lastBeatMillis;

  private long beats;
  private boolean closed;

  Lease(Claims claims, Claim claim, RunOwner owner, Contest.Rules rules) {
    this.claims = claims;
    this.claim = claim;
    this.owner = owner;
    this.rules = rules;
    this.lastBeatMillis = owner.claimedMillis();
  }

  public long epoch() {
    return claim.epoch();
  }

  public RunOwner owner() {
    return owner;
  }

  long beatMillis() {
    return Math.max(1, rules.leaseMillis() / BEATS);
  }

  /**
   * Says that the run lives. If it is so late that another may have taken the job meanwhile, looks
   * whether one has.
   */
  public synchronized void beat() throws IOException {
    if (closed) {
      return;
    }
    if (isLate()) {
      check();
    }
    claims.beat(claim, ++beats, rules.clock().millis());
    lastBeatMillis = rules.clock().millis();
  }

  /** Whether the run has not beaten for so long that another may have taken the job. */
  public boolean isLate() {
    return rules.clock().millis() - lastBeatMillis > rules.leaseMillis();
  }

  /**
   * Looks for a successor: after each manifest, and before anything is made visible or deleted.
   *
   * @throws FencedException if there is one
   */
  public void check() throws IOException {
    List<Claim> all = claims.list();
    if (!all.contains(claim) && all.stream().noneMatch(each -> each.epoch() > claim.epoch())) {
      throw new IOException(
          "Expected to find the claim " + claim + ", but it is gone (" + claims.describe() + ").");
    }
    if (all.get(0).epoch() > claim.epoch()) {
      throw new FencedException(claims.describe(), claim.epoch(), all.get(0).toString());
    }
  }

  /** Lets another run begin at once. Idempotent. */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      claims.deleteHeartbeat(claim);
    }
  }
}
