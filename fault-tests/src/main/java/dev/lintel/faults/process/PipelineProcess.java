package dev.lintel.faults.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The harness's side of a process that is killed: starts it, tells it where to halt, hears where it
 * is, and ends it.
 *
 * <p><i>Ownership:</i> one thread; another one reads what the process writes.
 */
public final class PipelineProcess {
  private static final String ENDED = "ended";

  /** A JVM that can write its threads' stacks has done it by then. */
  private static final long DUMP_MILLIS = 2_000;

  private final Process process;
  private final Path log;
  private final Writer orders;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final long startNanos = System.nanoTime();
  private final Thread reader;

  /**
   * How to start a pipeline.
   *
   * @param jvm flags for the JVM
   * @param classPath of the user's program
   */
  public record Command(List<String> jvm, String classPath, String main, List<String> arguments) {
    private List<String> words() {
      List<String> words = new ArrayList<>();
      words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      words.addAll(jvm);
      words.addAll(List.of("-cp", classPath, PipelineMain.class.getName(), main));
      words.addAll(arguments);
      return words;
    }
  }

  private PipelineProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
    this.reader = new Thread(this::read, "output-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * @param log gets what the process writes
   */
  public static PipelineProcess start(Command command, Path log) throws IOException {
    return new PipelineProcess(
        new ProcessBuilder(command.words()).redirectErrorStream(true).start(), log);
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        Writer copy = Files.newBufferedWriter(log)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        copy.write(line + "\n");
        copy.flush();
        if (line.startsWith(Halts.MARK)) {
          said.add(line.substring(Halts.MARK.length()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      said.add(ENDED);
    }
  }

  public long pid() {
    return process.pid();
  }

  public Path log() {
    return log;
  }

  public String output() throws IOException {
    return Files.readString(log);
  }

  /** The end of what it has written. */
  public String lastLines(int lines) throws IOException {
    List<String> all = Files.readAllLines(log);
    return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
  }

  public long ageMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public void arm(Place place, int passes) {
    order("arm " + place + " " + passes);
  }

  public void release() {
    order("release");
  }

  private void order(String line) {
    try {
      orders.write(line + "\n");
      orders.flush();
    } catch (IOException e) {
      // It is dead: who waits for it finds out.
      said.add(ENDED);
    }
  }

  /**
   * Waits until the process says something that begins so.
   *
   * @return what it said; null if it has not within the time, or has ended
   */
  public @Nullable String await(String beginning, long millis) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (true) {
      String line = said.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        return null;
      }
      if (line.equals(ENDED)) {
        // For those who ask later.
        said.add(ENDED);
        return null;
      }
      if (line.startsWith(beginning)) {
        return line;
      }
    }
  }

  /** Lets it work; returns early, with false, if it ends by itself. */
  public boolean staysAliveFor(long millis) throws InterruptedException {
    return awaitExit(millis) == null;
  }

  /** The exit status; null if it still lives after the time. */
  public @Nullable Integer awaitExit(long millis) throws InterruptedException {
    try {
      int status = process.onExit().get(millis, TimeUnit.MILLISECONDS).exitValue();
      reader.join();
      return status;
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException("Expected to learn of the end of process " + pid(), e);
    }
  }

  /** SIGKILL; returns when it is dead. */
  public void kill() throws InterruptedException {
    // Not Process.destroyForcibly, which throws away what it has said.
    process.toHandle().destroyForcibly();
    process.onExit().join();
    reader.join();
  }

  /** SIGTERM. */
  public void terminate() {
    // Not Process.destroy, which closes its input as well.
    if (!process.toHandle().destroy()) {
      throw new IllegalStateException("Expected to send SIGTERM to process " + pid());
    }
  }

  /** SIGSTOP. */
  public void freeze() throws IOException, InterruptedException {
    signal("STOP");
  }

  /** SIGCONT. */
  public void thaw() throws IOException, InterruptedException {
    signal("CONT");
  }

  /** Has it write the stacks of its threads to its log, if it lives. */
  public void dumpThreads() throws IOException, InterruptedException {
    if (isAlive()) {
      signal("QUIT");
      awaitExit(DUMP_MILLIS);
    }
  }

  private void signal(String name) throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-" + name, String.valueOf(pid())).start().waitFor();
    if (status != 0) {
      throw new IllegalStateException("Expected to send SIG" + name + ", but status " + status);
    }
  }
}
