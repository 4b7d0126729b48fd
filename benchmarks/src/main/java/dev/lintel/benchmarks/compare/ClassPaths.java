package dev.lintel.benchmarks.compare;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.tools.ToolProvider;

/**
 * The class paths of the peers: Lintel's is that of the reactor, a peer's comes from the pom in its
 * folder, by Maven, once for each content of that pom. A peer's own sources are compiled anew.
 *
 * <p>They stay apart because peers want other versions of Beam than Lintel.
 */
public final class ClassPaths {
  private static final String GOAL =
      "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath";

  private final Path peers;
  private final Path cache;
  private final String program;
  private final Map<String, String> reactor;
  private final Map<String, String> known = new HashMap<>();

  /**
   * @param home the folder of the repository
   * @param program the classes of the module benchmarks
   * @param reactor the class paths that the reactor has, by the names that peers have for them
   */
  public ClassPaths(Path home, String program, Map<String, String> reactor) {
    this.peers = home.resolve("benchmarks/peers");
    this.cache = home.resolve("benchmarks/target/peers");
    this.program = program;
    this.reactor = Map.copyOf(reactor);
  }

  /**
   * @throws IllegalStateException if Maven or the compiler fails, with what they said
   */
  String of(Peer peer) {
    return of(peer.classPath());
  }

  /** Of the name that peers have for it. */
  String of(String name) {
    return known.computeIfAbsent(name, this::find);
  }

  private String find(String name) {
    String own = reactor.get(name);
    if (own != null) {
      return join(program, own);
    }
    try {
      String libraries = resolve(name);
      Path sources = peers.resolve(name).resolve("src");
      return Files.isDirectory(sources)
          ? join(compile(name, sources, join(program, libraries)), program, libraries)
          : join(program, libraries);
    } catch (IOException e) {
      throw new UncheckedIOException("Could not make the class path of " + name, e);
    }
  }

  private String resolve(String name) throws IOException {
    Path pom = peers.resolve(name).resolve("pom.xml");
    CRC32 checksum = new CRC32();
    checksum.update(Files.readAllBytes(pom));
    Path file = cache.resolve(name + "-" + Long.toHexString(checksum.getValue()) + ".classpath");
    if (!Files.exists(file)) {
      Files.createDirectories(cache);
      System.err.println("Resolving the class path of " + name + " (once)");
      Path log = cache.resolve(name + ".log");
      Process maven =
          new ProcessBuilder(
                  "mvn",
                  "-q",
                  "-B",
                  "-ntp",
                  "-f",
                  pom.toString(),
                  GOAL,
                  "-DincludeScope=runtime",
                  "-Dmdep.outputFile=" + file)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      if (await(maven) != 0) {
        throw new IllegalStateException(
            "Expected Maven to resolve " + pom + ", but it failed: see " + log);
      }
    }
    return Files.readString(file).strip();
  }

  private static int await(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new IllegalStateException("Interrupted while Maven was running", e);
    }
  }

  /** Returns the folder of the classes. */
  private String compile(String name, Path sources, String classPath) throws IOException {
    Path classes = cache.resolve(name + "-classes");
    Files.createDirectories(classes);
    List<String> arguments =
        new ArrayList<>(
            List.of("-nowarn", "-Xlint:none", "-d", classes.toString(), "-cp", classPath));
    try (Stream<Path> files = Files.walk(sources)) {
      files.map(Path::toString).filter(each -> each.endsWith(".java")).forEach(arguments::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(new String[0]));
    if (status != 0) {
      throw new IllegalStateException("Expected " + sources + " to compile, but it did not");
    }
    return classes.toString();
  }

  private static String join(String... parts) {
    return String.join(File.pathSeparator, parts);
  }
}
