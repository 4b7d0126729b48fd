package dev.lintel.benchmarks.compare;

import dev.lintel.benchmarks.compare.Outcome.Failed;
import dev.lintel.benchmarks.compare.Outcome.Measured;
import dev.lintel.benchmarks.compare.Outcome.TooSlow;
import dev.lintel.benchmarks.run.ResultLine;
import dev.lintel.benchmarks.run.RunArguments;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Runs one case on one peer, once, in a JVM of its own. */
public final class ChildJvm {
  /** What Flink, Spark and Beam reflect into; the same for every peer. */
  private static final List<String> OPENED =
      List.of(
          "java.lang",
          "java.lang.invoke",
          "java.lang.reflect",
          "java.io",
          "java.net",
          "java.nio",
          "java.time",
          "java.util",
          "java.util.concurrent",
          "java.util.concurrent.atomic",
          "sun.nio.ch",
          "sun.nio.cs",
          "sun.security.action",
          "sun.util.calendar");

  private static final int REASON_LINES = 5;

  private final Settings settings;
  private final ClassPaths classPaths;
  private final Path logs;
  private final Path temporary;
  private final ClassArchives archives;

  /**
   * @param logs the folder for what the runs print, and for their recordings
   */
  public ChildJvm(Settings settings, ClassPaths classPaths, Path logs) {
    this.settings = settings;
    this.classPaths = classPaths;
    this.logs = logs;
    this.temporary = logs.resolve("tmp");
    this.archives = new ClassArchives(temporary.resolve("archives"));
  }

  /**
   * Removes what earlier runs have left on disk, the ended ones most. Runs share a temporary folder
   * as the programs of a user do: what one unpacks there is there for the next.
   */
  public void clean() throws IOException {
    if (Files.exists(temporary)) {
      delete(temporary);
    }
  }

  /**
   * @param arguments that fit the program of the peer
   * @param flags of this run's JVM, beside those of all
   * @param label names the files of the run
   * @throws UncheckedIOException if no process can be started
   */
  public Outcome run(Peer peer, RunArguments arguments, List<String> flags, String label) {
    try {
      Files.createDirectories(temporary);
      Path scratch = Files.createTempDirectory(temporary, "run-");
      try {
        return run(peer, arguments, flags, label, scratch);
      } finally {
        delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Could not run " + label, e);
    }
  }

  private Outcome run(
      Peer peer, RunArguments arguments, List<String> flags, String label, Path scratch)
      throws IOException {
    if (!peer.fromArchive()) {
      return start(command(peer, arguments, flags, label, scratch), scratch, label);
    }
    if (!archives.has(peer)) {
      List<String> writing = both(flags, archives.writing(peer));
      Outcome outcome = start(command(peer, arguments, writing, label, scratch), scratch, label);
      if (!archives.has(peer)) {
        return new Failed("no archive of classes was written: " + outcome);
      }
    }
    List<String> using = both(flags, archives.using(peer));
    return start(command(peer, arguments, using, label, scratch), scratch, label);
  }

  private static List<String> both(List<String> flags, List<String> more) {
    return Stream.concat(flags.stream(), more.stream()).toList();
  }

  private List<String> command(
      Peer peer, RunArguments arguments, List<String> flags, String label, Path scratch)
      throws IOException {
    List<String> command = new ArrayList<>(settings.java());
    command.add("-Xmx" + settings.heap());
    for (String each : OPENED) {
      command.add("--add-opens=java.base/" + each + "=ALL-UNNAMED");
    }
    command.add("-Djava.io.tmpdir=" + temporary);
    if (settings.profile()) {
      command.add(
          "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
              + logs.resolve(label + ".jfr"));
    }
    command.addAll(flags);
    String classPath = classPaths.of(peer);
    command.addAll(
        List.of("-cp", peer.fromArchive() ? archives.jars(classPath) : classPath, peer.program()));
    List<String> options =
        arguments.options().stream()
            .map(each -> each.replace("{scratch}", scratch.toUri().toString()))
            .toList();
    command.addAll(arguments.withOptions(options).format());
    return command;
  }

  private Outcome start(List<String> command, Path scratch, String label) throws IOException {
    File log = logs.resolve(label + ".log").toFile();
    long start = System.nanoTime();
    Process process =
        new ProcessBuilder(command).directory(scratch.toFile()).redirectError(log).start();
    ChildOutput output = new ChildOutput(process, start, settings.limit());
    output.readToEnd();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (output.tooSlow()) {
      return new TooSlow(settings.limit().toMillis() / 1e3);
    }
    String result = output.last(ResultLine.RESULT);
    if (result.isEmpty()) {
      return new Failed(reason(output, log));
    }
    var values = ResultLine.values(result);
    ResultLine line = ResultLine.of(values);
    values.keySet().removeAll(List.of("elements", "seconds", "peakKiB", "checks"));
    return new Measured(line, values, output.runningSeconds(), seconds);
  }

  private static String reason(ChildOutput output, File log) throws IOException {
    String told = output.last(ResultLine.FAILED);
    if (!told.isEmpty()) {
      return told.substring(ResultLine.FAILED.length()).strip();
    }
    List<String> lines = Files.readAllLines(log.toPath());
    return "exit without a result: "
        + String.join(" / ", lines.subList(Math.max(0, lines.size() - REASON_LINES), lines.size()));
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
