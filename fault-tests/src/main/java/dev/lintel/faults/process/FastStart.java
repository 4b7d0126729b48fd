package dev.lintel.faults.process;

import dev.lintel.faults.process.PipelineProcess.Command;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Has JVMs start as fast as the README tells users to have them start: from jars, with an archive
 * of the classes that an earlier process has loaded, and with huge pages.
 *
 * <p><i>Ownership:</i> one thread.
 */
public final class FastStart {
  private final Path folder;

  /**
   * @param folder for the jars and the archive; made here
   */
  public FastStart(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  private Path archive() {
    return folder.resolve("classes.jsa");
  }

  /**
   * The process that writes the archive, as the last thing it does when it is told to end. One that
   * goes on from a checkpoint: what reads checkpoints is to be in the archive.
   */
  public Command archiving(Command command) throws IOException {
    return fromJars(command, "-XX:ArchiveClassesAtExit=" + archive());
  }

  /** One that uses the archive. */
  public Command later(Command command) throws IOException {
    if (!Files.exists(archive())) {
      throw new IllegalStateException("Expected the JVM to have written " + archive());
    }
    return fromJars(command, "-XX:SharedArchiveFile=" + archive(), "-XX:+UseTransparentHugePages");
  }

  private Command fromJars(Command command, String... flags) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : command.classPath().split(File.pathSeparator)) {
      entries.add(Files.isDirectory(Path.of(entry)) ? jar(Path.of(entry)).toString() : entry);
    }
    return new Command(
        Stream.concat(command.jvm().stream(), Stream.of(flags)).toList(),
        entries.stream().collect(Collectors.joining(File.pathSeparator)),
        command.main(),
        command.arguments());
  }

  /** A jar of a folder of classes, such as {@code runner/target/classes}; packed once. */
  private Path jar(Path classes) {
    String module = classes.getName(classes.getNameCount() - 3).toString();
    Path jar = folder.resolve(module + ".jar");
    if (!Files.exists(jar)) {
      int status =
          ToolProvider.findFirst("jar")
              .orElseThrow()
              .run(
                  System.out,
                  System.err,
                  "--create",
                  "--file=" + jar,
                  "-C",
                  classes.toString(),
                  ".");
      if (status != 0) {
        throw new IllegalStateException("Expected to pack " + classes + ", but could not");
      }
    }
    return jar;
  }
}
