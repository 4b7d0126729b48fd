package dev.lintel.runner;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.PipelineResult;
import org.apache.beam.sdk.PipelineResult.State;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.GroupByKey;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.joda.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a pipeline opens is closed when it has ended, however that was: counted over 200 pipelines
 * in this JVM.
 */
@Timeout(300)
class ResourcesTest {
  private static final int PIPELINES = 200;

  /** Each way to end on each backend, before anything is counted. */
  private static final int WARM_UP = 2 * TroublesomeFn.Trouble.values().length;

  /**
   * One RocksDB's share of the memory below takes more than a MiB, so that a leak in each pipeline
   * is well above this; what the JVM itself still grows by (compiled code) is well below.
   */
  private static final long RESIDENT_MIB_MAX = 80;

  private static final String STATE_MEMORY = "--stateMemoryMiB=256";

  /** What a process holds. */
  private record Held(Set<String> threads, long files, long residentMiB) {
    static Held now() throws IOException {
      System.gc();
      Set<String> threads =
          Thread.getAllStackTraces().keySet().stream()
              .map(Thread::getName)
              .collect(Collectors.toCollection(TreeSet::new));
      try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
        return new Held(threads, files.count(), readResidentMiB());
      }
    }

    private static long readResidentMiB() throws IOException {
      String line =
          Files.readAllLines(Path.of("/proc/self/status")).stream()
              .filter(each -> each.startsWith("VmRSS:"))
              .findFirst()
              .orElseThrow();
      return Long.parseLong(line.replaceAll("[^0-9]", "")) >> 10;
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nothingIsLeftOfTwoHundredPipelines(@TempDir Path folder) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      run(i, folder);
    }
    Held before = Held.now();
    for (int i = 0; i < PIPELINES; i++) {
      run(i, folder);
    }
    Held after = Held.now();

    assertThat(after.threads()).isSubsetOf(before.threads());
    assertThat(after.threads()).noneMatch(name -> name.startsWith("lintel"));
    assertThat(after.files()).isLessThanOrEqualTo(before.files());
    assertThat(after.residentMiB()).isLessThan(before.residentMiB() + RESIDENT_MIB_MAX);
    assertThat(TroublesomeFn.SETUPS.get()).isPositive().isEqualTo(TroublesomeFn.TEARDOWNS.get());
    assertThat(TroublesomeSource.OPENED.get())
        .isPositive()
        .isEqualTo(TroublesomeSource.CLOSED.get());
  }

  /** Runs one pipeline to its end; nothing is left in its state directory then. */
  private static void run(int number, Path folder) throws IOException {
    TroublesomeFn.Trouble[] all = TroublesomeFn.Trouble.values();
    TroublesomeFn.Trouble trouble = all[number / 2 % all.length];
    Pipeline pipeline = pipeline(number % 2 == 0 ? "rocksdb" : "heap", folder);
    apply(pipeline, trouble);
    assertThat(end(pipeline, trouble)).as("%s", trouble).isEqualTo(trouble.end());
    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).as("%s", trouble).isEmpty();
    }
  }

  private static State end(Pipeline pipeline, TroublesomeFn.Trouble trouble) throws IOException {
    PipelineResult result;
    try {
      result = pipeline.run();
    } catch (RuntimeException e) {
      // A source that can't be split fails before there is a result.
      assertThat(e).hasStackTraceContaining(TroublesomeFn.MESSAGE);
      return State.FAILED;
    }
    if (trouble.end() == State.CANCELLED) {
      TroublesomeFn.awaitElement();
      return result.cancel();
    }
    try {
      return result.waitUntilFinish();
    } catch (Pipeline.PipelineExecutionException e) {
      assertThat(e).hasStackTraceContaining(TroublesomeFn.MESSAGE);
      return result.getState();
    }
  }

  private static Pipeline pipeline(String backend, Path folder) {
    return Pipeline.create(
        PipelineOptionsFactory.fromArgs(
                "--runner=LintelRunner",
                "--jobName=resources",
                "--parallelism=2",
                "--blockOnRun=false",
                STATE_MEMORY,
                "--stateBackend=" + backend,
                "--stateDirectory=" + folder)
            .create());
  }

  private static void apply(Pipeline pipeline, TroublesomeFn.Trouble trouble) {
    PCollection<KV<String, Long>> keyed =
        pipeline
            .apply("Read", Read.from(new TroublesomeSource(trouble)))
            .setCoder(TroublesomeCoder.keyed(trouble))
            .apply("Windows", Window.into(FixedWindows.of(Duration.standardMinutes(1))))
            .apply("Stateful", ParDo.of(new TroublesomeFn(trouble)))
            .setCoder(TroublesomeCoder.keyed(TroublesomeFn.Trouble.NONE));
    keyed.apply("Group", GroupByKey.create());
    // A second stateful step in a stage of its own, which is cancelled when the first fails.
    keyed.apply("StatefulToo", ParDo.of(new TroublesomeFn(TroublesomeFn.Trouble.NONE)));
  }
}
