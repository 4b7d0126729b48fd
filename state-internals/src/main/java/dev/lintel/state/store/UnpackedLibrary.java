package dev.lintel.state.store;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A native library out of a jar, kept in a folder of this user's from one start to the next:
 * unpacking RocksDB takes a third of a second of CPU time, loading what was unpacked a tenth of it.
 *
 * <p>A file is believed if its CRC-32 is that of the jar's entry, and if nobody else can have put
 * it there: the folder has to belong to this user and to be closed to writes of all others.
 */
final class UnpackedLibrary {
  private static final String PREFIX = "lintel-rocksdb-";
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

  private final Path parent;
  private final String user;

  /**
   * @param parent where the user's folder is, or will be
   */
  UnpackedLibrary(Path parent, String user) {
    this.parent = parent;
    this.user = user;
  }

  /**
   * The folder that holds a library, which is unpacked if need be.
   *
   * @param resource a file at the root of a jar on the class path
   * @param name of the file in the folder
   * @return null if there is no place for it that only this user can write to, or no such jar
   */
  @Nullable Path folderOf(ClassLoader loader, String resource, String name) throws IOException {
    URL url = loader.getResource(resource);
    if (url == null || !FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
      return null;
    }
    URLConnection connection = url.openConnection();
    if (!(connection instanceof JarURLConnection jar)) {
      return null;
    }
    JarEntry entry = jar.getJarEntry();
    Path own = ownFolder();
    if (own == null || entry == null) {
      return null;
    }
    Path folder = makeOwn(own.resolve(String.format("%08x", entry.getCrc())));
    Path file = folder.resolve(name);
    if (!isWhole(file, entry)) {
      unpack(jar, file);
    }
    return isWhole(file, entry) ? folder : null;
  }

  private @Nullable Path ownFolder() throws IOException {
    Path folder = makeOwn(parent.resolve(PREFIX + user));
    PosixFileAttributes attributes =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    boolean own =
        attributes.isDirectory()
            && attributes.owner().getName().equals(user)
            && OWN.containsAll(attributes.permissions());
    return own ? folder : null;
  }

  private static Path makeOwn(Path folder) throws IOException {
    try {
      return Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
    } catch (FileAlreadyExistsException e) {
      return folder;
    }
  }

  private static boolean isWhole(Path file, JarEntry entry) throws IOException {
    if (!Files.exists(file) || Files.size(file) != entry.getSize()) {
      return false;
    }
    CRC32 crc = new CRC32();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      crc.update(channel.map(MapMode.READ_ONLY, 0, entry.getSize()));
    }
    return crc.getValue() == entry.getCrc();
  }

  /** Another process may be doing the same. */
  private static void unpack(JarURLConnection jar, Path file) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "part-", "");
    try {
      try (InputStream in = jar.getInputStream()) {
        Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
