package dev.lintel.runner.checkpoint.storage;

import dev.lintel.runner.checkpoint.manifest.CheckpointRef;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** Where what is, below the folder of a job. */
final class Layout {
  static final String SAVEPOINT_MANIFEST = "manifest.json";
  static final String SAVEPOINT_FILES = "files/";

  private static final String MANIFESTS = "/manifests/";
  private static final String RESTORED_FROM = "restored-from.json";
  private static final Pattern MANIFEST_NAME = Pattern.compile("(\\d{1,18})\\.json");
  private static final Pattern RUN_FILE = Pattern.compile("(\\d{1,18})/(?:manifests|files)/[^/]+");
  private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9._-]");
  private static final int NAME_CHARS_MAX = 80;

  private Layout() {}

  /** A job's name as that of a folder: names that differ stay different. */
  static String jobFolder(String jobName) {
    String safe = UNSAFE.matcher(jobName).replaceAll("_");
    if (safe.equals(jobName) && safe.length() <= NAME_CHARS_MAX && !safe.matches("\\.*")) {
      return safe;
    }
    CRC32C crc = new CRC32C();
    crc.update(jobName.getBytes(StandardCharsets.UTF_8));
    return safe.substring(0, Math.min(safe.length(), NAME_CHARS_MAX))
        + "-"
        + HexFormat.of().toHexDigits((int) crc.getValue());
  }

  static String manifests(long epoch) {
    return epoch + MANIFESTS;
  }

  static String manifest(CheckpointRef ref) {
    return manifests(ref.epoch()) + ref.id() + ".json";
  }

  static String restoredFrom(long epoch) {
    return manifests(epoch) + RESTORED_FROM;
  }

  static boolean isRestoredFrom(String name) {
    return name.equals(RESTORED_FROM);
  }

  static Optional<Long> manifestId(String name) {
    Matcher matcher = MANIFEST_NAME.matcher(name);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }

  static String files(long epoch) {
    return epoch + "/files/";
  }

  /** The name is only there for people, so nothing depends on what is left out of it. */
  static String fileName(long checkpoint, long number, String name) {
    String safe = UNSAFE.matcher(name).replaceAll("_");
    return checkpoint
        + "-"
        + number
        + "-"
        + safe.substring(Math.max(0, safe.length() - NAME_CHARS_MAX));
  }

  /** The epoch of a file that a run wrote below its epoch; empty for all others. */
  static Optional<Long> epochOf(String path) {
    Matcher matcher = RUN_FILE.matcher(path);
    return matcher.matches() ? Optional.of(Long.parseLong(matcher.group(1))) : Optional.empty();
  }
}
