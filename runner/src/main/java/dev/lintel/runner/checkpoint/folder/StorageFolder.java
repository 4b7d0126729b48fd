package dev.lintel.runner.checkpoint.folder;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.EmptyMatchTreatment;
import org.apache.beam.sdk.io.fs.MatchResult;
import org.apache.beam.sdk.io.fs.ResolveOptions.StandardResolveOptions;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.util.MimeTypes;

/**
 * A folder in any file system that Beam knows. Paths are relative to it, with '/' between names.
 *
 * <p><i>Ownership:</i> thread-safe, as it keeps nothing but its place. <i>Failure:</i> {@link
 * IOException}s name the file; after a failed write there may be any prefix of the file, after a
 * failed {@link #writeWhole} the whole file or nothing (and perhaps a temporary one).
 */
public final class StorageFolder {
  /** Ends the names of files that have not been written whole. */
  public static final String TEMPORARY = ".tmp";

  private static final Pattern GLOB = Pattern.compile("[*?\\[\\]{}\\\\]");
  private static final Pattern FILE_SCHEME = Pattern.compile("^file:/*(?=/)");
  private static final int BUFFER_BYTES = 1 << 17;

  private final ResourceId root;
  private final boolean forced;

  private StorageFolder(ResourceId root, boolean forced) {
    this.root = root;
    this.forced = forced;
  }

  /**
   * @param forced on local disks each file is forced to the disk before anything relies on it
   */
  public static StorageFolder at(String location, boolean forced) {
    if (GLOB.matcher(location).find()) {
      throw new IllegalArgumentException(
          "Expected a folder without the characters * ? [ ] { } \\ in its path, but "
              + location
              + ": choose another one.");
    }
    String spec = FILE_SCHEME.matcher(location).replaceFirst("");
    return new StorageFolder(FileSystems.matchNewResource(spec, true), forced);
  }

  public StorageFolder folder(String path) {
    return new StorageFolder(directory(path), forced);
  }

  /** The whole path of a file, for messages and for users. */
  public String describe(String path) {
    return resource(path).toString();
  }

  @Override
  public String toString() {
    return root.toString();
  }

  /** Writes a file that nobody knows of yet. */
  public Checksum write(String path, ContentWriter content) throws IOException {
    ResourceId resource = resource(path);
    Checksum checksum;
    try (OutputStream out =
        Channels.newOutputStream(FileSystems.create(resource, MimeTypes.BINARY))) {
      ChecksumOutputStream summed =
          new ChecksumOutputStream(forced ? new SmoothedOutputStream(out, resource) : out);
      content.writeTo(summed);
      checksum = summed.checksum();
    }
    if (forced) {
      LocalDisk.force(resource);
      LocalDisk.force(resource.getCurrentDirectory());
    }
    return checksum;
  }

  /**
   * Writes a file that others find whole or not at all: it gets its name when it is complete.
   * (Where renaming is a copy, as in object stores, the copy appears at once.)
   */
  public void writeWhole(String path, byte[] content) throws IOException {
    String temporary = path + TEMPORARY;
    write(temporary, out -> out.write(content));
    publish(temporary, path);
  }

  /** The second half of {@link #writeWhole}; when it fails, the file may be there or not. */
  public void publish(String temporary, String path) throws IOException {
    ResourceId target = resource(path);
    FileSystems.rename(List.of(resource(temporary)), List.of(target));
    if (forced) {
      LocalDisk.force(target.getCurrentDirectory());
    }
  }

  /** Writes a small file over itself; whoever reads it meanwhile may find a piece of it. */
  public void overwrite(String path, byte[] content) throws IOException {
    try (OutputStream out =
        Channels.newOutputStream(FileSystems.create(resource(path), MimeTypes.BINARY))) {
      out.write(content);
    }
  }

  /**
   * @throws FileNotFoundException if there is no such file
   */
  public byte[] read(String path) throws IOException {
    try (InputStream in = open(path)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      in.transferTo(bytes);
      return bytes.toByteArray();
    }
  }

  /**
   * Fails with {@link DamagedFileException}, at the end at the latest, unless it is as expected.
   */
  public InputStream open(String path, Checksum expected) throws IOException {
    try {
      return expected.verifying(open(path), describe(path));
    } catch (FileNotFoundException e) {
      throw new DamagedFileException(describe(path), e);
    }
  }

  /** Reads every byte. */
  public void verify(String path, Checksum expected) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = open(path, expected)) {
      while (in.read(buffer) >= 0) {
        // The stream verifies.
      }
    }
  }

  private InputStream open(String path) throws IOException {
    try {
      return Channels.newInputStream(FileSystems.open(resource(path)));
    } catch (NoSuchFileException e) {
      FileNotFoundException notFound = new FileNotFoundException(describe(path));
      notFound.initCause(e);
      throw notFound;
    }
  }

  /** The names of the complete files right below a folder; none if there is no such folder. */
  public List<String> list(String path) throws IOException {
    ResourceId folder = directory(path);
    LocalDisk.checkListable(folder);
    return below(folder, "*").stream()
        .filter(name -> !name.endsWith(TEMPORARY) && name.indexOf('/') < 0)
        .toList();
  }

  /** The paths of all files, temporary ones included. */
  public List<String> listAll() throws IOException {
    LocalDisk.checkListable(root);
    return below(root, "**");
  }

  private static List<String> below(ResourceId folder, String glob) throws IOException {
    String prefix = folder.toString();
    MatchResult match = FileSystems.match(prefix + glob, EmptyMatchTreatment.ALLOW);
    List<String> names = new ArrayList<>();
    for (MatchResult.Metadata each : match.metadata()) {
      String name = each.resourceId().toString();
      if (name.startsWith(prefix) && !each.resourceId().isDirectory()) {
        names.add(name.substring(prefix.length()));
      }
    }
    return names;
  }

  /** Deletes files; one that is not there is fine. */
  public void delete(Collection<String> paths) throws IOException {
    for (String each : paths) {
      try {
        FileSystems.delete(List.of(resource(each)));
      } catch (FileNotFoundException | NoSuchFileException e) {
        // Deleted before, perhaps by an earlier run.
        continue;
      }
    }
  }

  /** Where folders are more than parts of names: deletes an empty one. */
  public void deleteFolderIfEmpty(String path) throws IOException {
    LocalDisk.deleteIfEmpty(directory(path));
  }

  private ResourceId resource(String path) {
    int slash = path.lastIndexOf('/');
    ResourceId folder = slash < 0 ? root : directory(path.substring(0, slash));
    return folder.resolve(path.substring(slash + 1), StandardResolveOptions.RESOLVE_FILE);
  }

  private ResourceId directory(String path) {
    ResourceId folder = root;
    for (String each : path.split("/")) {
      if (!each.isEmpty()) {
        folder = folder.resolve(each, StandardResolveOptions.RESOLVE_DIRECTORY);
      }
    }
    return folder;
  }
}
