package dev.lintel.faults.fault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A checkpoint in a job's folder, as anybody can find it there.
 *
 * @param job the folder of the job
 */
public record StoredCheckpoint(Path job, Path manifest, long epoch, long id) {
  private static final Pattern MANIFEST = Pattern.compile("([0-9]+)/manifests/([0-9]+)\\.json");

  /** The one that a start of the job goes on from, if the last run has completed one. */
  public static Optional<StoredCheckpoint> newest(Path job) throws IOException {
    try (Stream<Path> files = Files.walk(job, 3)) {
      return files
          .flatMap(each -> of(job, each).stream())
          .max(
              Comparator.comparingLong(StoredCheckpoint::epoch)
                  .thenComparingLong(StoredCheckpoint::id));
    } catch (UncheckedIOException e) {
      // Files go while one looks.
      return Optional.empty();
    }
  }

  private static Optional<StoredCheckpoint> of(Path job, Path file) {
    Matcher path = MANIFEST.matcher(job.relativize(file).toString());
    return path.matches()
        ? Optional.of(
            new StoredCheckpoint(
                job, file, Long.parseLong(path.group(1)), Long.parseLong(path.group(2))))
        : Optional.empty();
  }

  /** The files of RocksDB that it needs. */
  public List<Path> stateFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (JsonNode each : new ObjectMapper().readTree(manifest.toFile()).findValues("path")) {
      if (each.asText().endsWith(".sst")) {
        files.add(job.resolve(each.asText()));
      }
    }
    return files;
  }

  /** Changes one bit; a second time with the same random number, changes it back. */
  public static void flipBit(Path file, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      long position = random.nextLong(bytes.length());
      bytes.seek(position);
      int there = bytes.read();
      bytes.seek(position);
      bytes.write(there ^ (1 << random.nextInt(8)));
    }
  }
}
