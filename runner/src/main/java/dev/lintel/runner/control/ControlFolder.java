package dev.lintel.runner.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lintel.runner.checkpoint.claim.Machine;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder with a {@link ControlFile} for each running job of a user. Files of jobs whose process
 * is gone are removed by whoever meets them.
 *
 * <p><i>Ownership:</i> thread-safe, as it keeps nothing but its place.
 */
public final class ControlFolder {
  private static final String SUFFIX = ".json";
  private static final int NAME_CHARS_MAX = 200;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final FileAttribute<?> FOLDER_OF_OWNER =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);
  private static final FileAttribute<?> FILE_OF_OWNER =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path path;
  private final Machine machine;

  public ControlFolder(Path path, Machine machine) {
    this.path = path;
    this.machine = machine;
  }

  /** Where jobs are found unless the user says something else. */
  public static Path standard() {
    return Path.of(
        System.getProperty("java.io.tmpdir"), "lintel-control-" + System.getProperty("user.name"));
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /**
   * Makes a job known.
   *
   * @param file its job is the name that is wanted; if another running job has it, a number is
   *     added
   * @return what it is known as, and where
   */
  Entry register(ControlFile file) throws IOException {
    create();
    for (int number = 1; ; number++) {
      String name = number == 1 ? file.job() : file.job() + "-" + number;
      ControlFile named = new ControlFile(name, file.port(), file.token(), file.owner());
      Path target = path.resolve(fileName(name));
      if (write(named, target)) {
        return new Entry(named, target);
      }
    }
  }

  /** A job's file, and where it is. */
  record Entry(ControlFile file, Path path) {
    void remove() throws IOException {
      Files.deleteIfExists(path);
    }
  }

  private static String fileName(String job) {
    String encoded = URLEncoder.encode(job, StandardCharsets.UTF_8);
    return encoded.substring(0, Math.min(encoded.length(), NAME_CHARS_MAX)) + SUFFIX;
  }

  /** Others find it whole or not at all; false if there is one of a running job. */
  private boolean write(ControlFile file, Path target) throws IOException {
    Path temporary = Files.createTempFile(path, ".new-", "", FILE_OF_OWNER);
    try {
      Files.write(temporary, MAPPER.writeValueAsBytes(file));
      while (true) {
        try {
          Files.createLink(target, temporary);
          return true;
        } catch (FileAlreadyExistsException e) {
          if (readOfRunning(target) != null) {
            return false;
          }
        }
      }
    } finally {
      Files.delete(temporary);
    }
  }

  private void create() throws IOException {
    if (!Files.exists(path)) {
      Files.createDirectories(path.toAbsolutePath().getParent());
      try {
        Files.createDirectory(path, FOLDER_OF_OWNER);
      } catch (FileAlreadyExistsException e) {
        // Another process of the user's was faster, or else the check finds it.
        check();
      }
    }
    check();
  }

  /** What others can write to must not tell where to send a token, or be told one. */
  private void check() throws IOException {
    String user = user();
    String owner = Files.getOwner(path).getName();
    if (!owner.equals(user) || !Files.getPosixFilePermissions(path).equals(OWNER_ONLY)) {
      throw new IOException(
          "Expected a folder that only "
              + user
              + " can read and write, but it is "
              + owner
              + "'s with "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
              + " (folder "
              + path
              + "): remove it, or name another one with --controlDirectory.");
    }
  }

  /** As the file system names owners; a user of a container may have no other name. */
  private static String user() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self) ? Files.getOwner(self).getName() : System.getProperty("user.name");
  }

  /** The running jobs, by their names. */
  public List<ControlFile> jobs() throws IOException {
    List<ControlFile> jobs = new ArrayList<>();
    for (Path each : files()) {
      ControlFile file = readOfRunning(each);
      if (file != null && machine.isHere(file.owner())) {
        jobs.add(file);
      }
    }
    return jobs;
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of();
    }
    check();
    try (Stream<Path> files = Files.list(path)) {
      return files.filter(each -> each.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /** Null if there is none, or its process is gone; then it is removed. */
  private @Nullable ControlFile readOfRunning(Path each) throws IOException {
    ControlFile file;
    try {
      file = MAPPER.readValue(Files.readAllBytes(each), ControlFile.class);
    } catch (NoSuchFileException e) {
      return null;
    } catch (JsonProcessingException e) {
      throw new IOException(
          "Expected to read how a job can be reached, but can't (file " + each + "): remove it.",
          e);
    }
    if (machine.isGone(file.owner())) {
      Files.deleteIfExists(each);
      return null;
    }
    return file;
  }
}
