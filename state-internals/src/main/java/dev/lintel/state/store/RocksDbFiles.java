package dev.lintel.state.store;

import dev.lintel.state.store.RocksDbLinks.LinkedFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The names of a database's files inside and outside of it.
 *
 * <p>RocksDB numbers its table files, {@code 000123.sst}, from the beginning in each database; and
 * two lives that go on from one snapshot give the same number to different content. Outside, a
 * table file is called {@code 000123-LIFE.sst}, by the life of the database that wrote it: as a
 * table is never changed, equal names mean equal content everywhere. Beside them a snapshot has one
 * file, the manifest, which keeps its name. (CURRENT, which only names the manifest, was stored
 * once, too.)
 */
final class RocksDbFiles {
  static final String CURRENT = "CURRENT";
  private static final Pattern TABLE = Pattern.compile("(\\d+)\\.sst");
  private static final Pattern STORED_TABLE = Pattern.compile("(\\d+)-([0-9a-f]+)\\.sst");
  private static final String MANIFEST_PREFIX = "MANIFEST-";

  private RocksDbFiles() {}

  /** The number of a table file as RocksDB calls it, or null if the name is no table's. */
  private static @Nullable String tableNumber(String name) {
    Matcher matcher = TABLE.matcher(name);
    return matcher.matches() ? matcher.group(1) : null;
  }

  private static String storedTableName(String number, String life) {
    return number + "-" + life + ".sst";
  }

  /**
   * Makes a second directory from which the database can be opened as it is now: with links to its
   * tables, and the part of the manifest that is about them.
   *
   * @param live the names of the database's files, each with a slash before it
   * @param manifestBytes the length of that part
   */
  static void link(Path from, List<String> live, long manifestBytes, Path to) throws IOException {
    Files.createDirectories(to);
    for (String each : live) {
      String name = each.substring(1);
      if (tableNumber(name) != null) {
        Files.createLink(to.resolve(name), from.resolve(name));
      } else if (name.startsWith(MANIFEST_PREFIX)) {
        try (InputStream manifest = Files.newInputStream(from.resolve(name))) {
          Files.write(to.resolve(name), manifest.readNBytes(Math.toIntExact(manifestBytes)));
        }
        writeCurrent(to, name);
      }
    }
  }

  private static void writeCurrent(Path directory, String manifest) throws IOException {
    Files.writeString(directory.resolve(CURRENT), manifest + "\n");
  }

  /**
   * The files in such a directory that a database needs.
   *
   * @param lives of the table files that the database was restored with, by number
   * @param life of the others
   */
  static List<LinkedFile> linked(Path directory, Map<String, String> lives, String life)
      throws IOException {
    List<LinkedFile> files = new ArrayList<>();
    for (Path path : list(directory)) {
      String name = path.getFileName().toString();
      @Nullable String number = tableNumber(name);
      if (number != null) {
        String stored = storedTableName(number, lives.getOrDefault(number, life));
        files.add(new LinkedFile(stored, true, path, Files.size(path)));
      } else if (name.startsWith(MANIFEST_PREFIX)) {
        files.add(new LinkedFile(name, false, path, Files.size(path)));
      }
    }
    return List.copyOf(files);
  }

  /**
   * Gives the files of a stored snapshot the names that RocksDB knows, in {@code to}. Tables are
   * moved; what RocksDB might write to is copied, since others may use the same content.
   *
   * @return the life of each table file by its number
   * @throws NoSuchFileException if the directory has no database
   */
  static Map<String, String> unpack(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    Map<String, String> lives = new HashMap<>();
    @Nullable String manifest = null;
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(MANIFEST_PREFIX)) {
          manifest = name;
        }
        Matcher table = STORED_TABLE.matcher(name);
        if (table.matches()) {
          lives.put(table.group(1), table.group(2));
          Files.move(file, to.resolve(table.group(1) + ".sst"));
        } else if (!from.equals(to)) {
          Files.copy(file, to.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
    if (manifest == null) {
      throw new NoSuchFileException(from.resolve(MANIFEST_PREFIX + "*").toString());
    }
    if (!Files.exists(to.resolve(CURRENT))) {
      writeCurrent(to, manifest);
    }
    return lives;
  }

  /** Deletes a directory with all that is in it, if there is any. */
  static void deleteTree(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<Path>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** The names in a directory. */
  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }
}
