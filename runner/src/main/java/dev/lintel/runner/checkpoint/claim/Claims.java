package dev.lintel.runner.checkpoint.claim;

import dev.lintel.runner.checkpoint.folder.StorageFolder;
import dev.lintel.runner.checkpoint.manifest.JsonFormat;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that claims are: {@code claims/EPOCH-RUN.json}, which never changes, and {@code
 * heartbeats/EPOCH-RUN}, which its run writes over and over and deletes when it ends. A claim
 * counts by its name alone; its content tells whose it is. Thread-safe.
 */
public final class Claims {
  private static final String CLAIMS = "claims";
  private static final String HEARTBEATS = "heartbeats";
  private static final Pattern NAME = Pattern.compile("(\\d{1,18})-(.+)\\.json");

  private final StorageFolder root;

  public Claims(StorageFolder root) {
    this.root = root;
  }

  /** A run's claim of an epoch. */
  public record Claim(long epoch, String runId) {
    @Override
    public String toString() {
      return epoch + "-" + runId;
    }
  }

  /** All claims, the newest epoch first. */
  public List<Claim> list() throws IOException {
    return root.list(CLAIMS).stream()
        .map(NAME::matcher)
        .filter(Matcher::matches)
        .map(name -> new Claim(Long.parseLong(name.group(1)), name.group(2)))
        .sorted(Comparator.comparingLong(Claim::epoch).reversed())
        .toList();
  }

  /** Whose the claim is; empty if that can't be read. */
  Optional<RunOwner> owner(Claim claim) throws IOException {
    String path = claimPath(claim);
    try {
      return Optional.of(JsonFormat.read(root.read(path), RunOwner.class, root.describe(path)));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    }
  }

  void write(Claim claim, RunOwner owner) throws IOException {
    root.writeWhole(claimPath(claim), JsonFormat.write(owner));
  }

  /** The heartbeat comes before the claim: a claim without one has been given up. */
  void beat(Claim claim, long count, long nowMillis) throws IOException {
    String text = count + " " + nowMillis;
    root.overwrite(heartbeatPath(claim), text.getBytes(StandardCharsets.US_ASCII));
  }

  /** Null if there is none. */
  @Nullable String heartbeat(Claim claim) throws IOException {
    if (!root.list(HEARTBEATS).contains(claim.toString())) {
      return null;
    }
    try {
      return new String(root.read(heartbeatPath(claim)), StandardCharsets.US_ASCII);
    } catch (FileNotFoundException e) {
      return null;
    }
  }

  void deleteHeartbeat(Claim claim) throws IOException {
    root.delete(List.of(heartbeatPath(claim)));
  }

  void withdraw(Claim claim) throws IOException {
    root.delete(List.of(claimPath(claim), heartbeatPath(claim)));
  }

  String describe() {
    return "job=" + root;
  }

  private static String claimPath(Claim claim) {
    return CLAIMS + "/" + claim + ".json";
  }

  private static String heartbeatPath(Claim claim) {
    return HEARTBEATS + "/" + claim;
  }

  /** The epoch of a file that belongs to a claim; empty for other files. */
  public static Optional<Long> epochOf(String path) {
    Matcher matcher = FILE.matcher(path);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }

  private static final Pattern FILE =
      Pattern.compile("(?:" + CLAIMS + "|" + HEARTBEATS + ")/(\\d{1,18})-.*");
}
