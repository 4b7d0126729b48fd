package dev.lintel.benchmarks.compare;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Has the JVMs of some peers start as Lintel's README tells users to have theirs start: from jars,
 * with an archive of the classes that an earlier run has loaded, and with huge pages.
 */
final class ClassArchives {
  private final Path folder;

  /**
   * @param folder of the archives and of the jars; made when it is needed
   */
  ClassArchives(Path folder) {
    this.folder = folder;
  }

  /** The same class path without folders of classes: the JVM archives none of these. */
  String jars(String classPath) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      entries.add(Files.isDirectory(Path.of(entry)) ? jar(Path.of(entry)).toString() : entry);
    }
    return String.join(File.pathSeparator, entries);
  }

  /** The jar of such a folder as {@code runner/target/classes}, packed once. */
  private Path jar(Path classes) throws IOException {
    Files.createDirectories(folder);
    Path jar = folder.resolve(classes.getName(classes.getNameCount() - 3) + ".jar");
    if (!Files.exists(jar)) {
      String[] pack = {"--create", "--file=" + jar, "-C", classes.toString(), "."};
      int status = ToolProvider.findFirst("jar").orElseThrow().run(System.err, System.err, pack);
      if (status != 0) {
        throw new IOException("Expected to pack " + classes + ", but jar ended with " + status);
      }
    }
    return jar;
  }

  boolean has(Peer peer) {
    return Files.exists(archive(peer));
  }

  /** For the run that writes the archive, at its end. */
  List<String> writing(Peer peer) {
    return List.of("-XX:ArchiveClassesAtExit=" + archive(peer));
  }

  List<String> using(Peer peer) {
    return List.of("-XX:SharedArchiveFile=" + archive(peer), "-XX:+UseTransparentHugePages");
  }

  private Path archive(Peer peer) {
    return folder.resolve(peer.name() + ".jsa");
  }
}
